"""The network drawn: domains, the lineages that serve them, the developers who own those, and the traffic between.

It is drawn with matplotlib's own collections: networkx draws through pyplot, which chooses a backend for everybody.
"""

import math

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from analysis.run import Run
from analysis.run_figures.graph import DEVELOPER, DOMAIN, LINEAGE, RADII, fits, layout, traffic
from analysis.run_figures.palette import TIERS, tier
from analysis.style import SMALL_PT, WIDTH_IN, panels, say

TITLE = "Routed turns after warm-up between domains, lineages and developers"
LABELLED = 5
"""Lineages and developers with most turns that are named, where there is room."""

_HEIGHT_IN = 3.75
_RADIUS_PT = WIDTH_IN * 72 / 2 / 1.15  # of the unit circle
_LARGEST_PT, _SMALLEST_PT, _HUB_PT = 17.0, 1.5, 13.0  # diameters
_WIDEST_PT, _THINNEST_PT = 5.0, 0.25


def draw(run: Run) -> Figure:
    """Areas of nodes and widths of edges are proportional to turns, down to a least that can be seen."""
    models = run.table("models", ["model", "developer", "lineage", "domain", "turns_after_warmup"])
    models = models.rename(columns={"turns_after_warmup": "turns"})
    figure, (axes,) = panels(1, _HEIGHT_IN)
    axes.set(xlim=(-0.99, 0.99), ylim=(-0.99, 0.99), aspect="equal")
    axes.axis("off")
    graph = traffic(models)
    if not graph:
        say(axes, "after warm-up no turn was asked")
        return figure
    tiers = run.table("developers", ["developer", "tier"]).set_index("developer")["tier"].to_dict()
    size, room = _diameters(graph)
    places = layout(graph, room)
    colour = {n: TIERS[tiers[n[1]]] for n in graph if n[0] == DEVELOPER}
    _edges(axes, graph, places, colour)
    _nodes(axes, graph, places, size, colour)
    _names(figure, axes, graph, places, size)
    kept = sum(turns for _, _, turns in graph.edges([n for n in graph if n[0] == DOMAIN], data="turns"))
    house = any(graph.nodes[n].get("house") for n in graph)
    said = f"{100 * kept / models['turns'].sum():.3g} % of the turns routed after warm-up"
    _legend(figure, said, sorted({tiers[n[1]] for n in colour}), house)
    return figure


def _diameters(graph: nx.Graph) -> tuple[dict, dict]:
    """Of lineages and developers by turns, on one scale; hubs are all alike: (in points, room in the unit circle)."""
    turns = {node: graph.nodes[node]["turns"] for node in graph if node[0] != DOMAIN}
    domains = [node for node in graph if node[0] == DOMAIN]
    around = 2 * math.pi * RADII[DOMAIN] * _RADIUS_PT  # of the circle of hubs
    hubs = dict.fromkeys(domains, min(_HUB_PT, around / len(domains)))
    largest = _LARGEST_PT
    while True:
        scale = largest / math.sqrt(max(turns.values()))
        shown = {node: max(_SMALLEST_PT, scale * math.sqrt(n)) for node, n in turns.items()} | hubs
        room = {node: (pt + 1) / _RADIUS_PT for node, pt in shown.items()}
        if fits(graph, room) or largest <= _SMALLEST_PT:
            return shown, room
        largest *= 0.95


def _edges(axes: Axes, graph: nx.Graph, places: dict, colour: dict) -> None:
    """Grey from a domain to its lineages, in the colour of the developer's tier from there on; widest below."""
    edges = sorted(graph.edges(data="turns"), key=lambda edge: (-edge[2], edge[:2]))
    widest = edges[0][2]
    lines = LineCollection(
        [(places[a], places[b]) for a, b, _ in edges], alpha=0.55, zorder=1,
        linewidths=[max(_THINNEST_PT, _WIDEST_PT * turns / widest) for *_, turns in edges],
        colors=[next((colour[n] for n in edge[:2] if n in colour), "0.6") for edge in edges],
    )  # fmt: skip
    axes.add_collection(lines, autolim=False)


def _nodes(axes: Axes, graph: nx.Graph, places: dict, size: dict, colour: dict) -> None:
    kinds = {
        "o": [(n, colour[n]) for n in sorted(colour)],
        "h": [(n, "0.25") for n in sorted(graph) if n[0] == LINEAGE and not graph.nodes[n]["house"]],
        "D": [(n, "0.6") for n in sorted(graph) if n[0] == LINEAGE and graph.nodes[n]["house"]],
        "s": [(n, "black") for n in sorted(graph) if n[0] == DOMAIN],
    }
    for shape, nodes in kinds.items():
        at = np.array([places[n] for n, _ in nodes]).reshape(-1, 2)
        axes.scatter(
            at[:, 0], at[:, 1], [size[n] ** 2 for n, _ in nodes], [c for _, c in nodes], marker=shape, zorder=2,
            linewidths=0.4, edgecolors="white", clip_on=False,
        )  # fmt: skip


def _names(figure: Figure, axes: Axes, graph: nx.Graph, places: dict, size: dict) -> None:
    """Numbers of the hubs and of the largest lineages and developers, each only where it hits no other."""
    wanted = sorted(n for n in graph if n[0] == DOMAIN and size[n] > SMALL_PT)
    for kind in (LINEAGE, DEVELOPER):
        ranked = sorted((n for n in graph if n[0] == kind), key=lambda n: (-graph.nodes[n]["turns"], n))
        wanted += [n for n in ranked if not graph.nodes[n].get("house")][:LABELLED]
    figure.draw_without_rendering()  # the layout decides where things are
    taken = []
    for node in wanted:
        x, y = places[node]
        out = (
            1 + (size[node] / 2 + 3 + 2 * len(str(node[1]))) / _RADIUS_PT / math.hypot(x, y)
            if node[0] == DEVELOPER
            else 1.0
        )
        colours = ("black", "white") if node[0] == DEVELOPER else ("white", "black")
        text = axes.text(x * out, y * out, str(node[1]), color=colours[0], fontsize=SMALL_PT, ha="center", va="center")
        text.set_path_effects([withStroke(linewidth=1.2, foreground=colours[1])])
        box = text.get_window_extent().padded(1)
        if any(box.overlaps(other) for other in taken):
            text.remove()
        else:
            taken.append(box)


def _legend(figure: Figure, said: str, tiers: list[int], house: bool) -> None:
    def mark(shape: str, colour: str, name: str) -> Line2D:
        return Line2D([], [], ls="", marker=shape, color=colour, ms=5, mew=0, label=name)

    kinds = [mark("s", "black", "domain"), mark("h", "0.25", "lineage of models")]
    kinds += [mark("D", "0.6", "house model")] * house
    owners = [mark("o", TIERS[number], tier(number)) for number in tiers]
    tight = {"handletextpad": 0.1, "columnspacing": 0.8, "borderaxespad": 0.1, "title_fontsize": SMALL_PT}
    figure.legend(handles=kinds, loc="outside upper center", ncols=3, title=said, **tight)
    if owners:
        title = "developer by wealth tier; areas and widths are turns"
        figure.legend(handles=owners, loc="outside lower center", ncols=5, title=title, **tight)
