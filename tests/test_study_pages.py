"""Pages of studies: rendered from the tables, whole, nothing typed; those in docs/ are of studies that there are."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis.study import Study
from analysis.study_pages.__main__ import main, write
from analysis.study_pages.changing import changing
from analysis.study_pages.index import INDEX, index, parts
from analysis.study_pages.text import marked
from analysis.study_words import effect
from analysis.table_text import number
from scenarios.study.definition import read
from tests.made_studies import made_study, rewrite

DOCS = Path(__file__).parents[1] / "docs" / "studies"
PAGES = sorted(path for path in DOCS.glob("*.md") if path.name != INDEX)
SAID = {
    "question": "Who pays, <b>and</b> | how much?",
    "base": ["horizon_days=30"],
    "arms": {"loose": ["governance.strictness=0.58"], "strict": ["governance.strictness=0.66"], "same": []},
    "also": ["gini", "retry_share"],
    "decisive": [
        {"measure": "success_rate", "of": "strict", "against": "loose", "expected": "up", "because": "weak *models* go",
         "smallest": 0.02, "placebo": "random", "guards": ["free_living"]},
        {"measure": "hhi", "of": "same", "against": "loose", "expected": "none", "because": "nothing differs",
         "smallest": 0.0002},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return made_study(tmp_path_factory.mktemp("page"), SAID, 20, {"strict": 0.05}, name="who_pays")


@pytest.fixture(scope="module")
def page(out, tmp_path_factory):
    return write(out, tmp_path_factory.mktemp("docs"))


def test_every_finding_is_said_with_its_interval(out, page):
    text, findings = page.read_text(), pd.read_parquet(out / "findings.parquet")
    assert text.startswith("# Who pays\n\nWho pays, &lt;b>and&lt;/b> \\| how much?\n")
    for row in findings.itertuples():
        assert effect(row) in text
        if row.role == "effect":
            assert f"- **{row.verdict}**: `{row.measure}`, {row.contrast}: {effect(row)}" in text
            assert f"Expected {row.expected}, because " in text
            assert f"{row.seeds} seeds" in text
    assert "because weak \\*models\\* go." in text


def test_every_measure_that_decides_is_explained(page):
    head, _, rest = page.read_text().partition("| measure | what it says |")
    said = rest.partition("\n\n")[0].splitlines()[2:]
    assert "](../tables.md)" in head and said == [
        "| `success_rate` (share of ended turns) | turns_ok / (turns_ok + turns_failed + turns_bad_unnoticed) |",
        "| `hhi` | Σ (x_k / Σx)² |",
    ]


def test_the_design_is_said(out, page):
    text, points = page.read_text(), pd.read_parquet(out / "points.parquet")
    for arm, overrides in SAID["arms"].items():
        assert f"| `{arm}` | {', '.join(f'`{line}`' for line in overrides) or 'none'} |" in text
    assert "Horizon: 30 days, of which 10 are warm-up" in text
    assert "Every arm also has `horizon_days=30`" in text
    assert f"Seeds: 20, the same in every arm; {points['key'].nunique()} runs" in text
    assert "turnstile study who_pays --seeds 20\n" in text
    assert yaml.safe_load((out / "study.yaml").read_text())["versions"]["simulator"] in text


def test_measures_only_reported_stand_by_arm(out, page):
    measures = pd.read_parquet(out / "measures.parquet").query("guard == ''")
    for arm, held in measures.groupby("arm"):
        line = next(line for line in page.read_text().splitlines() if line.startswith(f"| `{arm}` | ") and " [" in line)
        assert all(number(held[name].mean()) in line for name in SAID["also"])


def test_figures_lie_where_the_page_looks_for_them(page):
    (where,) = (line.partition("](")[2].rstrip(")") for line in page.read_text().splitlines() if line.startswith("!["))
    assert (page.parent / where).resolve().read_bytes().startswith(b"\x89PNG")


def test_the_index_takes_questions_and_findings_from_the_pages(page):
    text = page.read_text()
    _, question, findings = parts(text)
    (line,) = (line for line in (page.parent / INDEX).read_text().splitlines() if line.startswith("| [Who pays]"))
    assert question in line and len(findings) == len(SAID["decisive"])
    assert all(finding in line for finding in findings)


def finding(**changes):
    """A row of an effect, supported."""
    row = {"number": 0, "role": "effect", "world": "", "measure": "hhi", "contrast": "a - b", "expected": "up",
           "because": "of it", "smallest": 0.1, "seeds": 40, "estimate": 0.5, "low": 0.4, "high": 0.6, "p": 0.0,
           "p_holm": 0.0, "verdict": "supported", "why": "so", "note": "", "standing": "supported",
           "beyond": float("nan"), "beyond_low": float("nan"), "beyond_high": float("nan")}  # fmt: skip
    return row | changes


OPEN = {"estimate": 0.1, "low": -0.1, "high": 0.3, "verdict": "undecided"}
PLACEBO = {"role": "placebo", "world": "random", "p_holm": float("nan"), "standing": "stays"}
STILL = {"estimate": 0.0, "low": 0.0, "high": 0.0}
GUARD = {"role": "guard", "world": "matched", "p_holm": float("nan")}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{}], "The whole interval lies beyond the smallest effect of interest, 0.1."),
        ([{"low": 0.05}], "The interval holds effects beyond the smallest of interest, 0.1, and effects below it."),
        ([{"verdict": "no effect"}], "An effect of 0.1 or more is excluded"),
        ([{"estimate": 0.05, "low": 0.02, "high": 0.08}], "The interval lies within the smallest effect of interest"),
        ([{}, PLACEBO], "Placebo `random`: +0.5 [+0.4, +0.6]; it is there although the mechanism is off"),
        ([{}, PLACEBO | {"standing": "vanishes"}], "the effect vanishes, as it should"),
        ([{}, PLACEBO | STILL | {"standing": "vanishes"}], "Placebo `random`: 0 in every seed; nothing moves it there"),
        ([STILL | {"verdict": "no effect"}], "It is 0 in every seed, so how far it may scatter is not known."),
        ([{}, PLACEBO | {"standing": "turns"}], "where the mechanism is off it goes the other way"),
        ([{}, PLACEBO | {"beyond": 0.2, "beyond_low": 0.1, "beyond_high": 0.3}],
         "With the mechanism less without it: +0.2 [+0.1, +0.3]."),
        ([{}, PLACEBO | OPEN | {"standing": "unclear"}], "neither 0 nor an effect of interest is excluded"),
        ([{}, GUARD], "Guard `matched`: +0.5 [+0.4, +0.6]; the verdict is the same."),
        ([{}, GUARD | {"estimate": -0.5, "low": -0.6, "high": -0.4, "verdict": "reversed"}],
         "the sign turns, and the verdict is reversed"),
        ([{}, GUARD | OPEN | {"note": "not reached"}], "the verdict is undecided; not reached."),
        ([OPEN], "Seeds that would decide it, as they scatter now: 640, for an interval of ±0.05."),
        ([{"verdict": "undecided"}], "corrected over the decisive measures of the study, it may be chance"),
        ([{"verdict": "undecided"}, PLACEBO], "More seeds would not decide it as long as the effect stays"),
        ([{"estimate": float("nan"), "why": "defined in 1 seeds"}], "It is not judged: defined in 1 seeds."),
        ([{"seeds": 20}], "It has a value in 20 of 40 seeds, and says nothing of the others."),
        ([OPEN | {"seeds": 20}], "Seeds in which it has a value that would decide it"),
    ],
)  # fmt: skip
def test_what_would_change_a_finding(rows, said):
    assert said in " ".join(changing(pd.DataFrame([finding(**row) for row in rows]), 40))


def test_what_was_solved_for_is_shown(out, tmp_path):
    again = shutil.copytree(out, tmp_path / "out")
    solved = pd.DataFrame([("matched", "strict", 0.612, 0.4, 0.43, False)],
                          columns=["guard", "arm", "value", "target", "found", "reached"])  # fmt: skip
    rewrite(again, "solved", solved)
    assert "| `matched` | `strict` | 0.612 | 0.4 | 0.43 | no |" in write(again, tmp_path / "docs").read_text()


def test_the_page_is_the_same_every_time(out, page, tmp_path):
    assert write(out, tmp_path).read_bytes() == page.read_bytes()
    assert Study.read(out).name == "who_pays"


def test_a_folder_of_no_study_gets_one_line(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"error: {tmp_path / 'study.yaml'}: cannot be read; allowed is the folder of a finished study\n"
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_in_docs_is_of_a_study_that_there_is(path):
    _, question, findings = parts(path.read_text(encoding="utf-8"))
    study = read(path.stem)
    assert question == marked(study.question)
    assert len(findings) == len(study.decisive)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("!["):
            assert (path.parent / line.partition("](")[2].rstrip(")")).exists(), line


def test_the_index_in_docs_is_rendered():
    assert (DOCS / INDEX).read_text(encoding="utf-8") == index(DOCS), "python -m analysis.study_pages OUT"
