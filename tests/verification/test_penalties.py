"""What makes an attempt harder than a plain first turn, and the coins of an answer (M4, M6), from population to log."""

import numpy as np
import pytest
from scipy.special import expit, logit

from sim.records import CLASSES, C
from tests.founders import founders
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings
from tests.verification.tasks import by_turn, good


class TestPenalties:
    """A penalty costs the same logit of the mean success rate at every spread: logit a' = logit a - e - b·derailed.

    Through the population's own arithmetic, with every session derailed on its second turn (h = 1, γ = 0). Broken by a
    penalty put on the median task instead (it then costs less at a large spread), by mu taken for another class or
    state, and by a dispersion of the adversarial class that moves its mean.
    """

    FIGURE = "response_penalties"
    A, EDGE, ADVERSARIAL, DERAILED = 0.6, 0.8, 1.4, 1.5
    SPREADS = (0.0, 2.0, 5.0, 12.0)

    @classmethod
    def population(cls, spread, **keys):
        system = dict(name="one", ability=cls.A, spread=spread, source="none")
        return founders(settings(
            10.0, calibration__systems=[system], population__variation=0.0, population__ability_sd=0.0,
            population__spread_sd=0.0, population__fork_share=0.0, population__edge_penalty=cls.EDGE,
            population__adversarial_penalty=cls.ADVERSARIAL, response__derail_penalty=cls.DERAILED, **keys,
        )).service[1:]  # fmt: skip

    @classmethod
    def theory(cls, klass, derailed):
        return expit(logit(cls.A) - (0.0, cls.EDGE, cls.ADVERSARIAL)[klass] - derailed * cls.DERAILED)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        stations = np.concatenate([cls.population(s) for s in cls.SPREADS])
        stations["uid"] = stations["lineage"] = np.arange(len(stations))
        stations["slots"], stations["hazard"] = 10**6, 1.0
        c = settings(10.0, seed=31, router__sticky=True, demand__turns_mean=2, demand__edge=0.33,
                     demand__adversarial=0.33, response__gamma=0.0, calibration__kappa=0.5)  # fmt: skip
        rows = by_turn(carry(c, stations, form(1e4, 4e5)).log, 2)
        assert (rows["derailed"] == [0, 1]).all()
        return {(s, klass, k): good(rows[(rows["model"][:, 0] == m) & (rows["klass"][:, 0] == klass)][:, k])
                for m, s in enumerate(cls.SPREADS) for klass in range(3) for k in range(2)}  # fmt: skip

    @pytest.mark.parametrize("spread", SPREADS)
    @pytest.mark.parametrize("klass", range(3))
    @pytest.mark.parametrize("derailed", range(2))
    def test_success(self, run, law, spread, klass, derailed):
        name = f"success, {CLASSES[klass]}{', derailed' if derailed else ''}, s = {spread:g}"
        law.occurs(name, self.theory(klass, derailed), run[spread, klass, derailed])

    def test_figure(self, run):
        made, (ax,) = figure()
        for klass, colour in enumerate(("C0", "C1", "C2")):
            for derailed, style in ((0, "-o"), (1, "--s")):
                theory = logit(self.theory(klass, derailed))
                ax.axhline(theory, color=colour, ls=style[:-1], lw=0.8)
                found = [logit(run[s, klass, derailed].mean()) for s in self.SPREADS]
                label = f"{CLASSES[klass]}{', derailed' if derailed else ''}"
                ax.plot(self.SPREADS, found, style[-1], color=colour, ms=5, label=label)
        ax.set(xlabel="spread s", ylabel="logit of the success rate", xlim=(-0.5, 19))
        ax.set_title("lines theory, marks simulated")
        ax.legend(fontsize=7, loc="center right")
        save(made, self.FIGURE)


class TestCoins:
    """Bad answers are noticed with `detect`, good ones drifted at the drift rate, and their value is lognormal(0, v)
    with mean exp(v²/2), for every model on its own.

    Broken by words of one block of random numbers that are used for two coins (the shares of what is good and drifted
    would then not be independent of success), and by value that is booked for bad answers.
    """

    FIGURE = "response_coins"
    DETECT, DRIFT, VALUE = 0.7, (0.0, 0.05, 0.3), (0.0, 0.3, 0.8)
    ABILITY = (0.3, 0.6, 0.9)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        three = models(3, slots=10**6, ability=cls.ABILITY, spread=3.0, drift=cls.DRIFT, brilliance=cls.VALUE)
        c = settings(100.0, seed=41, response__detect=cls.DETECT, calibration__kappa=0.7)
        ready = carry(c, three, form(1e3, 5e4), ticks=form(20, 50), log=False)
        return np.array([w.models for w in ready.windows]).astype(float)

    @classmethod
    def estimate(cls, run, model, some, of):
        return Estimate.of(run[:, model, some] / run[:, model, of])

    @pytest.mark.parametrize("model", range(3))
    def test_detection(self, run, law, model):
        name = f"share of bad answers unnoticed, a = {self.ABILITY[model]}"
        law.agrees(name, 1 - self.DETECT, self.estimate(run, model, C.UNNOTICED, C.BAD))

    @pytest.mark.parametrize("model", range(1, 3))
    def test_drift(self, run, law, model):
        law.agrees(f"share of good answers drifted, a = {self.ABILITY[model]}", self.DRIFT[model],
                   self.estimate(run, model, C.DRIFTED, C.GOOD))  # fmt: skip

    @pytest.mark.parametrize("model", range(1, 3))
    def test_value(self, run, law, model):
        found = self.estimate(run, model, C.VALUE, C.GOOD)
        found = Estimate(found.mean / 1e6, found.error / 1e6, found.degrees)
        law.agrees(f"mean value of a good answer, v = {self.VALUE[model]}", np.exp(self.VALUE[model] ** 2 / 2), found)

    def test_figure(self, run):
        made, axes = figure(3, width=3.2, height=3.2)
        for ax, (title, theory, some, of, scale) in zip(axes, (
            ("bad answers unnoticed", [1 - self.DETECT] * 3, C.UNNOTICED, C.BAD, 1),
            ("good answers drifted", self.DRIFT, C.DRIFTED, C.GOOD, 1),
            ("value of a good answer", np.exp(np.square(self.VALUE) / 2), C.VALUE, C.GOOD, 1e6),
        ), strict=True):  # fmt: skip
            found = [run[:, m, some].sum() / run[:, m, of].sum() / scale for m in range(3)]
            ax.plot(range(3), theory, "_", ms=30, color="k", label="theory")
            ax.plot(range(3), found, "o", ms=5, label="simulated")
            ax.set(xticks=range(3), xlim=(-0.5, 2.5), xlabel="model", title=title, ylim=(0, 1.2 * max(theory)))
        axes[0].legend(fontsize=8)
        save(made, self.FIGURE)
