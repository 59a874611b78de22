"""Runs whose tables are made by hand, for tests that plant what a measure must find."""

import numpy as np

from analysis.run import Run


def handmade(turns: np.ndarray, warmup_days: int = 4, born: np.ndarray | None = None, **models) -> Run:
    """A run in which developer i, who owns model i, gets ``turns[i, d]`` on day d + 1: (developers, days).

    ``born`` (developers,) are the days on which their models were built, 0 unless told; ``models`` more of its columns.
    """
    many, days = turns.shape
    day, whose = np.repeat(np.arange(1.0, days + 1), many), np.tile(np.arange(many), days)
    seen = turns.T.ravel() > 0
    settled = turns[:, warmup_days:].sum(axis=1)
    tables = {
        "timeline": {"day": np.arange(1.0, days + 1)},
        "standings": {"day": day[seen], "model": whose[seen], "turns": turns.T.ravel()[seen]},
        "models": {
            "model": np.arange(many),
            "developer": np.arange(many),
            "born_day": np.zeros(many) if born is None else born,
            "turns_after_warmup": settled,
            **models,
        },
        "developers": {"developer": np.arange(many), "tier": 1 + np.arange(many) * 5 // many},
    }
    return Run("handmade", {"warmup_days": float(warmup_days)}, {}, "0", tables.__getitem__)
