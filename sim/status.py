"""Where a model stands with the network."""

from enum import IntEnum


class Status(IntEnum):
    """A model's standing at a tick; it decides which part of its domain's traffic the model may get."""

    HOUSE = 0  # the unpaid house model of a domain: serves where nobody is admitted; never judged
    SANDBOX = 1  # shares the exploration floor ε until its confidence reaches θ, or until the sandbox expires
    ADMITTED = 2  # shares the admitted traffic by the allocation
    EJECTED = 3  # lost admission: no traffic while the ban lasts, then the sandbox
    IN_GAUNTLET = 4  # submitted, and not decided yet: no traffic
    RETIRED = 5  # withdrawn by its developer: final
    REJECTED = 6  # failed its gauntlet, or was not admitted before its sandbox expired: final
