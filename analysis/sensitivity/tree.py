"""Where findings turn: a shallow tree over the sampled worlds, believed only where it tells worlds apart that it has
not seen."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

DEPTH, FOLDS, SHUFFLES, LEVEL = 3, 5, 99, 0.05

FEWEST = 8
"""Worlds of either kind without which nothing is sought."""


@dataclass(frozen=True)
class Tree:
    """``accuracy``: balanced, of worlds not seen, over `FOLDS` folds; .5 is chance. ``p``: of so much or more where the
    same worlds keep or turn by lot; both NaN where too few do either. ``nodes``: what `nodes` says, if p is small."""

    accuracy: float
    p: float
    nodes: pd.DataFrame

    @property
    def found(self) -> bool:
        """Whether there is structure."""
        return len(self.nodes) > 0


COLUMNS = {
    "node": int, "parent": int, "branch": str, "parameter": str, "threshold": float, "worlds": int, "kept": int,
}  # fmt: skip
"""Of ``nodes``: its columns, and what they hold."""


def tree(parameters: pd.DataFrame, kept: np.ndarray) -> Tree:
    """Where ``kept`` (worlds,) turns over ``parameters``, a column each: CART of depth `DEPTH` (scikit-learn).

    Whether there is anything to it is asked of a permutation test of its cross-validated accuracy (Ojala and Garriga,
    J. Mach. Learn. Res. 11, 2010).
    """
    from sklearn.model_selection import StratifiedKFold, permutation_test_score
    from sklearn.tree import DecisionTreeClassifier

    none = pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    if min(kept.sum(), (~kept).sum()) < FEWEST:
        return Tree(math.nan, math.nan, none)
    grown = DecisionTreeClassifier(
        max_depth=DEPTH, min_samples_leaf=max(5, len(kept) // 10), class_weight="balanced", random_state=0
    )
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    held = parameters.to_numpy(float)
    accuracy, _, p = permutation_test_score(
        grown, held, kept, cv=folds, n_permutations=SHUFFLES, scoring="balanced_accuracy", random_state=0
    )
    if p > LEVEL:
        return Tree(float(accuracy), float(p), none)
    grown.fit(held, kept)
    nodes = pd.DataFrame(_nodes(grown.tree_, list(parameters), held, kept), columns=list(COLUMNS)).astype(COLUMNS)
    return Tree(float(accuracy), float(p), nodes)


def _nodes(grown, names: list[str], held: np.ndarray, kept: np.ndarray) -> Iterator[tuple]:
    """Rows of the tree from its root: a split below which every leaf says the same is none.

    ``branch``: how the node lies to its parent's threshold, "at most" or "above" it; a leaf has no parameter.
    """
    left, right = grown.children_left, grown.children_right

    def one_answer(node: int) -> set[bool]:
        if left[node] < 0:
            return {bool(grown.value[node, 0].argmax())}
        return one_answer(left[node]) | one_answer(right[node])

    def walk(node: int, parent: int, branch: str, here: np.ndarray) -> Iterator[tuple]:
        leaf = len(one_answer(node)) == 1
        name, threshold = ("", math.nan) if leaf else (names[grown.feature[node]], float(grown.threshold[node]))
        yield node, parent, branch, name, threshold, int(here.sum()), int(kept[here].sum())
        if not leaf:
            below = held[:, grown.feature[node]] <= threshold
            yield from walk(left[node], node, "at most", here & below)
            yield from walk(right[node], node, "above", here & ~below)

    yield from walk(0, -1, "", np.ones(len(kept), bool))


def leaves(nodes: pd.DataFrame) -> Iterator[tuple[list[tuple[str, str, float]], int, int]]:
    """Each leaf: the conditions that lead to it (parameter, branch, threshold), its worlds, and how many kept."""
    by_number = {row.node: row for row in nodes.itertuples()}
    for row in nodes.itertuples():
        if row.parameter:
            continue
        path, here = [], row
        while here.parent >= 0:
            above = by_number[here.parent]
            path.insert(0, (above.parameter, here.branch, above.threshold))
            here = above
        yield path, row.worlds, row.kept
