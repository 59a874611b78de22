"""Realisation lag: how long after diversity has fallen anything that the public sees gives the alarm."""

import math

import numpy as np

from analysis.compiled import compiled
from analysis.detection import alarm
from analysis.epochs import BEGIN, begin, owners, rows_by_period
from analysis.measure import measure
from analysis.run import Run

PUBLIC = {"success_rate": -1.0, "latency_p99_s": 1.0, "hhi": 1.0}
"""Column of the timeline that anybody can see → the direction in which it gets worse."""

_SOURCE = "Turnstile; Page 1954 (cumulative sum), Hill 1973 (effective number)"
_ALARM = (
    "(lambda x, sign: (lambda r: (lambda c: c.index[c - np.minimum(c.cummin(), 0) > 5].min())((sign * (x - r.mean())"
    " / max(r.std(), .01 * abs(r.mean())) - .5).iloc[len(x) // 5:].fillna(0).cumsum()))(x.iloc[:len(x) // 5]))"
)
_FALL = (
    f"{_ALARM}(standings[standings.day > {BEGIN}]"
    ".merge(models[models.developer >= 0][['model', 'lineage']]).groupby(['day', 'lineage']).turns.sum().groupby('day')"
    f".agg(lambda x: x.sum() ** 2 / (x ** 2).sum()).reindex(timeline.day[timeline.day > {BEGIN}]), -1)"
)
_FIRST = "pd.Series([" + ", ".join(
    f"{_ALARM}(timeline[timeline.day > {BEGIN}].set_index('day').{name}, {sign:g})"
    for name, sign in PUBLIC.items()
) + "]).min()"  # fmt: skip


def _days(run: Run) -> np.ndarray:
    """The ends of the periods that begin after warm-up."""
    day = run["timeline"]["day"]
    return day[day > begin(run)]


def diversity(run: Run) -> np.ndarray:
    """Effective number of lineages by routed turns, the house's apart, of each period after warm-up. NaN: none."""
    standings, lineage, (settled, period) = run["standings"], run.once(owners, "lineage"), run.once(rows_by_period)
    return _effective(period, standings["model"][settled], standings["turns"][settled], lineage, len(run.once(_days)))


@compiled
def _effective(
    period: np.ndarray, model: np.ndarray, turns: np.ndarray, lineage: np.ndarray, periods: int
) -> np.ndarray:
    """(Σ turns)² / Σ (a lineage's turns)² of each of so many ``periods``, rows in their order; lineage -1 is out."""
    got, total, squares, last = np.zeros(len(lineage)), np.zeros(periods), np.zeros(periods), 0
    for row in range(len(period)):
        now, line, more = period[row], lineage[model[row]], turns[row]
        if now > last:
            got[:], last = 0.0, now
        if line >= 0:
            squares[now] += more * (2.0 * got[line] + more)
            got[line] += more
            total[now] += more
    return total**2 / squares


def _fall(run: Run) -> float:
    found = alarm(diversity(run), -1.0)
    return math.nan if found is None else float(run.once(_days)[found])


def _warning(run: Run) -> float:
    timeline = run["timeline"]
    late = timeline["day"] > begin(run)
    found = [alarm(timeline[name][late], sign) for name, sign in PUBLIC.items()]
    heard = [index for index in found if index is not None]
    return float(run.once(_days)[min(heard)]) if heard else math.nan


@measure(
    unit="days",
    formula="first day with S > 5, S = max(0, S + (m - x)/sd - 0.5), x = 1 / Σ (share of the day's routed turns)² over "
    "lineages, the house apart; m, sd those of the first fifth of the periods after warm-up, sd at least m/100",
    within=(0.0, math.inf),
    source=_SOURCE,
    recipe=_FALL,
)
def diversity_fall_day(run: Run) -> float:
    """When the effective number of lineages has fallen. NaN where it never does."""
    return run.once(_fall)


@measure(
    unit="days",
    formula="the same of success_rate falling, latency_p99_s rising or hhi rising, whichever comes first",
    within=(0.0, math.inf),
    source=_SOURCE,
    recipe=_FIRST,
)
def public_alarm_day(run: Run) -> float:
    """When the first public measure gives the alarm. NaN where none does."""
    return run.once(_warning)


@measure(
    unit="days",
    formula="public_alarm_day, or the run's last day where there is none, less diversity_fall_day",
    within=(-math.inf, math.inf),
    source=_SOURCE,
    recipe=f"np.nan_to_num({_FIRST}, nan=timeline.day.max()) - {_FALL}",
)
def realisation_lag(run: Run) -> float:
    """Days from the fall of diversity to the first public alarm, at least where none came. NaN without a fall."""
    warned = run.once(_warning)
    return (run["timeline"]["day"][-1] if math.isnan(warned) else warned) - run.once(_fall)
