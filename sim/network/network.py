"""What the network holds and knows between two ticks, and the few things that can be done to it."""

from collections.abc import Mapping

import numpy as np
import simpy

from sim.compiling import entry
from sim.config import Config
from sim.datasets import Datasets
from sim.economy.ledger import BURNED, COSTAKERS, TREASURY, Ledger, credits, micro
from sim.endowment import Endowments
from sim.governance import Levers
from sim.landscape import Landscape
from sim.models import HOUSE, KINDS, Models
from sim.population import build_population, newcomer
from sim.status import Status
from sim.trust.evidence import Evidence
from sim.trust.slashing import Struck, slash
from sim.trust.stake import admission_confidence, effective
from sim.units import DAY_S

# Where one model stands, beside its evidence.
STANDING = np.dtype(
    [
        ("status", "i4"),
        ("since", "f8"),  # day of the last change of status
        ("admitted_day", "f8"),  # of the last admission; nan: never
        ("ejected_day", "f8"),
        ("evaluated_day", "f8"),
        ("revenue", "i8"),  # micro-credits so far, to its developer
        ("slashed", "i8"),  # micro-credits so far, of its developer's stake
        ("delegated_slashed", "i8"),  # the same of what co-stakers had delegated
    ]
)

LIVE = (Status.HOUSE, Status.SANDBOX, Status.ADMITTED, Status.EJECTED)
"""Models that a tick looks at; the others wait in the gauntlet, or are gone."""

_IS_LIVE = np.isin(np.arange(len(Status)), LIVE)
_FOUNDER = KINDS.index("founder")


class Network:
    """The state that the scoreboard and the developers share."""

    def __init__(self, env: simpy.Environment, config: Config, endowments: Endowments):
        self.env, self.endowments = env, endowments
        self.levers = Levers(config)
        self.rules = config = self.levers.at(0.0, {}, 0.0)
        self.landscape = Landscape(config.landscape, config.seed, config.demand.domains)
        self.datasets = Datasets(config.data)
        founders = build_population(config, self.landscape, self.datasets, endowments)
        self.models = Models(config, founders, self.landscape)
        self.evidence = Evidence(config.evidence, len(self.models), config.evidence.windows)
        self.ledger = Ledger(len(endowments), len(self.models))
        self.ledger.mint(TREASURY, micro(config.economy.treasury))
        self.ledger.mint(COSTAKERS, micro(config.stake.delegation.supply))
        self._room = self.standing = _blank(len(self.models))  # STANDING (M,), to be written to
        house = self.models.rows["developer"] == HOUSE
        self.standing["status"] = np.where(house, Status.HOUSE, Status.SANDBOX)
        self.struck = Struck()
        rules = config.governance
        self._barred = np.union1d(rules.barred, _stars(founders, rules.barred_stars)).astype(int)

    def govern(self, metrics: Mapping[str, float], days: float) -> None:
        """The rules from this tick on, after a window of ``days`` with these ``metrics``."""
        self.rules = self.levers.at(self.day, metrics, days)
        self.evidence.config = self.rules.evidence

    @property
    def day(self) -> float:
        """Now, in days."""
        return self.env.now / DAY_S

    @property
    def status(self) -> np.ndarray:
        """(M,) of Status."""
        return self.standing["status"]

    @property
    def live(self) -> np.ndarray:
        """Indices of the models that a tick looks at."""
        found = np.empty(len(self.models), np.int64)
        return found[: _live(self.standing, found)]

    @property
    def routable(self) -> np.ndarray:
        """Indices of the live models that governance does not bar: those among whom traffic is shared."""
        return np.setdiff1d(self.live, self._barred) if len(self._barred) else self.live

    def enter(self, row: np.void, inherits: list[int]) -> int:
        """A new version comes into the gauntlet, with a share ρ of the evidence of models ``inherits``; its index."""
        m = int(self.models.extend(row.reshape(1), self.day)[0])
        self.evidence.extend(1)
        if inherits and self.rules.governance.inheritance > 0:
            self.evidence.inherit(m, inherits, self.rules.governance.inheritance)
        self.ledger.extend(models=1)
        if m >= len(self._room):
            self._room = np.concatenate([self._room, _blank(m + 1)])
        self.standing = self._room[: m + 1]
        self.standing["status"][m], self.standing["since"][m] = Status.IN_GAUNTLET, self.day
        return m

    def newborn(self, developer: int) -> np.void:
        """LATENT: the model that ``developer`` would begin with."""
        return newcomer(self.rules, developer, self.landscape, self.datasets, self.endowments)

    def stakes(self) -> np.ndarray:
        """(M,) credits that developers have at stake."""
        return credits(self.ledger.stakes)

    def effective_stakes(self) -> np.ndarray:
        """(M,) credits that count: after caps, with what co-stakers delegate."""
        delegated = credits(self.ledger.delegated)
        return effective(self.rules.stake, self.stakes(), self.models.rows["name"], delegated)

    def trusted(self, which: np.ndarray) -> np.ndarray:
        """Admission confidence of models ``which``."""
        stake = self.effective_stakes()[which]
        return admission_confidence(self.rules.stake, lambda more: self.evidence.bound(which, more), stake)

    def change(self, which: np.ndarray, status: Status) -> None:
        """Models ``which`` change to ``status`` today.

        What a project made replaces its developer's earlier versions when it is admitted; stake that nothing is left
        to vouch for is withdrawn.
        """
        standing, day = self.standing, self.day
        standing["status"][which], standing["since"][which] = status, day
        if status == Status.ADMITTED:
            standing["admitted_day"][which] = day
            self._supersede(which)
        elif status == Status.EJECTED:
            standing["ejected_day"][which] = day
        final = status in (Status.REJECTED, Status.RETIRED)
        if final or (status == Status.EJECTED and self.rules.governance.ban_days is None):
            self.ledger.unbond(which, day + self.rules.stake.unbonding_days)

    def retire(self, which: np.ndarray) -> None:
        """Models ``which`` leave the market, unless they have already."""
        here = which[_IS_LIVE[self.status[which]]]
        if len(here):
            self.change(here, Status.RETIRED)

    def _supersede(self, which: np.ndarray) -> None:
        """Earlier versions of models ``which`` under the same name retire, as far as a project made these."""
        room = np.empty(len(self.models), np.int64)
        for m in which:
            earlier = room[: _earlier(self.models.rows, self.standing, m, room)]
            if len(earlier):
                self.change(earlier, Status.RETIRED)

    def slash(self, struck: np.ndarray) -> None:
        """The stakes on models ``struck``, (M,) bool, pay for a failure: the developer's and co-stakers' alike."""
        if not struck.any():
            return
        settings, ledger = self.rules.stake, self.ledger
        at_risk, struck = np.concatenate([ledger.stakes + ledger.unbonding, ledger.delegated]), np.tile(struck, 2)
        if not at_risk[struck].any():
            return
        amounts = slash(settings, at_risk, struck, self.struck.after(self.day - settings.window_days))
        self.struck.add(self.day, int(at_risk[struck].sum()))
        self.burn(*np.split(amounts, 2))

    def burn(self, own: np.ndarray, delegated: np.ndarray) -> None:
        """Micro-credits (M,) of developers' stakes and of what co-stakers delegate burn."""
        self.ledger.slash(own)
        self.ledger.post_many(("delegated", np.arange(len(delegated))), BURNED, delegated, "slash")
        self.standing["slashed"] += own
        self.standing["delegated_slashed"] += delegated


def _stars(founders: np.ndarray, many: int) -> np.ndarray:
    """Indices of the ``many`` of LATENT ``founders`` with the best demo scores, ties by number; never the house's."""
    owned = np.flatnonzero(founders["developer"] != HOUSE)
    return owned[np.argsort(-founders["demo_score"][owned], kind="stable")[:many]]


@entry
def _live(standing, found):
    """Fill ``found`` with the live models; how many they are."""
    n = 0
    for m in range(len(standing)):
        if _IS_LIVE[standing[m].status]:
            found[n] = m
            n += 1
    return n


@entry
def _earlier(rows, standing, m, found):
    """Fill ``found`` with the live versions that model ``m``, if a project made it, replaces; how many they are."""
    n, new = 0, rows[m]
    if new.kind == _FOUNDER:
        return n
    for other in range(len(rows)):
        old = rows[other]
        if old.name == new.name and old.version < new.version and _IS_LIVE[standing[other].status]:
            found[n] = other
            n += 1
    return n


def _blank(rows: int) -> np.ndarray:
    standing = np.zeros(rows, STANDING)
    standing["admitted_day"] = standing["ejected_day"] = standing["evaluated_day"] = np.nan
    return standing
