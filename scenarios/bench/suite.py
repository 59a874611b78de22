"""``turnstile bench``: every claim about speed and size, measured as ratios within one run."""

import json

from scenarios.bench import parts
from scenarios.bench.report import Report


def bench(quick: bool = False) -> dict:
    """Measure everything; print progress, then one JSON object on the last line, and return it.

    ``quick`` takes shorter runs and fewer rounds, and measures memory up to 10**7 turns instead of 10**8.
    """
    report = Report(quick)
    for part in (
        parts.compiling,
        parts.helping,
        parts.whole_physics,
        parts.events,
        parts.queueing_network,
        parts.many_models,
        parts.whole_run,
        parts.decision,
        parts.thousand,
        parts.measures,
        parts.runner,
        parts.tuning,
        parts.memory,
    ):
        part(report)
    print(json.dumps(report.results), flush=True)
    return report.results
