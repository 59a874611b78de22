"""M2: the models, one row each, and what the data plane and the public see of them at a tick.

Rows are only ever appended; their draws are keyed by (developer, version), never by the order in which they came.
"""

import numpy as np
from scipy.special import expit

from sim.compiling import entry, kernel, record
from sim.config import Config
from sim.growth import overwrite, roomy
from sim.learning import TODAY, mature
from sim.records import ADVERSARIAL, CLASSES, EDGE, MODEL
from sim.response import fitted, moment, penalised
from sim.router.views import Catalogue

HOUSE = -1
"""Developer of the house models."""

KINDS = ("founder", "refine", "fork", "experiment", "harden", "data")
"""What made a model: it was there at the start, or a project of this kind."""

_VERSION_BITS = 12
_HOUSE_UID = 0xFFFFF

# The latent state of a model; nobody in the network reads it.
LATENT = np.dtype(
    [
        ("developer", "i4"),
        ("version", "i4"),
        ("name", "i4"),  # under which its developer appears; -1 for house models
        ("parent", "i4"),  # model; -1 for none
        ("lineage", "i4"),  # the model it goes back to
        ("domain", "i4"),
        ("kind", "i4"),  # index into KINDS
        ("idea", "i4"),  # number of the developer's idea; -1 for none
        ("dataset", "i4"),  # index into the data sets
        ("position", "i8"),  # N bits; -1 for a model that is nowhere on the landscape
        ("offset", "f8"),  # logit: what skill, luck and data add to the landscape
        ("potential", "f8"),  # a*
        ("gap", "f8"),  # logit a* - logit a0
        ("rawness", "f8"),  # how much worse hazard, drift, penalties and spread were at the start
        ("live", "i8"),  # V: turns served
        ("born_day", "f8"),
        ("worked_day", "f8"),  # when it was last worked on
        ("spread", "f8"),  # mature, as the next five
        ("hazard", "f8"),
        ("drift", "f8"),
        ("e_edge", "f8"),
        ("e_adv", "f8"),
        ("polish", "f8"),  # share of drift and penalties that cleanup left to be seen by evaluation; 1: no cleanup
        ("familiarity", "f8"),
        ("missing", "f8"),  # M: share of prompts whose type the data miss
        ("demo", "f8"),  # logit that evaluation sees on top of the ability
        ("ttft", "f8"),
        ("speed", "f8"),
        ("slots", "i4"),
        ("came_with", "i4"),  # slots at birth, for which no rent is due
        ("price", "f8"),
        ("demo_score", "f8"),
        ("cleanup_hours", "f8"),
    ]
)


# What all models share.
_SHARED = np.dtype(
    [(name, "f8") for name in ("v0", "staleness", "dispersion", "derail_penalty", "window", "brilliance")]
)


@kernel
def uid(row):
    """Key of the random draws of a model: of developer and version; of the domain for house models."""
    owner = row.developer if row.developer != HOUSE else _HOUSE_UID - row.domain
    return (np.int64(owner) << _VERSION_BITS) | row.version


@kernel
def respond(today, dispersion, derail_penalty, spread, mu):
    """Fill ``spread`` (3,) by class and ``mu`` (6,) by 2*class + derailed of a model that is like ``today`` TODAY."""
    for klass in range(len(CLASSES)):
        penalty = 0.0
        spread[klass] = today.spread
        if klass == EDGE:
            penalty = today.e_edge
        elif klass == ADVERSARIAL:
            penalty = today.e_adv
            spread[klass] = today.spread * dispersion
        for derailed in range(2):
            weaker = penalised(today.ability, penalty + derailed * derail_penalty)
            mu[2 * klass + derailed] = fitted(weaker, spread[klass])


@entry
def _renew(rows, which, day, shared, todays, services):
    """TODAY and MODEL of models ``which``; a lineage that is not there yet begins with the model itself."""
    x = shared[0]
    for i in which:
        row, today, service = rows[i], todays[i], services[i]
        mature(row, day, x.v0, x.staleness, today)
        if row.lineage < 0:
            row.lineage = i
        service.uid, service.lineage = uid(row), uid(rows[row.lineage])
        service.domain, service.slots = row.domain, row.slots
        service.ttft, service.speed, service.price = row.ttft, row.speed, np.rint(row.price * 1e6)
        service.window, service.brilliance = x.window, x.brilliance
        service.hazard, service.drift = today.hazard, today.drift
        respond(today, x.dispersion, x.derail_penalty, service.spread, service.mu)


class Models:
    """All models: their latent rows, what they are like today, and what the data plane needs of them.

    ``rows`` LATENT (M,) is to be written to; ``today`` TODAY and ``service`` MODEL (M,) are as ``renew`` left them.
    """

    def __init__(self, config: Config, rows: np.ndarray, landscape=None):
        """``rows`` LATENT (M,) at the start; ``landscape`` gives logits of positions, where models have any."""
        self.landscape, self._shared = landscape, record(
            _SHARED, config.learning.v0, config.learning.staleness, config.response.adversarial_dispersion,
            config.response.derail_penalty, config.population.window_tokens, config.population.brilliance,
        )  # fmt: skip
        self._rooms = [np.zeros(0, dtype) for dtype in (LATENT, TODAY, MODEL)]
        self._count = 0
        self.extend(rows, 0.0)

    def __len__(self) -> int:
        return self._count

    def extend(self, rows: np.ndarray, day: float) -> np.ndarray:
        """Append ``rows`` (LATENT) as they are on ``day``; their indices. A lineage of -1 is the model itself."""
        before, self._count = self._count, self._count + len(rows)
        self._rooms = [roomy(room, self._count) for room in self._rooms]
        self.rows, self.today, self.service = (room[: self._count] for room in self._rooms)
        overwrite(self.rows[before:], rows)
        added = np.arange(before, self._count)
        self.renew(day, added)
        return added

    def renew(self, day: float, which: np.ndarray) -> None:
        """Bring ``today`` and ``service`` of models ``which`` (indices) up to ``day``."""
        _renew(self.rows, which, day, self._shared, self.today, self.service)

    def shift(self, domains: np.ndarray) -> None:
        """The landscape of ``domains`` has moved: with it the potentials of their models."""
        rows = self.rows
        moved = np.flatnonzero((rows["position"] >= 0) & np.isin(rows["domain"], domains))
        for domain in domains:
            here = moved[rows["domain"][moved] == domain]
            logits = self.landscape.logits(domain, rows["position"][here])
            rows["potential"][here] = expit(logits + rows["offset"][here])

    def catalogue(self, admitted_day: np.ndarray, stake: np.ndarray) -> Catalogue:
        """What is public about the models beside their record; ``admitted_day`` (M,), ``stake`` (M,) in credits."""
        rows = self.rows
        return Catalogue(
            uid=np.arange(len(rows)),
            domain=rows["domain"],
            developer=rows["name"],
            price=rows["price"],
            slots=rows["slots"],
            stake=stake,
            demo_score=rows["demo_score"],
            admitted_day=admitted_day,
        )

    def reliability(self, k: int) -> tuple[np.ndarray, np.ndarray]:
        """(pass^k, agreement^k) of each model on plain first turns today: k repeats all good; and none drifted."""
        passed = moment(self.service["mu"][:, 0], self.service["spread"][:, 0], k)
        return passed, passed * (1.0 - self.today["drift"]) ** k
