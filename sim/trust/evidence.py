"""Evidence (M7): decayed counts of good and bad outcomes of each model, and how sure they make the network.

The estimand is the success rate of a first attempt at today's ability and class mix, over turns as they are asked.
Where failed turns end sessions, easy sessions last longer and the rate over turns is above that over sessions (.57
against .50 at spread 4, three turns on average and a chance of .3 to leave). Evidence comes from the audited sessions
alone: audits see the truth where users notice only some failures.
"""

import numpy as np

from sim.compiling import entry
from sim.growth import roomy
from sim.records import C
from sim.router.views import EvidenceView, bound
from sim.trust.clusters import correlation, design_effect, excess

# What is remembered of one model, and what follows from it.
RECORD = np.dtype(
    [
        ("good", "f8"),  # decayed counts
        ("bad", "f8"),
        ("squares", "f8"),  # decayed sum of squared weights
        ("clusters", "f8", (5,)),  # decayed Σn, Σg, Σg², Σgn, Σn² over clusters
        ("fresh_good", "f8"),  # counts of the last window
        ("fresh_bad", "f8"),
        ("turns_ok", "i8"),  # answered well since the model came, never decayed
        ("alpha", "f8"),  # of the posterior
        ("beta", "f8"),
        ("n_eff", "f8"),  # effective size before d
        ("d", "f8"),  # design effect
        ("_excess", "f8"),  # what clusters.excess says of the clusters
        ("_pairs", "f8"),
        ("_number", "f8"),
        # Confidence as the evidence stands, and raised by stake: with how many more good outcomes (nan: not asked yet).
        ("_more", "f8", (2,)),
        ("_bound", "f8", (2,)),
    ]
)


class Evidence:
    """What the network remembers of each model.

    ``config`` the evidence section; ``models`` how many there are at the start; ``windows`` how many windows are
    kept apart (8 bytes each a model; 0: none). ``records`` are RECORD (M,), and every field is an
    attribute; ``windows`` (M, windows, 2) has the last windows: outcomes, and good ones among them.
    """

    def __init__(self, config, models: int, windows: int = 0):
        self.config = config
        self._room = np.zeros(0, RECORD)
        self._windows_room = np.zeros((0, windows, 2), np.float32)
        self._models = self._ticks = 0
        self._side = (config.bound, config.quantile)  # that the bounds known are of
        self.extend(models)

    def __len__(self) -> int:
        return self._models

    def extend(self, n: int) -> None:
        """Append ``n`` models about which nothing is known."""
        before, self._models = self._models, self._models + n
        self._room = roomy(self._room, self._models)
        self._windows_room = roomy(self._windows_room, self._models)
        self.records, self.windows = self._room[: self._models], self._windows_room[: self._models]
        self._judge(before, self._models)

    def __getattr__(self, name: str) -> np.ndarray:  # asked for what is not set: the fields
        if name not in RECORD.names:
            raise AttributeError(f"Evidence has no {name!r}", name=name, obj=self)
        return self.records[name]

    def update(self, counters, days: float) -> None:
        """Forget by λ = 2**(-days/half_life), then add the window of ``days`` that ``counters`` describes.

        Of the audited turns, ω the visibility: first attempt good: good 1. Rescued by its own retry: good 1-ω, bad ω.
        Rescued by another: bad ω. Lost: bad 1. As rescuer it is judged on its own attempt.
        """
        λ = 2.0 ** (-days / self.config.half_life_days)
        _forget_and_add(counters.models, self.records, λ, self.config.visibility)
        if self.windows.shape[1]:
            slot = self.windows[:, self._ticks % self.windows.shape[1]]
            slot[:, 0], slot[:, 1] = self.fresh_good + self.fresh_bad, self.fresh_good
        self._ticks += 1
        self._judge(0, self._models)

    def add(self, m: int, good: float, bad: float, clusters) -> None:
        """Outcomes of an evaluation of model ``m`` enter between two ticks, of weight 1.

        ``clusters`` (5,) as in ``clusters.excess``. The posterior of ``m`` is current at once; that of the others feels
        the network's intraclass correlation move at the next tick.
        """
        _add(self.records, m, good, bad, np.array(clusters, float))
        self._judge(m, m + 1)

    def inherit(self, child: int, parents, share: float) -> None:
        """A new version ``child`` gets a share ρ of the record of ``parents`` (n,): ρ times every sum of theirs.

        That is what a share ρ of their outcomes, each of its weight, would have left: W1²/W2 = ρ·(ΣW1)²/ΣW2, so the
        child starts with ρ times their effective size, as wide a posterior as so many outcomes give. Were each weight
        made ρ times as small instead, Kish's size would stay theirs, and a share would discount nothing.
        """
        for parent in parents:
            _share(self.records, child, parent, share)
        self._judge(child, child + 1)

    @property
    def confidence(self) -> np.ndarray:
        """(M,) in [0, 1]: the bound of the posterior that `evidence.bound` names."""
        return self.bound(slice(None))

    @property
    def mean(self) -> np.ndarray:
        """(M,) posterior mean."""
        return self.view().mean

    @property
    def lower(self) -> np.ndarray:
        """(M,) δ-quantile of the posterior."""
        return self.view().lower

    @property
    def upper(self) -> np.ndarray:
        """(M,) (1-δ)-quantile of the posterior."""
        return self.view().upper

    def bound(self, rows, more=0.0):
        """Confidence of n models ``rows`` if ``more`` >= 0 more outcomes, a number or (n,), had been good.

        It is found where it is not known yet: a thousand quantiles of Beta take 2 ms.
        """
        side = (self.config.bound, self.config.quantile)
        if side != self._side:
            self._side, self._more[:] = side, np.nan
        if not (isinstance(rows, np.ndarray) and rows.dtype == np.int64):
            rows = np.arange(len(self))[rows]
        more, (found, alpha, beta) = np.full(len(rows), more, float), np.empty((3, len(rows)))
        unknown = np.empty(len(rows), np.int64)
        n = _recall(self.records, rows, more, found, unknown, alpha, beta)
        if n:
            _keep(self.records, rows, more, found, unknown[:n], bound(side[0], alpha[:n], beta[:n], side[1]))
        return found

    def view(self) -> EvidenceView:
        """What a rule of allocation sees of all models; index it with rows for some of them.

        It shows the evidence as it is when it is read: read it before more comes in.
        """
        return _Everything(self)

    def _judge(self, first: int, end: int) -> None:
        """The posterior of models ``first`` to ``end`` - 1, whose counts have changed.

        The others feel the network's correlation move at the next tick.
        """
        x = self.config
        _judge(self.records, first, end, x.prior_good, x.prior_bad, x.pool, x.design_effect)


@entry
def _forget_and_add(count, records, λ, ω):
    """One window of ``count`` (M, len(C)) enters ``records`` (M,), as ``Evidence.update`` says."""
    for i in range(len(records)):
        seen, x = count[i], records[i]
        x.fresh_good = seen[C.AUDITED_GOOD] + (1.0 - ω) * seen[C.AUDITED_SELF_RESCUED] + seen[C.AUDITED_RESCUE_GOOD]
        x.fresh_bad = (
            ω * (seen[C.AUDITED_SELF_RESCUED] + seen[C.AUDITED_OTHER_RESCUED])
            + seen[C.AUDITED_LOST]
            + seen[C.AUDITED_RESCUE_BAD]
        )
        x.good = λ * x.good + x.fresh_good
        x.bad = λ * x.bad + x.fresh_bad
        # ω is the share of failures remembered, so a failure counts as ω outcomes of weight 1, not as one of weight ω.
        x.squares = λ**2 * x.squares + x.fresh_good + x.fresh_bad
        for k in range(5):
            x.clusters[k] = λ * x.clusters[k] + seen[C.CLUSTER_N + k]
        x.turns_ok += seen[C.OK_PLAIN] + seen[C.OK_EDGE] + seen[C.OK_ADVERSARIAL]


@entry
def _add(records, m, good, bad, clusters):
    x = records[m]
    x.good += good
    x.bad += bad
    x.squares += good + bad
    for k in range(5):
        x.clusters[k] += clusters[k]


@entry
def _recall(records, rows, more, found, unknown, alpha, beta):
    """Fill ``found`` (n,) with the bounds of ``rows`` that are known; ``unknown`` with the places of the others,
    ``alpha`` and ``beta`` with their posteriors, and how many they are."""
    n = 0
    for i in range(len(rows)):
        x, raised = records[rows[i]], 1 if more[i] > 0.0 else 0
        found[i] = x._bound[raised]
        if x._more[raised] != more[i]:
            unknown[n], alpha[n], beta[n] = i, x.alpha + more[i], x.beta
            n += 1
    return n


@entry
def _keep(records, rows, more, found, unknown, fresh):
    """The bounds ``fresh`` of those at the places ``unknown`` of ``rows`` are known from now on."""
    for k in range(len(unknown)):
        i = unknown[k]
        x, raised = records[rows[i]], 1 if more[i] > 0.0 else 0
        x._more[raised], x._bound[raised], found[i] = more[i], fresh[k], fresh[k]


@entry
def _share(records, child, parent, share):
    """``share`` times the sums of ``parent`` come to those of ``child``."""
    x, theirs = records[child], records[parent]
    x.good += share * theirs.good
    x.bad += share * theirs.bad
    x.squares += share * theirs.squares
    for k in range(5):
        x.clusters[k] += share * theirs.clusters[k]


@entry
def _judge(records, first, end, prior_good, prior_bad, pool, design):
    """The posterior: Beta(prior_good + m·n_eff/d, prior_bad + (1-m)·n_eff/d), m the decayed rate of good.

    n_eff is the effective size of decayed counts (Kish 1965), W1²/W2 with W1 the sum of weights and W2 that of
    their squares: at a steady rate r it tends to r·(1+λ)/(1-λ), nearly twice the decayed count. Kish's ratio does
    not change when every weight shrinks alike, so by itself it would never forget a model gone quiet.
    W1/W2 is therefore held to 2, its supremum at a steady rate: quiet evidence fades after at most one half-life.
    """
    for i in range(first, end):
        x, c = records[i], records[i].clusters
        x._excess, x._pairs, x._number = excess(c[0], c[1], c[2], c[3], c[4])
    more = pairs = 0.0
    for i in range(len(records)):
        more += records[i]._excess
        pairs += records[i]._pairs
    whole = correlation(more, pairs)
    for i in range(first, end):
        x, c = records[i], records[i].clusters
        x.d = 1.0
        if design:
            x.d = design_effect(c[0], c[4], correlation(x._excess, x._pairs), x._number, whole, pool)
        weight = x.good + x.bad
        ratio = min(weight / x.squares, 2.0) if weight > 0.0 else 1.0
        x.n_eff = weight * ratio
        scale = ratio / x.d
        x.alpha, x.beta = prior_good + x.good * scale, prior_bad + x.bad * scale
        x._more[0] = x._more[1] = np.nan


class _Everything(EvidenceView):
    """All models; the confidence of those alone that somebody asks for is found."""

    def __init__(self, evidence: Evidence):
        vars(self).update(
            alpha=evidence.alpha, beta=evidence.beta, turns_ok=evidence.turns_ok, windows=evidence.windows,
            d=evidence.d, quantile=evidence.config.quantile, _evidence=evidence,
        )  # fmt: skip

    def __getitem__(self, rows) -> EvidenceView:
        part = object.__new__(EvidenceView)
        vars(part).update(_whole=self, _rows=rows)
        return part

    def __getattr__(self, name: str):
        return self._evidence.confidence if name == "confidence" else super().__getattr__(name)

    def _chosen(self, name: str, rows):
        return self._evidence.bound(rows) if name == "confidence" else super()._chosen(name, rows)
