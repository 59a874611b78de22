"""Coverage away from the easy case (M7, M9): other abilities, classes, turns, and rules that count prompts"""

import numpy as np
import pytest
from scipy import stats

from sim.response import penalised
from sim.trust.evidence import Evidence
from sim.trust.gauntlet import Evaluator
from tests.audits import evidence_config, location, sessions, window
from tests.candidates import PLAIN, candidate, settings
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.tasks import pass_k

MODELS = 30  # of a network
SPREADS = (2.0, 4.0, 6.0)
ALLOWED = tuple(np.array(stats.binom.interval(0.95, 200, 0.9)) / 200)
"""Shares of 200 runs that do not speak against 90 %."""


def held(e: Evidence, truth: float) -> np.ndarray:
    """Whether the lower and the upper bound of each model hold, (models, 2)."""
    return np.stack([e.lower <= truth, truth <= e.upper], axis=1)


def evaluated(evaluator, made, truth: float, networks: int) -> dict[bool, np.ndarray]:
    """``held`` after one evaluation of each model, with the design effect and without."""
    found = {True: [], False: []}
    for network in range(networks):
        scores = []
        for uid in range(1, MODELS + 1):
            made["uid"] = network * MODELS + uid
            scores.append(evaluator.score(made, 0))
        for use_d, kept in found.items():
            e = Evidence(evidence_config(design_effect=use_d), MODELS)
            e.good += [score.good for score in scores]
            e.bad += [score.bad for score in scores]
            e.squares += e.good + e.bad
            e.clusters += [score.clusters for score in scores]
            e.update(window(MODELS), 0.0)  # which judges them, by a correlation that is the network's
            kept.append(held(e, truth))
    return {use_d: np.concatenate(kept) for use_d, kept in found.items()}


def plain(ability, spread, networks):
    """60 plain prompts x 3 repeats."""
    return evaluated(Evaluator(settings(**PLAIN)), candidate(ability, spread), ability, networks)


def classes(ability, spread, networks):
    """85 % plain, 10 % edge and 5 % adversarial prompts, with penalties of 1 logit."""
    truth = 0.85 * ability + 0.15 * float(penalised(ability, 1.0))
    made = candidate(ability, spread, penalties=(0.0, 1.0, 1.0))
    return evaluated(Evaluator(settings(edge=0.1, adversarial=0.05, known=0)), made, truth, networks)


def turns(ability, spread, networks):
    """60 prompts x 2 repeats x 3 turns, of which the later ones may derail."""
    hazard, share = 0.5, 0.25
    whole = np.cumprod(1 - hazard * share * np.arange(3))
    truth = float(np.mean(whole * ability + (1 - whole) * float(penalised(ability, 1.5))))
    keys = PLAIN | dict(repeats=2, turns=3, context_share=share, response__gamma=1.0)
    return evaluated(Evaluator(settings(**keys)), candidate(ability, spread, hazard=hazard), truth, networks)


def live(ability, spread, networks):
    """300 audited sessions of three turns on average."""
    rng, found = np.random.default_rng(round(1000 * ability + spread)), {True: [], False: []}
    for _ in range(networks):
        counters = sessions(rng, MODELS, 300, 3.0, ability, spread)
        for use_d, kept in found.items():
            e = Evidence(evidence_config(design_effect=use_d), MODELS)
            e.update(counters, 1.0)
            kept.append(held(e, ability))
    return {use_d: np.concatenate(kept) for use_d, kept in found.items()}


CASES = (plain, classes, turns, live)


class TestCoverageElsewhere:
    """At abilities .7 and .85, for a mix of classes, for conversations and from live traffic, nominal 90 % bounds cover
    what 200 runs cannot tell from 90 %; raw counts cover less.

    The uniform prior pulls both bounds towards 1/2, so the lower covers up to .02 more there and the upper as much
    less. Broken by clusters that are not the answers to one prompt, and by an estimand of another class mix.
    """

    FIGURE = "coverage_cases"
    ABILITIES = (0.7, 0.85)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        networks = form(100, 250)
        return {
            (case.__name__, ability, spread): case(ability, spread, networks)
            for case in CASES
            for ability in (form((0.85,), cls.ABILITIES))
            for spread in SPREADS
        }

    @pytest.mark.parametrize("case", [case.__name__ for case in CASES])
    def test_bounds(self, run, law, case):
        low, high = ALLOWED
        for (name, ability, spread), found in run.items():
            for side, bound in enumerate(("lower", "upper")) if name == case else ():
                e = Estimate.of(found[True][:, side])
                about = f"{bound} bound holds, {case}, ability {ability}, spread {spread:g}"
                within = low <= e.interval(0.95)[0] and e.interval(0.95)[1] <= high
                law.holds(about, f"{low:.3f} to {high:.3f}", f"{e.mean:.3f} ± {e.error:.2g}", within)

    @pytest.mark.parametrize("case", [case.__name__ for case in CASES])
    def test_raw_counts(self, run, law, case):
        for (name, ability, spread), found in run.items():
            if name == case:
                e = Estimate.of(found[False][:, 1])
                about = f"upper bound holds, {case}, ability {ability}, spread {spread:g}, raw counts"
                law.holds(about, "below 0.9", f"{e.mean:.3f} ± {e.error:.2g}", e.interval()[1] < 0.9)

    def test_figure(self, run):
        made, axes = figure(len(CASES), width=3.2)
        for ax, case in zip(axes, CASES, strict=True):
            ax.axhspan(*ALLOWED, color="0.9", label="what 200 runs allow")
            for shift, (ability, marker) in enumerate(zip(self.ABILITIES, "os", strict=True)):
                for side, fill in ((0, "full"), (1, "none")):
                    for use_d, colour in ((True, "C0"), (False, "C1")):
                        shares = [run[case.__name__, ability, s][use_d][:, side].mean() for s in SPREADS]
                        x = np.array(SPREADS) + 0.3 * shift + 0.15 * side
                        label = f"{('lower', 'upper')[side]}, ability {ability}" if use_d else None
                        ax.plot(x, shares, marker, ms=5, color=colour, fillstyle=fill, label=label)
            ax.set(title=case.__name__, xlabel="spread", ylim=(0.7, 1.12), xticks=SPREADS)
        axes[0].set(ylabel="share of models whose 90 % bound holds")
        axes[0].legend(fontsize=7, loc="upper right", title="blue: design effect; orange: raw", title_fontsize=7)
        save(made, self.FIGURE)


class TestPromptsThatCount:
    """Under pass^k and agreement^k a prompt is one outcome: their count is Bin(60, p), p = pass^3 or
    pass^3·(1-drift)^3, and a bound covers exactly what that leaves. Whole counts make it swing around 90 %.

    Broken by a rule that counts repeats, and by drifted answers that agree.
    """

    FIGURE = "coverage_prompts"
    ABILITIES, DRIFT, PROMPTS = (0.5, 0.7, 0.85), 0.05, 60

    @classmethod
    def rate(cls, rule, ability, spread):
        whole = pass_k(location(ability, spread), spread, 3)
        return whole * (1 - cls.DRIFT) ** 3 if rule == "agreement_k" else whole

    @classmethod
    def theory(cls, rate):
        """Coverage of (lower, upper) bound of Beta(1 + g, 1 + 60 - g), g ~ Bin(60, rate)."""
        g = np.arange(cls.PROMPTS + 1)
        posterior, chance = stats.beta(1 + g, 1 + g[::-1]), stats.binom.pmf(g, cls.PROMPTS, rate)
        return float(chance[posterior.ppf(0.1) <= rate].sum()), float(chance[rate <= posterior.ppf(0.9)].sum())

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return {
            (rule, a, s): evaluated(
                Evaluator(settings(**PLAIN | dict(score=rule))), candidate(a, s, drift=cls.DRIFT),
                cls.rate(rule, a, s), form(40, 200),
            )[True]
            for rule in ("pass_k", "agreement_k") for a in form((0.85,), cls.ABILITIES) for s in SPREADS
        }  # fmt: skip

    @pytest.mark.parametrize("rule", ["pass_k", "agreement_k"])
    def test_bounds(self, run, law, rule):
        for (name, ability, spread), found in run.items():
            exact = self.theory(self.rate(rule, ability, spread))
            for side, bound in enumerate(("lower", "upper")) if name == rule else ():
                about = f"{bound} bound holds, {rule}, ability {ability}, spread {spread:g}"
                law.occurs(about, exact[side], found[:, side])

    def test_figure(self, run):
        made, axes = figure(2)
        fine = np.linspace(0.15, 0.95, 801)
        exact = np.array([self.theory(rate) for rate in fine])
        for side, ax in enumerate(axes):
            ax.axhspan(*ALLOWED, color="0.9", label="what 200 runs allow")
            ax.plot(fine, exact[:, side], color="k", lw=0.6, label="theory")
            for rule, colour in (("pass_k", "C0"), ("agreement_k", "C1")):
                points = [(self.rate(rule, a, s), f[:, side].mean()) for (name, a, s), f in run.items() if name == rule]
                ax.plot(*np.transpose(points), "o", ms=4, color=colour, label=rule)
            ax.set(title=f"{('lower', 'upper')[side]} bound", xlabel="share of prompts solved", ylim=(0.8, 1))
        axes[0].set(ylabel="share of models whose 90 % bound holds")
        axes[0].legend(fontsize=8)
        save(made, self.FIGURE)
