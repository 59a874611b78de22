"""All developers, and what everybody can know: refreshed at every tick."""

import math

import numpy as np

from sim.developers.beliefs import Hearsay
from sim.developers.developer import Developer
from sim.developers.notebook import BOOK
from sim.developers.prices import next_price, next_slots
from sim.developers.projects import Workshop
from sim.developers.survey import survey
from sim.developers.views import Board, Disclosed, Public
from sim.economy.ledger import credits
from sim.measures import routed
from sim.network.gate import Gate
from sim.network.network import Network
from sim.records import C, Counters
from sim.status import Status
from sim.trust import slashing
from sim.trust.stake import required_rate
from sim.units import DAY_S

_NEVER = 10.0
"""A rate that nobody reaches."""


class Community:
    """The developers of a network."""

    def __init__(self, network: Network, gate: Gate):
        config = network.rules
        self.network, self.gate = network, gate
        workshop = Workshop(config.seed, config.learning, config.projects, network.landscape, network.datasets)
        self._kinds: dict[str, Disclosed] = {}
        self._hearsay = Hearsay(config)
        self.books = np.zeros(len(network.endowments), BOOK)
        self.books["left_day"] = math.nan
        self.board = Board(None, (), [0.0] * len(self.books), [0.0] * len(self.books))
        self.members = [
            Developer(i, network, gate, workshop, self.books[i : i + 1], self.board, self.disclose)
            for i in range(len(self.books))
        ]
        # No later than when the next idea of each comes: who thinks in between has it sooner.
        self._due = np.array([member.ideas.next_day for member in self.members])
        self._window = np.zeros(len(network.models), np.int64)  # micro-credits that each model's developer got
        self.ejected, self.expired, self.staked_days, self._admitted_days = 0, 0, 0.0, 0.0
        self._days = 1.0
        self._required: tuple = (None, {})  # the rules, and what they require by design effect and outcomes
        self.look()
        for member in self.members:
            network.env.process(member.life())

    @property
    def present(self) -> np.ndarray:
        """(D,) bool: who has arrived and not left."""
        return self.arrived & np.isnan(self.books["left_day"])

    @property
    def arrived(self) -> np.ndarray:
        """(D,) bool."""
        return self.network.endowments.arrival <= self.network.day

    def living_cost(self, days: float) -> np.ndarray:
        """Credits that ``days`` until now cost each developer; who arrived meanwhile pays from then on."""
        since = np.minimum(days, self.network.day - self.network.endowments.arrival)
        return np.where(self.present, self.network.rules.developers.endowment.running_cost * since, 0.0)

    def live(self, bankrupt: np.ndarray, revenue: np.ndarray, days: float) -> None:
        """A window is settled: ``revenue`` (M,) micro-credits by model; who could not pay for its life leaves."""
        owner = self.network.models.rows["developer"]
        owned = owner >= 0
        self.board.revenue[:] = (credits(np.bincount(owner[owned], revenue[owned], len(self.members))) / days).tolist()
        self._window, self._days = revenue, days
        for i in np.flatnonzero(bankrupt):
            self.members[i].leave("bankrupt")

    def operate(self, counters: Counters, days: float) -> None:
        """Owners of admitted models move their prices, and rent slots or give them back, by what a window brought."""
        rules, rows = self.network.rules, self.network.models.rows
        about = rules.developers
        if about.price_step == 0 and not about.slot_step:
            return
        admitted = np.flatnonzero((self.network.status == Status.ADMITTED) & (rows["developer"] >= 0))
        turns = routed(counters.models)
        busy = counters.models[:, C.BUSY] / (2.0**rules.service.grid_bits * DAY_S * days)
        for domain in range(rules.demand.domains):
            here = admitted[rows["domain"][admitted] == domain]
            mean = turns[here].mean() if len(here) else 0.0
            for m in here:
                row = rows[m]
                row["price"] = next_price(row["price"], turns[m], mean, about.price_step)
                row["slots"] = next_slots(int(row["slots"]), int(row["came_with"]), busy[m], about.slot_step)

    def pardoned(self) -> np.ndarray:
        """(M,) bool: models whose developer's failures are still forgiven."""
        amnesty, owner = self.network.rules.governance.amnesty, self.network.models.rows["developer"]
        return (owner >= 0) & (self.books["failures"] < amnesty)[owner]

    def judged(self, verdict) -> None:
        """A tick has decided: failures are remembered, and ideas that are due have come."""
        day = self.network.day
        for i in np.flatnonzero(self._due <= day).tolist():
            self.members[i].think()
            self._due[i] = self.members[i].ideas.next_day
        self.ejected += int(verdict.ejected.sum())
        self.expired += int(verdict.expired.sum())
        self.staked_days += credits(int(self.network.ledger.stakes.sum())) * self._days
        self._admitted_days += float((verdict.status == Status.ADMITTED).sum()) * self._days
        owner = self.network.models.rows["developer"][verdict.ejected | verdict.expired]
        np.add.at(self.books["failures"], owner[owner >= 0], 1)

    def look(self) -> None:
        """Everybody learns what is public."""
        network, rules, evidence = self.network, self.network.rules, self.network.evidence
        found, rates = survey(
            network.status, network.models.rows["domain"], evidence.alpha, evidence.beta, self._window, self._days,
            rules.demand.domains,
        )  # fmt: skip
        revenue = tuple(found["revenue"].tolist())
        ejections = self.ejected / self._admitted_days if self._admitted_days else math.nan
        if network.day > 0:
            self._hearsay.figures(revenue, ejections, self._days)
        waits = [s.waited_days for s in self.gate.submissions[-20:]]
        self.board.leaders = tuple(found["leader"].tolist())
        self.board.grants[:] = self._grants()
        self.board.public = Public(
            day=network.day,
            settings=rules,
            required=self._needed(),
            revenue=revenue,
            rated=float(rates.mean()) if len(rates) else math.nan,
            rate=tuple(found["rate"].tolist()),
            leader=tuple(found["best"].tolist()),
            ejections=ejections,
            wait_days=float(np.mean(waits)) if waits else 0.0,
            slash=slashing.resolve(rules.stake.slashing)(rules.stake, 0.01),
            kinds=dict(self._kinds),
            heard=self._hearsay.table(),
        )

    def _needed(self) -> tuple[float, ...]:
        """The rate that a submission needs at each stake, as far as it is told.

        By ``gauntlet.disclosure`` rule, what the rule says; score or breakdown, half-way between the mean scores of
        the last that were admitted and that were not; none, or while either is missing, strictness as it is.
        """
        rules = self.network.rules
        if rules.gauntlet.disclosure != "rule":
            return (self._boundary(),) * len(rules.developers.stakes)
        design, outcomes = max(round(self.gate.design, 1), 1.0), self.gate.outcomes
        about = (rules.stake, rules.governance.strictness, rules.evidence)
        if about != self._required[0]:
            self._required = (about, {})
        known = self._required[1]
        if (design, outcomes) not in known:
            stakes = np.array(rules.developers.stakes) * rules.stake.s0
            rates = required_rate(rules.stake, rules.evidence, outcomes, design, rules.governance.strictness, stakes)
            known[design, outcomes] = tuple(np.minimum(rates, _NEVER).tolist())
        return known[design, outcomes]

    def _boundary(self) -> float:
        rules, last = self.network.rules, self.gate.submissions[-50:]
        above = [s.score for s in last if s.decision == "admitted"]
        below = [s.score for s in last if s.decision != "admitted"]
        if rules.gauntlet.disclosure == "none" or not above or not below:
            return rules.governance.strictness
        return float(np.mean(above) + np.mean(below)) / 2

    def disclose(self, kind: str, gain: float, admitted: bool) -> None:
        """A submission of a project of ``kind`` was decided; ``gain`` nan: its score is not told."""
        told = self.network.rules.gauntlet.disclosure != "none" and gain == gain
        if told:
            count, mean, share = self._kinds.get(kind, Disclosed(0, 0.0, 0.0))
            n = count + 1
            self._kinds[kind] = Disclosed(n, mean + (gain - mean) / n, share + (admitted - share) / n)
            self._hearsay.outcome(kind, gain)

    def _grants(self) -> list[float]:
        """The share of a fee that the treasury pays each developer: who is below the median wealth."""
        share = self.network.rules.governance.grant
        if share == 0:
            return [0.0] * len(self.members)
        wallets = self.network.ledger.wallets
        present = self.present
        median = np.median(wallets[present]) if present.any() else 0.0
        return np.where(wallets < median, share, 0.0).tolist()
