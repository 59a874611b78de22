"""Evidence (M7): decayed counts of good and bad outcomes of each model, and how sure they make the network.

The estimand is the success rate of a first attempt at today's ability and class mix, over turns as they are asked.
Where failed turns end sessions, easy sessions last longer and the rate over turns is above that over sessions (.57
against .50 at spread 4, three turns on average and a chance of .3 to leave). Evidence comes from the audited sessions
alone: audits see the truth where users notice only some failures.
"""

import numpy as np

from sim.growth import roomy
from sim.records import C
from sim.router.views import EvidenceView
from sim.trust.clusters import common, design_effect, excess

_UNKNOWN = np.nan  # a bound that nobody has asked for yet
_COUNTS = ("good", "bad", "squares", "clusters")
_CHANCE = ("_excess", "_pairs", "_number")  # what ``clusters.excess`` says of ``clusters``
_JUDGED = ("alpha", "beta", "d", "n_eff", "_bound")


class Evidence:
    """What the network remembers of each model.

    ``config`` the evidence section; ``models`` how many there are at the start; ``windows`` how many windows are
    kept apart (8 bytes each a model; 0: none). Arrays below have one entry a model.

    State: ``good``, ``bad`` decayed counts; ``squares`` the decayed sum of squared weights; ``clusters`` the decayed
    sums over clusters; ``fresh_good``, ``fresh_bad`` counts of the last window; ``turns_ok`` turns answered well since
    the model came, never decayed; ``windows`` (M, windows, 2) the last windows. Derived: ``alpha``, ``beta`` the
    posterior; ``n_eff`` the effective size before ``d``, the design effect.
    """

    def __init__(self, config, models: int, windows: int = 0):
        self.config = config
        self._room = {name: np.zeros(0) for name in (*_COUNTS, *_CHANCE, *_JUDGED, "fresh_good", "fresh_bad")}
        self._room["clusters"] = np.zeros((0, 5))
        self._room["turns_ok"] = np.zeros(0, np.int64)
        self._room["windows"] = np.zeros((0, windows, 2), np.float32)
        self._models = self._ticks = 0
        self.extend(models)

    def __len__(self) -> int:
        return self._models

    def extend(self, n: int) -> None:
        """Append ``n`` models about which nothing is known."""
        before, self._models = self._models, self._models + n
        for name, room in self._room.items():
            self._room[name] = roomy(room, self._models)
            setattr(self, name, self._room[name][: self._models])
        self._judge(slice(before, None))

    def update(self, counters, days: float) -> None:
        """Forget by λ = 2**(-days/half_life), then add the window of ``days`` that ``counters`` describes.

        Of the audited turns, ω the visibility: first attempt good: good 1. Rescued by its own retry: good 1-ω, bad ω.
        Rescued by another: bad ω. Lost: bad 1. As rescuer it is judged on its own attempt.
        """
        count = counters.models.T
        ω = self.config.visibility
        self.fresh_good[:] = (
            count[C.AUDITED_GOOD] + (1.0 - ω) * count[C.AUDITED_SELF_RESCUED] + count[C.AUDITED_RESCUE_GOOD]
        )
        self.fresh_bad[:] = (
            ω * (count[C.AUDITED_SELF_RESCUED] + count[C.AUDITED_OTHER_RESCUED])
            + count[C.AUDITED_LOST]
            + count[C.AUDITED_RESCUE_BAD]
        )
        λ = 2.0 ** (-days / self.config.half_life_days)
        for total, fresh in ((self.good, self.fresh_good), (self.bad, self.fresh_bad)):
            total *= λ
            total += fresh
        # ω is the share of failures remembered, so a failure counts as ω outcomes of weight 1, not as one of weight ω.
        self.squares *= λ**2
        self.squares += self.fresh_good
        self.squares += self.fresh_bad
        self.clusters *= λ
        self.clusters += count[C.CLUSTER_N : C.CLUSTER_NN + 1].T
        self.turns_ok += count[C.OK_PLAIN : C.OK_ADVERSARIAL + 1].sum(axis=0)
        if self.windows.shape[1]:
            slot = self.windows[:, self._ticks % self.windows.shape[1]]
            slot[:, 0], slot[:, 1] = self.fresh_good + self.fresh_bad, self.fresh_good
        self._ticks += 1
        self._judge(slice(None))

    def add(self, rows, good, bad, clusters) -> None:
        """Outcomes of evaluations of models ``rows`` (n, no row twice) enter between two ticks, of weight 1.

        ``good``, ``bad`` (n,) and ``clusters`` (n, 5) as in ``clusters.intraclass``. The posterior of ``rows`` is
        current at once; that of the others feels the network's intraclass correlation move at the next tick.
        """
        good, bad = np.asarray(good, float), np.asarray(bad, float)
        self._enter(rows, good, bad, good + bad, np.asarray(clusters, float))

    def inherit(self, child: int, parents, share: float) -> None:
        """A new version ``child`` gets the evidence of ``parents`` (n,) with every weight times ``share``, ρ.

        The squares of the weights are then ρ² as large, so Kish's size of what is inherited is held back only by the
        bound on W1/W2 in ``_judge``; against fresh outcomes it weighs ρ.
        """
        kept = (self.good, self.bad, self.squares, self.clusters)
        good, bad, squares, clusters = (counts[parents].sum(axis=0) for counts in kept)
        self._enter([child], share * good, share * bad, share**2 * squares, share * clusters)

    def _enter(self, rows, good, bad, squares, clusters):
        """Add to the counts of ``rows`` and judge these alone."""
        for name, more in zip(_COUNTS, (good, bad, squares, clusters), strict=True):
            getattr(self, name)[rows] += more
        self._judge(rows)

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

    def bound(self, rows) -> np.ndarray:
        """Confidence of models ``rows``, found where it is not known yet: a thousand quantiles of Beta take 2 ms."""
        asked = np.arange(len(self))[rows]
        unknown = asked[np.isnan(self._bound[asked])]
        if len(unknown):
            nothing = dict.fromkeys(("confidence", "turns_ok", "windows", "d"))
            part = EvidenceView(self.alpha[unknown], self.beta[unknown], quantile=self.config.quantile, **nothing)
            self._bound[unknown] = getattr(part, self.config.bound)
        return self._bound[asked]

    def view(self) -> EvidenceView:
        """What a rule of allocation sees of all models; index it with rows for some of them.

        It shows the evidence as it is when it is read: read it before more comes in.
        """
        return _Everything(self)

    def _judge(self, rows) -> None:
        """The posterior: Beta(prior_good + m·n_eff/d, prior_bad + (1-m)·n_eff/d), m the decayed rate of good.

        n_eff is the effective size of decayed counts (Kish 1965), W1²/W2 with W1 the sum of weights and W2 that of
        their squares: at a steady rate r it tends to r·(1+λ)/(1-λ), nearly twice the decayed count. Kish's ratio does
        not change when every weight shrinks alike, so by itself it would never forget a model gone quiet.
        W1/W2 is therefore held to 2, its supremum at a steady rate: quiet evidence fades after at most one half-life.
        ``rows``: those whose counts have changed. The others feel the network's correlation move at the next tick.
        """
        settings, clusters = self.config, self.clusters[rows]
        chance = excess(clusters)
        for name, found in zip(_CHANCE, chance, strict=True):
            getattr(self, name)[rows] = found
        good, bad, squares = self.good[rows], self.bad[rows], self.squares[rows]
        weight = good + bad
        d = np.ones(len(weight))
        if settings.design_effect:
            d = design_effect(clusters, *chance, common(self._excess, self._pairs), settings.pool)
        known = weight > 0
        ratio = np.minimum(weight / np.where(known, squares, 1.0), 2.0)
        scale = np.where(known, ratio, 1.0) / d
        alpha, beta = settings.prior_good + good * scale, settings.prior_bad + bad * scale
        for name, found in zip(_JUDGED, (alpha, beta, d, weight * ratio, _UNKNOWN), strict=True):
            getattr(self, name)[rows] = found


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
