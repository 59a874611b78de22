"""The network of a run as networkx graphs, and as GraphML for other tools.

A node is named by its type and number, such as ``developer 7``, has both as attributes, and its columns of the tables.
"""

import io
from pathlib import Path

import networkx as nx
import pandas as pd

from analysis.files import check_free, write_together
from analysis.run import Run

HOUSE = -1
DOMAIN, LINEAGE, DEVELOPER, MODEL, COSTAKERS = "domain", "lineage", "developer", "model", "co-stakers"

_MODEL = ["model", "kind", "status", "lineage", "born_day", "potential", "ability", "turns_after_warmup", "revenue"]
_DEVELOPER = ["developer", "tier", "wealth_start", "turns_after_warmup", "revenue"]


def flows(run: Run) -> nx.DiGraph:
    """Domain → model → developer: ``turns`` routed after warm-up, and ``revenue`` of the whole run from a model.

    Every domain, model and developer is a node; an edge is there where anything flowed.
    """
    graph, models = nx.DiGraph(), run.table("models")
    _nodes(graph, DOMAIN, models[["domain"]].drop_duplicates())
    _nodes(graph, MODEL, models[_MODEL])
    _nodes(graph, DEVELOPER, run.table("developers", _DEVELOPER))
    for row in models.itertuples():
        turns, revenue = int(row.turns_after_warmup), float(row.revenue)
        if turns:
            graph.add_edge(name(DOMAIN, row.domain), name(MODEL, row.model), turns=turns)
        if row.developer != HOUSE and (turns or revenue):
            graph.add_edge(name(MODEL, row.model), name(DEVELOPER, row.developer), turns=turns, revenue=revenue)
    return graph


def descent(run: Run) -> nx.DiGraph:
    """The forest of lineages: parent → model for every model that was made from another; every model is a node."""
    graph, models = nx.DiGraph(), run.table("models")
    _nodes(graph, MODEL, models[_MODEL])
    made = models[models["parent"] >= 0]
    graph.add_edges_from((name(MODEL, p), name(MODEL, m)) for p, m in zip(made["parent"], made["model"], strict=True))
    return graph


def forks(run: Run) -> nx.DiGraph:
    """Who builds on whom: developer → developer from whose models it made ``models``; every developer is a node."""
    graph, models = nx.DiGraph(), run.table("models", ["developer", "parent"])
    _nodes(graph, DEVELOPER, run.table("developers", _DEVELOPER))
    made = models[models["parent"] >= 0]
    pairs = pd.DataFrame({"by": made["developer"], "of": models["developer"].to_numpy()[made["parent"]]})
    others = pairs[(pairs["by"] != pairs["of"]) & (pairs["by"] != HOUSE) & (pairs["of"] != HOUSE)]
    for (by, of), count in others.value_counts(sort=False).items():
        graph.add_edge(name(DEVELOPER, by), name(DEVELOPER, of), models=count)
    return graph


def costakes(run: Run) -> nx.Graph:
    """Who has what at stake on which model at the end: stakers and models, two types of nodes, edges with ``credits``.

    Stakers are developers, each on models of its own, and one node for all co-stakers: they are one account that
    delegates by one rule, so the tables know no more of them. Projected on stakers, as by
    ``networkx.bipartite.weighted_projected_graph``, this is a star around them. Who has nothing at stake is not in it.
    """
    graph = nx.Graph()
    for row in run.table("models", ["model", "developer", "stake", "delegated"]).itertuples():
        for kind, number, amount in ((DEVELOPER, row.developer, row.stake), (COSTAKERS, 0, row.delegated)):
            if amount > 0:
                for type_, which in ((kind, number), (MODEL, row.model)):
                    graph.add_node(name(type_, which), type=type_, number=int(which))
                graph.add_edge(name(kind, number), name(MODEL, row.model), credits=float(amount))
    return graph


def write_graphml(graph: nx.Graph, path: Path) -> None:
    """Write ``graph`` as GraphML, which Gephi, igraph and ``networkx.read_graphml`` read with the same attributes.

    Whole or not at all, over what is there. Raises ``InputError`` where it cannot be written.
    """
    check_free([Path(path)], replace=True)
    file = io.BytesIO()
    nx.write_graphml_xml(graph, file)
    write_together({Path(path): file.getvalue()})


def name(kind: str, number: int) -> str:
    """The name of a node."""
    return f"{kind} {number}"


def _nodes(graph: nx.Graph, kind: str, rows: pd.DataFrame) -> None:
    """Add a node for each row; its first column is its number. What is null is no attribute of it."""
    for row in rows.to_dict("records"):
        number, *others = row.items()
        graph.add_node(
            name(kind, number[1]), type=kind, number=number[1], **{k: v for k, v in others if not pd.isna(v)}
        )
