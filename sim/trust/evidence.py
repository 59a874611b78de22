"""Evidence (M7): decayed counts of good and bad outcomes of each model, and how sure they make the network.

The estimand is the success rate of a first attempt at today's ability and class mix, over turns as they are asked.
Where failed turns end sessions, easy sessions last longer and the rate over turns is above that over sessions (.57
against .50 at spread 4, three turns on average and a chance of .3 to leave). Evidence comes from the audited sessions
alone: audits see the truth where users notice only some failures.
"""

import numpy as np

from sim.records import C
from sim.router.views import EvidenceView
from sim.trust.clusters import design_effect


class Evidence:
    """What the network remembers of each model.

    ``config`` the evidence section; ``models`` how many there are at the start; ``windows`` how many windows are
    kept apart (8 bytes each a model; 0: none). Arrays below have one entry a model.

    State: ``good``, ``bad`` decayed counts; ``squares`` the decayed sum of squared weights; ``clusters`` the decayed
    sums over clusters; ``fresh_good``, ``fresh_bad`` counts of the last window; ``turns_ok`` turns answered well since
    the model came, never decayed. Derived: ``n_eff`` the effective size before, ``d`` the design effect.
    """

    def __init__(self, config, models: int, windows: int = 0):
        self.config = config
        self.good = np.zeros(0)
        self.bad = np.zeros(0)
        self.squares = np.zeros(0)
        self.clusters = np.zeros((0, 5))
        self.fresh_good = np.zeros(0)
        self.fresh_bad = np.zeros(0)
        self.turns_ok = np.zeros(0, np.int64)
        self._ring = np.zeros((windows, 0, 2), np.float32)
        self._ticks = 0
        self.extend(models)

    def extend(self, n: int) -> None:
        """Append ``n`` models about which nothing is known."""
        for name in ("good", "bad", "squares", "clusters", "fresh_good", "fresh_bad", "turns_ok"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros((n, *old.shape[1:]), old.dtype)]))
        self._ring = np.concatenate([self._ring, np.zeros((len(self._ring), n, 2), np.float32)], axis=1)
        self._judge()

    def update(self, counters, days: float) -> None:
        """Forget by λ = 2**(-days/half_life), then add the window of ``days`` that ``counters`` describes.

        Of the audited turns, ω the visibility: first attempt good: good 1. Rescued by its own retry: good 1-ω, bad ω.
        Rescued by another: bad ω. Lost: bad 1. As rescuer it is judged on its own attempt.
        """
        count = counters.models.T
        ω = self.config.visibility
        self.fresh_good = (
            count[C.AUDITED_GOOD] + (1.0 - ω) * count[C.AUDITED_SELF_RESCUED] + count[C.AUDITED_RESCUE_GOOD]
        )
        self.fresh_bad = (
            ω * (count[C.AUDITED_SELF_RESCUED] + count[C.AUDITED_OTHER_RESCUED])
            + count[C.AUDITED_LOST]
            + count[C.AUDITED_RESCUE_BAD]
        )
        λ = 2.0 ** (-days / self.config.half_life_days)
        self.good = λ * self.good + self.fresh_good
        self.bad = λ * self.bad + self.fresh_bad
        # ω is the share of failures remembered, so a failure counts as ω outcomes of weight 1, not as one of weight ω.
        self.squares = λ**2 * self.squares + self.fresh_good + self.fresh_bad
        self.clusters = λ * self.clusters + count[C.CLUSTER_N : C.CLUSTER_NN + 1].T
        self.turns_ok = self.turns_ok + count[C.OK_PLAIN : C.OK_ADVERSARIAL + 1].sum(axis=0)
        if len(self._ring):
            slot = self._ring[self._ticks % len(self._ring)]
            slot[:, 0], slot[:, 1] = self.fresh_good + self.fresh_bad, self.fresh_good
        self._ticks += 1
        self._judge()

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
        """Add to the counts of ``rows`` and judge these alone: a thousand quantiles of Beta take three milliseconds."""
        for name, more in (("good", good), ("bad", bad), ("squares", squares), ("clusters", clusters)):
            total = getattr(self, name).copy()  # views that are out keep what they saw
            total[rows] += more
            setattr(self, name, total)
        self._judge(rows)

    @property
    def confidence(self) -> np.ndarray:
        """(M,) in [0, 1]: the bound of the posterior that `evidence.bound` names."""
        return self._view.confidence

    @property
    def mean(self) -> np.ndarray:
        """(M,) posterior mean."""
        return self._view.mean

    @property
    def lower(self) -> np.ndarray:
        """(M,) δ-quantile of the posterior."""
        return self._view.lower

    @property
    def upper(self) -> np.ndarray:
        """(M,) (1-δ)-quantile of the posterior."""
        return self._view.upper

    def view(self) -> EvidenceView:
        """What a rule of allocation sees of all models; index it with rows for some of them."""
        return self._view

    def _judge(self, rows=None) -> None:
        """The posterior: Beta(prior_good + m·n_eff/d, prior_bad + (1-m)·n_eff/d), m the decayed rate of good.

        n_eff is the effective size of decayed counts (Kish 1965), W1²/W2 with W1 the sum of weights and W2 that of
        their squares: at a steady rate r it tends to r·(1+λ)/(1-λ), nearly twice the decayed count. Kish's ratio does
        not change when every weight shrinks alike, so by itself it would never forget a model gone quiet.
        W1/W2 is therefore held to 2, its supremum at a steady rate: quiet evidence fades after at most one half-life.
        ``rows`` (n,) where only these have changed.
        """
        which = slice(None) if rows is None else rows
        good, bad, squares = self.good[which], self.bad[which], self.squares[which]
        weight = good + bad
        d = design_effect(self.clusters, self.config.pool)[which] if self.config.design_effect else np.ones(len(weight))
        known = weight > 0
        ratio = np.minimum(weight / np.where(known, squares, 1.0), 2.0)
        scale = np.where(known, ratio, 1.0) / d
        alpha = self.config.prior_good + good * scale
        beta = self.config.prior_bad + bad * scale
        windows = np.moveaxis(self._ring, 0, 1)
        draft = EvidenceView(alpha, beta, alpha, self.turns_ok[which], windows[which], d, self.config.quantile)
        found = [alpha, beta, getattr(draft, self.config.bound), d, weight * ratio]
        if rows is not None:
            view = self._view
            before = (view.alpha, view.beta, view.confidence, self.d, self.n_eff)
            found = [_patched(old, rows, new) for old, new in zip(before, found, strict=True)]
        alpha, beta, confidence, self.d, self.n_eff = found
        self._view = EvidenceView(alpha, beta, confidence, self.turns_ok, windows, self.d, self.config.quantile)


def _patched(old, rows, new):
    """A copy of ``old`` with ``new`` at ``rows``."""
    whole = old.copy()
    whole[rows] = new
    return whole
