"""Success rates over random tasks, and the measures of reliability made of them."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.special import expit

import analysis.measures  # noqa: F401  fills the registry
from analysis.measure import MEASURES
from analysis.measures.reliability import REPEATS
from analysis.task_rates import misses, passes
from sim.response import median_logit, moment
from tests.made_runs import made_run

abilities = st.floats(0.01, 0.99)
spreads = st.floats(0.0, 16.0)


@pytest.mark.parametrize("ability", [0.02, 0.3, 0.65, 0.97])
@pytest.mark.parametrize("spread", [0.0, 0.7, 2.0, 6.0, 12.0])
def test_moments_are_those_of_adaptive_quadrature(ability, spread):
    mu = float(median_logit(ability, spread))
    passed = passes([mu], [spread], 8)[0]
    for k in (1, 5, 8):
        points = [min(max(-mu / spread, -8.0), 8.0)] if spread else None
        exact = integrate.quad(
            lambda z, k=k: expit(mu + spread * z) ** k * stats.norm.pdf(z),
            -9,
            9,
            points=points,
            epsabs=1e-12,
            limit=200,
        )[0]
        assert passed[k - 1] == pytest.approx(exact, rel=1e-9)
    assert passed[0] == pytest.approx(ability, abs=1e-9)


@pytest.mark.parametrize(
    ("mu", "spread"),
    [(3766.0, 13142.0), (-3766.0, 13142.0), (800.0, 0.0), (-800.0, 0.5), (690.0, 2.0), (-690.0, 200.0), (0.0, 99.9),
     (0.0, 100.1), (1e300, 3.0), (-1e300, 3.0), (5.0, 16384.0)],
)  # fmt: skip
def test_moments_where_exponentials_are_no_floats(mu, spread):
    passed, step = passes([mu], [spread], 8)[0], -mu / spread if spread else 0.0
    around = [min(max(step + far / max(spread, 1.0), -9.0), 9.0) for far in (-60, -8, 0, 8, 60)]
    for k in (1, 3, 8):
        pieces = [
            integrate.quad(lambda z, k=k: expit(mu + spread * z) ** k * stats.norm.pdf(z), low, high, epsabs=1e-13)[0]
            for low, high in pairwise([-9.0, *around, 9.0])
        ]
        assert passed[k - 1] == pytest.approx(math.fsum(pieces), abs=1e-10)


@pytest.mark.parametrize(("mu", "spread"), [(2e4, 1e5), (-1e300, 1e300), (5.0, 1e300), (1e300, 1e7)])
def test_of_a_very_great_spread_the_tasks_above_the_step_pass(mu, spread):
    assert passes([mu], [spread], 8)[0] == pytest.approx(stats.norm.cdf(mu / spread), abs=1e-4)


@settings(max_examples=40)
@given(abilities, spreads)
@example(0.5, 5e-324)  # the least spread above 0
def test_measures_and_the_simulator_mean_the_same_by_mu_and_spread(ability, spread):
    mu = median_logit(ability, spread)
    assert passes([mu], [spread], 5)[0, 4] == pytest.approx(float(moment(mu, spread, 5)), abs=1e-8)


@settings(max_examples=40)
@given(abilities, spreads)
def test_repeats_lie_between_independence_and_one_coin_for_all(ability, spread):
    passed = passes([median_logit(ability, spread)], [spread], 8)[0]
    k = np.arange(1, 9)
    assert (passed >= ability**k - 1e-9).all()
    assert (passed <= ability + 1e-9).all()
    assert (np.diff(passed) <= 1e-12).all()


@settings(max_examples=40)
@given(abilities)
def test_repeats_are_independent_without_spread_and_alike_at_a_great_one(ability):
    passed = passes([median_logit(ability, spread) for spread in (0.0, 200.0)], [0.0, 200.0], 4)
    assert passed[0] == pytest.approx(ability ** np.arange(1, 5))
    assert passed[1] == pytest.approx(ability, abs=0.02)


@settings(max_examples=40)
@given(abilities, spreads)
def test_failing_mirrors_passing(ability, spread):
    mu = median_logit(ability, spread)
    mirrored, passed = passes([-mu], [spread], 8)[0], passes([mu], [spread], 8)
    assert [misses(passed, k)[0] for k in range(1, 9)] == pytest.approx(mirrored, abs=1e-11)


def models(n=12, seed=3, scale=1, copies=1):
    rng = np.random.default_rng(seed)
    table = {
        "ability": rng.uniform(0.2, 0.9, n), "mu": rng.normal(0.5, 2.0, n), "spread": rng.uniform(0.0, 8.0, n),
        "drift": rng.uniform(0.0, 0.1, n),
        "parent": np.arange(n) - 1, "turns": rng.integers(50, 100, n) * scale,
    }  # fmt: skip
    table["turns_after_warmup"] = table["turns"]
    table["first_good"] = (table["turns"] // scale * table["ability"]).astype(int) * scale
    table = {name: np.tile(values, copies) for name, values in table.items()}
    return made_run(models=table)


def value(name, run):
    return MEASURES[name].function(run)


OF_MODELS = [
    *(f"{kind}_{k}" for kind in ("pass", "agreement", "pass_at") for k in REPEATS),
    "aptitude_tasks", "unreliability_tasks", "aptitude_models", "unreliability_models", "version_drift",
]  # fmt: skip


@pytest.mark.parametrize("name", OF_MODELS)
def test_reliability_knows_neither_the_unit_of_traffic_nor_how_often_a_network_is_copied(name):
    expected = value(name, models())
    assert value(name, models(scale=10)) == pytest.approx(expected)
    assert value(name, models(copies=3)) == pytest.approx(expected)


@pytest.mark.parametrize("name", OF_MODELS)
def test_reliability_without_traffic_is_not_defined(name):
    idle = made_run(models={column: values * 0 for column, values in models()["models"].items()})
    assert math.isnan(value(name, idle))


def test_more_repeats_are_harder_to_pass_easier_to_pass_once_and_drift_only_takes():
    run = models()
    for few, many in pairwise(REPEATS):
        assert value(f"pass_{few}", run) > value(f"pass_{many}", run)
        assert value(f"pass_at_{few}", run) < value(f"pass_at_{many}", run)
    assert all(value(f"agreement_{k}", run) < value(f"pass_{k}", run) for k in REPEATS)


def test_aptitude_and_unreliability_of_two_models_of_known_rates():
    run = made_run(models={"turns": [50, 50], "first_good": [10, 40], "turns_after_warmup": [50, 50],
                           "mu": [0.0, 0.0], "spread": [2.0, 2.0], "drift": [0.0, 0.0]})  # fmt: skip
    assert value("aptitude_models", run) == pytest.approx(0.8)
    assert value("unreliability_models", run) == pytest.approx(0.6)
    # At ability 1/2 the median task is even: p(z) = sigmoid(2 z).
    assert value("aptitude_tasks", run) == pytest.approx(expit(2 * stats.norm.ppf(0.9)))
    assert value("unreliability_tasks", run) == pytest.approx(2 * expit(2 * stats.norm.ppf(0.9)) - 1)


def test_versions_that_lost_a_tenth_have_drifted_by_it():
    run = made_run(models={"parent": [-1, 0, 1], "ability": [0.9, 0.8, 0.7], "turns": [1000, 3, 5]})
    assert value("version_drift", run) == pytest.approx(0.1)
