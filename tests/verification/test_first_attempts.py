"""What evidence estimates (M7): the success rate of first attempts, through the running data plane"""

import numpy as np
import pytest

from sim.demand import open_demand
from sim.records import C, Outcome
from sim.trust.evidence import Evidence
from tests.audits import evidence_config, location
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.network import Run, carry, models, settings
from tests.verification.tasks import pass_k

ABILITY, SPREAD, MODELS, RETRIES, TURNS, LEAVE = 0.6, 3.0, 40, 2, 3.0, 0.3
MU = location(ABILITY, SPREAD)
RESCUED = sum(pass_k(MU, SPREAD, 1, bad=k) for k in range(1, RETRIES + 1))
"""Probability that a turn's first attempt fails and one of RETRIES on the same model, and so the same task, is good."""


def network(form, *groups: str, seed: int, audit=0.5, **keys) -> Run:
    """Equal models, sessions of some turns; whatever is open at the end is drained, so that every turn is judged."""
    keys = dict(demand__turns_mean=TURNS, evidence__audit=audit, demand__think_median_s=1.0) | keys
    until = form(2e3, 4e4)
    c = settings(20.0, *groups, seed=seed, **keys)
    return carry(c, models(MODELS, slots=10**6, ability=ABILITY, spread=SPREAD), until, ticks=5, drain_s=1e5)


def evidence(run: Run, ω: float) -> Evidence:
    """The evidence of a run, of a network that does not forget."""
    e = Evidence(evidence_config(visibility=ω, half_life_days=1e300), MODELS, windows=0)
    for counters in run.windows:
        e.update(counters, 1.0)
    return e


def rate(e: Evidence) -> np.ndarray:
    """Share of good in the evidence on each model: the posterior mean without the prior."""
    return e.good / (e.good + e.bad)


def around(e: Evidence, theory: float) -> Estimate:
    """The rate of evidence over models, as turns weigh it; Σ(g - theory·n) has mean 0 exactly, the mean of g/n not."""
    total = e.good + e.bad
    scattered = theory + (e.good - theory * total) / total.mean()
    return Estimate.of(scattered)


def audited_log(run: Run) -> np.ndarray:
    """Attempts of audited sessions, of those of demand whose audit number is below the audited share."""
    needed, numbers = int(run.log["session"].max()) + 1, np.zeros(0)
    for sessions, _ in open_demand(run.config).chunks():
        numbers = np.append(numbers, sessions["audit"])
        if len(numbers) >= needed:
            break
    return run.log[numbers[run.log["session"]] < run.config.evidence.audit]


def first_rates(run: Run) -> np.ndarray:
    """Success rate of first attempts of audited sessions by model, from the attempt log."""
    first = audited_log(run)
    first = first[first["attempt"] == 1]
    good = first["outcome"] == Outcome.GOOD
    return np.bincount(first["model"][good], minlength=MODELS) / np.bincount(first["model"], minlength=MODELS)


class TestEstimand:
    """Without retries, or with all failures visible and retries on the same model, the rate in the evidence is the
    success rate of first attempts in audited sessions, each turn counted once: exactly that of the attempt log, and on
    average the ability, E[P(good)], since sessions and their numbers of turns do not depend on success.

    Broken by audits that follow outcomes, by turns that are judged twice or never, and by rescues that count as firsts.
    """

    CASES = (("no retries", "retry=none", 0.5, 91), ("retries, ω = 1", "retry=openai", 1.0, 92))

    @pytest.fixture(scope="class", params=CASES, ids=lambda case: case[1])
    @classmethod
    def run(cls, request, form):
        name, policy, ω, seed = request.param
        run = network(form, policy, seed=seed)
        return name, run, evidence(run, ω)

    def test_against_the_log(self, run, law):
        case, traffic, e = run
        gap = float(np.abs(rate(e) - first_rates(traffic)).max())
        law.holds(f"rate in the evidence less that of the log, {case}", "0", f"{gap:g}", gap <= 2**-52)

    def test_all_judged(self, run, law):
        case, traffic, e = run
        turns = int((audited_log(traffic)["attempt"] == 1).sum())
        found = float((e.good + e.bad).sum())
        law.holds(f"audited turns judged, {case}", f"{turns}", f"{found:.0f}", found == turns)

    def test_ability(self, run, law):
        case, _, e = run
        law.agrees(f"rate in the evidence, {case}", ABILITY, around(e, ABILITY))


class TestRescues:
    """With ω < 1 and retries on the same model the rate in the evidence exceeds that of first attempts by
    (1 - ω)·P(self-rescued), exactly as counted; on average P(self-rescued) = Σ_k E[(1-p)^k·p] over tasks, k to the
    number of retries, since a retry meets the same task.

    Broken by visibility applied to what was not rescued, and by a retry that meets another task.
    """

    FIGURE = "evidence_rescues"
    VISIBILITIES = (0.0, 0.25, 0.5, 1.0)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return network(form, "retry=openai", seed=95)

    @pytest.mark.parametrize("ω", VISIBILITIES)
    def test_counters(self, run, law, ω):
        counted = run.models
        turns = counted[:, C.AUDITED_GOOD : C.AUDITED_LOST + 1].sum(axis=1)
        excess = (1 - ω) * counted[:, C.AUDITED_SELF_RESCUED] / turns
        gap = float(np.abs(rate(evidence(run, ω)) - first_rates(run) - excess).max())
        law.holds(f"rate less first attempts' less (1-ω)·share self-rescued, ω = {ω:g}", "0", f"{gap:.1g}",
                  gap <= 2 * 2**-52)  # fmt: skip

    @pytest.mark.parametrize("ω", VISIBILITIES)
    def test_theory(self, run, law, ω):
        theory = ABILITY + (1 - ω) * RESCUED
        law.agrees(f"rate in the evidence, ω = {ω:g}", theory, around(evidence(run, ω), theory))

    def test_figure(self, run):
        made, (ax,) = figure(width=3.4, height=2.8)
        ω = np.linspace(0, 1, 11)
        found = [around(evidence(run, x), ABILITY + (1 - x) * RESCUED) for x in ω]
        ax.plot(ω, ABILITY + (1 - ω) * RESCUED, color="#0072B2", lw=1, label="theory")
        ax.errorbar(ω, [e.mean for e in found], [e.interval()[1] - e.mean for e in found], fmt="o", ms=3,
                    color="#D55E00", label="running data plane")  # fmt: skip
        ax.axhline(ABILITY, color="0.6", lw=1, ls=":", label="first attempts")
        ax.set(xlabel="visibility ω (1)", ylabel="rate in the evidence (1)")
        ax.tick_params(labelsize=8)
        ax.legend(fontsize=7, frameon=False)
        save(made, self.FIGURE)


class TestLeaving:
    """Where a failed turn ends its session with probability l, a task that succeeds with p is asked
    T(p) = 1/(1 - q·(1 - l·(1-p))) times, q = 1 - 1/mean turns: sticky sessions on easy tasks last longer, and the rate
    in the evidence, over turns as they are asked, is E[p·T(p)]/E[T(p)].

    Broken by evidence that weighs sessions alike.
    """

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return network(form, "retry=none", seed=97, response__leave=LEAVE, router__sticky=True)

    @staticmethod
    def theory():
        z = np.linspace(-9, 9, 20_001)  # trapezoids of a smooth function that is flat at both ends
        density, p = np.exp(-z * z / 2), 1 / (1 + np.exp(-(MU + SPREAD * z)))
        turns = 1 / (1 - (1 - 1 / TURNS) * (1 - LEAVE * (1 - p)))
        return float((density * p * turns).sum() / (density * turns).sum())

    def test_rate(self, run, law):
        theory = self.theory()
        law.agrees(f"rate in the evidence, ability {ABILITY}", theory, around(evidence(run, 0.5), theory))
