"""The figures of a run: there, legible, the same bytes every time, and robust to unusual runs."""

import io
import json
import os
import shutil
import subprocess
import sys
from itertools import combinations

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread
from PIL import Image

from analysis.errors import InputError
from analysis.intervals import wilson
from analysis.network.graph import DEVELOPER, DOMAIN, LINEAGE
from analysis.run import Run
from analysis.run_figures import draw_run, ideas, tiers
from analysis.run_figures.__main__ import main
from analysis.run_figures.catalogue import ALWAYS, ECONOMY
from analysis.run_figures.clock import duration, windows
from analysis.run_figures.graph import MOST, RADII, fits, layout
from analysis.run_figures.graph import traffic as traffic_between
from analysis.style import CYCLE, GREY, PAGE, PAGE_IN, WIDTH_IN, YELLOW, ink, spread, styled
from sim.compose import configure
from sim.output.tables import write_table
from tests.configs import config
from tests.figures import assert_legible
from tests.runs import write_run

FIGURES = {figure.__name__.rpartition(".")[2]: figure for figure in ALWAYS + ECONOMY}
FIXED = [name for name, figure in FIGURES.items() if figure in ALWAYS]
ALL = [*FIGURES]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A run of half a day with its figures."""
    folder = tmp_path_factory.mktemp("figures") / "run"
    write_run(config(horizon_days=0.5, warmup_days=0.1, tick_s=900.0, governance__strictness=0.25), folder)
    draw_run(folder)
    return folder


@pytest.fixture(scope="module")
def economy(tmp_path_factory):
    """A run of five weeks in which developers decide, with its figures."""
    folder = tmp_path_factory.mktemp("figures") / "economy"
    keys = ["horizon_days=35", "warmup_days=5", "demand.rate=2000", "learning.v0=400", "developers.arrivals=20"]
    write_run(configure(*keys, "population.developers=25", "population.models=25", "gauntlet=quick"), folder)
    draw_run(folder)
    return folder


@pytest.fixture
def either(request):
    """The run that the parameter names: drawn or economy."""
    return request.getfixturevalue(request.param)


def assert_complete(folder, files, names=FIXED):
    assert [file.relative_to(folder / "figures").name for file in files] == [
        f"{name}.{kind}" for name in names for kind in ("png", "pdf")
    ]
    for file in files:
        if file.suffix == ".pdf":
            assert file.read_bytes().startswith(b"%PDF")
        else:
            image = imread(file)
            assert image.shape[1] == round(WIDTH_IN * 300)
            assert image[..., :3].std() > 0.02


def assert_drawn(folder, names=FIXED):
    """Each figure is drawn, in memory and coarsely; its files would hold the same marks."""
    run = Run.read(folder)
    with styled():
        for name in names:
            FIGURES[name].draw(run).savefig(io.BytesIO(), dpi=50)


def test_a_figure_says_what_it_was_drawn_from_and_not_when(drawn):
    origin = Run.read(drawn).origin
    assert "seed 1" in origin
    for name in FIXED:
        said = Image.open(drawn / "figures" / f"{name}.png").info
        assert said["Source"] == origin
        assert "Software" not in said
        pdf = (drawn / "figures" / f"{name}.pdf").read_bytes()
        assert origin.encode() in pdf
        assert b"CreationDate" not in pdf


@pytest.mark.parametrize("either", ["drawn", "economy"], indirect=True)
def test_bytes_are_the_same_in_another_process_that_touches_nothing_global(either, tmp_path):
    again = shutil.copytree(either, tmp_path / "again", ignore=shutil.ignore_patterns("figures"))
    code = (
        "import sys, matplotlib; from analysis.run_figures import draw_run\n"
        "matplotlib.rcParams['font.size'] = 23.0; before = matplotlib.rcParams.copy()\n"
        "draw_run(sys.argv[1]); assert matplotlib.rcParams == before\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('sim', 'scenarios')]"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7", "MPLBACKEND": "agg"}  # or the comparison itself would choose a backend
    subprocess.run([sys.executable, "-c", code, str(again)], check=True, env=env)
    for file in sorted((either / "figures").iterdir()):
        assert file.read_bytes() == (again / "figures" / file.name).read_bytes(), file.name


@pytest.mark.parametrize(
    ("either", "name"), [("drawn", n) for n in FIXED] + [("economy", n) for n in ALL], indirect=["either"]
)
@pytest.mark.parametrize("wide", [WIDTH_IN, PAGE_IN])
def test_texts_are_legible_inside_the_figure_and_do_not_overlap(either, name, wide):
    with styled(wide):
        made = FIGURES[name].draw(Run.read(either))
        assert_legible(made)
    assert made.get_figwidth() == wide


def test_a_run_is_drawn_as_wide_as_a_page_where_that_is_asked_for(drawn, tmp_path, capsys):
    folder = shutil.copytree(drawn, tmp_path / "run", ignore=shutil.ignore_patterns("figures"))
    assert main([str(folder)]) == 0
    for name in FIXED:
        column, page = (imread(folder / "figures" / where / f"{name}.png") for where in ("", PAGE))
        assert (column.shape[1], page.shape[1]) == (round(WIDTH_IN * 300), round(PAGE_IN * 300))
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path / 'config.yaml'}: cannot be read")


@pytest.mark.parametrize("colour", [*CYCLE, YELLOW, "white", GREY])
def test_a_label_has_the_contrast_that_text_needs(colour):
    shade = ink(colour)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shade]
    assert 1.05 / (np.dot(linear, [0.2126, 0.7152, 0.0722]) + 0.05) >= 4.5
    assert ink(shade) == shade


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "keys",
    [
        dict(horizon_days=0.01, warmup_days=0.0),
        dict(horizon_days=0.2, warmup_days=0.19, tick_s=864.0, demand__rate=1.0),
        dict(horizon_days=0.2, warmup_days=0.1, tick_s=864.0, population__models=1, demand__domains=1),
        dict(horizon_days=0.004, warmup_days=0.001, tick_s=10.0, demand__rate=1e6),
    ],
    ids=["one tick", "no traffic", "one model", "minutes, overloaded"],
)
def test_unusual_runs_are_drawn(keys, tmp_path):
    assert_drawn(write_run(config(**keys), tmp_path / "run"))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "keys",
    [
        ("horizon_days=1", "warmup_days=0"),
        ("horizon_days=3", "warmup_days=2.9", "tick_s=8640", "demand.rate=1"),
        ("horizon_days=8", "population.models=1", "demand.domains=1", "developers.arrivals=0", "stake=none"),
        (
            "horizon_days=12",
            "population.models=40",
            "demand.domains=40",
            "stake.delegation.supply=1000",
            "governance=ramp",
        ),
    ],
    ids=["one tick", "no traffic", "one developer, no stake", "many domains, delegation, a ramp"],
)
def test_unusual_economies_are_drawn(keys, tmp_path):
    small = ["demand.rate=500", "population.developers=10", "population.models=10", "developers.arrivals=6"]
    kept = [key for key in small if key.partition("=")[0] not in {k.partition("=")[0] for k in keys}]
    assert_drawn(write_run(configure(*kept, *keys, "gauntlet=quick"), tmp_path / "run"), ALL)


@pytest.mark.filterwarnings("error")
def test_ten_thousand_models_are_drawn(drawn, tmp_path):
    folder = shutil.copytree(drawn, tmp_path / "run")
    rng = np.random.default_rng(3)
    models = pd.read_parquet(folder / "models.parquet").sample(10_000, replace=True, random_state=3)
    turns = rng.zipf(1.5, len(models)) - 1
    models = models.assign(model=np.arange(len(models)), turns=turns, turns_after_warmup=turns)
    write_table(models.assign(developer=np.arange(len(models)) % 3_000), folder / "models.parquet")
    standings = pd.read_parquet(folder / "standings.parquet")
    standings = pd.concat([standings.assign(model=rng.integers(0, 10_000, len(standings))) for _ in range(100)])
    write_table(standings, folder / "standings.parquet")
    assert_complete(folder, draw_run(folder))


@pytest.mark.filterwarnings("error")
def test_a_thousand_developers_are_drawn(economy, tmp_path):
    folder = shutil.copytree(economy, tmp_path / "run")
    rng = np.random.default_rng(3)
    many = 1000 // len(pd.read_parquet(folder / "developers.parquet")) + 1
    rows = [pd.read_parquet(folder / "developers.parquet").query("developer >= 0")] * many
    rows = pd.concat(rows, ignore_index=True).assign(developer=lambda r: np.arange(len(r)))
    write_table(rows, folder / "developers.parquet")
    models = pd.read_parquet(folder / "models.parquet")
    more = models.query("developer >= 0").sample(10_000, replace=True, random_state=3)
    turns = rng.zipf(1.5, len(more)).clip(max=10**6) - 1
    owner, lineage = rng.integers(0, len(rows), len(more)), 3 + rng.integers(0, 2_000, len(more))
    more = more.assign(turns=turns, turns_after_warmup=turns, developer=owner, lineage=lineage, domain=lineage % 3)
    models = pd.concat([models.query("developer < 0"), more], ignore_index=True)
    write_table(models.assign(model=np.arange(len(models))), folder / "models.parquet")
    standings = pd.read_parquet(folder / "standings.parquet")
    leading = np.argsort(-models["turns"].to_numpy(), kind="stable")[:100]
    write_table(standings.assign(model=rng.choice(leading, len(standings))), folder / "standings.parquet")
    assert_complete(folder, draw_run(folder), ALL)


def test_what_is_not_a_run_is_named(tmp_path, drawn):
    with pytest.raises(InputError, match=r"config\.yaml: cannot be read"):
        draw_run(tmp_path)
    broken = shutil.copytree(drawn, tmp_path / "broken", ignore=shutil.ignore_patterns("figures"))
    (broken / "figures").write_text("in the way")
    with pytest.raises(InputError, match="figures: cannot be written: File exists"):
        draw_run(broken)
    (broken / "figures").unlink()
    (broken / "latency.parquet").write_bytes(b"no table")
    with pytest.raises(InputError, match=r"latency\.parquet: cannot be read"):
        draw_run(broken)
    (broken / "summary.json").write_text("{")
    with pytest.raises(InputError, match="not the folder of a run"):
        draw_run(broken)


def test_a_number_that_the_summary_lacks_is_not_drawn_and_a_wrong_one_is_named(tmp_path, drawn):
    damaged = shutil.copytree(drawn, tmp_path / "damaged", ignore=shutil.ignore_patterns("figures"))
    told = json.loads((damaged / "summary.json").read_text())
    (damaged / "summary.json").write_text(json.dumps(told | {"latency_p50_s": None, "success_rate": None}))
    assert_complete(damaged, draw_run(damaged))
    (damaged / "summary.json").write_text(json.dumps(told | {"latency_p50_s": "long"}))
    with pytest.raises(InputError, match=r"summary\.json: latency_p50_s: found 'long'"):
        draw_run(damaged)


def test_shares_of_tiers_are_those_of_the_flows(economy):
    rows, held = tiers._turns(Run.read(economy))
    flows, developers = (pd.read_parquet(economy / f"{name}.parquet") for name in ("flows", "developers"))
    ranks = developers.set_index("developer")["tier"]
    expected = flows["turns"].groupby(flows["developer"].map(ranks)).sum().reindex(held, fill_value=0)
    assert rows[held].sum().tolist() == expected.tolist()
    assert rows["turns"].sum() == flows["turns"].sum()
    assert rows["end"].iloc[-1] == 35.0


def test_every_idea_has_one_fate(economy):
    table = pd.read_parquet(economy / "ideas.parquet")
    fates = pd.Series(ideas.fate(table))
    assert set(fates) <= set(ideas._FATES)
    assert fates.isin(["admitted", "pursued only"]).sum() == table["pursued_day"].notna().sum() > 0
    assert (fates == "admitted").sum() == table["admitted_day"].notna().sum()
    reasons = {"its owner left": "left", "still open": "open"}
    shelved = fates[table["pursued_day"].isna()].replace(reasons)
    assert (shelved == table["shelved_reason"][shelved.index]).all()


def test_the_graph_carries_the_routed_turns(economy):
    models = pd.read_parquet(economy / "models.parquet")
    graph = traffic_between(models)
    lineages = models.groupby("lineage")["turns"].sum().nlargest(MOST, keep="all")
    assert sum(graph.nodes[n]["turns"] for n in graph if n[0] == DOMAIN) == lineages.sum()
    for kind, number in graph:
        if kind == LINEAGE:
            rows = models[models["lineage"] == number]
            assert graph.nodes[kind, number]["turns"] == rows["turns"].sum()
            owners = {node for node in graph[kind, number] if node[0] == DEVELOPER}
            assert owners == {(DEVELOPER, d) for d in rows.loc[rows["turns"] > 0, "developer"] if d >= 0}


def test_nodes_are_laid_out_without_touching(economy):
    graph = traffic_between(pd.read_parquet(economy / "models.parquet"))
    size = dict.fromkeys(graph, 0.03)
    assert fits(graph, size) and not fits(graph, dict.fromkeys(graph, 1.0))
    places = layout(graph, size)
    assert places.keys() == set(graph)
    for (a, at), (b, to) in combinations(places.items(), 2):
        assert np.hypot(at[0] - to[0], at[1] - to[1]) >= 0.99 * 0.03, (a, b)
    for (kind, _), at in places.items():
        assert np.hypot(*at) == pytest.approx(RADII[kind])


def test_windows_keep_the_sums():
    timeline = pd.DataFrame({"day": np.arange(1.0, 101.0), "count": np.arange(100)})
    for most in (1, 7, 36, 100, 1000):
        rows = windows(timeline, most)
        assert len(rows) <= most and rows["count"].sum() == 4950
        assert rows["begin"].iloc[0] == 0 and (rows["begin"].iloc[1:].to_numpy() == rows["end"].iloc[:-1]).all()


def test_wilson_interval_solves_its_equation():
    k, n, z = np.array([0, 3, 10, 0]), np.array([10, 10, 10, 0]), 1.96
    for bound in wilson(k, n, z):
        p, inside = k[:3] / n[:3], bound[:3]
        np.testing.assert_allclose((p - inside) ** 2, z**2 * inside * (1 - inside) / n[:3], atol=1e-12)
        assert np.isnan(bound[3])


def test_labels_are_moved_apart_and_no_further():
    assert spread([0.5, 0.1, 0.9], [0.1] * 3) == pytest.approx([0.5, 0.1, 0.9])
    assert spread([0.5, 0.5], [0.1] * 2) == pytest.approx([0.55, 0.45])  # of equal places the first comes highest
    assert spread([0.5, 0.5], [0.1, 0.3]) == pytest.approx([0.6, 0.4])
    assert spread([0.0, 0.0, 0.0], [0.2] * 3) == pytest.approx([0.5, 0.3, 0.1])
    rng = np.random.default_rng(2)
    heights = rng.uniform(0.05, 0.15, 8)
    places = np.array(spread(rng.random(8).tolist(), heights.tolist()))
    order = np.argsort(places)
    apart = (heights[order][1:] + heights[order][:-1]) / 2
    assert (np.diff(places[order]) >= apart - 1e-9).all()
    assert (places - heights / 2).min() > -1e-9 and (places + heights / 2).max() < 1 + 1e-9


def test_durations_are_said_in_the_unit_that_fits():
    lengths = (3.0, 1.0, 0.125, 1 / 1440, 1 / 86400)
    assert [duration(days) for days in lengths] == ["3 days", "1 day", "3 h", "1 min", "1 s"]


def test_the_style_leaves_no_trace():
    chosen = {key: matplotlib.rcParams[key] for key in matplotlib.rcParams if key != "backend"}
    with styled():
        assert matplotlib.rcParams["pdf.fonttype"] == 42
    assert {key: matplotlib.rcParams[key] for key in chosen} == chosen
