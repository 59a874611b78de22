"""What is told of a sensitivity, on a page of Markdown and on one of HTML: `code` stands between backticks."""

import shlex
from collections.abc import Iterator

import pandas as pd

from analysis.sensitivity.analysing import MORRIS, SIGN_TABLE, SIGNS, SOBOL, SPREAD
from analysis.sensitivity.morris import LUCK, MU_STAR, SIGMA, moving
from analysis.sensitivity.noise import DUMMY
from analysis.sensitivity.result import Result
from analysis.sensitivity.sobol import FIRST, TOTAL
from analysis.sensitivity.words import bracket, from_seeds, kept, own, ranked, settled, turning, wide
from analysis.study import unit
from analysis.study_told import Rows, code
from analysis.table_text import number

_METHOD = {MORRIS: "what moves it", SOBOL: "shares of variance", SIGNS: "where findings turn"}

_STRONGEST = 3

READING = {
    MORRIS: "mu* is the mean of the absolute effects of a parameter over its whole range, sigma their standard "
    "deviation: large beside mu*, the effect depends on where one stands. Luck is the mu* that a parameter without any "
    "effect would have, from how far seeds lie apart, and between what it would then lie. The dummy stands for no "
    "constant: where it changes, other seeds are drawn.",
    SOBOL: "S1 is the share of the variance of the mean over seeds that a parameter explains by itself, ST that in "
    "which it has a part at all. What seeds add is taken off, so the dummy, at which nothing but seeds changes, should "
    "have 0 within its interval.",
    SIGNS: "Every world has other values of all parameters at once. A world surely keeps or turns the sign where its "
    "mean lies beyond 1.96 standard errors of 0, its own and the pooled one of all worlds; the others are too near to "
    "0 for so few seeds, and of these half turn by luck alone where there is no effect.",
}


def title(result: Result) -> str:
    """The heading of its page."""
    return f"{result.said['name'].replace('_', ' ').capitalize()}: {_METHOD[result.method]}"


def findings(result: Result) -> Iterator[str]:
    """A sentence for each output, and of a screening what it leaves."""
    if result.method == SIGNS:
        for row in result.tables[SIGN_TABLE].itertuples():
            none = ", which is no sign to keep" if row.low <= 0 <= row.high else ""
            yield f"{_named(result, row.output)}: kept in {kept(row)}; as the constants are, {own(row)}{none}."
        return
    for label in result.labels:
        yield f"{_named(result, label)}: {_moved(result, label)}."
    if result.method == MORRIS:
        yield f"More than other seeds would do: {', '.join(map(code, moving(result.indices))) or 'none'}."


def _named(result: Result, label: str) -> str:
    said = next(one for one in result.said["outputs"] if one["label"] == label)
    measure = f"{said['measure']} - {said['minus']}" if said["minus"] else said["measure"]
    return code(measure) + (f", {said['contrast']}" if said["contrast"] else "")


def _moved(result: Result, label: str) -> str:
    """What moves an output most, and whether the dummy does."""
    rows = result.indices[result.indices["output"] == label]
    held, index = wide(rows), MU_STAR if result.method == MORRIS else TOTAL
    if held[index]["estimate"].isna().all():
        return "nothing varies but what seeds explain"
    *strongest, dummy = ranked(rows, _STRONGEST)
    said = ", ".join(f"{code(name)} {bracket(held.loc[name], index)}" for name in strongest)
    row = held.loc[dummy]
    if result.method == MORRIS:
        within = "as" if row[LUCK]["low"] <= row[index]["estimate"] <= row[LUCK]["high"] else "not as"
        return f"mu* of {said}; the dummy's {bracket(row, index)}, {within} luck makes it, {bracket(row, LUCK)}"
    within = "has" if row[index]["low"] <= 0 <= row[index]["high"] else "does not have"
    return f"{index} of {said}; the dummy's {bracket(row, index)} {within} 0 within it"


def design(result: Result) -> Iterator[str]:
    """How large it is, and of what."""
    said = result.said
    arms = f" x {len(said['arms'])} arms" if len(said["arms"]) > 1 else ""
    more = ", and 10 seeds of the constants as they are" if result.method == SIGNS else ""
    yield (
        f"{len(result.parameters)} parameters, a dummy; {said['worlds']} worlds x {said['seeds']} seeds{arms}{more}: "
        f"{said['runs']:,} runs of {said['horizon_days']:g} days."
    )
    if said.get("study"):
        yield f"Of the study {code(said['study'])}, arms {', '.join(map(code, said['arms']))}."
    base = said["sensitivity"].get("base", [])
    if lines := {line.partition("=")[0]: line for line in (*base, *said["overrides"])}:  # the last of a key holds
        yield f"Every run also has {', '.join(map(code, lines.values()))}."
    if left_out := result.tables[SPREAD]["left_out"].max():
        yield f"Up to {left_out} worlds are left out, since an output has no value in them or in one they go with."


def indices(result: Result) -> Rows:
    """All indices, the strongest of each output first."""
    if result.method == MORRIS:
        head, names = ("output", "parameter", "mu* [95 %]", "sigma", "luck [95 %]"), (MU_STAR, SIGMA, LUCK)
    else:
        head, names = ("output", "parameter", "ST [95 %]", "S1 [95 %]"), (TOTAL, FIRST)
    rows = []
    for label in result.labels:
        own_rows = result.indices[result.indices["output"] == label]
        held = wide(own_rows)
        for name in ranked(own_rows, len(held)):
            shown = name if name == DUMMY else code(name)
            rows.append((_named(result, label), shown, *(bracket(held.loc[name], index) for index in names)))
    return Rows(head, rows)


def signs(result: Result) -> Rows:
    """Every finding over the worlds."""
    head = ("finding", "as things are [95 %]", "worlds that keep its sign [95 %]", "surely kept", "surely turned")
    rows = [
        (_named(result, row.output), own(row), kept(row), f"{row.surely_kept}", f"{row.surely_turned}")
        for row in result.tables[SIGN_TABLE].itertuples()
    ]
    return Rows(head, rows)


def where(result: Result) -> Iterator[tuple[str, list[str]]]:
    """Each finding, and where it turns."""
    for row in result.tables[SIGN_TABLE].itertuples():
        yield _named(result, row.output), [f"{line[0].upper()}{line[1:]}." for line in turning(result, row)]


def spread(result: Result) -> Rows:
    """How far worlds lie apart, what of it seeds make, and how far the first result moved with the last doubling."""
    head = ("output", "unit", "worlds", "mean", "sd over worlds", "variance from seeds", "with half and all of it")
    units = {said["label"]: unit(said["measure"]) for said in result.said["outputs"]}
    rows = [
        (_named(result, row.output), units[row.output], f"{row.worlds}", number(row.mean), number(row.sd),
         from_seeds(row), settled(result, row.output))
        for row in result.tables[SPREAD].itertuples()
    ]  # fmt: skip
    return Rows(head, rows)


def parameters(result: Result) -> Rows:
    """What was drawn, from where to where."""
    rows = [
        (code(each["key"]), number(each["value"]), number(each["low"]), number(each["high"]), each["scale"])
        for each in result.said["parameters"]
    ]
    return Rows(("parameter", "as it is", "from", "to", "scale"), rows)


def command(result: Result) -> str:
    """The command that runs it again."""
    said = result.said
    call = ["turnstile", "sensitivity", said["name"], *said["overrides"], "--method", said["method"]]
    only = [word for key in said["only"] for word in ("--parameter", key)]
    return shlex.join([*call, *only, "--worlds", f"{said['worlds']}", "--seeds", f"{said['seeds']}"])


def outputs_by_world(result: Result) -> pd.DataFrame:
    """The design with a column for each output, mean over seeds: a row a world."""
    means = result.outputs.groupby(["world", "output"], sort=False)["value"].mean().unstack("output")
    return result.design.merge(means[result.labels], left_on="world", right_index=True, how="left")
