"""What a tuning leaves: tables of its trials, of what was tried again and of what is recommended."""

from collections.abc import Container, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.inference.paired import Interval
from analysis.tuning_told import GAINS, LOSES, SAME
from scenarios.study.saying import word
from scenarios.tune.fresh import DEFAULT, RANDOM, TUNED, Again, Candidate
from scenarios.tune.hypervolume import Scale, on_front
from scenarios.tune.levers import Lever
from scenarios.tune.objectives import BASELINE, CURRENT, Aim, Objective
from scenarios.tune.recommended import able
from scenarios.tune.trials import Trial
from scenarios.tune.values import Range, Value


def trials_table(levers: Sequence[Lever], aim: Aim, searches: Mapping[str, Sequence[Trial]], scale: Scale, batch: int):
    """A row a trial: search, trial, batch, whether it is defined, feasible and on the front, the hypervolume so far,
    levers (null where off), objectives as judged, and ``violation``, the largest of a constraint."""
    rows = []
    for search, trials in searches.items():
        losses = [aim.losses(trial.judged.values) if trial.judged.feasible else None for trial in trials]
        held = [i for i, loss in enumerate(losses) if loss is not None]
        front = {held[i] for i in np.flatnonzero(on_front(np.array([losses[i] for i in held])))}
        for i, (trial, volume) in enumerate(zip(trials, scale.history(losses), strict=True)):
            judged = trial.judged
            rows.append(
                {
                    "search": search, "trial": trial.number, "batch": trial.number // batch, "defined": judged.finite,
                    "feasible": judged.feasible, "front": i in front, "hypervolume": volume,
                }
                | set_values(levers, trial.setting)
                | {each.measure: value for each, value in zip(aim.objectives, judged.values, strict=True)}
                | {"violation": max((v for v in judged.violations if np.isfinite(v)), default=np.nan)}
            )  # fmt: skip
    return pd.DataFrame(rows)


def set_values(levers: Sequence[Lever], setting: Mapping[str, Value]) -> dict[str, object]:
    """Lever → its value, a number where all its values are, else a word; null where it is off."""
    return {
        lever.key: None if lever.key not in setting else _cell(lever, setting[lever.key]) for lever in levers
    }


def _cell(lever: Lever, value: Value) -> object:
    return float(value) if isinstance(lever.values, Range) else word(value)


def settings_table(levers: Sequence[Lever], judged: Again, roles: Mapping[int, Sequence[str]]) -> pd.DataFrame:
    """A row for each setting that was tried again: name, search, trial, role, whether it meets the constraints in the
    worlds that judge (yes, no or unclear), and its levers."""
    rows = [
        {"name": one.name, "search": one.search, "trial": one.trial.number if one.trial else None,
         "role": role_of(number, one, roles), "constraints": judged.met(number)}
        | set_values(levers, one.setting)
        for number, one in enumerate(judged.candidates)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"trial": "Int64"})


def front_table(judged: Again, roles: Mapping[int, Sequence[str]]) -> pd.DataFrame:
    """A row for each setting that was tried again and each objective and constraint: how worlds are taken together,
    what the search saw, and what the worlds that judge say, with intervals; its gain over the default, positive where
    better, and that in a word."""
    return pd.DataFrame(_front(judged, roles))


def _front(judged: Again, roles: Mapping[int, Sequence[str]]) -> Iterator[dict]:
    aim = judged.aim
    constraints = [each for each in aim.constraints if each.measure not in {one.measure for one in aim.objectives}]
    for number, one in enumerate(judged.candidates):
        for i, each in enumerate((*aim.objectives, *constraints)):
            value, gain = judged.value(number, each), judged.value(number, each, 0) if number else None
            objective = isinstance(each, Objective)
            less = each.lower if objective else not each.least
            sign = -1.0 if less else 1.0
            low, high = (np.nan, np.nan) if gain is None else sorted((sign * gain.low, sign * gain.high))
            yield {
                "name": one.name, "search": one.search, "role": role_of(number, one, roles), "measure": each.measure,
                "kind": "objective" if objective else "constraint", "across": each.judge.across,
                "better": "less" if less else "more",
                "searched": one.trial.judged.values[i] if objective and one.trial else np.nan,
                **_ends(value, ("estimate", "low", "high")),
                "gain": np.nan if gain is None else sign * gain.estimate, "gain_low": low, "gain_high": high,
                "verdict": "" if gain is None else GAINS if low > 0 else LOSES if high < 0 else SAME,
                "worlds": len(judged.worlds),
            }  # fmt: skip


def compared_table(searches: Container[str], chosen: Again, judged: Again, scale: Scale) -> pd.DataFrame:
    """Hypervolume in the worlds that judge: of the tuned settings, of those of random search, where it is among the
    ``searches``, and of the default, and the tuned ones' less the others'; of the settings that meet the constraints in
    the worlds to choose by. It is 0 where none does."""
    tuned, others = able(chosen, TUNED), {DEFAULT: [0]}
    if RANDOM in searches:
        others = {RANDOM: able(chosen, RANDOM), **others}
    rows = [{"what": TUNED, "settings": len(tuned), **_ends(judged.volume(scale, tuned), _ENDS)}]
    for name, held in others.items():
        rows.append({"what": name, "settings": len(held), **_ends(judged.volume(scale, held), _ENDS)})
        less = judged.volume(scale, tuned, held)
        rows.append({"what": f"{TUNED} less {name}", "settings": len(tuned), **_ends(less, _ENDS)})
    return pd.DataFrame(rows)


_ENDS = ("estimate", "low", "high")


def role_of(number: int, one: Candidate, roles: Mapping[int, Sequence[str]]) -> str:
    """What a setting is recommended as; the default and the baseline are what they are; else nothing."""
    own = {DEFAULT: CURRENT, BASELINE: BASELINE}.get(one.name)
    return own or ", ".join(roles.get(number, ()))


def _ends(found: Interval | None, names: Sequence[str]) -> dict[str, float]:
    values = (found.estimate, found.low, found.high) if found else (np.nan,) * 3
    return dict(zip(names, values, strict=True))
