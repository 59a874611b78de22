"""The figures of a run: there, legible, the same bytes every time, and robust to unusual runs."""

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
from matplotlib.text import Text
from PIL import Image

from analysis.errors import InputError
from analysis.intervals import wilson
from analysis.run_figures import confidence, draw_run, latency, queues, shares, traffic
from analysis.run_figures.clock import duration
from analysis.run_figures.run import Run
from analysis.style import SMALL_PT, WIDTH_IN, spread, styled
from sim.concentration import gini
from sim.output.tables import write_table
from tests.configs import config
from tests.runs import write_run

NAMES = ("confidence", "latency", "queues", "shares", "traffic")
FIGURES = (confidence, latency, queues, shares, traffic)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A run of half a day with its figures."""
    folder = tmp_path_factory.mktemp("figures") / "run"
    write_run(config(horizon_days=0.5, warmup_days=0.1, tick_s=900.0, governance__strictness=0.25), folder)
    draw_run(folder)
    return folder


def assert_complete(folder, files):
    assert [file.relative_to(folder / "figures").name for file in files] == [
        f"{name}.{kind}" for name in NAMES for kind in ("pdf", "png")
    ]
    for file in files:
        if file.suffix == ".pdf":
            assert file.read_bytes().startswith(b"%PDF")
        else:
            image = imread(file)
            assert image.shape[1] == round(WIDTH_IN * 300)
            assert image[..., :3].std() > 0.02


def test_a_figure_says_what_it_was_drawn_from_and_not_when(drawn):
    origin = Run.read(drawn).origin
    assert "seed 1" in origin
    for name in NAMES:
        said = Image.open(drawn / "figures" / f"{name}.png").info
        assert said["Source"] == origin
        assert "Software" not in said
        pdf = (drawn / "figures" / f"{name}.pdf").read_bytes()
        assert origin.encode() in pdf
        assert b"CreationDate" not in pdf


def test_bytes_are_the_same_in_another_process_that_touches_nothing_global(drawn, tmp_path):
    again = shutil.copytree(drawn, tmp_path / "again", ignore=shutil.ignore_patterns("figures"))
    code = (
        "import sys, matplotlib; from analysis.run_figures import draw_run\n"
        "matplotlib.rcParams['font.size'] = 23.0; before = matplotlib.rcParams.copy()\n"
        "draw_run(sys.argv[1]); assert matplotlib.rcParams == before\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('sim', 'scenarios')]"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7", "MPLBACKEND": "agg"}  # or the comparison itself would choose a backend
    subprocess.run([sys.executable, "-c", code, str(again)], check=True, env=env)
    for file in sorted((drawn / "figures").iterdir()):
        assert file.read_bytes() == (again / "figures" / file.name).read_bytes(), file.name


@pytest.mark.parametrize("figure", FIGURES, ids=NAMES)
def test_texts_are_legible_inside_the_figure_and_do_not_overlap(drawn, figure):
    with styled():
        made = figure.draw(Run.read(drawn))
        made.draw_without_rendering()
    assert made.get_figwidth() == WIDTH_IN
    texts = [t for t in made.findobj(Text) if t.get_text() and t.get_visible()]
    assert min(t.get_fontsize() for t in texts) >= SMALL_PT
    labels = [t for axes in made.axes for t in axes.texts]
    boxes = {t.get_text(): t.get_window_extent() for t in labels if t.get_rotation() == 0}
    for axes in made.axes:
        boxes |= {f"axis {name}": axis.label.get_window_extent() for name, axis in axes._axis_map.items()}
    for box in boxes.values():
        assert made.bbox.x0 <= box.x0 and box.x1 <= made.bbox.x1 and made.bbox.y0 <= box.y0 and box.y1 <= made.bbox.y1
    for (first, a), (second, b) in combinations(boxes.items(), 2):
        assert a.width * b.width == 0 or not a.padded(-1).overlaps(b.padded(-1)), (first, second)


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
    folder = write_run(config(**keys), tmp_path / "run")
    assert_complete(folder, draw_run(folder))


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


def test_the_lorenz_curve_has_the_gini_of_the_summary(drawn):
    run = Run.read(drawn)
    rows = run.table("developers", ["turns_after_warmup"], [("developer", ">=", 0)])
    assert shares.gini(shares.lorenz(rows["turns_after_warmup"].to_numpy(float))) == pytest.approx(run.summary["gini"])
    amounts = np.random.default_rng(1).pareto(1.2, 100)
    assert shares.gini(shares.lorenz(amounts)) == pytest.approx(gini(amounts))


def test_wilson_interval_solves_its_equation():
    k, n, z = np.array([0, 3, 10, 0]), np.array([10, 10, 10, 0]), 1.96
    for bound in wilson(k, n, z):
        p, inside = k[:3] / n[:3], bound[:3]
        np.testing.assert_allclose((p - inside) ** 2, z**2 * inside * (1 - inside) / n[:3], atol=1e-12)
        assert np.isnan(bound[3])


def test_labels_are_moved_apart_and_no_further():
    assert spread([0.5, 0.1, 0.9], 0.1) == pytest.approx([0.5, 0.1, 0.9])
    assert spread([0.5, 0.5], 0.1) == pytest.approx([0.55, 0.45])  # of equal places the first comes highest
    assert spread([0.0, 0.0, 0.0], 0.2) == pytest.approx([0.4, 0.2, 0.0])
    places = spread(list(np.random.default_rng(2).random(8)), 0.1)
    assert np.diff(sorted(places)).min() >= 0.1 - 1e-9
    assert min(places) >= 0 and max(places) <= 1


def test_durations_are_said_in_the_unit_that_fits():
    lengths = (3.0, 1.0, 0.125, 1 / 1440, 1 / 86400)
    assert [duration(days) for days in lengths] == ["3 days", "1 day", "3 h", "1 min", "1 s"]


def test_the_style_leaves_no_trace():
    chosen = {key: matplotlib.rcParams[key] for key in matplotlib.rcParams if key != "backend"}
    with styled():
        assert matplotlib.rcParams["pdf.fonttype"] == 42
    assert {key: matplotlib.rcParams[key] for key in chosen} == chosen
