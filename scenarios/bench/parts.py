"""The parts of the benchmarks; each measures one claim and keeps its results in the report.

Whoever is compared is run in turn, round by round, and a ratio is the median over the rounds. All times are without
compiling, which is a part of its own.
"""

import importlib
import tempfile
from pathlib import Path
from statistics import median
from types import ModuleType

from scenarios.bench import heap, plane, simpy_by_hand, simpy_tuned
from scenarios.bench.fresh import compile_seconds, help_seconds, measuring_of, peak_memory, whole_run_of
from scenarios.bench.measures import fill
from scenarios.bench.queues import Queues
from scenarios.bench.report import Report
from scenarios.bench.runs import SPIN_S, measured, together
from scenarios.bench.timing import interleaved, ratio
from scenarios.bench.world import MARKET, World, configure, network_world, world
from sim.config import Config

MODELS = 150
"""Models in the queueing network: as many as in the market."""

THOUSAND = ("population.developers=500", "developers.arrivals=500", "population.models=10000", "demand.rate=100000")
"""Overrides of a network of a thousand developers, half of them there at the start."""

FULL_DEMAND = ("demand.rate=80000", "economy.fee=0.2", "learning.v0=3000", "evidence.audit=0.02",
               "population.slots=32", "population.house_slots=267", "demand.users=10667")  # fmt: skip
"""Overrides of the default network under the 80,000 turns a day from which its demand, fee and V0 are scaled down."""


def compiling(report: Report) -> None:
    """What compiling costs the first run, and every later one."""
    report.say("compiling twice, in fresh processes")
    cold, cached = compile_seconds()
    report.keep("compile_cold_s", cold, "to compile the data plane")
    report.keep("compile_cached_s", cached, "to load it from the cache")


def helping(report: Report) -> None:
    """What help costs: that of ``run``, which lists every key, or of the rest, which typer makes, as of ``study``."""
    found = [median(help_seconds(name) for _ in range(report.rounds)) for name in ("run", "study")]
    report.keep("help_s", max(found), "CPU seconds of the dearer of turnstile run --help and turnstile study --help")


def whole_physics(report: Report) -> None:
    """The compiled plane, the reference plane and SimPy by hand on the same market."""
    market = world(*MARKET)
    report.say(f"the whole physics: {MODELS} models, {market.config.demand.rate:g} turns a day, {report.rounds} rounds")
    _warm_up(market)
    seconds = interleaved(
        {
            "compiled": lambda: _per_turn(plane.run(market, report.turns(3e6))),
            "reference": lambda: _per_turn(plane.run(market, report.turns(5e4), "reference")),
            "simpy": lambda: _per_turn(simpy_by_hand.run(market, report.turns(1e5))),
            "tuned": lambda: _per_turn(simpy_tuned.run(market, report.turns(2e5))),
        },
        report.rounds,
    )
    report.keep("turns_per_s", 1 / median(seconds["compiled"]), "compiled plane")
    report.keep("turns_per_s_reference", 1 / median(seconds["reference"]), "reference plane")
    report.keep("turns_per_s_simpy", 1 / median(seconds["simpy"]), "SimPy by hand")
    report.keep("turns_per_s_simpy_tuned", 1 / median(seconds["tuned"]), "SimPy by hand, made fast")
    report.keep("compiled_vs_reference", ratio(seconds["reference"], seconds["compiled"]), "times faster, per turn")
    report.keep("compiled_vs_simpy", ratio(seconds["simpy"], seconds["compiled"]), "times faster, per turn")
    report.keep("compiled_vs_simpy_tuned", ratio(seconds["tuned"], seconds["compiled"]), "times faster, per turn")


def events(report: Report) -> None:
    """The cost of an event over that of a bare binary heap, as the market and with it the number of live events grows.

    And, in the market of ``MODELS``, over the cost of the plane's own heap.
    """
    report.say("events in markets of 30 to 1,500 models, 500 turns a day each")
    ratios = {}
    for models in (30, MODELS, 1500):
        market = world(f"population.models={models}", f"demand.rate={500 * models}")
        first = plane.run(market, report.turns(1e6))
        live = round(first.live)
        seconds = interleaved(
            {
                "event": lambda market=market: _per_event(plane.run(market, report.turns(3e6))),
                "bare": lambda live=live: heap.seconds_per_event(live, report.turns(5e6)),
                "own": lambda live=live: heap.seconds_per_event(live, report.turns(5e6), heap.hold_own),
            },
            report.rounds,
        )
        ratios[str(live)] = ratio(seconds["event"], seconds["bare"])
        if models == MODELS:
            report.keep("events_per_turn", first.events / first.turns, "arrivals, and whatever else is scheduled")
            report.keep("live_events", live, "scheduled at once")
            report.keep("ns_per_event", median(seconds["event"]) * 1e9, "compiled plane")
            report.keep("ns_per_event_heap", median(seconds["bare"]) * 1e9, "a bare binary heap")
            report.keep("event_vs_heap", ratios[str(live)], "cost of an event over the heap's")
            report.keep("event_vs_own_heap", ratio(seconds["event"], seconds["own"]), "the same over the plane's heap")
    report.keep("event_vs_heap_by_live_events", ratios, "cost of an event over the bare heap's")


def queueing_network(report: Report) -> None:
    """The compiled plane against Ciw and salabim on the queues that they can express."""
    sizes = (10, 30, MODELS, 300)
    report.say(f"the queueing network: {MODELS} M/M/c models, one attempt; Ciw at {sizes} models")
    ciw, salabim, slots = (_optional(name, report) for name in ("ciw_network", "salabim_network", "salabim_slots"))
    against_ciw = {size: _against(ciw, size, report, 1e4) for size in sizes}
    report.keep("compiled_vs_ciw", against_ciw[MODELS], "times faster, per turn")
    report.keep("compiled_vs_ciw_by_models", {str(k): v for k, v in against_ciw.items()}, "Ciw scans all models")
    report.keep("compiled_vs_salabim", _against(salabim, MODELS, report, 1e4), "a component for each turn")
    report.keep(
        "compiled_vs_salabim_slots", _against(slots, MODELS, report, 2e5), "components for slots, turns are numbers"
    )


def _against(peer: ModuleType | None, models: int, report: Report, turns: float) -> float | None:
    """How many times faster the compiled plane serves a turn than ``peer`` with this many models."""
    if peer is None:
        return None
    network = network_world(f"population.models={models}")
    queues = Queues.of(network)
    _warm_up(network)
    seconds = interleaved(
        {
            "compiled": lambda: _per_turn(plane.run(network, report.turns(3e6))),
            "peer": lambda: _per_turn(peer.run(queues, report.turns(turns))),
        },
        report.rounds,
    )
    return ratio(seconds["peer"], seconds["compiled"])


def many_models(report: Report) -> None:
    """The cost of an event with 10 and with 10,000 models, which share the same demand and the same slots."""
    report.say("10 and 10,000 models, 1,500,000 turns a day on about 20,000 slots")
    few, many = (
        world("demand.rate=1.5e6", f"population.models={models}", f"population.slots={20_000 // models}")
        for models in (10, 10_000)
    )
    _warm_up(few)
    seconds = interleaved(
        {
            "few": lambda: _per_event(plane.run(few, report.turns(1e7))),
            "many": lambda: _per_event(plane.run(many, report.turns(1e7))),
        },
        report.rounds,
    )
    report.keep("models_10000_vs_10", ratio(seconds["many"], seconds["few"]), "cost of an event")


def whole_run(report: Report) -> None:
    """A whole run, tables included, over the part that the data plane takes.

    The default one, one that nobody develops, and the default economy under its full demand.
    """
    default, full = configure(), configure(*FULL_DEMAND)
    ratios = {f"{config.demand.rate:g}": _over_plane(config, report) for config in (default, full)}
    report.keep("run_vs_plane", ratios[f"{default.demand.rate:g}"], "a whole default run over its data plane")
    report.keep("run_vs_plane_by_demand", ratios, "the same economy by turns a day")
    market = configure("developers=none")
    report.keep("market_vs_plane", _over_plane(market, report), "the same of a market that nobody develops")


def _over_plane(config: Config, report: Report) -> float:
    report.say(f"a whole run of {config.horizon_days:g} days, {config.demand.rate:g} turns a day, "
               f"developers: {config.developers.policy}")  # fmt: skip
    plane.run_over_plane(config)
    return median(plane.run_over_plane(config) for _ in range(report.rounds))


def decision(report: Report) -> None:
    """What one decision of a developer costs, on average over the decisions of a run."""
    config = configure(f"horizon_days={20 if report.quick else 60}")
    report.say("decisions of developers")
    plane.microseconds_a_decision(config)
    rounds = [plane.microseconds_a_decision(config) for _ in range(report.rounds)]
    report.keep("us_per_decision", median(rounds), "a project chosen, or a submission planned")


def thousand(report: Report) -> None:
    """A network of 1,000 developers and 10,000 models at the start, in a fresh process."""
    days = 5 if report.quick else 30
    report.say(f"1,000 developers, 10,000 models, {days} days")
    seconds, peak = whole_run_of(*THOUSAND, f"horizon_days={days}", "warmup_days=0")
    report.keep("thousand_s_per_day", seconds / days, "1,000 developers and 10,000 models, seconds a simulated day")
    report.keep("thousand_peak_mb", peak, "memory at its peak, libraries included")


def measures(report: Report) -> None:
    """What all measures of a default run cost, from a study's store, and the memory of who takes them."""
    seeds = 2 if report.quick else 10
    report.say(f"measures of default runs, {seeds} seeds")
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), configure(), seeds, parts=10)  # 10,000 runs are fifty for each of two processes
        found = [measuring_of(Path(folder)) for _ in range(report.rounds)]
    seconds, peak = (median(values) for values in zip(*found, strict=True))
    report.keep("measures_ms_per_run", 1000 * seconds, "all measures of a default run")
    report.keep("measures_peak_mb", peak, "memory at its peak of one that takes them, libraries included")


def runner(report: Report) -> None:
    """What the runner of studies adds to a run, whether its memory grows with their number, and a second process."""
    few, many, length = (200, 2000, 40) if report.quick else (1000, 10_000, 400)
    report.say(f"the runner: {few} and {many} stand-ins of {1000 * SPIN_S:g} ms, {length} simulations")
    short, long = measured("stand_in", few), measured("stand_in", many)
    report.keep("runner_ms_per_run", long["cpu_ms"], "CPU time beyond the runs' own, from configuration to the disk")
    report.keep("runner_wall_ms_per_run", long["wall_ms"], "the same by the clock, with whoever else uses the machine")
    report.keep("runner_rss", long["peak_mb"] / short["peak_mb"], f"peak memory of {many} runs over that of {few}")
    one, two = (measured("study", length, workers) for workers in (1, 2))
    alone, shared, *apart = (
        found["seconds"] - found["start_s"] for found in (one, two, *together(2, "study", length // 2, 1))
    )
    report.keep("study_2_vs_1", alone / shared, "times faster on two processes, once both are there")
    report.keep("machine_2_vs_1", alone / max(apart), "the same of two studies of half the length, each by itself")
    report.keep("study_2_start_s", two["start_s"] - one["start_s"], "until two processes are there")


def tuning(report: Report) -> None:
    """What a trial of a tuning costs beside its runs, and whether memory grows with the number of trials."""
    few, many = (50, 200) if report.quick else (100, 1000)
    report.say(f"tuning: {few} and {many} trials by NSGA-II, as many at random, of stand-ins of {1000 * SPIN_S:g} ms")
    short, long = measured("tuning", few), measured("tuning", many)
    report.keep("tune_ms_per_trial", long["cpu_ms"], "CPU time beyond its run, sampling, journal and store included")
    report.keep("tune_wall_ms_per_trial", long["wall_ms"], "the same by the clock, with whoever else uses the machine")
    report.keep("tune_rss", long["peak_mb"] / short["peak_mb"], f"peak memory of {many} trials over that of {few}")


def memory(report: Report) -> None:
    """Peak memory of a long run over that of a short one, each in a fresh process."""
    peak_memory(1)  # where the cache is empty this process compiles, which takes more memory than any run
    for exponent in (7,) if report.quick else (7, 8):
        report.say(f"memory: 10**6 and 10**{exponent} turns")
        short, long = peak_memory(10**6), peak_memory(10**exponent)
        report.keep(f"rss_1e{exponent}_vs_1e6", long / short, "peak memory")
    report.keep("peak_mb", long, "memory at its peak, libraries included")


def _per_turn(run: plane.PlaneRun | dict) -> float:
    """Seconds per turn of a run of a plane or of a peer."""
    run = run if isinstance(run, dict) else run._asdict()
    return run["seconds"] / run["turns"]


def _per_event(run: plane.PlaneRun) -> float:
    return run.seconds / run.events


def _warm_up(market: World) -> None:
    """Compile, or load from the cache, whatever both planes need."""
    for engine in plane.ENGINES:
        plane.run(market, 1000, engine)


def _optional(name: str, report: Report) -> ModuleType | None:
    """A peer's module; None, and why, where its library is not installed."""
    try:
        return importlib.import_module(f"scenarios.bench.{name}")
    except ModuleNotFoundError as error:
        report.say(
            f"{error.name} is not installed, so it is not measured; it comes with the extra turnstile-sim[bench]"
        )
        return None
