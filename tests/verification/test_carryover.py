"""Carryover between the turns of a session (M4): derailing, recap, drift, and damage that follows."""

import math

import numpy as np
import pytest

from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings
from tests.verification.tasks import by_turn

TURNS = 10
FIXED_CONTEXT = dict(
    demand__context_mu=math.log(1000), demand__context_sigma=0, demand__followup_mu=math.log(300),
    demand__followup_sigma=0, demand__output_mu=math.log(500), demand__output_sigma=0,
)  # fmt: skip
CONTEXT = 1000 + 800 * np.arange(TURNS)  # tokens at turn 1, 2, ...
WINDOW, H = 8192.0, 0.3


def derailed(form, seed, *, drift=0.0, **keys) -> np.ndarray:
    """Whether sessions of at least TURNS turns are derailed on their one model, by turn: (sessions, TURNS)."""
    c = settings(10.0, seed=seed, router__sticky=True, demand__turns_mean=12, **FIXED_CONTEXT | keys)
    stations = models(2, slots=10**6, hazard=H, window=WINDOW, drift=drift)
    return by_turn(carry(c, stations, form(5e3, 2e5)).log, TURNS)["derailed"]


class Carryover:
    """What laws of carryover share: sessions derailed by turn, against ``theory(case)`` for each of CASES; a figure."""

    @pytest.mark.parametrize("turn", [1, 2, 3, 6, 10])
    def test_share(self, run, law, turn):
        for case in self.CASES:
            theory, state = self.theory(case)[turn - 1], run[case][:, turn - 1]
            if theory == 0:
                law.holds(f"derailed at turn {turn}, {self.LABEL} = {case}", "0", f"{state.mean():g}", not state.any())
            else:
                law.occurs(f"derailed at turn {turn}, {self.LABEL} = {case}", float(theory), state)

    def test_figure(self, run):
        made, (ax,) = figure()
        for colour, case in enumerate(self.CASES):
            turns = np.arange(1, TURNS + 1)
            ax.plot(turns, self.theory(case), color=f"C{colour}", label=f"{self.LABEL} = {case}")
            ax.plot(turns, run[case].mean(axis=0), "o", ms=5, color=f"C{colour}")
        ax.set(xlabel="turn", ylabel="share of sessions derailed", title="lines theory, points simulated", ylim=(0, 1))
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestDerailing(Carryover):
    """With contexts c_k known, a session is still on its rails at turn k with ∏_{j=2..k} (1 - h·(c_j/window)^γ): turn 1
    never derails, and what is derailed stays so.

    Broken by a hazard that reads the context of another turn, or that is drawn more or less often than once a turn.
    """

    FIGURE = "carryover_derailing"
    CASES, LABEL = (0.0, 1.0, 2.0), "γ"

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return {gamma: derailed(form, 50 + k, response__gamma=gamma) for k, gamma in enumerate(cls.CASES)}

    @classmethod
    def theory(cls, case):
        hazard = np.minimum(H * (CONTEXT / WINDOW) ** case, 1)
        return 1 - np.concatenate([[1.0], np.cumprod(1 - hazard[1:])])

    @pytest.mark.parametrize("gamma", CASES)
    def test_for_good(self, run, law, gamma):
        back = (np.diff(run[gamma], axis=1) < 0).sum()
        law.holds(f"returns to the rails without recap, γ = {gamma}", "0", str(back), back == 0)


class TestRecap(Carryover):
    """With a constant hazard h and recap probability ρ, derailed or not is a two-state Markov chain: from 0 at turn 1,
    d_k = d_{k-1}(1 - ρ) + (1 - d_{k-1})h, which tends to h/(h + ρ).

    Broken by a recap that is followed by a new derailing in the same turn, or that is drawn at a first turn.
    """

    FIGURE = "carryover_recap"
    CASES, LABEL = (0.1, 0.4, 1.0), "recap"

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return {p: derailed(form, 60 + k, response__gamma=0.0, response__recap=p) for k, p in enumerate(cls.CASES)}

    @classmethod
    def theory(cls, case):
        d = [0.0]
        for _ in range(TURNS - 1):
            d.append(d[-1] * (1 - case) + (1 - d[-1]) * H)
        return np.array(d)


class TestDriftedHazard(Carryover):
    """Each drifted answer adds f·h to the hazard of every later turn: with drift rate δ and every answer good, the
    number of drifted answers is a walk, summed over here.

    Broken by a drifted answer that counts before it is given, or that is forgotten.
    """

    FIGURE = "carryover_drift"
    CASES, LABEL, DRIFT = (0.0, 0.5, 2.0), "f", 0.4

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return {f: derailed(form, 70 + k, drift=cls.DRIFT, response__gamma=0.0, response__drift_hazard=f)
                for k, f in enumerate(cls.CASES)}  # fmt: skip

    @classmethod
    def theory(cls, case):
        on_rails = np.zeros(TURNS + 1)  # by number of drifted answers
        on_rails[0] = 1.0
        share = [0.0]
        for _ in range(TURNS - 1):
            on_rails[1:] = on_rails[1:] * (1 - cls.DRIFT) + on_rails[:-1] * cls.DRIFT
            on_rails[0] *= 1 - cls.DRIFT
            on_rails = on_rails * (1 - np.minimum(H * (1 + case * np.arange(TURNS + 1)), 1))
            share.append(1 - on_rails.sum())
        return np.array(share)


class TestDamageFollows:
    """When a derailed session moves to another model, the damage follows with probability χ, by a coin frozen for
    (session, model): each later visit meets the same; and the model it left derailed finds it derailed again.

    Model 0 derails with H, so that most returns would find nothing if nothing were remembered; model 1 never. Broken
    by a coin drawn for a visit, and by a derailed state that belongs to the session alone or to the model alone.
    """

    FIGURE = "carryover_follow"
    CASES = (0.0, 0.3, 0.8, 1.0)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def one(seed, follow):
            c = settings(10.0, seed=seed, demand__turns_mean=12, response__gamma=0.0, response__follow=follow)
            rows = by_turn(carry(c, models(2, slots=10**6, hazard=[H, 0.0]), form(2e3, 1e5)).log, TURNS)
            return rows["model"], rows["derailed"]

        return {follow: one(80 + k, follow) for k, follow in enumerate(cls.CASES)}

    @staticmethod
    def visits(model, state):
        """(sessions, turns): visits to model 1 after the session was derailed on model 0."""
        ever = np.maximum.accumulate((model == 0) & (state == 1), axis=1)
        return ever & (model == 1)

    @pytest.mark.parametrize("follow", CASES)
    def test_first_visit(self, run, law, follow):
        model, state = run[follow]
        seen = self.visits(model, state)
        met = seen.any(axis=1)
        first = state[met, seen[met].argmax(axis=1)]
        if 0 < follow < 1:
            law.occurs(f"share whose damage followed, χ = {follow}", follow, first)
        else:
            found = first.mean()
            law.holds(f"share whose damage followed, χ = {follow}", f"{follow:g}", f"{found:g}", found == follow)

    @pytest.mark.parametrize("follow", CASES)
    def test_frozen(self, run, law, follow):
        model, state = run[follow]
        seen = self.visits(model, state)
        changed = ((state * seen).sum(axis=1) % np.maximum(seen.sum(axis=1), 1) != 0).sum()
        law.holds(f"sessions that met two states on one model, χ = {follow}", "0", str(changed), changed == 0)

    @pytest.mark.parametrize("follow", CASES)
    def test_return(self, run, law, follow):
        model, state = run[follow]
        ever = np.maximum.accumulate((model == 0) & (state == 1), axis=1)
        healed = (ever & (model == 0) & (state == 0)).sum()
        law.holds(f"returns to the model left derailed that met none, χ = {follow}", "0", str(healed), healed == 0)

    def test_figure(self, run):
        made, (ax,) = figure()
        ax.plot([0, 1], [0, 1], "k", lw=0.8, label="theory")
        for order, style in ((1, "o"), (2, "x"), (3, "+")):
            found = []
            for follow in self.CASES:
                model, state = run[follow]
                seen = self.visits(model, state)
                nth = seen & (np.cumsum(seen, axis=1) == order)
                found.append(state[nth].mean())
            ax.plot(self.CASES, found, style, ms=7, label=f"visit {order}")
        ax.set(xlabel="χ", ylabel="share of visits that met the damage", title="frozen: the same at each visit")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
