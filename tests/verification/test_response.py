"""The response function (M4): what spread does to repeats of a task, and what models have in common."""

from itertools import product

import numpy as np
import pytest
from scipy.special import expit

from sim.response import median_logit, moment
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings
from tests.verification.tasks import both_good, by_turn, good, pass_k

SPREADS = (0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0)
ABILITIES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)
FINE = np.linspace(0.02, 0.98, 97)  # abilities
FREE = dict(slots=10**6)


def fixed_nodes(mu, spread, k, bad=0, nodes=32):
    """``tasks.pass_k`` by Gauss-Hermite quadrature with nodes that do not move."""
    z, weight = np.polynomial.hermite_e.hermegauss(nodes)
    x = mu[:, None] + spread * z
    return expit(x) ** k * expit(-x) ** bad @ weight / np.sqrt(2 * np.pi)


class TestQuadrature:
    """pass^k = E[sigmoid(mu + s·z)^k] as the simulator computes it equals adaptive quadrature to 1e-9 at every spread;
    s → 0 gives a^k, s → ∞ gives a, for every k.

    Fixed Gauss-Hermite nodes fail as the spread grows, since the sigmoid turns into a step between two nodes. Broken
    by a step of the trapezoid that does not shrink with the spread and with k.
    """

    FIGURE = "response_quadrature"

    @pytest.mark.parametrize("spread", SPREADS)
    def test_against_adaptive(self, law, form, spread):
        mu = median_logit(np.array(ABILITIES), np.full(7, spread))
        off = max(abs(float(moment(m, spread, k)) - pass_k(m, spread, k)) for m in mu for k in (1, 2, 5, 10))
        law.holds(f"largest error of pass^k, k ≤ 10, s = {spread:g}", "< 1e-9", f"{off:.1e}", off < 1e-9)

    @pytest.mark.parametrize("spread", [0.0, 0.3, *SPREADS, 30.0])
    def test_median(self, law, form, spread):
        a = np.concatenate([10.0 ** -np.arange(1.0, 7.0), FINE, 1.0 - 10.0 ** -np.arange(1.0, 7.0)])
        off = np.abs(moment(median_logit(a, spread), spread) - a).max()
        law.holds(f"error of E[sigmoid(mu(a, s) + s·z)] = a, s = {spread:g}", "< 1e-10", f"{off:.1e}", off < 1e-10)

    @pytest.mark.parametrize(("spread", "least"), [(6.0, 0.05), (12.0, 0.2)])
    def test_fixed_nodes_fail(self, law, form, spread, least):
        mu = median_logit(FINE, np.full(FINE.size, spread))
        off = max(np.abs(fixed_nodes(mu, spread, k) / moment(mu, spread, k) - 1).max() for k in (1, 2, 5, 8, 10))
        name = f"largest relative error of 32 fixed nodes, pass^k, k ≤ 10, s = {spread:g}"
        law.holds(name, f"> {least}", f"{off:.3f}", off > least)

    @pytest.mark.parametrize(("spread", "least"), [(6.0, 0.4), (12.0, 1.0)])
    def test_fixed_nodes_fail_worse_between(self, law, form, spread, least):
        """Of n repeats some good and some bad: the integrand is a peak of width 1/s, and two of five is 45 % off."""
        mu = median_logit(FINE, np.full(FINE.size, spread))
        exact = np.array([pass_k(m, spread, 2, bad=3) for m in mu])
        off = np.abs(fixed_nodes(mu, spread, 2, bad=3) / exact - 1).max()
        name = f"largest relative error of 32 fixed nodes, two good of five, s = {spread:g}"
        law.holds(name, f"> {least}", f"{off:.3f}", off > least)

    @pytest.mark.parametrize("k", [2, 5])
    def test_limits(self, law, form, k):
        a = np.array(ABILITIES)
        coin = np.abs(moment(median_logit(a, np.full(7, 1e-4)), 1e-4, k) - a**k).max()
        law.holds(f"pass^{k} at s = 1e-4", "a^k", f"off by {coin:.0e}", coin < 1e-7)
        # pass^k differs from a only where the sigmoid rises: a stretch of width ~ 1/s under a density of at most .4.
        same = np.abs(moment(median_logit(a, np.full(7, 400.0)), 400.0, k) - a).max()
        law.holds(f"pass^{k} at s = 400", "a", f"off by {same:.0e}", same < 0.4 * (1 + np.log(k)) * 2 / 400)

    def test_figure(self, form):
        made, (left, right) = figure(2)
        s = np.geomspace(0.05, 100, 60)
        for k in (2, 5, 10):
            left.semilogx(s, [moment(median_logit(0.7, x), x, k) for x in s], label=f"k = {k}")
            left.axhline(0.7**k, color="0.7", lw=0.8)
        left.axhline(0.7, color="0.7", lw=0.8)
        left.set(xlabel="spread s", ylabel="pass^k of ability .7", title="from a^k to a", ylim=(0, 0.75))
        a = np.linspace(0.02, 0.98, 193)
        for spread in (2.0, 6.0, 12.0):
            mu = median_logit(a, np.full(a.size, spread))
            right.plot(a, fixed_nodes(mu, spread, 5) / moment(mu, spread, 5) - 1, label=f"s = {spread:g}")
        right.set(xlabel="ability", ylabel="relative error of pass^5", title="32 fixed nodes")
        left.legend(fontsize=8)
        right.legend(fontsize=8)
        save(made, self.FIGURE)


class TestRepeats:
    """Ability is the mean success rate of plain first turns at each spread, and the first k turns of a session on one
    model are all good with pass^k: the task is drawn once for each (session, model).

    Broken by a task that is drawn anew for a turn (pass^k falls to a^k), by coins that turns share (it rises to a), and
    by a latent difficulty whose variance is not κ + ξ + (1 - κ - ξ) = 1 (the mean is off as soon as s > 0).
    """

    FIGURE = "response_repeats"
    CASES = tuple(product((0.3, 0.5, 0.8), (0.0, 2.0, 6.0, 12.0)))
    MOST = 5

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        a, s = np.array(cls.CASES).T
        c = settings(10.0, seed=11, router__sticky=True, demand__turns_mean=5,
                     calibration__kappa=0.5, calibration__xi=0.2)  # fmt: skip
        rows = by_turn(carry(c, models(len(a), ability=a, spread=s, **FREE), form(2e4, 6e5)).log, cls.MOST)
        return {case: good(rows[rows["model"][:, 0] == m]) for m, case in enumerate(cls.CASES)}

    @pytest.mark.parametrize(("a", "s"), CASES)
    @pytest.mark.parametrize("k", [1, 2, 5])
    def test_pass_k(self, run, law, a, s, k):
        theory = pass_k(float(median_logit(a, s)), s, k) if s else a**k
        law.occurs(f"{'success' if k == 1 else f'pass^{k}'}, a = {a}, s = {s:g}", theory, run[a, s][:, :k].all(axis=1))

    def test_figure(self, run):
        made, axes = figure(3, width=3.2, height=3.2)
        k = np.arange(1, self.MOST + 1)
        for ax, a in zip(axes, (0.3, 0.5, 0.8), strict=True):
            for colour, s in enumerate((0.0, 2.0, 6.0, 12.0)):
                ax.plot(k, [pass_k(float(median_logit(a, s)), s, i) if s else a**i for i in k], color=f"C{colour}")
                found = [run[a, s][:, :i].all(axis=1).mean() for i in k]
                ax.plot(k, found, "o", ms=4, color=f"C{colour}", label=f"s = {s:g}")
            ax.set(xlabel="k", ylabel="pass^k", title=f"ability {a}", ylim=(0, 1))
        axes[0].legend(fontsize=8)
        save(made, self.FIGURE)


class TestSharedTasks:
    """Success of one session on two models correlates as the latent difficulty does: κ between lineages, κ + ξ within
    one; the correlation of successes follows by quadrature.

    Broken by a session difficulty that a model does not see, by lineages keyed by anything but the lineage, and by
    attempt coins that two models share.
    """

    FIGURE = "response_shared_tasks"
    WORLDS = ((0.0, 0.0), (0.3, 0.3), (0.702, 0.151), (1.0, 0.0))
    A, S = np.array([0.4, 0.6, 0.5]), np.array([2.0, 4.0, 8.0])  # the first two share a lineage
    PAIRS = ((0, 1), (0, 2), (1, 2))

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def one(seed, kappa, xi):
            c = settings(10.0, seed=seed, demand__turns_mean=2, calibration__kappa=kappa, calibration__xi=xi)
            three = models(3, ability=cls.A, spread=cls.S, lineage=[1, 1, 2], **FREE)
            rows = by_turn(carry(c, three, form(6e3, 1.5e5)).log, 2)
            rows = np.take_along_axis(rows, np.argsort(rows["model"], axis=1, kind="stable"), axis=1)
            return {pair: good(rows[(rows["model"] == pair).all(axis=1)]) for pair in cls.PAIRS}

        return {world: one(20 + k, *world) for k, world in enumerate(cls.WORLDS)}

    @classmethod
    def scale(cls, pair):
        return float(np.sqrt(np.prod([cls.A[m] * (1 - cls.A[m]) for m in pair])))

    @classmethod
    def theory(cls, pair, shared):
        mu, s = median_logit(cls.A, cls.S)[list(pair)], cls.S[list(pair)]
        return (both_good(tuple(mu), tuple(s), shared) - cls.A[list(pair)].prod()) / cls.scale(pair)

    @pytest.mark.parametrize("world", WORLDS)
    @pytest.mark.parametrize("pair", PAIRS)
    def test_correlation(self, run, law, world, pair):
        kappa, xi = world
        shared = kappa + (xi if pair == (0, 1) else 0.0)
        products = (run[world][pair] - self.A[list(pair)]).prod(axis=1) / self.scale(pair)
        kin = "one lineage" if pair == (0, 1) else "two lineages"
        name = f"correlation, κ = {kappa:g}, ξ = {xi:g}, {kin}, s = {self.S[pair[0]]:g} and {self.S[pair[1]]:g}"
        law.agrees(name, self.theory(pair, shared), Estimate.of(products))

    def test_figure(self, run):
        made, (ax,) = figure()
        fine = np.linspace(0, 1, 21)
        for colour, pair in enumerate(self.PAIRS):
            ax.plot(fine, [self.theory(pair, x) for x in fine], color=f"C{colour}",
                    label=f"s = {self.S[pair[0]]:g} and {self.S[pair[1]]:g}")  # fmt: skip
            for (kappa, xi), found in run.items():
                rho = ((found[pair] - self.A[list(pair)]).prod(axis=1) / self.scale(pair)).mean()
                ax.plot(kappa + (xi if pair == (0, 1) else 0.0), rho, "o", ms=6, color=f"C{colour}")
        ax.set(xlabel="latent correlation κ, or κ + ξ within a lineage", ylabel="correlation of success")
        ax.set(title="lines theory, points simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
