"""Structure of graphs given as arrays of edges, nodes numbered from 0: fast enough for thousands of runs.

networkx has the same of its own graphs, but for core and periphery; the tests compare.
"""

import math

import numpy as np

from analysis.compiled import compiled
from analysis.ranks import correlation


def pagerank(start: np.ndarray, source: np.ndarray, target: np.ndarray, weight: np.ndarray, damping: float = 0.85):
    """PageRank of the nodes of a graph without circles, (n,), summing to 1 (Page et al. 1999).

    The walk begins at a node with probability ``start`` (n,), goes on with probability ``damping`` along an edge chosen
    by ``weight`` > 0 (E,), and else begins again, as it does where no edge leads on. Without circles the sum over
    walks ends, so this is exact. Raises ``ValueError`` where there is a circle.
    """
    n = len(start)
    out = np.bincount(source, weight, n)
    visits, leave = _visits(start / start.sum(), source, target, damping * weight / out[source])
    if leave.any():
        raise ValueError("the graph has a circle")
    return visits / visits.sum()


@compiled
def _visits(start: np.ndarray, source: np.ndarray, target: np.ndarray, step: np.ndarray):
    """(How often a walk is expected at each node, (n,); what of it has not ended after n steps, (n,))."""
    visits, walk = start.copy(), start
    for _ in range(len(start)):
        there = np.zeros(len(start))
        for edge in range(len(source)):
            there[target[edge]] += step[edge] * walk[source[edge]]
        visits += there
        walk = there
        if not walk.any():
            break
    return visits, walk


def simple(source: np.ndarray, target: np.ndarray, n: int) -> np.ndarray:
    """The undirected graph of these edges without loops and doubles: (E, 2), the smaller node first."""
    low, high = np.minimum(source, target), np.maximum(source, target)
    codes = np.sort((low * n + high)[low != high])
    return np.stack(np.divmod(codes[np.diff(codes, prepend=-1) > 0], n), axis=1)


def assortativity(x: np.ndarray, y: np.ndarray) -> float:
    """Newman's assortativity r, in [-1, 1]: Pearson's correlation of the values at the two ends of edges (Newman 2003).

    ``x`` and ``y`` (E,): for an undirected graph each edge stands in both directions. NaN where either end is
    always the same.
    """
    if not len(x) or not np.ptp(x) or not np.ptp(y):
        return math.nan
    return correlation(x, y)


def degree_assortativity(edges: np.ndarray) -> float:
    """`assortativity` by degree of a simple undirected graph, edges (E, 2) (Newman 2002)."""
    degree = np.bincount(edges.ravel())
    x, y = degree[edges[:, 0]], degree[edges[:, 1]]
    return assortativity(np.append(x, y), np.append(y, x))


def core_periphery(edges: np.ndarray, n: int) -> tuple[float, np.ndarray]:
    """(fit, core) of a simple undirected graph of ``n`` nodes, edges (E, 2), by Borgatti and Everett's discrete model.

    The fit, in [-1, 1], is Pearson's correlation over pairs of nodes between "there is an edge" and "one of the two is
    in the core" (Borgatti and Everett 2000); 1 is a core linked with all and a periphery without links of its own. The
    core (k,) is that which fits best of the k nodes of highest degree, k = 1 .. n - 2, ties by number; where pairs
    between core and periphery are left out, such a set is the best there is (Lip 2011). NaN and no core where all pairs
    are alike.
    """
    degree = np.bincount(edges.ravel(), minlength=n)
    pairs, present = n * (n - 1) / 2, len(edges)
    if n < 3 or not 0 < present < pairs:
        return math.nan, np.array([], int)
    order = np.argsort(-degree, kind="stable")
    rank = np.empty(n, int)
    rank[order] = np.arange(n)
    k = np.arange(1, n - 1)
    ideal = k * (k - 1) / 2 + k * (n - k)  # pairs that touch a core of k
    first = np.bincount(rank[edges].min(axis=1), minlength=n)  # edges that touch a core once it includes this rank
    both = np.cumsum(first)[k - 1]
    spread = np.sqrt(ideal * (pairs - ideal)) * math.sqrt(present * (pairs - present))
    fit = (pairs * both - ideal * present) / spread
    best = int(np.argmax(fit))
    return float(fit[best]), order[: best + 1]
