"""Choice of developers (M12): what they explore, what risk does to it, and how they learn"""

import numpy as np
import pytest

from sim.developers.beliefs import Beliefs
from sim.developers.choice import Noise, choose
from sim.developers.options import mean
from sim.developers.plans import projects
from sim.developers.policies.expected_utility import expected_utility
from sim.developers.policies.manso import manso
from sim.developers.policies.prospect import prospect
from tests.configs import config
from tests.developers import option, options, own, public, settings
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save

STRENGTHS = (0.5, 1.0, 4.0)  # outcomes that the belief about the new arm rests on


def arms(p: float, q: float, n: float, prize=1.0, slash=0.0):
    """The conventional arm of known chance ``p`` and a new one believed Beta of mean ``q``; both lose ``slash``."""
    known = option((p, 1 - p), (prize, -slash))
    return options(known, option((q, 1 - q), (prize, -slash), outcomes=n))


def indifferent(p: float, n: float, aversion=0.0, wealth=1e9, prize=1.0, slash=0.0) -> float:
    """The believed chance of the new arm at which policy ``manso`` does not care, by bisection below ``p``."""
    who, low, high = own(risk_aversion=aversion, wealth=wealth, running_cost=0.0), 0.0, p
    for _ in range(60):
        q = (low + high) / 2
        known, new = manso(arms(p, q, n, prize, slash), who, public())
        low, high = (low, q) if new > known else (q, high)
    return (low + high) / 2


def threshold(p: float, n: float) -> float:
    """E[p2] = p/(1 + E[p2|S] - p) with E[p2|S] = (n·E[p2] + 1)/(n + 1), by bisection."""
    low, high = 0.0, p
    for _ in range(60):
        q = (low + high) / 2
        low, high = (low, q) if q >= p / (1 + (n * q + 1) / (n + 1) - p) else (q, high)
    return (low + high) / 2


@pytest.mark.usefixtures("form")
class TestMansosThreshold:
    """A risk-neutral developer who looks two periods ahead explores a new arm where E[p2] ≥ p/(1 + E[p2|S] - p),
    which is below p: the value of a success is also what it teaches (Manso, Journal of Finance 66, 2011).

    A slash that both arms bear after failure scales and shifts every payoff alike, and moves nothing. Under CRRA at low
    wealth it moves the threshold, at high wealth it does not. Broken by a belief that success does not raise, by trying
    again after failure, and by utility taken of payoffs instead of wealth.
    """

    FIGURE = "choice_manso"

    @pytest.mark.parametrize("n", STRENGTHS)
    def test_threshold(self, law, n):
        off = max(abs(indifferent(p, n) - threshold(p, n)) for p in (0.2, 0.5, 0.8))
        law.holds(f"largest difference from Manso's threshold, p = .2, .5, .8, {n:g} outcomes", "< 1e-6", f"{off:.1e}",
                  off < 1e-6)  # fmt: skip

    @pytest.mark.parametrize("n", STRENGTHS)
    def test_below_the_conventional(self, law, n):
        found = indifferent(0.5, n)
        law.holds(f"threshold at p = .5, {n:g} outcomes", "< p", f"{found:.4f}", found < 0.5)

    def test_a_symmetric_slash_moves_nothing_for_the_risk_neutral(self, law):
        off = max(abs(indifferent(0.5, n, slash=s) - indifferent(0.5, n)) for n in STRENGTHS for s in (0.5, 3.0))
        law.holds("shift by a slash of .5 and 3 prizes, γ = 0", "< 1e-6", f"{off:.1e}", off < 1e-6)

    @pytest.mark.parametrize("wealth", [2500.0])
    def test_it_moves_the_poor(self, law, wealth):
        about = dict(aversion=1.5, wealth=wealth, prize=1000.0)
        shift = indifferent(0.5, 1.0, slash=1000.0, **about) - indifferent(0.5, 1.0, **about)
        law.holds("shift by a slash of 1,000, prize 1,000, wealth 2,500, γ = 1.5", "more than .001", f"{shift:+.4f}",
                  abs(shift) > 1e-3)  # fmt: skip

    def test_it_does_not_move_the_rich(self, law):
        about = dict(aversion=1.5, wealth=1e8, prize=1000.0)
        shift = indifferent(0.5, 1.0, slash=1000.0, **about) - indifferent(0.5, 1.0, **about)
        law.holds("the same at wealth 10⁸", "less than .0001", f"{shift:+.1e}", abs(shift) < 1e-4)

    def test_figure(self):
        made, (left, right) = figure(2)
        p = np.linspace(0.05, 0.95, 19)
        for n in STRENGTHS:
            left.plot(p, [threshold(x, n) for x in p], "0.6")
            left.plot(p, [indifferent(x, n) for x in p], ".", label=f"{n:g} outcomes")
        left.plot(p, p, "k:", lw=0.8)
        left.set(xlabel="p of the conventional arm", ylabel="E[p2] that is explored", title="Manso's threshold")
        left.legend()
        wealth = np.geomspace(2100, 1e6, 25)
        for slash in (0.0, 500.0, 1000.0):
            about = dict(aversion=1.5, prize=1000.0, slash=slash)
            right.semilogx(wealth, [indifferent(0.5, 1.0, wealth=w, **about) for w in wealth], label=f"slash {slash:g}")
        right.axhline(threshold(0.5, 1.0), color="0.6", lw=0.8)
        right.set(xlabel="wealth, credits", ylabel="E[p2] that is explored", title="γ = 1.5, prize 1,000, p = .5")
        right.legend()
        save(made, self.FIGURE)


@pytest.mark.usefixtures("form")
class TestLimitsOfUtility:
    """Expected utility at γ = 0 and prospect theory with curvature, aversion and weights of 1 are the expected value;
    with a fair coin prospect theory's certainty equivalent is that of Tversky and Kahneman (1992).

    Broken by a floor that cuts losses at γ = 0, and by weights that do not sum over ranks.
    """

    @classmethod
    def lotteries(cls):
        """A thousand lotteries of five outcomes, as options of different lengths."""
        rng = np.random.default_rng(3)
        chances, payoffs = rng.dirichlet(np.ones(5), 1000).tolist(), rng.normal(0, 2000, (1000, 5)).tolist()
        spans = rng.uniform(0.5, 9, 1000)
        return options(*(option(c, x, span=s) for c, x, s in zip(chances, payoffs, spans, strict=True)))

    @classmethod
    def off(cls, values):
        lotteries = cls.lotteries()
        return float(np.abs(values - mean(lotteries) / lotteries["span"]).max())

    def test_risk_neutral(self, law):
        off = self.off(expected_utility(self.lotteries(), own(risk_aversion=0.0, wealth=1000.0), public()))
        law.holds("γ = 0: largest difference from the mean, credits/day", "< 1e-9", f"{off:.1e}", off < 1e-9)

    def test_rich(self, law):
        off = self.off(expected_utility(self.lotteries(), own(risk_aversion=1.5, wealth=1e12), public()))
        law.holds("γ = 1.5 at wealth 10¹²: the same", "< .01", f"{off:.1e}", off < 0.01)

    def test_linear_prospects(self, law):
        flat = config(developers__prospect=dict(curvature=1.0, aversion=1.0, gains=1.0, losses=1.0))
        off = self.off(prospect(self.lotteries(), own(), public(flat)))
        law.holds("prospect theory of ones: largest difference from the mean", "< 1e-9", f"{off:.1e}", off < 1e-9)

    def test_even_odds(self, law):
        """w(.5) = .5^c/(2·.5^c)^(1/c) on either side."""
        p = settings().developers.prospect
        gain, loss = (0.5**c / (2 * 0.5**c) ** (1 / c) for c in (p.gains, p.losses))
        total = gain * 100**p.curvature - p.aversion * loss * 100**p.curvature
        theory = -((-total / p.aversion) ** (1 / p.curvature))
        found = prospect(option((0.5, 0.5), (100.0, -100.0)), own(), public())[0]
        name = "certainty equivalent of ±100 at even odds"
        law.holds(name, f"{theory:.4f}", f"{found:.4f}", abs(found - theory) < 1e-9)

    def test_more_risk_aversion_less_value(self, law):
        values = np.array([expected_utility(self.lotteries(), own(risk_aversion=g, wealth=3e4), public())
                           for g in (0.0, 0.5, 1.0, 1.5, 3.0)])  # fmt: skip
        rise = float(np.diff(values, axis=0).max())
        law.holds("largest rise of a value with γ", "≤ 0", f"{rise:.1e}", rise <= 1e-8)


class TestLogit:
    """A developer chooses option i with probability exp(v_i/noise)/Σ exp(v_j/noise): noise → 0 the best, noise → ∞ any.

    Broken by noise of another law than Gumbel's, by draws that options share, and by a scale that divides.
    """

    VALUES = np.array((0.0, 10.0, 25.0, 5.0))

    @classmethod
    def counts(cls, noise, decisions):
        four, developers = options(*(option((1.0,), (0.0,), slot=i) for i in range(4))), max(decisions // 200, 1)
        found = np.zeros(4)
        for developer in range(developers):
            rows = Noise(11, developer, 0)
            for _ in range(decisions // developers):
                found[choose(four, cls.VALUES, 0.0, noise, rows.next()).option.slot] += 1
        return found

    @pytest.mark.parametrize("noise", [5.0, 20.0])
    def test_shares(self, law, form, noise):
        expected = np.exp(self.VALUES / noise)
        law.counts(f"choices at noise {noise:g}", "logit", self.counts(noise, form(4000, 100_000)), expected)

    def test_cold(self, law, form):
        found = self.counts(0.0, form(1000, 10_000))
        law.holds("noise 0: share of the best", "1", f"{found[2] / found.sum():g}", found[2] == found.sum())

    def test_hot(self, law, form):
        law.counts("choices at noise 10⁶", "uniform", self.counts(1e6, form(4000, 100_000)), np.ones(4))


class TestBeliefs:
    """Beliefs converge to what is true: the mean after n outcomes is (prior + Σ x)/(n + 1), of variance n·τ²/(n+1)²;
    with a memory of k outcomes it goes on moving, without bias, with variance τ²/(2k - 1).

    Broken by a prior that never fades, and by public outcomes that weigh as much as own ones.
    """

    FIGURE = "choice_beliefs"
    TRUTH, SD, PRIOR = 0.03, 0.05, -0.1

    @classmethod
    def paths(cls, form, memory, outcomes):
        rng, paths = np.random.default_rng(8), []
        c = config(developers__beliefs__memory=memory, projects__refine__belief=cls.PRIOR)
        for x in rng.normal(cls.TRUTH, cls.SD, (form(300, 4000), outcomes)).tolist():
            learned, path = Beliefs(c), []
            for value in x:
                learned.observe_own("refine", value)
                path.append(learned.gain("refine"))
            paths.append(path)
        return np.array(paths)

    def test_posterior(self, law, form):
        last, n = self.paths(form, 1e6, 100)[:, -1], 100
        law.agrees("mean belief after 100 outcomes", (self.PRIOR + n * self.TRUTH) / (n + 1), Estimate.of(last))
        theory = n * self.SD**2 / (n + 1) ** 2
        law.agrees("its variance", theory, Estimate.of((last - (self.PRIOR + n * self.TRUTH) / (n + 1)) ** 2))

    def test_memory(self, law, form):
        last = self.paths(form, 10, 150)[:, -1]
        law.agrees("mean belief, memory of 10", self.TRUTH, Estimate.of(last))
        law.agrees("its variance", self.SD**2 / 19, Estimate.of((last - self.TRUTH) ** 2))

    def test_figure(self, form):
        made, (left, right) = figure(2)
        for axes, memory in ((left, 1e6), (right, 10)):
            axes.plot(self.paths(form, memory, 100)[:40].T, color="0.6", lw=0.6)
            axes.axhline(self.TRUTH, color="k", lw=1)
            axes.set(xlabel="own outcomes", title="all remembered" if memory > 100 else "memory of 10")
        left.set(ylabel="believed gain of the success rate")
        save(made, self.FIGURE)


@pytest.mark.usefixtures("form")
class TestOutOfReach:
    """A bar that nobody can pass leaves no project worth its cost to who decides by what it expects.

    Broken by a chance of admission that does not look at what admission needs.
    """

    def test_a_bar_out_of_reach(self, law):
        who, c = own(admitted=False, revenue=0.0), settings()
        far = public(required=(1.0,) * len(c.developers.stakes), leader=(0.5,) * 3)
        best = max(expected_utility(projects(who, far), who, far)[:-2])
        law.holds("best project where admission needs rate 1", "< waiting", f"{best:.1f}", best < -who.running_cost)
