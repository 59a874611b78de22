"""Requests that a model does not serve: turned away at the door, or given up by their users."""

import numpy as np
import pytest

from sim.records import Outcome
from tests.verification.erlang import birth_death, erlang_b
from tests.verification.estimates import Estimate, replicate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings

SERVICES = {"exponential": 0.0, "fixed": 0.0, "lognormal": 1.0}  # noise: σ


def shares(form, seed, rate, outcome, slots, **keys) -> Estimate:
    """Share of attempts that end with ``outcome`` on one model; service takes 1 s on average."""
    until = form(2e4, 2e5) / rate

    def one(seed):
        log = carry(settings(rate, seed=seed, **keys), models(slots=slots), until, drain_s=1e3).after(until / 20)
        return (log["outcome"] == outcome).mean()

    return Estimate.of(replicate(one, form(8, 20), first=seed))


class TestErlangB:
    """M/G/c/c: with no room to wait, the share turned away is B(c, λ/μ), whatever the law of service (Erlang 1917,
    Sevastyanov 1957).

    Broken by a request that waits although `queue_limit` is 0, by one that is rejected while a slot is free, and by
    service of the wrong mean.
    """

    FIGURE = "queue_loss"
    CASES = tuple((noise, slots, load) for noise in SERVICES for slots, load in ((1, 0.5), (5, 4.0), (20, 22.0)))

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def one(k, noise, slots, load):
            service = dict(service__queue_limit=0, service__noise=noise, service__noise_sigma=SERVICES[noise])
            return shares(form, 100 * k, load, Outcome.REJECTED, slots, **service)

        return {case: one(k, *case) for k, case in enumerate(cls.CASES, 1)}

    @pytest.mark.parametrize(("noise", "slots", "load"), CASES)
    def test_blocking(self, run, law, noise, slots, load):
        name = f"share turned away, {noise}, c = {slots}, load {load:g}"
        law.agrees(name, erlang_b(slots, load), run[noise, slots, load])

    def test_figure(self, run):
        made, (ax,) = figure()
        for colour, slots in enumerate((1, 5, 20)):
            loads = np.linspace(0.1, 1.6 * slots, 80)
            ax.plot(loads / slots, [erlang_b(slots, a) for a in loads], color=f"C{colour}", label=f"c = {slots}")
            for (noise, c, load), found in run.items():
                if c == slots:
                    marker = {"exponential": "o", "fixed": "s", "lognormal": "^"}[noise]
                    ax.plot(load / c, found.mean, marker, color=f"C{colour}", ms=9, fillstyle="none")
        ax.plot([], [], "ok", fillstyle="none", label="exponential")
        ax.plot([], [], "sk", fillstyle="none", label="fixed")
        ax.plot([], [], "^k", fillstyle="none", label="lognormal σ = 1")
        ax.set(xlabel="offered load per slot", ylabel="share turned away", title="lines Erlang B, marks simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestFiniteRoom:
    """M/M/c with room for `queue_limit` waiters: the birth-death law; the share turned away is that of its last state,
    since Poisson arrivals see time averages (Wolff 1982).

    Broken by a door that counts those in service as waiting, or one place too many or too few.
    """

    FIGURE = "queue_room"
    CASES = tuple((slots, rho, limit) for slots, rho in ((1, 0.9), (3, 1.2)) for limit in (1, 4, 10))

    @staticmethod
    def theory(slots, rho, limit):
        n = np.arange(1, slots + limit + 1)
        return birth_death(np.full(n.size, rho * slots), np.minimum(n, slots))[-1]

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return {(c, rho, k): shares(form, 100 * i, rho * c, Outcome.REJECTED, c, service__queue_limit=k)
                for i, (c, rho, k) in enumerate(cls.CASES, 20)}  # fmt: skip

    @pytest.mark.parametrize(("slots", "rho", "limit"), CASES)
    def test_blocking(self, run, law, slots, rho, limit):
        name = f"share turned away, c = {slots}, ρ = {rho}, room {limit}"
        law.agrees(name, self.theory(slots, rho, limit), run[slots, rho, limit])

    def test_figure(self, run):
        made, (ax,) = figure()
        for colour, (slots, rho) in enumerate(((1, 0.9), (3, 1.2))):
            rooms = np.arange(13)
            ax.plot(rooms, [self.theory(slots, rho, k) for k in rooms], ".-", lw=0.8, color=f"C{colour}",
                    label=f"c = {slots}, ρ = {rho}")  # fmt: skip
            own = [(k, e) for (c, _, k), e in run.items() if c == slots]
            ax.plot([k for k, _ in own], [e.mean for _, e in own], "o", ms=10, fillstyle="none", color=f"C{colour}")
        ax.set(xlabel="room to wait", ylabel="share turned away", title="M/M/c/c+k: dots theory, circles simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestImpatience:
    """Users with exponential patience of mean 1/θ, service included, who cancel: the number in the system is a
    birth-death chain with deaths min(n, c)μ + nθ, and the share that gives up is θE[n]/λ (Palm 1957).

    Broken by patience that starts anew with service, by a timer that outlives its wait, and by work that is given up
    and still burns its slot.
    """

    FIGURE = "queue_impatience"
    CASES = ((1, 0.8, 0.2), (1, 1.5, 0.2), (5, 1.0, 0.05), (5, 1.4, 0.5))

    @staticmethod
    def theory(slots, rho, theta):
        n = np.arange(1, 2000)
        law = birth_death(np.full(n.size, rho * slots), np.minimum(n, slots) + n * theta)
        return theta * float(law[1:] @ n) / (rho * slots)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return {(c, rho, theta): shares(form, 100 * i, rho * c, Outcome.TIMEOUT, c, service__patience="exponential",
                                        service__patience_s=1 / theta, service__cancel=True)
                for i, (c, rho, theta) in enumerate(cls.CASES, 40)}  # fmt: skip

    @pytest.mark.parametrize(("slots", "rho", "theta"), CASES)
    def test_share(self, run, law, slots, rho, theta):
        name = f"share given up, c = {slots}, ρ = {rho}, θ = {theta}/s"
        law.agrees(name, self.theory(slots, rho, theta), run[slots, rho, theta])

    def test_figure(self, run):
        made, (ax,) = figure()
        loads = np.linspace(0.05, 2, 60)
        for colour, (slots, rho, theta) in enumerate(self.CASES):
            ax.plot(loads, [self.theory(slots, x, theta) for x in loads], color=f"C{colour}",
                    label=f"c = {slots}, θ = {theta}/s")  # fmt: skip
            ax.plot(rho, run[slots, rho, theta].mean, "o", ms=7, color=f"C{colour}")
        ax.set(xlabel="offered load per slot", ylabel="share given up", title="lines theory, points simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
