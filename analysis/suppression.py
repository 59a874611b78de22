"""Suppressed experimentation: ideas that live under one governance and not, in the same world, under another."""

import numpy as np
import pandas as pd

from analysis.fates import TRAFFIC, fates, in_traffic, traffic_days
from analysis.run import Run, Table
from analysis.twins import Twins


def suppressed_ideas(run: Run, twin: Run, traffic: float = TRAFFIC) -> pd.DataFrame:
    """One row an idea: what became of it in the baseline ``run`` and, with an underscore behind, in its ``twin``.

    Columns: developer, idea, domain, day, potential; distance (bits from the base of its developer); pursued; fate, as
    `analysis.fates.fates`; admitted; live_turns; traffic_day; suppressed: whether it reached traffic in the baseline
    alone; forgone, its option value in good turns, 0 for the others. ``traffic`` as `analysis.fates.in_traffic`.
    Raises ``InputError`` where the runs are no twins.
    """
    pair = Twins(run, twin)
    both = pair.ideas()
    shared = {name: both[0][name] for name in ("developer", "idea", "domain", "day", "potential")}
    apart = {
        name + behind: column
        for arm, ideas, behind in zip((run, twin), both, ("", "_"), strict=True)
        for name, column in _in_one(arm, ideas, traffic).items()
    }
    value = forgone(pair, traffic)
    lost = in_traffic(run, both[0], traffic) & ~in_traffic(twin, both[1], traffic)
    return pd.DataFrame(shared | apart | {"suppressed": lost, "forgone": value})


def _in_one(run: Run, ideas: Table, traffic: float) -> dict[str, np.ndarray]:
    return {
        "distance": ideas["distance"],
        "pursued": ~np.isnan(ideas["pursued_day"]),
        "fate": fates(run, ideas, traffic),
        "admitted": ~np.isnan(ideas["admitted_day"]),
        "live_turns": ideas["live_turns"],
        "traffic_day": traffic_days(run, ideas, traffic),
    }


def forgone(pair: Twins, traffic: float = TRAFFIC) -> np.ndarray:
    """Option value of each idea that reached traffic in the baseline alone, in good turns: (ideas,), 0 for the others.

    max(0, potential - ability that served its domain in the twin)·live_turns in the baseline: how many more of its
    turns would have been answered well at its potential than the twin's models answered, at their ability.
    """
    ours, theirs = pair.ideas()
    lost = in_traffic(pair.first, ours, traffic) & ~in_traffic(pair.second, theirs, traffic)
    gain = np.maximum(ours["potential"] - _served(pair.second)[ours["domain"]], 0.0)
    return np.where(lost, gain * ours["live_turns"], 0.0)


def _served(run: Run) -> np.ndarray:
    """The ability that served each domain: the mean of its models, house included, by their turns; 0 where none had."""
    models, domains = run["models"], run.config.number("demand.domains")
    turns = np.bincount(models["domain"], models["turns"], domains)
    good = np.bincount(models["domain"], models["turns"] * models["ability"], domains)
    return np.divide(good, turns, out=np.zeros(domains), where=turns > 0)
