"""Which keys a configuration does not hold constant during a run."""

from sim.config import Config


def moved(config: Config) -> dict[str, str]:
    """Each lever that a schedule or a controller moves → the key of the first such, as ``governance.schedules[0]``."""
    rules = config.governance
    every = {"schedules": rules.schedules, "controllers": rules.controllers}
    found: dict[str, str] = {}
    for name, held in every.items():
        for i, one in enumerate(held):
            found.setdefault(one.lever, f"governance.{name}[{i}]")
    return found
