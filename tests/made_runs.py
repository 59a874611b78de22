"""Runs made by hand: a few rows of the tables that a measure reads."""

import numpy as np

from analysis.run import Run, Table

CONFIG = {
    "seed": 1, "horizon_days": 10.0, "warmup_days": 0.0, "tick_s": 86400.0, "demand": {"domains": 2, "rate": 100.0},
    "calibration": {}, "population": {}, "service": {}, "response": {}, "projects": {}, "data": {},
    "learning": {"v0": 50.0, "gap": 0.2, "gap_distance": 0.4}, "landscape": {"n": 4},
    "developers": {"arrivals": 3, "arrival_share": 1.0, "endowment": {"wealth": 1.0}, "policy": "random"},
    "governance": {"strictness": 0.6},
}  # fmt: skip
"""A world in which an idea has reached traffic after 50 live turns."""


class Made(dict):
    """Columns of a table, as `analysis.parquet.Columns` gives them."""

    def where(self, column, text):
        return self[column] == text


def made_run(config=CONFIG, version="1", where="made", summary=None, **tables) -> Run:
    """A run of which only ``tables``, name → column → values, and the ``summary`` are known."""
    held = {name: Made({column: np.asarray(v) for column, v in table.items()}) for name, table in tables.items()}
    return Run(where, config, summary or {}, version, lambda name: Table(held[name], slice(None)))


def made_ideas(fates, potential=0.8, live_turns=None, distance=2) -> dict:
    """Tables ``ideas`` and ``submissions`` of a developer whose ideas, one a day, all of domain 0, met ``fates``.

    A fate is ``admitted``, ``sandbox``, ``rejected``, ``undecided``, ``not submitted`` or a reason for not pursuing it.
    Those admitted and in the sandbox have had 100 live turns. Models are numbered in the order of ideas.
    """
    fates, day = np.array(fates, object), np.arange(len(fates), dtype=float)
    decided = np.isin(fates, ["admitted", "sandbox", "rejected"])
    submitted = decided | (fates == "undecided")
    pursued = submitted | (fates == "not submitted")
    if live_turns is None:
        live_turns = np.where(np.isin(fates, ["admitted", "sandbox"]), 100, 0)
    model = np.where(decided, np.cumsum(decided) - 1, -1)
    return {
        "ideas": {
            "developer": np.zeros(len(fates), int),
            "idea": np.arange(len(fates)),
            "domain": np.zeros(len(fates), int),
            "day": day,
            "distance": np.broadcast_to(distance, len(fates)),
            "potential": np.broadcast_to(np.asarray(potential, float), len(fates)),
            "pursued_day": np.where(pursued, day + 1, np.nan),
            "shelved_reason": np.where(pursued, None, fates),
            "submitted_day": np.where(submitted, day + 2, np.nan),
            "model": model,
            "admitted_day": np.where(fates == "admitted", day + 3, np.nan),
            "live_turns": live_turns,
        },
        "submissions": {"model": model[decided], "decision": fates[decided]},
    }


def made_traffic(turns: np.ndarray, warmup_days: int = 4, born: np.ndarray | None = None, **models) -> Run:
    """A run in which developer i, who owns model i, gets ``turns[i, d]`` on day d + 1: (developers, days).

    ``born`` (developers,) are the days on which their models were built, 0 unless told; ``models`` more of its columns.
    """
    many, days = turns.shape
    seen = turns.T.ravel() > 0
    number = np.arange(many)
    return made_run(
        CONFIG | {"warmup_days": float(warmup_days)},
        timeline={"day": np.arange(1.0, days + 1)},
        standings={
            "day": np.repeat(np.arange(1.0, days + 1), many)[seen],
            "model": np.tile(number, days)[seen],
            "turns": turns.T.ravel()[seen],
        },
        models={
            "model": number,
            "developer": number,
            "born_day": np.zeros(many) if born is None else born,
            "turns_after_warmup": turns[:, warmup_days:].sum(axis=1),
            **models,
        },
        developers={"developer": number, "tier": 1 + number * 5 // many},
    )
