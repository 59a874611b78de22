"""The page of a benchmark's results.

``turnstile bench | tail -1 | python -m scenarios.bench.page > docs/performance.md``
"""

import json
import sys
from collections.abc import Mapping

# What was promised of each ratio, time and size: at least, or at most.
BARS = {
    "compiled_vs_reference": (">=", 80, "compiled plane over the reference plane, turns/s"),
    "compiled_vs_simpy": (">=", 80, "over a SimPy model of the same physics, written as SimPy's documentation has it"),
    "compiled_vs_ciw": (">=", 1000, "over Ciw, 150 M/M/c queues"),
    "compiled_vs_salabim": (">=", 500, "over salabim, a component for each turn as its manual has it"),
    "event_vs_heap": ("<=", 2.5, "cost of an event over a bare binary heap of equal live size"),
    "models_10000_vs_10": ("<=", 2.5, "cost of an event with 10,000 models over that with 10"),
    "rss_1e8_vs_1e6": ("<=", 1.1, "peak memory of 10^8 turns over that of 10^6"),
    "run_vs_plane": ("<=", 1.5, "CPU time of a whole default run, developers and all, over its data plane"),
    "market_vs_plane": ("<=", 1.5, "the same of a market that nobody develops"),
    "measures_ms_per_run": ("<=", 12, "all measures of a default run, in ms: 10,000 runs in a minute on two cores"),
    "help_s": ("<=", 0.5, "CPU seconds until a command has printed its help"),
    "runner_ms_per_run": ("<=", 2, "what the runner adds to a run of a study, in ms of CPU time: 10,000 runs of 5 ms"),
    "runner_rss": ("<=", 1.1, "peak memory of a study of 10,000 runs over that of 1,000"),
    "tune_ms_per_trial": ("<=", 10, "what a trial of a tuning costs beside its runs, ms of CPU time, at 1,000 trials"),
    "tune_rss": ("<=", 1.1, "peak memory of a tuning of 1,000 trials over that of 100"),
    "study_2_vs_1": (">=", 1.8, "runs a second of a study on two processes over one"),
    "measures_peak_mb": ("<=", 1000, "peak memory in MB of each of the two processes that take them: 2 GB"),
}

# Of these nothing was promised: the same peers and the heap, rewritten for speed and no longer as documents have them.
FURTHER = {
    "compiled_vs_simpy_tuned": "over the SimPy model after an expert has made it fast",
    "compiled_vs_salabim_slots": "over salabim, components for slots and numbers for turns",
    "event_vs_own_heap": "cost of an event over the plane's own heap",
}

TEMPLATE = """# Performance

Measured by `turnstile bench`, as ratios within one run where something is compared: the compared runs alternate, and
the median counts. Time is CPU time of one core, but for study_2_vs_1, which is by the clock; compiling is excluded and
reported by itself.

Machine: {machine}

| ratio, time or size | measured | bar | | what |
|---|---|---|---|---|
{bars}

The bars against other simulators are for models written as their documentation writes them, and the bare heap is a
plain one. Two of these models, and the heap, rewritten by someone who knows where their time goes, are much faster.
What then remains was given no bar:

| ratio | measured | what |
|---|---|---|
{further}

The peers simulate the same thing: `tests/test_bench.py` compares success, attempts and latency of the SimPy model
with the compiled plane's, and mean waits of Ciw and salabim with Erlang C. The SimPy model has no audits and no keyed
draws. By hand, it races every request and every service against patience, as the documentation's example does; tuned,
it draws normals in batches, races only where a request has to wait, and cuts a late service when it starts. The
reference plane calls compiled laws from Python and keeps every draw keyed. Ciw looks at all nodes at every event, so
its ratio grows with their number.

An event is an arrival, or whatever else is scheduled; its cost is all that the plane takes, demand included. It is
compared with a pop and a push of a bare binary heap of as many entries as events are scheduled at once
(`scenarios/bench/heap.py`), plain Numba over the plane's records. The plane's own heap (`sim/traffic/heap.py`) is
faster: its nodes have four children, its indices have no sign, it compares whole numbers, ties are a branch, and an
event mostly takes the place of the one that scheduled it, which saves part of a push. With such indices alone the bare
heap would take a tenth less, and the ratio be that much higher. In small markets the heap is nearly free and the
ratio higher, as event_vs_heap_by_live_events shows. Plane and heaps alternate without the slow peers between them.

The data plane of a whole run is all that the compiled plane does in it: it is made, takes up models and weights at each
tick, draws demand, carries it, and hands over its counters. The run is the whole of `simulate`, from the check of the
configuration to the finished tables; composing it and writing files are in neither. What lies beyond the plane is many
small things that are seldom in a cache when their turn comes, so it slows more than the plane does where others use the
machine: run_vs_plane and market_vs_plane are to be measured on an idle one. What lies beyond the plane does not grow
with demand. The default run has 15,000 turns a day, to be quick; run_vs_plane_by_demand has the same economy under the
80,000 from which these are scaled, and with them fee, audits, slots, users and V0.

machine_2_vs_1 is what two processes that know nothing of each other bring on this machine, where study_2_vs_1 has one
runner hand out the work.

| measured | value |
|---|---|
{others}

Rendered from the last line of `turnstile bench` by `python -m scenarios.bench.page`.
"""


def page(results: Mapping) -> str:
    """The page of ``results``, as ``scenarios.bench.suite.bench`` returns them."""
    others = {k: v for k, v in results.items() if k not in (*BARS, *FURTHER, "machine", "quick")}
    return TEMPLATE.format(
        machine=_words(results["machine"]) + ("; a quick run" if results["quick"] else ""),
        bars="\n".join(_bar(name, results.get(name), *bar) for name, bar in BARS.items()),
        further="\n".join(f"| {name} | {_words(results.get(name))} | {what} |" for name, what in FURTHER.items()),
        others="\n".join(f"| {name} | {_words(value)} |" for name, value in others.items()),
    )


def _bar(name: str, value: float | None, sense: str, bar: float, what: str) -> str:
    if value is None:
        return f"| {name} | {_words(value)} | {sense} {bar:g} | not measured | {what} |"
    met = value >= bar if sense == ">=" else value <= bar
    return f"| {name} | {_words(value)} | {sense} {bar:g} | {'met' if met else '**missed**'} | {what} |"


def _words(value) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_words(v)}" for k, v in value.items())
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    print(page(json.load(sys.stdin)), end="")
