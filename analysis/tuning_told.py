"""What is told of a tuning, on a terminal, on a page of Markdown and on one of HTML: `code` between backticks."""

import math
import shlex
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.study import unit
from analysis.study_told import Rows, code, measure
from analysis.table_text import number
from analysis.tuning import Tuning

GAINS, LOSES, SAME = VERDICTS = ("gains", "gives up", "shows no clear difference")
"""What a setting does beside the default: the interval of its gain lies above 0, below it, or holds it."""

MET, NOT_MET, UNCLEAR = "yes", "no", "unclear"
"""Whether a setting meets the constraints: its intervals lie within them all, beyond one, or neither."""


def found(tuning: Tuning) -> Iterator[str]:
    """What was found, a sentence each: whether searching paid, and what each recommended setting gains and gives up
    beside the default."""
    rows = {row.what: row for row in tuning.compared.itertuples()}
    for other, said in (("random", "random search of as many trials"), ("default", "the current default")):
        if f"tuned less {other}" in rows:
            yield _beaten(rows[f"tuned less {other}"], said)
    settings = [held for _, held in tuning.recommended.groupby("name", sort=False)]
    default = settings[0].set_index("measure")["estimate"]
    for held in settings:
        if held["search"].iloc[0]:
            yield f"{held['role'].iloc[0].capitalize()} {beside(held, default)}."


def _beaten(row, other: str) -> str:
    if not row.settings:
        return f"Nothing to compare with {other}: no tuned setting meets the constraints in fresh worlds."
    if math.isnan(row.low):
        return f"Tuned settings and {other} cannot be compared in fresh worlds: what they come to is not defined."
    verb = "beat" if row.low > 0 else "fall behind" if row.high < 0 else "are not shown to beat"
    return f"In fresh worlds the tuned settings {verb} {other}: {spelled(row, '+')} of hypervolume."


def beside(rows: pd.DataFrame, default: Mapping[str, float]) -> str:
    """``gains: `hhi` (mean over worlds) lower by 0.05 [0.04, 0.06], 25 % of the default's; gives up: …``: the rows of
    one setting beside what the ``default`` has of each measure."""
    said = {
        verdict: [_one(row, default[row.measure]) for row in rows.itertuples() if row.verdict == verdict]
        for verdict in VERDICTS
    }
    return "; ".join(f"{verdict}: {', '.join(held)}" for verdict, held in said.items() if held)


def _one(row, default: float) -> str:
    if row.verdict == SAME:
        sign = 1.0 if row.better == "more" else -1.0  # by how much it is higher, which need not be better
        ends = sorted((sign * row.gain_low, sign * row.gain_high))
        more, low, high = (number(value, "+") for value in (sign * row.gain, *ends))
        return f"{code(row.measure)} ({row.across}: {more} [{low}, {high}])"
    low, high = sorted((abs(row.gain_low), abs(row.gain_high)))
    way = "higher" if (row.verdict == GAINS) == (row.better == "more") else "lower"
    part = f", {100 * abs(row.gain / default):.0f} % of the default's" if default else ""
    return f"{code(row.measure)} ({row.across}) {way} by {number(abs(row.gain))} [{number(low)}, {number(high)}]{part}"


def spelled(row, sign: str = "") -> str:
    """Estimate and interval of a row; ``not defined`` where it has none."""
    if math.isnan(row.estimate) or math.isnan(row.low):
        return "not defined"
    return f"{number(row.estimate, sign)} [{number(row.low, sign)}, {number(row.high, sign)}]"


def recommended(tuning: Tuning) -> Rows:
    """The settings to choose from: what each comes to in fresh worlds, and the preset that has it."""
    rows = []
    for name, held in tuning.recommended.groupby("name", sort=False):
        cells = [spelled(row) for row in held.set_index("measure").loc[tuning.measures].itertuples()]
        role = held["role"].iloc[0]
        met = tuning.settings.set_index("name").loc[name, "constraints"]
        rows.append((role, *cells, *([met] if tuning.held["constraints"] else [])))
    heads = [f"{measure(name)}, {tuning.across(name)} [95 %]" for name in tuning.measures]
    kept = ["constraints met"] if tuning.held["constraints"] else []
    return Rows(("setting", *heads, *kept), rows)


def levers(tuning: Tuning) -> Rows:
    """The levers of each recommended setting."""
    held = tuning.settings[(tuning.settings["role"] != "") & (tuning.settings["search"] != "")]
    rows = [(code(key), _range(tuning.said["levers"][key]), *map(_cell, held[key])) for key in tuning.levers]
    return Rows(("lever", "searched", *held["role"]), rows)


def in_words(row: Mapping, keys: Sequence[str]) -> str:
    """The levers of a setting, as overrides say them."""
    held = ((key, _cell(row[key])) for key in keys)
    return " ".join(f"{key}={value}" for key, value in held if value != "off")


def compared(tuning: Tuning) -> Rows:
    """Volumes in fresh worlds."""
    rows = [(row.what, f"{row.settings}", spelled(row)) for row in tuning.compared.itertuples()]
    return Rows(("of", "settings", "hypervolume [95 %]"), rows)


def design(tuning: Tuning) -> Iterator[str]:
    """How it was searched and judged, a sentence each."""
    held, said = tuning.held, tuning.said
    for each in said["objectives"]:
        name = each["measure"]
        by = f" ({unit(name)})" if unit(name) else ""
        yield f"Objective: {code(name)}{by} {each['direction']}, by its {held['judged'][name]}."
    for words in held["constraints"]:
        yield f"Constraint: {words}."
    yield (
        f"Worlds: {held['worlds']} of {held['seeds']} {'seed' if held['seeds'] == 1 else 'seeds'} each, the same for "
        f"every trial; drawn: {_draws(said['worlds'].get('draws', {}))}."
    )
    trials = tuning.trials.groupby("search", sort=False)["trial"].size()
    counted = " and ".join(f"{count} {name}" for name, count in trials.items())
    yield f"Trials: {counted}, by {code(held['sampler'])} in batches of {held['batch']}."
    undefined = int((~tuning.trials["defined"]).sum())
    if undefined:
        yield f"Without a value for every objective: {undefined} trials."
    yield (
        f"The front of each search was tried again in {held['fresh_worlds']} worlds that no trial saw, to choose by, "
        f"and in {held['fresh_worlds']} others, which all numbers here are of."
    )
    if said.get("base"):
        yield f"Every run also has {', '.join(map(code, said['base']))}."
    if held["overrides"]:
        yield f"The command line had {', '.join(map(code, held['overrides']))}."
    if said.get("baseline"):
        yield f"Measures of twins compare with the baseline {', '.join(map(code, said['baseline']))}."


def command(tuning: Tuning) -> str:
    """The command that runs it again."""
    held = tuning.held
    counts = ["--trials", f"{held['trials']}", "--worlds", f"{held['worlds']}", "--seeds", f"{held['seeds']}"]
    return shlex.join(["turnstile", "tune", tuning.name, *counts, *held["overrides"]])


def use(tuning: Tuning) -> str:
    """The commands that run what is recommended."""
    folder = f"tunings/{tuning.name}/presets"
    return "\n".join(f"turnstile run --config-dir {folder} governance={name}" for name in tuning.held["presets"])


def _draws(draws: Mapping) -> str:
    return ", ".join(f"{code(key)} {_range(said)}" for key, said in draws.items()) or "nothing"


def _range(said: Mapping) -> str:
    if "choices" in said:
        return " or ".join(map(str, said["choices"]))
    return f"{said['low']:g} to {said['high']:g}" + (" (log)" if said.get("log") else "")


def _cell(value: object) -> str:
    if value is None or value != value:
        return "off"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
