"""The published wait sequence of every retry preset, on the attempt log: end of attempt k to start of k+1."""

import numpy as np
import pytest

from tests.verification.drive import evenly
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings
from tests.verification.turns import COLOURS, Turns, points

HOPELESS = 1e-12  # ability
NO_BUDGET = dict(kind="none", ratio=0.0, floor=0.0, window_s=10.0, capacity=0.0, cost=0.0, timeout_cost=0.0, refund=0.0)


def doubling(base, cap, k):
    """w_k = min(cap, base·2^(k-1))."""
    return min(cap, base * 2.0 ** (k - 1))


def span(preset: str, k: int) -> tuple[float, float]:
    """The published bounds of the wait before retry k, in s; it is uniform between them."""
    return {
        # openai-python, _base_client._calculate_retry_timeout: min(0.5·2^n, 8)·(1 - 0.25·random()), n = 0 first
        "openai": (0.75 * doubling(0.5, 8.0, k), doubling(0.5, 8.0, k)),
        # litellm, utils._calculate_retry_after: min(0.5·2^n, 8) + 0.75·random()
        "litellm": (doubling(0.5, 8.0, k), doubling(0.5, 8.0, k) + 0.75),
        # botocore, retries/standard.ExponentialBackoff: random()·min(2^n, 20), n = 0 first
        "aws_standard": (0.0, doubling(1.0, 20.0, k)),
        # Envoy, JitteredExponentialBackOffStrategy: uniform below an interval of 25 ms that doubles, at most 250 ms
        "envoy": (0.0, doubling(0.025, 0.25, k)),
        # Finagle, RequeueFilter: at once
        "finagle": (0.0, 0.0),
        # gRFC A6 (2024): min(initialBackoff·2^(k-1), maxBackoff)·U(0.8, 1.2)
        "grpc": (0.8 * doubling(0.1, 1.0, k), 1.2 * doubling(0.1, 1.0, k)),
    }[preset]


PRESETS = {"openai": 2, "litellm": 2, "aws_standard": 2, "envoy": 1, "finagle": 20, "grpc": 3}
"""Retries after the first attempt that each allows by default."""


def attempt_log(preset: str, turns: int, retries: int | None = None, count: int = 1) -> Turns:
    """The log of so many hopeless turns one after another, without budget; ``retries`` in place of the preset's."""
    more = {} if retries is None else {"retry__retries": retries}
    c = settings(1.0, f"retry={preset}", service__noise="fixed", retry__budget=NO_BUDGET, **more)
    stations = models(count, mean_s=0.25, slots=4, ability=HOPELESS)
    return Turns.of(carry(c, stations, 200.0 * (turns + 1), chunks=evenly(200.0, turns)).log)


class TestWaits:
    """Retry k waits as published: uniform between bounds that follow from the preset's sequence (conf/retry).

    Retries are raised to eight, so that caps show.
    """

    FIGURE = "retries_presets"
    DEPTH = 8

    @pytest.fixture(scope="class")
    @classmethod
    def waits(cls, form):
        """Waits before retry k = 1 .. 8: preset -> (8, turns)."""
        logs = {preset: attempt_log(preset, form(300, 3000), cls.DEPTH) for preset in PRESETS}
        return {preset: log.waits[1].reshape(-1, cls.DEPTH).T for preset, log in logs.items()}

    @pytest.mark.parametrize("preset", PRESETS)
    def test_attempts(self, preset, form):
        assert (attempt_log(preset, form(50, 100)).attempts == 1 + PRESETS[preset]).all()

    @pytest.mark.parametrize("preset", PRESETS)
    def test_bounds_and_mean(self, waits, preset, law):
        for k, own in enumerate(waits[preset], start=1):
            low, high = span(preset, k)
            assert low - 1e-7 <= own.min() and own.max() <= high + 1e-7  # of the time grid
            if high > low:
                assert own.min() < low + 0.05 * (high - low) and own.max() > high - 0.05 * (high - low)
                law.agrees(f"{preset}: wait before retry {k}", (low + high) / 2, Estimate.of(own), unit="s")

    def test_litellm_does_not_wait_while_another_model_is_healthy(self, form):
        _, waits = attempt_log("litellm", form(50, 100), count=2).waits
        assert len(waits) == 2 * form(50, 100) and not waits.any()

    def test_waits_of_two_retries_are_independent(self, waits):
        first, second = waits["aws_standard"][:2]
        assert abs(np.corrcoef(first, second)[0, 1]) < 4 / np.sqrt(len(first))

    def test_figure(self, waits):
        made, (ax,) = figure(width=3.4, height=2.8)
        retry = np.arange(1, self.DEPTH + 1)
        named = [preset for preset in PRESETS if preset != "finagle"]
        for at, (preset, colour) in enumerate(zip(named, COLOURS, strict=True)):
            ends = np.array([span(preset, k) for k in retry])
            x = retry + 0.12 * (at - 2)
            ax.vlines(x, np.maximum(ends[:, 0], 1e-3), ends[:, 1], color=colour, lw=4, alpha=0.3)
            points(ax, x, [Estimate.of(own) for own in waits[preset]], colour, preset)
        ax.set(xlabel="retry k", ylabel="wait before it (s)", yscale="log", ylim=(4e-4, 40))
        ax.legend(fontsize=6, ncol=3, loc="lower right", title="bars: published bounds", title_fontsize=6)
        save(made, self.FIGURE)


class TestDecorrelated:
    """AWS's decorrelated jitter: w_k ~ U(base, 3·w_(k-1)), at most cap, w_0 = base (AWS architecture blog, 2015).

    Below the cap E[w_k] = (base + 3·E[w_(k-1)])/2.
    """

    def test_waits(self, form, law):
        turns = form(1000, 10_000)
        c = settings(1.0, service__noise="fixed", retry__retries=4, retry__kinds=["bad"], retry__backoff="decorrelated",
                     retry__base_s=1.0, retry__factor=3.0, retry__cap_s=1e6)  # fmt: skip
        run = carry(c, models(mean_s=0.25, slots=4, ability=HOPELESS), 500.0 * (turns + 1), chunks=evenly(500.0, turns))
        index, waits = Turns.of(run.log).waits
        mean, last = 1.0, np.ones(turns)
        for k in range(1, 5):
            own, mean = waits[index == k], (1.0 + 3.0 * mean) / 2.0
            assert (own >= 1.0 - 1e-7).all() and (own <= 3.0 * last + 1e-7).all()
            law.agrees(f"wait before retry {k}", mean, Estimate.of(own), unit="s")
            last = own
