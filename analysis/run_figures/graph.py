"""The network of a run as a graph: domains, lineages of models, developers, and the turns between them."""

import math
from itertools import pairwise

import networkx as nx
import pandas as pd

from analysis.network.graph import DEVELOPER, DOMAIN, HOUSE, LINEAGE

MOST = 60
"""At most so many lineages and so many developers: those with most turns. More could not be told apart."""

RADII = {DOMAIN: 0.2, LINEAGE: 0.57, DEVELOPER: 0.95}
_GAP = 0.25  # rad
_SWEEPS = 8


def traffic(models: pd.DataFrame) -> nx.Graph:
    """Nodes (kind, number) with ``turns``, edges with ``turns``: domain to lineage, lineage to developer.

    ``models`` has model, developer, lineage, domain and turns. A house model is a lineage without developer
    (``house`` is true). Lineages and developers without turns are left out; of the others the MOST largest are kept.
    """
    rows = models[models["turns"] > 0]
    owned = rows["developer"] != HOUSE
    largest = [_largest(rows, "lineage"), _largest(rows[owned], "developer")]
    graph = nx.Graph()
    for row in rows[rows["lineage"].isin(largest[0])].itertuples():
        lineage = (LINEAGE, row.lineage)
        _carry(graph, (DOMAIN, row.domain), lineage, row.turns)
        graph.nodes[lineage]["turns"] += row.turns
        graph.nodes[lineage]["house"] = row.developer == HOUSE
        graph.nodes[DOMAIN, row.domain]["turns"] += row.turns
        if row.developer in largest[1]:
            developer = (DEVELOPER, row.developer)
            _carry(graph, lineage, developer, row.turns)
            graph.nodes[developer]["turns"] += row.turns
    return graph


def _largest(rows: pd.DataFrame, column: str) -> set[int]:
    turns = rows.groupby(column)["turns"].sum().sort_values(ascending=False, kind="stable")
    return set(turns.index[:MOST].tolist())


def _carry(graph: nx.Graph, source: tuple, target: tuple, turns: int) -> None:
    for node in (source, target):
        if node not in graph:
            graph.add_node(node, turns=0)
    known = graph.edges[source, target]["turns"] if graph.has_edge(source, target) else 0
    graph.add_edge(source, target, turns=known + turns)


def layout(graph: nx.Graph, size: dict) -> dict[tuple, tuple[float, float]]:
    """Places in the unit circle: domains inside, their lineages around them, developers outside.

    A domain has a sector as wide as its nodes need: ``size`` is a node's diameter. Within it, lineages and developers
    lie as near to each other as there is room: each is ordered by the mean place of those it is connected with, in
    turn (the barycentre heuristic: Sugiyama et al. 1981), from an order in which the largest lineage is in the middle.
    """
    sectors, angle, places = _sectors(graph), math.pi / 2, {}
    needs = [_need(nodes, size) for nodes in sectors]
    gap = _gap(len(sectors))
    for nodes, need in zip(sectors, needs, strict=True):
        width = (2 * math.pi - gap * len(sectors)) * need / sum(needs)
        middle = angle - width / 2
        angle -= width + gap

        def spaced(order: list, middle: float = middle, width: float = width) -> dict:
            return dict(zip(order, _angles([size[n] for n in order], middle, width), strict=True))

        at = spaced(nodes[DOMAIN])
        lineages = spaced(_largest_in_the_middle(graph, nodes[LINEAGE]))
        for _ in range(_SWEEPS):
            owners = spaced(_by_pull(graph, nodes[DEVELOPER], lineages))
            lineages = spaced(_by_pull(graph, nodes[LINEAGE], lineages | owners))
        at |= lineages | spaced(_by_pull(graph, nodes[DEVELOPER], lineages))
        radii = RADII if len(sectors) > 1 else RADII | {DOMAIN: 0.0}
        places |= {n: (radii[n[0]] * math.cos(a), radii[n[0]] * math.sin(a)) for n, a in at.items()}
    return places


def fits(graph: nx.Graph, size: dict) -> bool:
    """Whether nodes of these diameters have room beside each other."""
    sectors = _sectors(graph)
    return sum(_need(nodes, size) for nodes in sectors) <= 2 * math.pi - _gap(len(sectors)) * len(sectors)


def _sectors(graph: nx.Graph) -> list[dict[str, list]]:
    """The nodes of each domain by kind; a developer is where most of its turns are."""
    home = {node: node for node in graph if node[0] == DOMAIN}
    for node in sorted(node for node in graph if node[0] == LINEAGE):
        home[node] = max((n for n in graph[node] if n[0] == DOMAIN), key=lambda n, to=node: graph.edges[n, to]["turns"])
    for node in sorted(node for node in graph if node[0] == DEVELOPER):
        home[node] = home[max(graph[node], key=lambda n, to=node: (graph.edges[n, to]["turns"], n))]
    domains = sorted(node for node in graph if node[0] == DOMAIN)
    return [{kind: [n for n in home if n[0] == kind and home[n] == d] for kind in RADII} for d in domains]


def _need(nodes: dict[str, list], size: dict) -> float:
    """The angle that a domain's nodes need."""
    return max(sum(size[n] for n in those) / RADII[kind] for kind, those in nodes.items())


def _gap(domains: int) -> float:
    """The angle left open between two domains; between many, all of it together is a third of the circle."""
    return min(_GAP, 2 * math.pi / 3 / domains) if domains > 1 else 0.0


def _largest_in_the_middle(graph: nx.Graph, nodes: list) -> list:
    ranked = sorted(nodes, key=lambda n: (-graph.nodes[n]["turns"], n))
    return ranked[1::2][::-1] + ranked[::2]


def _angles(sizes: list[float], middle: float, width: float) -> list[float]:
    """Middles of neighbouring arcs, clockwise, as wide as their sizes, that fill the sector."""
    edges = [0.0]
    for size in sizes:
        edges.append(edges[-1] + size)
    return [middle + width / 2 - width * (a + b) / 2 / edges[-1] for a, b in pairwise(edges)] if sizes else []


def _by_pull(graph: nx.Graph, nodes: list, at: dict) -> list:
    """``nodes`` clockwise by the mean of the angles ``at`` which their neighbours lie, weighted by turns.

    Those of whom no neighbour is placed keep their own place; they are house models.
    """
    pull = {}
    for node in nodes:
        known = [(at[n], graph.edges[n, node]["turns"]) for n in graph[node] if n in at]
        pull[node] = sum(a * w for a, w in known) / sum(w for _, w in known) if known else at[node]
    return sorted(nodes, key=lambda n: (-pull[n], n))
