"""Whether the tables in a folder are one run's own, as far as its summary and its models can tell."""

import math

import numpy as np

from analysis.errors import InputError
from analysis.measure import in_summary
from analysis.run import Run

_RELATIVE = 1e-9
"""What of a sum its order may make, as a share of it."""

_TOTALS = (
    ("turns", "models", "Σ turns", lambda rows: rows["turns"].sum()),
    ("turns", "standings", "Σ turns", lambda rows: rows["turns"].sum()),
    ("turns", "timeline", "Σ turns", lambda rows: rows["turns"].sum()),
    ("turns_failed", "incidence", "Σ turns_failed", lambda rows: rows["turns_failed"].sum()),
    ("ideas_had", "ideas", "rows", lambda rows: len(rows["developer"])),
)
"""(key of the summary, table, what of its rows the key counts, in words and as a function)."""

_DECISIONS = {"admissions": "admitted", "sandboxed": "sandbox", "rejections": "rejected"}
"""Key of the summary → the decision that it counts."""

_NAMED = (
    *(("model", table, "model", 0) for table in ("incidence", "standings", "submissions")),
    ("model", "ideas", "model", -1),
    ("model", "models", "parent", -1),
    ("model", "models", "lineage", 0),
    ("developer", "models", "developer", -1),
    ("developer", "submissions", "developer", 0),
)
"""(what is named by its number, the table and the column that name it, the least number there, -1 for none)."""

_PRESENT = (("models", "ability"), ("models", "mu"), ("models", "spread"), ("standings", "ability"))
"""Tables and columns in which every row has a number."""

_AS_IN_MODELS = ("developer", "domain", "turns", "attempts", "turns_ok", "rescued", "revenue")
"""Columns of flows that are those of models."""


def check_own(run: Run) -> None:
    """Raise ``InputError`` naming the file where a table is not the run's own: the summary or the models betray it."""
    for key, table, what, count in _TOTALS:
        found, said = int(count(run[table])), in_summary(run, key)
        if found != said:
            raise _foreign(run, table, f"{found} {what}; summary.json has {key} {said}")
    _check_decisions(run)
    _check_named(run)
    _check_days(run)
    for table, column in _PRESENT:
        if np.isnan(run[table][column]).any():
            raise _foreign(run, table, f"null in {column}")
    ideas, live = run["ideas"], run["models"]["live_turns"]
    built = ideas["model"] >= 0
    if not np.array_equal(ideas["live_turns"][built], live[ideas["model"][built]]):
        raise _foreign(run, "ideas", "other live_turns than its models have in models.parquet")
    _check_developers(run)
    _check_flows(run)
    _check_ledger(run)
    _check_latency(run)


def _check_decisions(run: Run) -> None:
    """As many as the summary counts, which may end before those of the run's last instant."""
    rows = run["submissions"]
    before = rows["day"] < run["timeline"]["day"].max(initial=0.0)
    counted = {key: rows.where("decision", decision) for key, decision in _DECISIONS.items()}
    for key, made in {**counted, "submissions": np.ones(len(before), bool)}.items():
        found, said = int(made.sum()), in_summary(run, key)
        if not (made & before).sum() <= said <= found:
            raise _foreign(run, "submissions", f"{found} rows of {key}; summary.json has {said}")


def _check_named(run: Run) -> None:
    """What a table names is there."""
    for what, table, column, least in _NAMED:
        number, ends = run[table][column], len(run[f"{what}s"][what])
        wrong = number[(number < least) | (number >= ends)]
        if len(wrong):
            raise _foreign(run, table, f"a {what} {wrong[0]}; {what}s.parquet ends before {ends}")
    parent, model = run["models"]["parent"], run["models"]["model"]
    if (parent >= model).any():
        raise _foreign(run, "models", "a parent that is not before its child")


def _check_days(run: Run) -> None:
    """Periods are in their order: measures over time walk along them."""
    if not (np.diff(run["timeline"]["day"]) > 0).all():
        raise _foreign(run, "timeline", "days that do not ascend")
    if not (np.diff(run["standings"]["day"]) >= 0).all():
        raise _foreign(run, "standings", "days that do not ascend")


def _check_developers(run: Run) -> None:
    """As many turns as their models had, and no more submissions than were decided.

    Less where the run ends before all of those are decided that one handed in under several names.
    """
    models, turns = run["models"], run["developers"]["turns"]
    owned = models["developer"] >= 0
    if not np.array_equal(np.bincount(models["developer"][owned], models["turns"][owned], len(turns)), turns):
        raise _foreign(run, "developers", "other turns than their models have in models.parquet")
    if (run["developers"]["submissions"] > np.bincount(run["submissions"]["developer"], minlength=len(turns))).any():
        raise _foreign(run, "developers", "more submissions than they have in submissions.parquet")


def _check_flows(run: Run) -> None:
    """A row a model, and as much on it."""
    flows, models = run["flows"], run["models"]
    order = np.argsort(flows["model"], kind="stable")
    if not np.array_equal(flows["model"][order], models["model"]):
        raise _foreign(run, "flows", "other models than in models.parquet")
    for column in _AS_IN_MODELS:
        if not np.array_equal(flows[column][order], models[column]):
            raise _foreign(run, "flows", f"other {column} than in models.parquet")


def _check_ledger(run: Run) -> None:
    """At the end all balances add up to what was minted."""
    ledger, minted = run["ledger"], in_summary(run, "minted")
    held = math.fsum(ledger["balance"][ledger["day"] == ledger["day"].max(initial=0.0)])
    if not math.isclose(held, minted, rel_tol=_RELATIVE):
        raise _foreign(run, "ledger", f"{held:.12g} credits at the end; summary.json has minted {minted:.12g}")


def _check_latency(run: Run) -> None:
    """Half of the turns are below the median, linear within bins, and 99 % below the 99 % quantile."""
    low, high, turns = (run["latency"][name] for name in ("latency_low_s", "latency_high_s", "turns"))
    if not (low < high).all():
        raise _foreign(run, "latency", "a bin that does not end after it begins")
    for percent in (50, 99):
        key = f"latency_p{percent}_s"
        below = float(np.clip((in_summary(run, key) - low) / (high - low), 0.0, 1.0) @ turns)
        lacking = not turns.sum() and not math.isnan(in_summary(run, key))
        if lacking or not math.isclose(below, percent / 100 * turns.sum(), rel_tol=_RELATIVE):
            found = f"{below:.6g} of {turns.sum()} turns below {in_summary(run, key):.6g} s"
            raise _foreign(run, "latency", f"{found}; summary.json has it as {key}")


def _foreign(run: Run, table: str, found: str) -> InputError:
    return InputError(f"{run.where}: {table}.parquet is not this run's: found {found}")
