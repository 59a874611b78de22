"""Intervals: what the suite says about a mean holds as often as it says"""

from types import MappingProxyType

import numpy as np
import pytest

from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings

RHO = 0.5
WAIT = RHO / (1 - RHO)  # mean wait in mean service times: M/M/1
QUEUES = 800  # side by side in one run, fed by one Poisson stream that weights split: so many independent M/M/1 queues
WARMUP = 100.0  # mean service times: e^{-100·(1-√ρ)²} = .0002 of the empty start is left after it


def waits(seed: int, until: float) -> tuple[np.ndarray, np.ndarray]:
    """(model, wait in s) of the attempts of QUEUES queues at load RHO."""
    run = carry(settings(RHO * QUEUES, seed=seed), models(QUEUES), until, drain_s=1e3).after(WARMUP)
    return run["model"], run["waited"]


class TestReplications:
    """Student's t interval over the means of independent replications, `Estimate.of`, covers the mean of theory as
    often as its level says: 95 of 100 at 95 %. Here the mean wait of M/M/1 is ρ/(μ - λ) and P(wait > 0) is ρ, and a
    replication has some 1,500 turns.

    Both are ratios to a random number of turns, biased by O(1/turns), and the waits of a replication are skewed, which
    costs coverage O(skewness²/replications): both below what so many intervals can tell. Broken by a normal quantile in
    place of Student's (8 replications: 91 %), by a variance over n in place of n - 1, and by one queue that disturbs
    another.
    """

    FIGURE = "intervals_coverage"
    THEORY = MappingProxyType({"mean wait": WAIT, "P(wait > 0)": RHO})
    SIZES = (4, 8, 20)  # replications of one interval
    LEVELS = (0.5, 0.8, 0.95, 0.99)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        """Of each quantity, one value a replication."""
        found = {name: [] for name in cls.THEORY}
        for seed in range(1, form(1, 30) + 1):
            model, waited = waits(seed, form(1500.0, 3000.0))
            turns = np.bincount(model, minlength=QUEUES)
            found["mean wait"].append(np.bincount(model, waited, QUEUES) / turns)
            found["P(wait > 0)"].append(np.bincount(model, waited > 0, QUEUES) / turns)
        return {name: np.concatenate(values) for name, values in found.items()}

    @classmethod
    def held(cls, run, name, size, level) -> np.ndarray:
        """Whether each interval, of ``size`` replications, holds the truth."""
        groups = run[name][: len(run[name]) // size * size].reshape(-1, size)
        return np.array([Estimate.of(group).agrees(cls.THEORY[name], level) for group in groups])

    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("name", THEORY)
    def test_95(self, run, law, name, size):
        law.occurs(f"95 % interval of {name} holds, {size} replications", 0.95, self.held(run, name, size, 0.95))

    @pytest.mark.parametrize("name", THEORY)
    def test_80(self, run, law, name):
        law.occurs(f"80 % interval of {name} holds, 8 replications", 0.8, self.held(run, name, 8, 0.8))

    def test_figure(self, run):
        made, axes = figure(2)
        for ax, name in zip(axes, self.THEORY, strict=True):
            ax.axhline(0.0, color="k", lw=1, label="theory")
            for colour, size in enumerate(self.SIZES):
                found = [Estimate.of(self.held(run, name, size, level)) for level in self.LEVELS]
                low, high = np.array([e.interval() for e in found]).T
                at = np.array(self.LEVELS) + 0.012 * (colour - 1)  # side by side, so that bars can be told apart
                middle = np.array([e.mean for e in found]) - self.LEVELS
                half = (high - low) / 2
                ax.errorbar(at, middle, half, fmt="o", ms=4, color=f"C{colour}", label=f"{size} replications")
            ax.set(title=name, xlabel="nominal level", ylabel="coverage less nominal level", xlim=(0.45, 1.03))
        axes[0].legend(fontsize=8, loc="lower right")
        save(made, self.FIGURE)
