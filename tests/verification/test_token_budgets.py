"""Retry budgets that count tokens, gRPC's and AWS's: their Markov chains, and the retries at which they settle."""

import numpy as np
import pytest

from tests.verification.drive import evenly
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings
from tests.verification.turns import COLOURS, Turns, points

HOPELESS = 1e-12  # ability


def one_by_one(preset: str, fails: float, turns: int, seed: int = 1, **keys) -> np.ndarray:
    """Attempts of each of ``turns`` turns; each turn is over before the next begins, coins are independent."""
    c = settings(1.0, f"retry={preset}", seed=seed, **dict(service__noise="fixed", retry__backoff="none") | keys)
    stations = models(mean_s=2.0**-10, slots=4, ability=max(1.0 - fails, HOPELESS))
    return Turns.of(carry(c, stations, turns + 2.0, chunks=evenly(1.0, turns)).log).attempts


def settled(turn, levels: int, fails: float) -> float:
    """Retries per turn of a budget of so many ``levels``: ``turn(level, fails)`` lists (chance, level, retries)."""
    move, retries = np.zeros((levels, levels)), np.zeros(levels)
    for level in range(levels):
        for chance, after, made in turn(level, fails):
            move[level, after] += chance
            retries[level] += chance * made
    system, one = move.T - np.eye(levels), np.zeros(levels)
    system[-1], one[-1] = 1.0, 1.0
    return float(np.linalg.solve(system, one) @ retries)


def unbounded(fails, retries):
    """f + f² + … + f^R: retries per turn without budget."""
    return sum(np.asarray(fails, float) ** k for k in range(1, retries + 1))


class TestThrottle:
    """gRPC's throttle (gRFC A6): 10 tokens, a failed attempt takes 1, a success gives 0.1, retries only above 5. It
    cuts retries off where more than 0.1/1.1 = 9.1 % of attempts fail.

    Turn after turn the tokens are a Markov chain on tenths of a token; its stationary law gives the retries per turn.
    """

    FIGURE = "retries_throttle"
    RETRIES = 3

    @classmethod
    def turn(cls, level, fails):
        chance, attempt = 1.0, 0
        while True:
            yield chance * (1 - fails), min(100, level + 1), attempt
            chance, level = chance * fails, max(0, level - 10)
            if attempt == cls.RETRIES or level <= 50:
                yield chance, level, attempt
                return
            attempt += 1

    @pytest.fixture(scope="class")
    @classmethod
    def found(cls, form):
        shares = form((0.05, 0.12), (0.02, 0.05, 0.07, 0.08, 0.09, 0.1, 0.11, 0.12, 0.14, 0.17, 0.2))
        made = {f: one_by_one("grpc", f, form(20_000, 200_000)) - 1.0 for f in shares}
        return {f: Estimate.of_batches(retries[1000:]) for f, retries in made.items()}

    def test_from_full_to_empty(self):
        attempts = one_by_one("grpc", 1.0, 20)
        assert attempts[0] == 4 and (attempts[1:] == 1).all()  # 10 → 6; then a failure leaves 5, and 5 is not above 5

    def test_fixed_point(self, found, law):
        for fails, retries in found.items():
            law.agrees(f"retries per turn, f = {fails}", settled(self.turn, 101, fails), retries)

    def test_figure(self, found):
        made, (ax,) = figure(width=3.4, height=2.8)
        fine = np.linspace(0.01, 0.2, 60)
        ax.plot(fine, unbounded(fine, self.RETRIES), "--", color="0.5", lw=1, label="no budget")
        ax.plot(fine, [settled(self.turn, 101, f) for f in fine], color=COLOURS[0], lw=1)
        ax.axvline(1 / 11, color="0.7", lw=1, ls=":", label="refund/(refund + cost)")
        points(ax, list(found), list(found.values()), COLOURS[0], "gRPC's throttle")
        ax.set(xlabel="share of attempts that fail f (1)", ylabel="retries per turn (1)")
        ax.legend(fontsize=7, frameon=False)
        save(made, self.FIGURE)


class TestQuota:
    """AWS's quota (botocore): 500 tokens, a retry takes 5, or 10 after a timeout; a success gives back what its last
    retry took, or 1 if it needed none. At R = 2 a turn changes it by (1-f) - 5f²(1-f) - 10f³ on average.

    Where that is negative the quota runs dry, and refunds alone pay for retries. Turn after turn, with independent
    failures, the tokens are a Markov chain on 0 … 500.
    """

    FIGURE = "retries_quota"
    RETRIES = 2

    @classmethod
    def turn(cls, level, fails):
        yield 1 - fails, min(500, level + 1), 0
        chance, attempt = fails, 0
        while attempt < cls.RETRIES and level >= 5:
            attempt, level = attempt + 1, level - 5
            yield chance * (1 - fails), level + 5, attempt
            chance *= fails
        yield chance, level, attempt

    @staticmethod
    def drift(fails):
        return (1 - fails) - 5 * fails**2 * (1 - fails) - 10 * fails**3

    @pytest.fixture(scope="class")
    @classmethod
    def found(cls, form):
        shares = form((0.3, 0.6), (0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9))
        made = {f: one_by_one("aws_standard", f, form(20_000, 200_000)) - 1.0 for f in shares}
        return {f: Estimate.of_batches(retries[4000:]) for f, retries in made.items()}

    @pytest.mark.parametrize(("timeouts", "paid_turns"), [(False, 50), (True, 25)])
    def test_depletion(self, timeouts, paid_turns):
        keys = dict(service__patience="fixed", service__patience_s=2.0**-11) if timeouts else {}
        attempts = one_by_one("aws_standard", 1.0, 80, **keys)
        assert (attempts[:paid_turns] == 3).all() and (attempts[paid_turns:] == 1).all()


    def test_fixed_point(self, found, law):
        for fails, retries in found.items():
            law.agrees(f"retries per turn, f = {fails}", settled(self.turn, 501, fails), retries)

    def test_figure(self, found):
        made, (ax,) = figure(width=3.4, height=2.8)
        fine = np.linspace(0.02, 0.98, 49)
        ax.plot(fine, unbounded(fine, self.RETRIES), "--", color="0.5", lw=1, label="no budget")
        ax.plot(fine, [settled(self.turn, 501, f) for f in fine], color=COLOURS[0], lw=1)
        root = fine[np.argmax(self.drift(fine) < 0)]
        ax.axvline(root, color="0.7", lw=1, ls=":", label="drift = 0")
        points(ax, list(found), list(found.values()), COLOURS[0], "AWS's quota")
        ax.set(xlabel="share of attempts that fail f (1)", ylabel="retries per turn (1)")
        ax.legend(fontsize=7, frameon=False)
        save(made, self.FIGURE)
