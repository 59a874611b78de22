"""The figures of a study: they show its tables, are legible with many arms, and the same bytes every time."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from matplotlib.image import imread
from PIL import Image

import analysis.study_figures.kinds  # noqa: F401  fills the registry
from analysis.errors import InputError
from analysis.inference.paired import t_interval
from analysis.store import Part, parts
from analysis.study import Study
from analysis.study_figures import draw_study, effects
from analysis.study_figures.asked import asked
from analysis.study_figures.kind import KINDS
from analysis.study_figures.kinds.tiers import by_tier
from analysis.study_figures.series import band, fold, lines, measured, over_runs
from analysis.style import PAGE, PAGE_IN, WIDTH_IN, styled
from tests.figures import assert_legible
from tests.made_studies import made_study, rewrite

NAMES = (
    "baseline", "sandbox", "immunity_and_amnesty", "grants", "attempt_limits", "stake_and_share_caps", "disclosure",
    "sandbox_with_immunity_and_grants",
)  # fmt: skip
MEASURES = (
    "success_rate", "hhi", "gini", "retry_share", "trust_friction", "user_value", "admitted_share", "pass_5",
    "gini.turns.developer", "routing_by_performance",
)  # fmt: skip
MANY = {
    "question": "Which governance keeps quality without the price?",
    "arms": {name: [f"governance.strictness={0.5 + i / 50}"] for i, name in enumerate(NAMES)},
    "guards": ["matched"],
    "tables": ["timeline", "models", "developers", "ideas", "submissions", "flows", "standings"],
    "figures": [
        {"kind": "arms", "measures": list(MEASURES[:3])},
        {"kind": "timeline", "measures": ["success_rate", "hhi"]},
        {"kind": "tiers", "measures": ["turns", "success_rate"]},
        {"kind": "tiers", "measures": ["turns"]},
    ],
    "decisive": [
        {"measure": measure, "of": NAMES[1 + i % 7], "against": "baseline", "expected": ["up", "none"][i % 2],
         "because": "of it", "smallest": [0.005, 0.02][i % 2],
         "placebo": ["random", {"of": NAMES[6], "against": NAMES[7]}]}
        for i, measure in enumerate(MEASURES)
    ],
}  # fmt: skip
DOSES = {
    "question": "How long should a network remember?",
    "factors": {
        "half_life": {"key": "evidence.half_life_days", "values": [3, 7, 14, 30, 90]},
        "models": {"old": ["demand.rate=1000"], "new": []},
    },
    "figures": [
        {"kind": "dose", "measures": ["hhi", "success_rate"], "over": "half_life", "by": "models"},
        {"kind": "dose", "measures": ["hhi", "success_rate"], "over": "half_life"},
        {"kind": "timeline", "measures": ["success_rate"]},
        {"kind": "tiers", "measures": ["turns"], "by": "models"},
        {"kind": "arms", "measures": ["hhi"]},
    ],
    "decisive": [
        {"measure": "hhi", "over": "half_life", "expected": "up", "because": "of it", "smallest": 0.001,
         "placebo": "random"}
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Eight arms and ten decisive measures."""
    out = made_study(tmp_path_factory.mktemp("many"), MANY, 12, {"sandbox": 0.1, "grants": -0.03})
    draw_study(out)
    return out


@pytest.fixture(scope="module")
def doses(tmp_path_factory):
    """Two factors: ten arms."""
    return made_study(tmp_path_factory.mktemp("doses"), DOSES, 6, {"half_life=90,models=old": 0.1})


def figures(out):
    """Each figure of the study that was not written."""
    study = Study.read(out)
    yield effects.draw(study)
    for said in study.said["figures"]:
        keys = {key: value for key, value in said.items() if key not in ("kind", "measures")}
        yield KINDS[said["kind"]].draw(study, tuple(said["measures"]), **keys)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("wide", [WIDTH_IN, PAGE_IN])
@pytest.mark.parametrize("which", ["many", "doses"])
def test_texts_are_legible_inside_the_figure_and_do_not_overlap(which, wide, request):
    with styled(wide):
        for figure in figures(request.getfixturevalue(which)):
            assert figure.get_figwidth() in (wide, PAGE_IN)  # where the column is not high enough, both
            assert_legible(figure)


@pytest.mark.filterwarnings("error")
def test_doses_too_near_to_be_written_keep_their_tick(tmp_path):
    near = {"key": "evidence.half_life_days", "values": [50000, 100000, 400000, 1000000]}
    said = DOSES | {"factors": DOSES["factors"] | {"half_life": near}}
    study = Study.read(made_study(tmp_path, said, 2, {}))
    with styled():
        figure = KINDS["dose"].draw(study, ("hhi",), over="half_life")
        assert_legible(figure)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["50000", "", "400000", "1e+06"]
    assert len(axes.get_xticks()) == 4


def test_every_figure_is_there_and_says_what_it_was_drawn_from(many):
    origin = Study.read(many).origin
    assert "12 seeds" in origin
    names = {"effects", "arms", "timeline", "tiers", "tiers_2"}
    for folder in (many / "figures", many / "figures" / PAGE):
        drawn = [path.name for path in folder.iterdir() if path.is_file()]
        assert sorted(drawn) == sorted(f"{name}.{kind}" for name in names for kind in ("png", "pdf"))
    for name in names:
        said = Image.open(many / "figures" / f"{name}.png").info
        assert said["Source"] == origin and "Software" not in said
        pdf = (many / "figures" / f"{name}.pdf").read_bytes()
        assert origin.encode() in pdf and b"CreationDate" not in pdf
        assert imread(many / "figures" / f"{name}.png")[..., :3].std() > 0.02


def test_bytes_are_the_same_in_another_process(many, tmp_path):
    again = shutil.copytree(many, tmp_path / "again", ignore=shutil.ignore_patterns("figures"))
    code = (
        "import sys, matplotlib; from analysis.study_figures import draw_study\n"
        "matplotlib.rcParams['font.size'] = 23.0; draw_study(sys.argv[1])\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('sim', 'scenarios')]"
    )
    subprocess.run([sys.executable, "-c", code, str(again)], check=True, env=os.environ | {"PYTHONHASHSEED": "7"})
    for file in sorted(path for path in (many / "figures").iterdir() if path.is_file()):
        assert file.read_bytes() == (again / "figures" / file.name).read_bytes(), file.name


def test_an_effect_stands_at_its_estimate_under_its_verdict(many):
    findings = Study.read(many).findings
    with styled():
        axes = effects.draw(Study.read(many)).axes
    for number, rows in findings.groupby("number"):
        points = [line.get_xdata()[0] for line in axes[number].lines if len(line.get_xdata()) == 1]
        assert points == pytest.approx(rows["estimate"].tolist())
        assert rows["verdict"].iloc[0] in [text.get_text() for text in axes[number].texts]


def test_levels_stand_for_the_mean_of_their_arms(doses):
    study, table = Study.read(doses), pd.read_parquet(doses / "measures.parquet")
    old = table[(table["guard"] == "") & (table["models"] == "old")]
    found = measured(study, "hhi", lines(study, "models")["models=old"])
    assert found == pytest.approx(old.groupby("seed")["hhi"].mean().to_numpy())
    mean, low, high = band(found[:, None])
    interval = t_interval(found)
    assert (mean[0], low[0], high[0]) == pytest.approx((interval.estimate, interval.low, interval.high))


def test_a_caption_says_of_what_the_levels_are_that_stand_for_too_many_arms(doses, many):
    said = {figure.name: figure.caption(figure.gather(Study.read(doses))) for figure in asked(Study.read(doses))}
    assert said["arms"].endswith("of too many arms, the mean of those with the same half_life")
    assert "too many" not in said["dose"]
    assert not any("too many" in figure.caption(figure.gather(Study.read(many))) for figure in asked(Study.read(many)))


def test_values_of_runs_go_to_the_seed_and_line_of_their_key(doses):
    study, points = Study.read(doses), pd.read_parquet(doses / "points.parquet")
    drawn = lines(study, "half_life")
    assert list(drawn) == ["half_life=3", "half_life=7", "half_life=14", "half_life=30", "half_life=90"]
    found = over_runs(study, drawn, lambda run: np.array([run["timeline"]["hhi"].sum()]))
    sums = pd.read_parquet(doses / "timeline").groupby("key")["hhi"].sum()
    own = points[points["guard"] == ""].assign(hhi=lambda rows: rows["key"].map(sums))
    expected = own[own["half_life"] == 14].groupby("seed")["hhi"].mean()
    assert found["half_life=14"][:, 0] == pytest.approx(expected.to_numpy())


@pytest.mark.filterwarnings("error")
def test_a_seed_that_lacks_a_run_is_left_out(doses, tmp_path):
    out = shutil.copytree(doses, tmp_path / "out")
    points = pd.read_parquet(out / "points.parquet")
    lost = points[(points["guard"] == "") & (points["half_life"] == 14) & (points["seed"] == 2)]["key"].tolist()
    lost += points[(points["guard"] == "") & (points["half_life"] == 30)]["key"].tolist()
    for table in ("runs", "timeline", "developers", "models"):
        for path in (out / table).iterdir():
            pq.write_table(pq.read_table(path, filters=[("key", "not in", lost)]), path)
    study = Study.read(out)
    found = over_runs(study, lines(study, "half_life"), lambda run: np.ones(1))
    assert "half_life=30" not in found
    assert np.isnan(found["half_life=14"][:, 0]).tolist() == [False, True, False, False, False, False]
    assert len(draw_study(out)) == 6


def test_an_arm_without_values_says_so(doses, tmp_path):
    out = shutil.copytree(doses, tmp_path / "out")
    table = pd.read_parquet(out / "measures.parquet")
    table.loc[table["half_life"] == 14, "hhi"] = np.nan
    rewrite(out, "measures", table)
    with styled():
        (axes,) = KINDS["arms"].draw(Study.read(out), ("hhi",)).axes
    assert [text.get_text() for text in axes.texts].count("not defined in two seeds") == 1
    means = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]
    own = table[table["guard"] == ""].groupby(["half_life", "seed"])["hhi"].mean().groupby("half_life").mean()
    assert means == pytest.approx(own.dropna().tolist())


def test_a_tier_is_the_developers_of_it(doses):
    run = next(iter(Part(parts(doses)[0]).values()))
    developers, models = run.table("developers"), run.table("models")
    assert by_tier(run, "turns") == pytest.approx(developers.groupby("tier")["turns"].mean().to_numpy())
    sums = models.groupby(models["developer"].map(developers.set_index("developer")["tier"])).sum()
    ended = sums["turns_ok"] + sums["turns_failed"] + sums["turns_bad_unnoticed"]
    assert by_tier(run, "success_rate") == pytest.approx((sums["turns_ok"] / ended).to_numpy())


def test_names_are_folded_where_they_can_be():
    assert fold("visibility=0.5,payer=user", 16) == "visibility=0.5,\npayer=user"
    assert fold("sandbox_with_grants", 13) == "sandbox_with_\ngrants"
    assert fold("short", 16) == "short"


def edited(old, new):
    """What writes ``new`` for ``old`` in study.yaml."""

    def edit(out):
        path = out / "study.yaml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return edit


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda out: (out / "study.yaml").unlink(), r"study\.yaml: cannot be read; allowed is the folder"),
        (lambda out: (out / "study.yaml").write_text("name: x"), r"study\.yaml: has no key 'study'"),
        (lambda out: (out / "findings.parquet").write_bytes(b"no table"), r"findings\.parquet: cannot be read"),
        (edited("name: made", "name: ../made"), "not what a study leaves: ValueError name '../made'"),
        (edited("kind: arms", "kind: pie"), "no such figure in this version"),
        (lambda out: shutil.copy(out / "points.parquet", out / "findings.parquet"), "is not the table that"),
        (lambda out: shutil.rmtree(out / "runs"), "not the folder of a study"),
        (lambda out: (out / "figures").write_text("in the way"), "figures: cannot be written: File exists"),
    ],
)
def test_what_is_not_a_study_is_named(damage, said, many, tmp_path):
    out = shutil.copytree(many, tmp_path / "out", ignore=shutil.ignore_patterns("figures"))
    damage(out)
    with pytest.raises(InputError, match=said):
        draw_study(out)
