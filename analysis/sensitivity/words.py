"""How what a sensitivity found is said, in print, on pages and in figures; `code` stands between backticks."""

import math
from collections.abc import Iterator

import pandas as pd

from analysis.sensitivity.analysing import CONVERGENCE, SIGN_TABLE, TREE
from analysis.sensitivity.morris import MU_STAR
from analysis.sensitivity.noise import DUMMY
from analysis.sensitivity.result import Result
from analysis.sensitivity.sobol import TOTAL
from analysis.sensitivity.tree import FEWEST, LEVEL, leaves
from analysis.table_text import number


def ranked(indices: pd.DataFrame, most: int) -> list[str]:
    """The ``most`` parameters of one output that move it most, and the dummy behind them."""
    strength = indices[indices["index"].isin([MU_STAR, TOTAL])].set_index("parameter")["estimate"]
    order = strength.drop(DUMMY).sort_values(ascending=False, kind="stable").dropna()
    return [*order.index[:most], DUMMY]


def wide(indices: pd.DataFrame) -> pd.DataFrame:
    """One output's indices, a row a parameter and columns such as ("ST", "low")."""
    return indices.pivot(index="parameter", columns="index", values=["estimate", "low", "high"]).swaplevel(axis=1)


def bracket(row: pd.Series, index: str) -> str:
    """An index with its interval, if it has one."""
    found = row[index]
    if found["estimate"] != found["estimate"]:
        return "not defined"
    said = number(found["estimate"])
    return f"{said} [{number(found['low'])}, {number(found['high'])}]" if found["low"] == found["low"] else said


def kept(row) -> str:
    """Of a row of ``signs``: 41 of 48, .85 [.73, .93]."""
    return f"{row.kept} of {row.worlds}, {row.share:.2f} [{row.share_low:.2f}, {row.share_high:.2f}]"


def own(row) -> str:
    """Of a row of ``signs``: the effect with the constants as they are."""
    return f"{number(row.estimate, '+')} [{number(row.low, '+')}, {number(row.high, '+')}]"


def from_seeds(row) -> str:
    """Of a row of ``spread``: the share of the variance that is luck."""
    if row.noise_share != row.noise_share:
        return "nothing varies"
    return f"{100 * row.noise_share:.0f} %" if row.noise_share < 1 else "all of it"


def turning(result: Result, row) -> Iterator[str]:
    """Where the finding of a row of ``signs`` turns: a sentence, or one for each leaf of its tree."""
    if row.accuracy != row.accuracy:
        few, which = min((row.worlds - row.kept, "turn"), (row.kept, "keep it"))
        yield f"{few} worlds {which}: fewer than the {FEWEST} from which a tree is grown"
        return
    said = f"balanced accuracy {row.accuracy:.2f} in worlds not seen, p {row.p:.2g}"
    if row.p > LEVEL:
        yield f"no structure found: a tree does no better than chance ({said})"
        return
    nodes = result.tables[TREE]
    for path, worlds, held in leaves(nodes[nodes["output"] == row.output]):
        yield f"{_where(path)}: kept in {held} of {worlds}"
    yield said


def _where(path: list[tuple[str, str, float]]) -> str:
    """Conditions in a row, each threshold once: the last of a branch is the narrowest."""
    narrowest = {(name, branch): threshold for name, branch, threshold in path}
    sign = {"at most": "≤", "above": ">"}
    return " and ".join(f"`{name}` {sign[branch]} {number(value)}" for (name, branch), value in narrowest.items())


def settled(result: Result, label: str) -> str:
    """How far the strongest parameter, or the share, went in the last doubling of the design."""
    held = result.tables[CONVERGENCE]
    held = held[held["output"] == label]
    if SIGN_TABLE in result.tables:
        path = held.set_index("worlds")["share"]
    else:
        first = ranked(result.indices[result.indices["output"] == label], 1)[0]
        one = held[(held["parameter"] == first) & held["index"].isin([MU_STAR, TOTAL])]
        path = one.set_index("worlds")["estimate"]
    if len(path) < 2:
        return "one size alone"
    (before, old), (after, new) = path.iloc[-2:].items()
    first, last = ("undefined" if math.isnan(value) else number(value) for value in (old, new))
    return f"{first} of {before} worlds, {last} of {after}"
