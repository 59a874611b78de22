"""Mobility of developers: do ranks change, how long does it take to get to the top, and who stays there.

Ranks are by routed turns in an epoch, the most first, ties by number. The top of an epoch is the tenth (rounded up) of
those who had turns in it.
"""

import math
from collections.abc import Iterable

import numpy as np

from analysis.averages import mean, median
from analysis.compiled import compiled
from analysis.epochs import BEGIN, BORN, ENDS, EPOCHS, TURNS, begin, ends, first_built, turns_by_epoch
from analysis.measure import measure
from analysis.run import Run

CLASSES = 5
"""Quintiles, as in the literature on income mobility."""

_PAIRS = f"[t.loc[(t[e] > 0) & (t[e + 1] > 0), [e, e + 1]] for e in range({EPOCHS - 1})]"
_ENOUGH = f"[p for p in {_PAIRS} if len(p) >= {CLASSES}]"
_TOP = f"(lambda t: (t > 0) & (t.rank(method='first', ascending=False) <= np.ceil((t > 0).sum() / 10)))({TURNS})"
_CAME = f"(born > {BEGIN}) & (born < np.inf)"


@compiled
def kendall(x: np.ndarray, y: np.ndarray) -> float:
    """Kendall's τ_b of two vectors (n,), in [-1, 1]; NaN where one of them has only ties (Kendall 1945)."""
    agree = x_differ = y_differ = 0
    for i in range(len(x)):
        for j in range(i):
            by_x = (x[i] > x[j]) * 1 - (x[i] < x[j])
            by_y = (y[i] > y[j]) * 1 - (y[i] < y[j])
            agree += by_x * by_y
            x_differ += by_x != 0
            y_differ += by_y != 0
    return agree / (math.sqrt(x_differ) * math.sqrt(y_differ))


def transitions(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """How often holders went from class i to class j, (CLASSES, CLASSES), over pairs of vectors of their amounts."""
    return sum((_moves(x, y) for x, y in pairs), np.zeros((CLASSES, CLASSES), int))


@compiled
def _moves(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    moves, n = np.zeros((CLASSES, CLASSES), np.int64), len(x)
    for i in range(n):
        below_x = below_y = 0  # ties by number
        for j in range(n):
            below_x += (x[j] < x[i]) | ((x[j] == x[i]) & (j < i))
            below_y += (y[j] < y[i]) | ((y[j] == y[i]) & (j < i))
        moves[below_x * CLASSES // n, below_y * CLASSES // n] += 1
    return moves


def shorrocks(moves: np.ndarray) -> float:
    """Shorrocks' index (c - trace P)/(c - 1), in [0, c/(c - 1)], of counts of moves (c, c), P their shares by row.

    0 where everybody stays, 1 where the class one comes to does not depend on that one comes from (Shorrocks 1978). NaN
    where a row is empty.
    """
    rows = moves.sum(axis=1)
    return float((len(moves) - (np.diag(moves) / rows).sum()) / (len(moves) - 1)) if rows.all() else math.nan


def top(turns: np.ndarray) -> np.ndarray:
    """Who is at the top of each epoch, (developers, epochs) of bool."""
    ranks = np.argsort(np.argsort(-turns, axis=0, kind="stable"), axis=0)
    return (turns > 0) & (ranks < -(-(turns > 0).sum(axis=0) // 10))


def stays(at_top: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Stays at the top that began after the first epoch: (how many epochs each was seen to last, whether it ended)."""
    pad = np.zeros((len(at_top), 1), np.int8)
    steps = np.diff(at_top, axis=1, prepend=pad, append=pad)
    (_, came), (_, went) = np.nonzero(steps > 0), np.nonzero(steps < 0)
    seen = came > 0
    return (went - came)[seen], went[seen] < at_top.shape[1]


def median_survival(lasted: np.ndarray, ended: np.ndarray) -> float:
    """The time by which half have ended, by Kaplan and Meier's estimate (1958); NaN where it never falls to a half.

    ``lasted`` (n,) are whole numbers from 1; those that had not ended (n,) when last seen are censored.
    """
    ends_at = np.bincount(lasted[ended], minlength=lasted.max(initial=0) + 1)
    at_risk = np.cumsum(np.bincount(lasted, minlength=len(ends_at))[::-1])[::-1]
    below = np.flatnonzero(np.cumprod(1 - ends_at / np.maximum(at_risk, 1)).round(9) <= 0.5)
    return float(below[0]) if len(below) else math.nan


def _top(run: Run) -> np.ndarray:
    return top(run.once(turns_by_epoch, "developer"))


def _pairs(run: Run) -> list[tuple[np.ndarray, np.ndarray]]:
    """Turns in two consecutive epochs of those who had some in both; only where they are at least `CLASSES`."""
    turns = run.once(turns_by_epoch, "developer").T
    there = turns > 0
    both = there[:-1] & there[1:]
    enough = np.flatnonzero(both.sum(axis=1) >= CLASSES)
    return [(turns[e, both[e]], turns[e + 1, both[e]]) for e in enough]


@measure(
    unit="1",
    formula="mean over pairs of consecutive epochs of Kendall's τ_b between the turns of those who had some in both",
    within=(-1.0, 1.0),
    source="Kendall 1945",
    recipe=f"(lambda t: np.mean([p.corr('kendall').iloc[0, 1] for p in {_ENOUGH}]))({TURNS})",
)
def rank_persistence(run: Run) -> float:
    """How much the order of developers by turns stays from epoch to epoch.

    NaN where no pair of epochs has five who had turns in both.
    """
    return mean(np.array([kendall(x, y) for x, y in run.once(_pairs)]))


@measure(
    unit="1",
    formula="(5 - trace P)/4, P the shares of moves between fifths by turns, over all pairs of consecutive epochs, of "
    "those who had turns in both",
    within=(0.0, CLASSES / (CLASSES - 1)),
    source="Shorrocks 1978",
    recipe="(lambda t: (5 - np.trace(pd.crosstab(*pd.concat([(p.rank(method='first') - 1).set_axis([0, 1], axis=1)"
    f" * 5 // len(p) for p in {_ENOUGH}]).T.to_numpy(), normalize='index'))) / 4)({TURNS})",
)
def shorrocks_index(run: Run) -> float:
    """Mobility between fifths of developers: 0 where everybody stays in theirs, 1 where it says nothing of the next.

    NaN where no pair of epochs has five who had turns in both.
    """
    return shorrocks(transitions(run.once(_pairs)))


def _entrants(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Of developers whose first model was built after warm-up: at the top, (n, EPOCHS) of bool; that day, (n,)."""
    born = run.once(first_built, "developer")
    came = np.isfinite(born) & (born > begin(run))
    return run.once(_top)[came], born[came]


@measure(
    unit="days",
    formula="median, over entrants who were at the top of an epoch, of the end of the first such epoch less the day "
    "of their first model; whom the end of the run found below is left out: entrants_at_top is the share of the others",
    within=(0.0, math.inf),
    source="Turnstile, analysis/epochs.py",
    recipe=f"(lambda top, born: pd.Series({ENDS}[top.to_numpy().argmax(axis=1)] - born)"
    f"[top.any(axis=1) & {_CAME}].median())({_TOP}, {BORN})",
)
def time_to_top(run: Run) -> float:
    """Days from an entrant's first model to the top tenth. Entrants are developers who built it after warm-up.

    NaN where nobody of them got there.
    """
    at_top, born = run.once(_entrants)
    there = at_top.any(axis=1)
    return median(run.once(ends)[at_top[there].argmax(axis=1)] - born[there])


@measure(
    unit="share of entrants",
    formula="#{entrants at the top of any epoch} / #{entrants}",
    within=(0.0, 1.0),
    source="Turnstile, analysis/epochs.py",
    recipe=f"(lambda top, born: top[{_CAME}].any(axis=1).mean())({_TOP}, {BORN})",
)
def entrants_at_top(run: Run) -> float:
    """Share of entrants who came to the top tenth before the run ended. NaN where there were none."""
    at_top, _ = run.once(_entrants)
    return float(at_top.any(axis=1).mean()) if len(at_top) and np.isfinite(run.once(ends)).all() else math.nan


@measure(
    unit="share of incumbents",
    formula="#{at the top of the first epoch and of the last} / #{at the top of the first}",
    within=(0.0, 1.0),
    source="Kaplan and Meier 1958, whose estimate this is where all are watched from one day to another",
    recipe=f"(lambda top: top.loc[top[0], {EPOCHS - 1}].mean())({_TOP})",
)
def incumbents_survival(run: Run) -> float:
    """Share of the developers at the top when warm-up ends that are there when the run ends. NaN where nobody was."""
    at_top = run.once(_top)
    return mean(at_top[at_top[:, 0], -1])


@measure(
    unit="epochs",
    formula="Kaplan-Meier median of the epochs in a row at the top, over stays that began after the first epoch; those "
    "that the end of the run cut off are censored",
    within=(1.0, float(EPOCHS - 1)),
    source="Kaplan and Meier 1958",
    recipe="(lambda v: (lambda km: km[km.round(9) <= .5].index.min())(pd.Series({t: 1 - ((v.d == t) & v.ended).sum() / "
    f"max((v.d >= t).sum(), 1) for t in range(1, {EPOCHS})}}).cumprod()))(pd.DataFrame([(len(x), i < s.count('0')) "
    "for s in map(''.join, " + _TOP + ".astype(int).astype(str).to_numpy()) "
    "for i, x in enumerate(s.lstrip('1').split('0')) if x], columns=['d', 'ended']))",
)
def top_stay(run: Run) -> float:
    """How long a developer who comes to the top tenth stays there. NaN where more than half are seen to stay."""
    return median_survival(*stays(run.once(_top)))
