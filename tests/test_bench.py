"""The peers of the benchmarks simulate the same thing as Turnstile, so that their speeds may be compared."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from scipy import stats

from scenarios.bench import plane, simpy_by_hand, simpy_tuned
from scenarios.bench.page import BARS, FURTHER, page
from scenarios.bench.queues import Queues, erlang_c_wait
from scenarios.bench.world import World, network_world, world
from sim.records import Outcome

SEEDS = range(1, 11)
CONFIDENCE = 0.999


def seeded(market: World, seed: int) -> World:
    """The same models and weights, other sessions."""
    return replace(market, config=replace(market.config, seed=seed))


def log_of(market: World, turns: int) -> tuple[plane.PlaneRun, np.ndarray]:
    """A run of the compiled plane and its attempt log."""
    rows: list[np.ndarray] = []
    result = plane.run(market, turns, log=rows.append)
    return result, np.concatenate(rows)


def latency(attempts: np.ndarray) -> float:
    """Mean time from the first attempt of a turn to its answer, in s, over the turns that got one."""
    begun = attempts[attempts["attempt"] == 1]
    answered = attempts[np.isin(attempts["outcome"], (Outcome.GOOD, Outcome.UNNOTICED))]
    key = [rows["session"] * 1000 + rows["turn"] for rows in (begun, answered)]
    order = np.argsort(key[0])
    first = order[np.searchsorted(key[0], key[1], sorter=order)]
    return float(np.mean(answered["ended"] - begun["started"][first]))


def assert_same_mean(a: list[float], b: list[float]) -> None:
    """Zero lies in Welch's interval for the difference of the means."""
    interval = stats.ttest_ind(a, b, equal_var=False).confidence_interval(CONFIDENCE)
    assert interval.low < 0 < interval.high, f"{np.mean(a):.5g} against {np.mean(b):.5g}"


def assert_mean(values: list[float], expected: float) -> None:
    """``expected`` lies in Student's interval for the mean."""
    interval = stats.ttest_1samp(values, expected).confidence_interval(CONFIDENCE)
    assert interval.low < expected < interval.high, f"{np.mean(values):.5g} instead of {expected:.5g}"


@pytest.mark.parametrize("peer", [simpy_by_hand, simpy_tuned])
def test_simpy_by_hand_agrees_with_the_compiled_plane(peer):
    market, turns = world(), 15_000
    by_hand = [peer.run(market, turns, seed) for seed in SEEDS]
    ours = [log_of(seeded(market, seed), turns) for seed in SEEDS]
    assert_same_mean([run["good"] / run["ended"] for run in by_hand], [run.good / run.ended for run, _ in ours])
    assert_same_mean([run["attempts"] / run["turns"] for run in by_hand], [len(log) / run.turns for run, log in ours])
    assert_same_mean([run["latencies"].mean() for run in by_hand], [latency(log) for _, log in ours])


def test_erlang_c_of_one_server_and_of_many():
    # M/M/1: ρ/(μ - λ). M/M/2: ρ²/(1 - ρ²)/μ.
    assert erlang_c_wait(0.5, 1.0, 1) == pytest.approx(1.0)
    assert erlang_c_wait(1.0, 1.0, 2) == pytest.approx(1 / 3)


def after_warm_up(waits: list[np.ndarray]) -> float:
    """Mean wait over all queues, without the first tenth of each, which starts empty."""
    return float(np.concatenate([w[len(w) // 10 :] for w in waits]).mean())


@pytest.mark.parametrize("peer", ["ciw_network", "salabim_network", "salabim_slots"])
def test_waits_of_the_peers_obey_erlang_c(peer):
    pytest.importorskip(peer.split("_")[0], reason="the peers of the benchmarks are an optional extra: bench")
    queues = Queues.of(network_world("population.models=5"))
    run = import_module(f"scenarios.bench.{peer}").run
    waits = [after_warm_up(run(queues, 2500, seed)["waits"]) for seed in SEEDS]
    assert_mean(waits, np.average(queues.waits(), weights=queues.arrivals))


def test_waits_of_the_compiled_plane_obey_erlang_c():
    network = network_world("population.models=5")
    queues = Queues.of(network)
    waits = []
    for seed in SEEDS:
        _, attempts = log_of(seeded(network, seed), 40_000)
        waits.append(after_warm_up([attempts["waited"]]))
    assert_mean(waits, np.average(queues.waits(), weights=queues.arrivals))


def test_the_page_judges_what_has_a_bar_and_shows_the_rest():
    on_the_bar = {name: float(bar) for name, (_, bar, _) in BARS.items()}
    rest = dict.fromkeys(FURTHER, 7.5) | {"turns_per_s": 1e6, "machine": {"cores": 2}, "quick": False}
    met = page(on_the_bar | rest)
    assert met.count("| met |") == len(BARS)
    assert all(met.count(f"| {name} | 7.5 |") == 1 for name in FURTHER)
    assert "| turns_per_s | 1,000,000 |" in met
    missed = page({name: bar * (0.99 if BARS[name][0] == ">=" else 1.01) for name, bar in on_the_bar.items()} | rest)
    assert missed.count("| **missed** |") == len(BARS)
    assert page(rest | {"compiled_vs_ciw": None}).count("| not measured |") == len(BARS)
