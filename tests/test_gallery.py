"""docs/gallery.md: every figure that there is, with what it says of itself; the page is rendered, anew as well."""

from pathlib import Path

import pytest
from PIL import Image

from analysis.errors import InputError
from analysis.gallery import PAGE, RUN, main, page, write
from analysis.run_figures.catalogue import ALWAYS, ECONOMY
from analysis.study_figures.kind import KINDS
from analysis.study_pages.__main__ import write as write_study
from sim.compose import configure
from tests.made_studies import made_study
from tests.runs import write_run

DOCS = Path(__file__).parents[1] / "docs"
FIGURES = [figure.__name__.rpartition(".")[2] for figure in (*ALWAYS, *ECONOMY)]
EVERY_KIND = {
    "question": "How long should a network remember?",
    "factors": {"half_life": {"key": "evidence.half_life_days", "values": [3, 14, 90]}},
    "figures": [
        {"kind": "arms", "measures": ["hhi"]},
        {"kind": "dose", "measures": ["hhi"], "over": "half_life"},
        {"kind": "tiers", "measures": ["turns"]},
        {"kind": "timeline", "measures": ["hhi"]},
    ],
    "decisive": [
        {"measure": "hhi", "over": "half_life", "expected": "up", "because": "of it", "smallest": 0.001,
         "placebo": "random"}
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def anew(tmp_path_factory):
    """A folder of docs with the gallery of a small run and of a made study of every kind."""
    folder = tmp_path_factory.mktemp("gallery")
    small = ["horizon_days=12", "warmup_days=2", "demand.rate=500", "population.developers=10", "population.models=10"]
    run = write_run(configure(*small, "developers.arrivals=6", "gauntlet=quick"), folder / "run")
    write_study(made_study(folder, EVERY_KIND, 4, {}), folder / "docs")
    write(run, folder / "docs")
    return folder / "docs"


def what_is_said(text: str) -> list[str]:
    """The lines of a gallery but those that differ by what was drawn: figures, their titles, and of which study."""
    return [line for line in text.splitlines() if not line.startswith(("![", "*", "Of ["))]


def test_the_page_is_what_the_figures_render_to():
    assert (DOCS / PAGE).read_text(encoding="utf-8") == page(DOCS), "python -m analysis.gallery [RUN]"


def test_rendered_anew_it_says_the_same(anew):
    assert what_is_said((anew / PAGE).read_text()) == what_is_said((DOCS / PAGE).read_text(encoding="utf-8"))


@pytest.mark.parametrize("docs", [DOCS, "anew"])
def test_every_figure_has_its_entry_and_says_what_it_was_drawn_from(docs, request):
    docs = request.getfixturevalue(docs) if docs == "anew" else docs
    lines = (docs / PAGE).read_text(encoding="utf-8").splitlines()
    assert [line[4:] for line in lines if line.startswith("### ")] == [*FIGURES, "effects", *sorted(KINDS)]
    shown = [docs / line.partition("](")[2].rstrip(")") for line in lines if line.startswith("![")]
    for path in shown:
        with Image.open(path) as drawn:
            assert "turnstile-sim" in drawn.info["Source"]
            assert f"*{drawn.info['Title']}.*" in lines
    assert sorted((docs / RUN).iterdir()) == sorted(path for path in shown if path.parent == docs / RUN)


def test_a_kind_without_a_figure_is_named(anew, tmp_path, monkeypatch, capsys):
    with pytest.raises(InputError, match=r"figures/run/traffic\.png: no figure"):
        page(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main([]) == 2
    assert "every kind needs one" in capsys.readouterr().err
