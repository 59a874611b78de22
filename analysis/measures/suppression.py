"""Suppressed experimentation: of what lived in the baseline, what does not in its twin; 0 between identical twins."""

import math

import numpy as np

from analysis.averages import median, quantile
from analysis.fates import in_traffic, traffic_days
from analysis.measure import twin_measure
from analysis.measures.experimentation import novelty_surviving
from analysis.run import Run
from analysis.suppression import forgone
from analysis.twins import Twins

TOP = 0.9
"""Late bloomers are from this quantile of the potentials of all ideas on."""

_SOURCE = "Turnstile, docs/comparing.md"
_HERE = "ideas.live_turns >= max(1, config['learning']['v0'])"
_THERE = "ideas_.live_turns >= max(1, config_['learning']['v0'])"


def _suppression(lived: np.ndarray, lives: np.ndarray) -> float:
    return float((lived & ~lives).sum() / lived.sum()) if lived.any() else math.nan


@twin_measure(
    unit="share of ideas",
    formula="#{pursued in the baseline and not in the twin} / #{pursued in the baseline}",
    within=(0.0, 1.0),
    source=_SOURCE,
    recipe="ideas_.pursued_day.isna()[ideas.pursued_day.notna()].mean()",
)
def suppression_pursued(run: Run, twin: Run) -> float:
    """Share of the ideas pursued in the baseline that nobody pursues in the twin. NaN where none was pursued."""
    return _suppression(*(~np.isnan(ideas["pursued_day"]) for ideas in Twins(run, twin).ideas()))


@twin_measure(
    unit="share of ideas",
    formula="#{admitted in the baseline and not in the twin} / #{admitted in the baseline}",
    within=(0.0, 1.0),
    source=_SOURCE,
    recipe="ideas_.admitted_day.isna()[ideas.admitted_day.notna()].mean()",
)
def suppression_admitted(run: Run, twin: Run) -> float:
    """Share of the ideas admitted in the baseline that never are in the twin. NaN where none was admitted."""
    return _suppression(*(~np.isnan(ideas["admitted_day"]) for ideas in Twins(run, twin).ideas()))


@twin_measure(
    unit="share of ideas",
    formula="#{live_turns >= max(1, learning.v0) in the baseline and not in the twin} / #{those in the baseline}",
    within=(0.0, 1.0),
    source=_SOURCE,
    recipe=f"1 - ({_THERE})[{_HERE}].mean()",
)
def suppression_traffic(run: Run, twin: Run) -> float:
    """Share of the ideas that reach traffic in the baseline and do not in the twin. NaN where none does."""
    return _suppression(*_reached(run, twin))


@twin_measure(
    unit="good turns",
    formula="Σ max(0, potential - ā_d)·live_turns over the ideas that reach traffic in the baseline alone; ā_d: mean "
    "ability by turns of the twin's models of their domain d",
    within=(0.0, math.inf),
    source=f"{_SOURCE}; a real option as in Dixit & Pindyck (1994)",
    recipe="(lambda i, a: ((i.potential - i.domain.map(a)).clip(lower=0) * i.live_turns).sum())"
    f"(ideas[({_HERE}) & ~({_THERE})], (models_.turns * models_.ability).groupby(models_.domain).sum() "
    "/ models_.turns.groupby(models_.domain).sum())",
)
def option_value_forgone(run: Run, twin: Run) -> float:
    """Turns that suppressed ideas, at their potential, would have answered well and the twin's models did not."""
    return float(forgone(Twins(run, twin)).sum())


@twin_measure(
    unit="share",
    formula="1 - novelty_surviving in the twin / in the baseline",
    within=(-math.inf, 1.0),
    source=_SOURCE,
    recipe=f"1 - ({_THERE})[ideas_.distance >= 0.5 * config_['landscape']['n']].mean() "
    f"/ ({_HERE})[ideas.distance >= 0.5 * config['landscape']['n']].mean()",
)
def novelty_lost(run: Run, twin: Run) -> float:
    """By how much a smaller share of novel ideas reaches traffic in the twin. NaN where none does in the baseline."""
    Twins(run, twin)
    before = novelty_surviving(run)
    return 1.0 - novelty_surviving(twin) / before if before else math.nan


@twin_measure(
    unit="days",
    formula="median of (time from idea to traffic in the twin - in the baseline) over ideas that reach it in both; see "
    "idea_to_traffic_days",
    within=(-math.inf, math.inf),
    source=_SOURCE,
    recipe="(lambda t: (t(ideas_, standings_) - t(ideas, standings)).median())(lambda i, s: "
    "s[s.groupby('model').attempts.cumsum() >= max(1, config['learning']['v0'])].groupby('model').day.first()"
    ".reindex(i.model.where(i.live_turns >= max(1, config['learning']['v0']))).reset_index(drop=True))",
)
def idea_to_traffic_delay(run: Run, twin: Run) -> float:
    """By how much later an idea reaches traffic in the twin. NaN where none does in both."""
    ours, theirs = Twins(run, twin).ideas()
    later = traffic_days(twin, theirs) - traffic_days(run, ours)
    return median(later[~np.isnan(later)])


@twin_measure(
    unit="ideas",
    formula="#{admitted in the baseline and not in the twin} over ideas whose potential is in the top tenth and whose "
    "start, sigmoid(logit potential - learning.gap - learning.gap_distance·distance/landscape.n), is below the mean "
    "strictness of the twin's timeline",
    within=(0.0, math.inf),
    source=_SOURCE,
    recipe="((ideas.potential >= ideas.potential.quantile(0.9)) & (1 / (1 + (1 / ideas.potential - 1) * np.exp("
    "(config['learning']['gap'] + config['learning']['gap_distance'] * ideas.distance / config['landscape']['n']) "
    "* (config['learning']['v0'] > 0))) < timeline_.strictness.mean()) "
    "& ideas.admitted_day.notna() & ideas_.admitted_day.isna()).sum()",
)
def late_bloomers_lost(run: Run, twin: Run) -> float:
    """Ideas of the best whose models start below the twin's bar, admitted in the baseline and never in the twin."""
    ours, theirs = Twins(run, twin).ideas()
    potential, number = ours["potential"], run.config.number
    if not len(potential):
        return 0.0
    gap = number("learning.gap") + number("learning.gap_distance") * ours["distance"] / number("landscape.n")
    odds = np.exp(gap * (number("learning.v0") > 0))  # v0 = 0: born mature
    start = potential / (potential + (1.0 - potential) * odds)
    late = (potential >= quantile(potential, TOP)) & (start < twin["timeline"]["strictness"].mean())
    return float((late & ~np.isnan(ours["admitted_day"]) & np.isnan(theirs["admitted_day"])).sum())


def _reached(run: Run, twin: Run) -> tuple[np.ndarray, np.ndarray]:
    """Which ideas reach traffic in the baseline, and which in the twin."""
    ours, theirs = Twins(run, twin).ideas()
    return in_traffic(run, ours), in_traffic(twin, theirs)
