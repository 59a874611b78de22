"""The page of `turnstile verify`: rendered from recorded rows, whole, and nothing typed."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from scenarios import verify
from scenarios.verification_page import LAWS, write_page
from sim.errors import InputError

FIGURES = Path("figures") / "verification"


def row(name, deviation, **changes):
    base = dict(area="Waiting.", name=name, law="A law.", quantity="P(|x| > 1)", theory="0.5", simulated="0.6 ± 0.1",
                deviation=deviation, score=deviation, figure="wait")  # fmt: skip
    return base | changes


@pytest.fixture
def page(tmp_path):
    (tmp_path / FIGURES).mkdir(parents=True)
    Image.new("RGB", (2, 2)).save(tmp_path / FIGURES / "other.png")
    rows = [row("TestErlangC", 1.0), row("TestErlangC", -2.04), row("test_an_exact_law", None, figure=None)]
    (tmp_path / FIGURES / LAWS).write_text(json.dumps(rows))
    return write_page(tmp_path, FIGURES)


def test_every_row_is_shown(page):
    text = page.read_text()
    assert "| P(\\|x\\| > 1) | 0.5 | 0.6 ± 0.1 | -2.0 |" in text
    assert "| [Erlang C](#erlang-c) | 2 | 2.0 |" in text
    assert "| [An exact law](#an-exact-law) | 1 |  |" in text
    assert text.count("### Erlang C") == text.count("## Waiting\n") == 1
    assert "![Erlang C](figures/verification/wait.png)" in text


def test_plots_without_rows_are_shown_too(page):
    assert "![other](figures/verification/other.png)" in page.read_text()


def test_the_rows_do_not_stay_behind(page):
    assert sorted(path.name for path in (page.parent / FIGURES).iterdir()) == ["other.png", "overall.png"]


def test_no_rows_no_page(tmp_path):
    assert write_page(tmp_path, FIGURES) is None


def test_an_installed_package_has_no_suite(monkeypatch, tmp_path):
    monkeypatch.setattr(verify, "SUITE", tmp_path / "absent")
    with pytest.raises(InputError, match="part of a checkout"):
        verify.verify(tmp_path)


def test_an_expression_that_selects_nothing_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(verify.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=5))
    with pytest.raises(InputError, match="-k: found 'no_such_law'; no law of the suite matches"):
        verify.verify(tmp_path, "no_such_law")
