"""The network: published values of known graphs, closed forms, networkx's own numbers, and graphs that read back."""

import math
import re
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.algorithms import bipartite

from analysis.errors import InputError
from analysis.measures import network
from analysis.network import graph
from analysis.network.failure import loss
from analysis.network.structure import assortativity, core_periphery, degree_assortativity, pagerank, simple
from analysis.run import Run
from tests.economies import economy
from tests.runs import write_run

DAMPING = 0.85


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where runs/mine is a run in which developers and co-stakers stake, and models are forked."""
    config = economy(horizon_days=40, warmup_days=4, stake__fraction=0.4, stake__delegation__supply=5000.0)
    where = tmp_path_factory.mktemp("network")
    (where / "runs").mkdir()
    write_run(config, where / "runs" / "mine")
    return where


@pytest.fixture(scope="module")
def run(folder):
    return Run.read(folder / "runs" / "mine")


def edges(of: nx.Graph) -> np.ndarray:
    return np.array(of.edges, int).reshape(-1, 2)


graphs = st.tuples(st.integers(3, 9), st.floats(0, 1), st.integers(0, 999)).map(lambda a: nx.gnp_random_graph(*a))


class TestPagerank:
    def test_a_star_and_a_chain(self):
        """From its leaves the damped walks come to the hub; along a chain each step is damped once more."""
        n = 6
        found = pagerank(np.append(np.ones(n), 0), np.arange(n), np.full(n, n), np.ones(n))
        assert found[-1] == pytest.approx(DAMPING / (1 + DAMPING))
        found = pagerank(np.eye(n)[0], np.arange(n - 1), np.arange(1, n), np.ones(n - 1))
        np.testing.assert_allclose(found, DAMPING ** np.arange(n) / (DAMPING ** np.arange(n)).sum())

    @given(st.integers(2, 12), st.integers(0, 999))
    def test_of_a_graph_without_circles_it_is_networkxs(self, n, seed):
        rng = np.random.default_rng(seed)
        pairs = np.array([pair for pair in combinations(range(n), 2) if rng.random() < 0.4], int).reshape(-1, 2)
        weight, start = rng.integers(1, 9, len(pairs)).astype(float), rng.integers(0, 5, n) + np.eye(n)[0]
        held = nx.DiGraph()
        held.add_nodes_from(range(n))
        held.add_weighted_edges_from((*pair, w) for pair, w in zip(pairs.tolist(), weight, strict=True))
        theirs = nx.pagerank(held, DAMPING, personalization=dict(enumerate(start)), tol=1e-13, max_iter=1000)
        np.testing.assert_allclose(pagerank(start, *pairs.T, weight), [theirs[i] for i in range(n)], atol=1e-9)

    def test_a_circle_is_refused(self):
        with pytest.raises(ValueError, match="circle"):
            pagerank(np.ones(2), np.array([0, 1]), np.array([1, 0]), np.ones(2))


class TestAssortativity:
    def test_zacharys_karate_club(self):
        """-0.4756 (Newman's r of Zachary's friendships, as networkx documents it too)."""
        assert degree_assortativity(edges(nx.karate_club_graph())) == pytest.approx(-0.47561, abs=1e-5)

    def test_a_star_is_wholly_disassortative_and_of_a_ring_nothing_is_said(self):
        assert degree_assortativity(edges(nx.star_graph(7))) == pytest.approx(-1)
        assert math.isnan(degree_assortativity(edges(nx.cycle_graph(7))))

    @given(graphs)
    def test_by_degree_it_is_networkxs(self, held):
        if len({held.degree(node) for pair in held.edges for node in pair}) > 1:
            assert degree_assortativity(edges(held)) == pytest.approx(nx.degree_assortativity_coefficient(held))

    @given(graphs, st.integers(0, 99))
    def test_by_an_attribute_it_is_networkxs(self, held, seed):
        value = np.random.default_rng(seed).integers(1, 6, len(held))
        nx.set_node_attributes(held, dict(enumerate(value.tolist())), "tier")
        directed = nx.DiGraph(list(held.edges))
        nx.set_node_attributes(directed, dict(enumerate(value.tolist())), "tier")
        x, y = value[edges(held)].T
        if len(set(x)) > 1 and len(set(y)) > 1:
            theirs = nx.numeric_assortativity_coefficient(directed, "tier")
            assert assortativity(x, y) == pytest.approx(theirs)

    def test_links_are_counted_once_and_loops_not(self):
        found = simple(np.array([0, 1, 2, 1, 3]), np.array([1, 0, 2, 3, 1]), 4)
        assert found.tolist() == [[0, 1], [1, 3]]


class TestCoreAndPeriphery:
    @pytest.mark.parametrize(("core", "periphery"), [(1, 5), (2, 4), (4, 9)])
    def test_an_ideal_structure_fits_wholly(self, core, periphery):
        held = nx.complete_graph(core)
        held.add_edges_from((i, core + j) for i in range(core) for j in range(periphery))
        fit, found = core_periphery(edges(held), core + periphery)
        assert fit == pytest.approx(1)
        assert sorted(found) == list(range(core))

    @settings(max_examples=50)
    @given(graphs)
    def test_the_fit_is_the_correlation_of_its_core_and_no_core_fits_better_than_the_best(self, held):
        n = len(held)
        fit, core = core_periphery(edges(held), n)
        if not 0 < held.number_of_edges() < n * (n - 1) / 2:
            assert math.isnan(fit)
            return
        cores = [set(found) for k in range(1, n - 1) for found in combinations(range(n), k)]
        assert fit == pytest.approx(_fit(held, set(core.tolist())))
        assert fit <= max(_fit(held, found) for found in cores) + 1e-9

    @settings(max_examples=50)
    @given(graphs)
    def test_a_core_by_degree_is_best_where_its_links_with_the_periphery_are_left_out(self, held):
        """Lip 2011: no set errs less, in links missing in the core and links within the periphery."""
        n, order = len(held), np.argsort([-held.degree(i) for i in held], kind="stable")
        prefixes = [_errors(held, set(order[:k].tolist())) for k in range(n + 1)]
        assert min(prefixes) == min(_errors(held, set(s)) for k in range(n + 1) for s in combinations(range(n), k))


def _fit(held, core):
    pairs = [(i in core or j in core, held.has_edge(i, j)) for i, j in combinations(held, 2)]
    return np.corrcoef(pairs, rowvar=False)[0, 1]


def _errors(held, core):
    missing = sum(not held.has_edge(i, j) for i, j in combinations(sorted(core), 2))
    return missing + sum(i not in core and j not in core for i, j in held.edges)


class TestFailure:
    def test_of_two_lineages_the_difference_is_lost_and_of_one_all(self):
        one, other, alone = loss(
            np.array([30, 10, 60]), np.array([0.9, 0.5, 0.7]), np.array([0, 1, 2]), np.array([0, 0, 1])
        )
        assert one == pytest.approx(0.4 * (0.8 - 0.5))
        assert other == pytest.approx(0.4 * (0.8 - 0.9))
        assert alone == pytest.approx(0.6 * 0.7)

    models = st.lists(
        st.tuples(st.integers(1, 50), st.integers(0, 8), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=12
    )

    @given(models)
    def test_it_is_what_another_routing_says(self, models):
        """Turn by turn: those of a failed model go to the others by their shares."""
        turns, eighths, lineage, domain = np.array(models).T
        success = eighths / 8
        found = loss(turns, success, lineage, domain)
        for l in range(lineage.max() + 1):
            after = 0.0
            for d in set(domain.tolist()):
                left = (domain == d) & (lineage != l)
                if left.any():
                    after += turns[domain == d].sum() * np.average(success[left], weights=turns[left])
            assert found[l] == pytest.approx((turns @ success - after) / turns.sum(), abs=1e-12)
        assert (np.abs(found) <= 1).all()
        np.testing.assert_allclose(loss(turns * 7, success, lineage, domain), found, atol=1e-12)

    @given(models)
    def test_among_equals_nothing_is_lost_where_others_are_left(self, models):
        turns, _, lineage, _ = np.array(models).T
        found = loss(turns, np.full(len(turns), 0.5), lineage, np.zeros(len(turns), int))
        alone = len(set(lineage.tolist())) == 1
        np.testing.assert_allclose(found[np.unique(lineage)], 0.5 if alone else 0.0, atol=1e-12)


class TestGraphs:
    def test_turns_flow_from_domains_through_models_to_developers(self, run):
        held = graph.flows(run)
        for node, of in held.nodes(data=True):
            into, out = (sum(e["turns"] for *_, e in way(node, data=True)) for way in (held.in_edges, held.out_edges))
            if of["type"] == graph.MODEL:
                assert into == of["turns_after_warmup"]
                house = run["models"]["developer"][of["number"]] == graph.HOUSE
                assert out == (0 if house else into)
            elif of["type"] == graph.DEVELOPER:
                assert into == of["turns_after_warmup"]
                assert sum(e["revenue"] for *_, e in held.in_edges(node, data=True)) == pytest.approx(of["revenue"])
            else:
                assert out == run["models"]["turns_after_warmup"][run["models"]["domain"] == of["number"]].sum()

    def test_descent_is_a_forest_whose_trees_are_lineages_but_for_experiments(self, run):
        held = graph.descent(run)
        assert nx.is_forest(held)
        assert held.number_of_edges() > 0
        for parent, child in held.edges:
            made = held.nodes[child]
            own = made["number"] if made["kind"] == "experiment" else held.nodes[parent]["lineage"]
            assert made["lineage"] == own

    def test_who_stakes_on_whom(self, run):
        held, models = graph.costakes(run), run["models"]
        pool = graph.name(graph.COSTAKERS, 0)
        assert held.degree(pool, weight="credits") == pytest.approx(run.summary["delegated"])
        assert run.summary["delegated"] > 0
        assert held.size("credits") == pytest.approx(models["stake"].sum() + models["delegated"].sum())
        stakers = [node for node, of in held.nodes(data=True) if of["type"] != graph.MODEL]
        assert bipartite.is_bipartite_node_set(held, stakers)
        together = bipartite.weighted_projected_graph(held, stakers)
        assert all(pool in pair for pair in together.edges)

    def test_the_measures_are_those_of_the_graphs(self, run):
        held, developers = graph.forks(run), run["developers"]["developer"]
        links = held.to_undirected()
        assert network.fork_degree_assortativity(run) == pytest.approx(nx.degree_assortativity_coefficient(links))
        many = nx.MultiDiGraph()
        many.add_nodes_from(held.nodes(data=True))
        for by, of, made in held.edges(data="models"):
            many.add_edges_from([(by, of)] * made)
        theirs = nx.numeric_assortativity_coefficient(many, "tier")
        assert network.fork_tier_assortativity(run) == pytest.approx(theirs)

        flow = nx.compose(graph.flows(run), graph.descent(run).reverse())
        flow.remove_nodes_from([node for node, of in flow.nodes(data=True) if of["type"] == graph.DOMAIN])
        models = run["models"]
        owner = {graph.name(graph.MODEL, m): d for m, d in zip(models["model"], models["developer"], strict=True)}
        for model, d in owner.items():
            if d >= 0:
                flow.add_edge(model, graph.name(graph.DEVELOPER, d))
        start = {n: of["turns_after_warmup"] for n, of in flow.nodes(data=True) if owner.get(n, -1) >= 0}
        ranks = nx.pagerank(flow, DAMPING, personalization=start, weight=None, tol=1e-13, max_iter=1000)
        theirs = np.array([ranks[graph.name(graph.DEVELOPER, d)] for d in developers])
        np.testing.assert_allclose(network.credit(run), theirs / theirs.sum(), atol=1e-9)

    @pytest.mark.parametrize("name", ["flows", "descent", "forks", "costakes"])
    def test_graphml_reads_back_with_the_same_attributes(self, run, name, tmp_path):
        held = getattr(graph, name)(run)
        assert held.number_of_edges() > 0
        graph.write_graphml(held, tmp_path / "network.graphml")
        back = nx.read_graphml(tmp_path / "network.graphml")
        assert back.is_directed() == held.is_directed()
        assert dict(back.nodes(data=True)) == dict(held.nodes(data=True))
        assert {frozenset(e[:2]): e[2] for e in back.edges(data=True)} == {
            frozenset(e[:2]): e[2] for e in held.edges(data=True)
        }
        assert set(back.edges) == set(held.edges) or not held.is_directed()

    def test_graphml_is_written_whole_or_not_at_all(self, run, tmp_path):
        (tmp_path / "file").touch()
        for place in (tmp_path / "file" / "network.graphml", tmp_path):
            with pytest.raises(InputError, match=f"^{place}: [^\n]*$"):
                graph.write_graphml(graph.flows(run), place)
        held = nx.DiGraph([(1, 2, {"turns": object()})])  # which GraphML does not know
        with pytest.raises(nx.NetworkXError):
            graph.write_graphml(held, tmp_path / "network.graphml")
        assert [path.name for path in tmp_path.iterdir()] == ["file"]

    def test_the_example_of_the_docs_runs(self, folder, monkeypatch, capsys):
        monkeypatch.chdir(folder)
        page = (Path(__file__).parents[1] / "docs" / "running.md").read_text(encoding="utf-8")
        section = page.partition("## Concentration")[2].partition("\n## ")[0]
        (example,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
        exec(example, {})
        assert "exponent=" in capsys.readouterr().out
        assert nx.read_graphml("network.graphml").number_of_edges() > 0
