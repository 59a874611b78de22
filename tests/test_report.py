"""``turnstile report`` and the page of ``turnstile compare``: what they tell, where they lie, and what they refuse."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.page.blocks import Column, Page, Section, Table
from analysis.page.chart import Chart, Panel, Series
from analysis.page.render import prose, render
from analysis.report.folder import report
from analysis.report.study import _MOST_BYTES
from analysis.report.study import report as study_page
from analysis.study import Study
from analysis.study_figures.series import band, measured
from analysis.study_pages.changing import changing
from analysis.study_words import effect
from scenarios.runner.record import finish
from tests.economies import economy
from tests.faked import command  # noqa: F401  (the fixture `turnstile`)
from tests.made_studies import made_study, rewrite
from tests.runs import write_run
from tests.test_study_pages import SAID


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return made_study(tmp_path_factory.mktemp("report"), SAID, 8, {"strict": 0.05}, name="who_pays")


@pytest.fixture(scope="module")
def page(out):
    return report(out)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    write_run(economy(), folder / "base")
    write_run(economy(governance__strictness=0.7), folder / "strict")
    write_run(economy("developers=none", horizon_days=4), folder / "market")
    return folder


def text(page):
    """What a reader sees, and the numbers of its charts, as one line."""
    return " ".join(unescape(re.sub("<[^>]*>", "", re.sub("(?s)<(style|script)>.*?</\\1>", "", page))).split())


def charts(page):
    """The data of its charts, by title."""
    found = re.findall(r'(?s)<figure class="chart".*?<script type="application/json">(.*?)</script>', page)
    return {data["title"]: data for data in map(json.loads, found)}


def test_a_report_tells_what_the_page_of_the_study_tells(out, page):
    study, seen = Study.read(out), text(page)
    assert "Who pays, <b>and</b> | how much?" in seen
    for row in study.findings.itertuples():
        assert effect(row) in seen
    for _, rows in study.findings.groupby("number"):
        for line in changing(rows, study.seeds):
            assert text(prose(line)) in seen
    assert "turnstile study who_pays --seeds 8" in seen
    assert f"{len(study.measures):,} runs" in seen
    assert study.versions["simulator"] in seen


def test_an_effect_lies_beside_its_placebo(out, page):
    rows = Study.read(out).findings.query("number == 0")
    (panel,) = charts(page)["Effect on success_rate"]["panels"]
    shown = {x: series["y"][i] for series in panel["series"] for i, x in enumerate(series["x"])}
    assert list(shown) == ["effect", "placebo: random", "guard: free_living"]
    assert [*shown.values()] == pytest.approx(rows["estimate"].tolist(), rel=1e-5)
    assert panel["within"] == [-0.02, 0.02]


def test_a_chart_has_the_numbers_of_its_figure(out, page):
    study, data = Study.read(out), charts(page)["By arm"]
    assert [panel["measure"] for panel in data["panels"]] == ["success_rate", "hhi", "gini", "retry_share"]
    for panel in data["panels"]:
        for series in panel["series"]:
            found = np.ravel(band(measured(study, panel["measure"], [series["name"]])[:, None]))
            assert [*series["y"], *series["low"], *series["high"]] == pytest.approx(found, rel=1e-5)
    assert [panel["measure"] for panel in charts(page)["By day"]["panels"]] == ["success_rate", "hhi"]


def test_charts_of_one_kind_have_titles_of_their_own(tmp_path):
    figures = [{"kind": "arms", "measures": ["success_rate"]}, {"kind": "arms", "measures": ["hhi"]}]
    found = charts(report(made_study(tmp_path, {**SAID, "figures": figures}, 3, {})))
    assert {"By arm", "By arm (2)"} <= {*found}


def test_the_bytes_are_those_of_another_process(out, page, tmp_path):
    again = shutil.copytree(out, tmp_path / "elsewhere", ignore=shutil.ignore_patterns("figures"))
    code = "import sys; from analysis.report.folder import report; sys.stdout.write(report(sys.argv[1]))"
    environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONHASHSEED": "7", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", code, str(again)], check=True, capture_output=True, env=environment)
    assert done.stdout == page.encode()


def test_measures_of_many_runs_are_cut_to_those_that_decide(out):
    many = Study.read(out)
    table = many.measures
    times = 2 * _MOST_BYTES // len(table.to_csv(index=False, float_format="%.9g"))
    many = replace(many, measures=pd.concat([table] + [table.assign(guard="more")] * times))
    said = text(render(study_page(many, [])))
    assert "the measures that decide" in said and "every measure" not in said


def test_nothing_said_can_leave_its_place_in_the_page():
    evil = "</script></style><!--<script>'\"&`"
    chart = Chart(evil, "lines", [Panel(evil, [Series(evil, [1], [float("nan")], notes=[evil])], evil, evil)])
    table = Table(evil, [Column(evil, "code"), Column(evil)], [(evil, float("nan"))])
    html = render(Page(evil, evil, evil, [Section(evil, [chart, table])]))
    assert "<!--<" not in html
    assert html.count("</script") == html.count("<script") - html.count("<script>'") == 3  # two of its own, and numbers
    (data,) = charts(html).values()
    assert data["panels"][0]["series"][0] == {
        "name": evil, "colour": "", "hollow": False, "notes": [evil], "x": [1.0], "y": [None], "low": [], "high": [],
    }  # fmt: skip


# ---- the commands ----------------------------------------------------------------------------------------------------


def refused(turnstile, *words):
    """The one line with which the command refuses, having written no page."""
    code, printed, error = turnstile(*words)
    assert (code, printed) == (2, "")
    assert error.startswith("error: ") and error.count("\n") == 1
    assert not [*Path().rglob("*.html")]
    return error


def test_a_report_lies_in_its_folder_or_where_it_is_sent_and_is_replaced_by_force(turnstile, out, page):
    shutil.copytree(out, "out", ignore=shutil.ignore_patterns("figures"))
    assert turnstile("report", "out", "--out", "deep/mine.html")[0] == 0
    assert Path("deep/mine.html").read_text(encoding="utf-8") == page
    assert not Path("out/figures").exists(), "a folder that may be another's is left as it is"
    assert turnstile("report", "out") == (0, "wrote out/report.html\n", "")
    assert Path("out/figures").is_dir()
    assert Path("out/report.html").read_text(encoding="utf-8") == page
    code, _, error = turnstile("report", "out")
    assert code == 2 and "found it there already; allowed is a new file, or --force" in error
    Path("out/report.html").write_text("older")
    assert turnstile("report", "out", "--force")[0] == 0
    assert Path("out/report.html").read_text(encoding="utf-8") == page


def test_a_run_has_a_report_with_its_summary_days_and_figures(turnstile, runs):
    shutil.copytree(runs / "market", "market")
    assert turnstile("report", "market")[0] == 0
    found = Path("market/report.html").read_text(encoding="utf-8")
    summary = json.loads(Path("market/summary.json").read_text())
    assert f'data-v="{summary["turns"]}"' in found
    timeline = pd.read_parquet("market/timeline.parquet")
    panels = {panel["measure"]: panel for panel in charts(found)["Over time"]["panels"]}
    assert panels["turns"]["series"][0]["y"] == pytest.approx(timeline["turns"].tolist(), rel=1e-5)
    assert found.count('<img src="data:image/png;base64,') == len([*Path("market/figures").glob("*.png")]) > 0
    shutil.rmtree("market/figures")
    assert turnstile("report", "market", "--out", "alone.html")[0] == 0
    assert Path("alone.html").read_text(encoding="utf-8") == found and not Path("market/figures").exists()


def test_two_runs_have_a_page_with_what_differs(turnstile, runs):
    for name in ("base", "strict"):
        shutil.copytree(runs / name, name)
    code, printed, _ = turnstile("compare", "base", "strict", "--out", "all.parquet", "--page", "both.html")
    assert code == 0 and printed.endswith("wrote both.html\n")
    found = Path("both.html").read_text(encoding="utf-8")
    measures = pd.read_parquet("all.parquet")
    for value in measures["difference"].dropna():
        assert f'data-v="{value}"' in found
    keys = re.search("(?s)Keys that differ.*?</table>", found).group()
    assert [*map(text, re.findall("<code>(.*?)</code>", keys))] == ["governance.strictness", "0.66", "0.7"]
    assert [series["name"] for series in charts(found)["Over time"]["panels"][0]["series"]] == ["A, the baseline", "B"]
    code, _, error = turnstile("compare", "base", "strict", "--out", "new.parquet", "--page", "both.html")
    assert code == 2 and "both.html: found it there already" in error
    assert not Path("new.parquet").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare", "a", "b", "--out", "q.csv"), "--out: found q.csv; allowed is a name that ends in .parquet"),
        (("compare", "a", "b", "--page", "q.parquet"), "--page: found q.parquet; allowed is a name that ends in .html"),
        (("report", "a", "--out", "q.pdf"), "--out: found q.pdf; allowed is a name that ends in .html"),
    ],
)
def test_a_name_of_another_kind_of_file_is_refused(words, said, turnstile):
    assert said in refused(turnstile, *words)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda out: shutil.rmtree(out), "out: found no study.yaml, sensitivity.yaml, tuning.yaml, sweep.yaml or"),
        (lambda out: (out / "study.yaml").write_text("{"), "study.yaml: not what a study leaves"),
        (lambda out: (out / "findings.parquet").unlink(), "findings.parquet: cannot be read"),
        (lambda out: (out / "measures.parquet").write_bytes(b"PAR1"), "measures.parquet: cannot be read"),
        *(
            (lambda out, name=name: shutil.copy(out / "points.parquet", out / name), f"{name}: is not the table that")
            for name in ("measures.parquet", "findings.parquet", "crossings.parquet", "attribution.parquet")
        ),
        (lambda out: _spoil_names(out / "findings.parquet"), "findings.parquet: cannot be read"),
        (lambda out: _change(out / "solved.parquet", arm="a"), "solved.parquet: is not the table that"),
        (lambda out: _other_version(out), "findings.parquet: has no column 'note'"),
        (lambda out: shutil.rmtree(out / "runs"), "not the folder of a study"),
        (lambda out: _change(out / "runs" / "part-00000.parquet", key="k"), "have no run"),
        (lambda out: (out / "timeline" / "part-00001.parquet").unlink(), "part-00001.parquet: cannot be read"),
        (lambda out: (out / "timeline" / "part-00000.parquet").write_bytes(b"PAR1"), "part-00000.parquet: cannot be"),
        (lambda out: _change(out / "runs" / "part-00001.parquet", version="2"), "found runs of versions 1 (runs/part-"),
        (lambda out: _change(out / "timeline" / "part-00001.parquet", hhi="x"), "column 'hhi' holds texts, not number"),
        (lambda out: _change(out / "runs" / "part-00000.parquet", config="{"), "part-00000.parquet: "),
        (lambda out: _change(out / "runs" / "part-00000.parquet", config="{}"), "part-00000.parquet: "),
    ],
)  # fmt: skip
def test_what_is_no_study_gets_one_line(damage, said, turnstile, out):
    shutil.copytree(out, "out")
    damage(Path("out"))
    assert said in refused(turnstile, "report", "out")


def test_a_run_that_failed_is_left_out_of_the_report(out, tmp_path):
    folder = Path(shutil.copytree(out, tmp_path / "out"))
    held = pd.read_parquet(folder / "measures.parquet")
    names = held.columns.difference(["arm", "guard", "seed", "key", *SAID.get("factors", ())])
    lost = held["seed"] == 1
    rewrite(folder, "measures", held.assign(**{name: held[name].where(~lost) for name in names}))
    for part in folder.glob("*/part-*.parquet"):
        rows = pd.read_parquet(part)
        rows[~rows["key"].isin(held.loc[lost, "key"])].to_parquet(part)
    assert "30 days, of which 10 are warm-up" in text(report(folder))


def _without_warmup(path):
    path.write_text(re.sub("(?m)^warmup_days.*\n", "", path.read_text()))


def _say(path, **keys):
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | keys))


def _change(path, **columns):
    pd.read_parquet(path).assign(**columns).to_parquet(path)


def _spoil_names(path):
    """Names of columns that are no UTF-8, as a damaged disk may leave them."""
    path.write_bytes(path.read_bytes().replace(b"note", b"n\x9bte"))


def _other_version(out):
    """The folder as it would be if another version, which wrote no notes, had written it."""
    rewrite(out, "findings", pd.read_parquet(out / "findings.parquet").drop(columns="note"))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda run: (run / "provenance.json").write_text("{"), "not the folder of a run"),
        (lambda run: (run / "provenance.json").write_text("{}"), "provenance.json has no key 'version'"),
        (lambda run: _without_warmup(run / "config.yaml"), "its configuration has no key 'warmup_days'"),
        (lambda run: _say(run / "config.yaml", developers=3), "has 3 for 'developers'; allowed is a group of keys"),
        (lambda run: _say(run / "config.yaml", horizon_days="long"), "has 'long' for 'horizon_days'; allowed is a nu"),
        (lambda run: (run / "timeline.parquet").unlink(), "timeline.parquet: cannot be read"),
        (lambda run: (run / "models.parquet").write_bytes(b"PAR1"), "models.parquet: cannot be read"),
        (lambda run: (run / "summary.json").write_text('{"turns": 1}'), "summary.json has no key"),
    ],
)
def test_what_is_no_run_gets_one_line(damage, said, turnstile, runs):
    shutil.copytree(runs / "market", "market")
    damage(Path("market"))
    assert said in refused(turnstile, "report", "market")
    assert not Path("market/figures").exists()


def test_a_page_that_cannot_be_written_is_refused_before_anything_is_drawn(turnstile, runs):
    shutil.copytree(runs / "market", "market", ignore=shutil.ignore_patterns("figures"))
    place = "market/config.yaml/page.html"
    assert f"{place}: cannot be written" in refused(turnstile, "report", "market", "--out", place)
    assert not Path("market/figures").exists()


def test_a_sweep_has_a_report(turnstile, out, tmp_path):
    folder = Path(shutil.copytree(out, "grid"))
    (folder / "study.yaml").unlink()
    keys = pd.read_parquet(folder / "measures.parquet").query("guard == ''")["key"].tolist()[:8]
    points = pd.DataFrame({"governance.strictness": [0.5, 0.5, 0.7, 0.7] * 2, "stake": ["none"] * 4 + ["<b>"] * 4,
                           "seed": [1, 2] * 4, "key": keys})  # fmt: skip
    words = ["governance.strictness=0.5,0.7", "stake=none,<b>", "horizon_days=30"]
    said = {"words": words, "keys": ["governance.strictness", "stake"], "measures": ["hhi"], "seeds": 2}
    finish(folder / "sweep.yaml", said, {"points": points, "measures": points.assign(hhi=np.arange(8.0))})
    assert turnstile("report", "grid")[0] == 0
    found = Path("grid/report.html").read_text(encoding="utf-8")
    (chart,) = charts(found).values()
    assert [(series["name"], series["x"], series["y"]) for series in chart["panels"][0]["series"]] == [
        ("stake=none", [0.5, 0.7], [0.5, 2.5]), ("stake=<b>", [0.5, 0.7], [4.5, 6.5]),
    ]  # fmt: skip
    again = "turnstile sweep governance.strictness=0.5,0.7 'stake=none,<b>' horizon_days=30 --seeds 2 --measure hhi"
    assert again in text(found)
    (folder / "report.html").unlink()
    points.to_parquet(folder / "measures.parquet")
    assert "measures.parquet: is not the table that was written here last" in refused(turnstile, "report", "grid")
