"""M9: the door of the network. A submission waits for a bench, is evaluated, and is decided."""

from collections import Counter
from typing import NamedTuple

import numpy as np
import simpy

from sim.economy.ledger import credits, micro
from sim.economy.settlement import Fee, give_back, hold_fee, keep_fee
from sim.models import KINDS
from sim.network.network import Network
from sim.status import Status
from sim.trust.admission import decide
from sim.trust.candidate import Candidates
from sim.trust.gauntlet import Evaluator
from sim.trust.scores import Score
from sim.trust.slashing import exposed
from sim.units import DAY_S


class Submission(NamedTuple):
    """One row of the table of submissions: who came when with what, and what became of it."""

    submission: int
    model: int
    developer: int
    kind: str
    day: float  # of the decision
    waited_days: float
    rehearsals: int
    cleanup_hours: float
    fee: float
    stake: float
    score: float
    by_class: tuple[float, float, float]
    confidence: float
    admission_confidence: float
    strictness: float
    decision: str


class Gate:
    """The benches, and what happens at them."""

    def __init__(self, env: simpy.Environment, network: Network):
        self.env, self.network = env, network
        self.benches = simpy.Resource(env, network.rules.gauntlet.benches)
        self.submissions: list[Submission] = []
        self.decisions: Counter[str] = Counter()  # of them
        settings, start = network.rules.gauntlet, network.datasets.rates(network.datasets.start())
        self._candidates = Candidates(network.rules, start.missing)
        self.design = 1.0  # of the last evaluation, as the next: its design effect; public
        self.outcomes = float(settings.prompts * settings.repeats * settings.turns)  # that it left
        self._days: dict[int, list[float]] = {}  # of submissions, by name
        self._evaluations: dict[int, int] = {}  # so far, by random key of the model
        self._evaluator = (settings, Evaluator(network.rules))

    def open_to(self, name: int) -> bool:
        """Whether the limit of attempts leaves whoever appears under ``name`` a submission today."""
        rules = self.network.rules.gauntlet
        return rules.attempts == 0 or len(self._recent(name)) < rules.attempts

    def opens_in(self, name: int) -> float:
        """Days until the limit of attempts leaves whoever appears under ``name`` a submission, as the rules are."""
        if self.open_to(name):
            return 0.0
        rules = self.network.rules.gauntlet
        return self._recent(name)[-rules.attempts] + rules.attempt_days - self.network.day

    def _recent(self, name: int) -> list[float]:
        """The days, ascending, of the submissions that count for the limit of attempts."""
        since = self.network.day - self.network.rules.gauntlet.attempt_days
        return [day for day in self._days.get(name, []) if day > since]

    def fee(self, developer: int, grant: float) -> Fee | None:
        """The fee of a submission, held until it is decided; None where ``developer`` cannot pay it."""
        return hold_fee(self.network.ledger, developer, micro(self.network.rules.gauntlet.fee), grant)

    def submit(self, row: np.void, fee: Fee, stake: int, inherits: list[int], rehearsals: int, pardon: bool):
        """A SimPy process: LATENT ``row`` enters with ``stake`` micro-credits and is evaluated and decided.

        ``inherits``: models whose record it inherits in part; ``pardon``: a rejection is forgiven. Returns a
        `Submission`.
        """
        network, developer = self.network, fee.developer
        m = network.enter(row, inherits)
        if not network.ledger.pay(("wallets", developer), ("stakes", m), stake, "stake"):
            stake = 0
        self._days.setdefault(int(row["name"]), []).append(network.day)
        waited = yield from self._bench(network.rules.gauntlet.days)
        score = self.evaluate(m)
        which = np.array([m])
        trust = float(network.trusted(which)[0])
        status = decide(trust, network.rules.governance)
        rejected = status == Status.REJECTED
        if rejected and pardon:
            give_back(network.ledger, fee)
        else:
            keep_fee(network.ledger, fee)
        if rejected and not pardon:
            network.slash(exposed(network.rules.stake, rejection=np.arange(len(network.models)) == m))
        network.change(which, status)
        self.submissions.append(
            Submission(
                submission=len(self.submissions), model=m, developer=developer, kind=KINDS[int(row["kind"])],
                day=network.day, waited_days=waited, rehearsals=rehearsals, cleanup_hours=float(row["cleanup_hours"]),
                fee=credits(fee.own + fee.granted), stake=credits(stake), score=score.mean, by_class=score.by_class,
                confidence=float(network.evidence.bound(which)[0]), admission_confidence=trust,
                strictness=network.rules.governance.strictness, decision=status.name.lower(),
            )
        )  # fmt: skip
        self.decisions[self.submissions[-1].decision] += 1
        return self.submissions[-1]

    def reevaluate(self, m: int):
        """A SimPy process: an admitted model is evaluated again, at nobody's cost."""
        yield from self._bench(self.network.rules.gauntlet.days)
        self.evaluate(m)

    def rehearse(self, builds: np.ndarray) -> list[float]:
        """The scores of private evaluations of ``builds`` (LATENT), with fresh prompts; they become no evidence."""
        return [score.mean for score in self._scores(builds)]

    def evaluate(self, m: int) -> Score:
        """An evaluation of model ``m``, whose outcomes become evidence."""
        network = self.network
        (score,) = self._scores(network.models.rows[m : m + 1])
        network.evidence.add(m, score.good, score.bad, score.clusters)
        network.standing["evaluated_day"][m] = network.day
        self.outcomes = score.good + score.bad
        self.design = float(network.evidence.d[m])
        return score

    def _scores(self, rows: np.ndarray) -> list[Score]:
        """The next evaluation of each of ``rows`` (LATENT)."""
        rules = self.network.rules
        if rules.gauntlet is not self._evaluator[0]:
            self._evaluator = (rules.gauntlet, Evaluator(rules))
        made, scores = self._candidates.of(rows, self.network.day), []
        for i, uid in enumerate(made["uid"].tolist()):
            number = self._evaluations.get(uid, 0)
            self._evaluations[uid] = number + 1
            scores.append(self._evaluator[1].score(made[i : i + 1], number))
        return scores

    def _bench(self, days: float):
        """Wait for a bench and use it for ``days``; returns the days waited."""
        asked = self.env.now
        with self.benches.request() as bench:
            yield bench
            waited = (self.env.now - asked) / DAY_S
            yield self.env.timeout(days * DAY_S)
        return waited
