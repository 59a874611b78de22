"""README and docs: every block is run, in the order of its page, and every command in the text is one that there is.

A page is one session in a folder of its own. What would take minutes is made smaller by `SMALLER`, and only by it.
"""

import runpy
import shlex
import subprocess
import sys
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

import analysis.measures  # noqa: F401  all are registered before a page adds its own
from analysis.measure import MEASURES
from scenarios import cli
from scenarios.study import definition as studies
from scenarios.tune import definition as tunings
from sim.config import keys
from sim.shell.groups import groups
from tests import test_runner_pages
from tests.pages import PAGES, ROOT, blocks, inline, lines
from tests.test_sweep import SMALL

SMALLER = {
    "run": (*SMALL, "output.figures=false"),  # half a year of 150 developers takes seconds, its figures too
    "sweep": (*SMALL, "--seeds=2", "--workers=1"),  # ten seeds at each point
    "study": ("--workers=1",),  # of a file that the page makes, as small as it makes it; processes would take seconds
    "tune": ("--trials=5", "--workers=1"),  # of a file that the page makes, in its own small economy
    "run TRACE": ("output.figures=false",),  # as long as the trace that its page makes
}
"""What makes a command take a second or two. Where its page says such a word too, the page's is taken."""

AS_IT_STANDS = {"calibrate", "compare", "list", "report"}
"""Subcommands that are run as the page has them."""

READ = {"bench", "sensitivity", "verify"}
"""Subcommands that take minutes whatever is asked: their words are parsed, and nothing runs.

So are those of `turnstile study NAME` and `turnstile tune NAME`. What is named is read; that its points compose
`test_study_files` and `test_tune_files` tell.
"""

ELSEWHERE = {f"docs/{page}" for page in test_runner_pages.PAGES}
"""Pages with clusters and processes in the background, which `test_runner_pages` runs in a shell."""

RENDERED = ("docs/studies/", "docs/sensitivity/", "docs/tunings/")
"""Pages of what took hours: the commands that would make them again are parsed."""

NUMBER = count()

STUDIES = [studies.read(name).said for name in studies.names()]

HELD = {page: blocks(path) for page, path in PAGES.items()}
RUN = [page for page, held in HELD.items() if held and page not in ELSEWHERE]


def smaller(words: list[str]) -> list[str]:
    """The words of ``turnstile`` with what makes it small."""
    command, *rest = words
    more = SMALLER.get("run TRACE" if command == "run" and "demand=trace" in rest else command, ())
    if command == "study" and "--dry-run" in rest:
        more = (*SMALL, *more)
    if command == "run":
        more = (*more, f"hydra.run.dir=runs/{next(NUMBER)}")  # two of them end within one second
    said = {word.partition("=")[0] for word in rest}
    more = [word for word in more if word.partition("=")[0] not in said]
    first = rest[:1] if rest and not rest[0].startswith("-") and "=" not in rest[0] else []  # a file or a name
    return [command, *first, *more, *rest[len(first) :]]


def turnstile(words: list[str], monkeypatch) -> None:
    """``turnstile WORDS`` in this process, made smaller."""
    command = words[0]
    shipped = {"study": studies, "tune": tunings}.get(command)
    if shipped and words[1] in shipped.names():
        shipped.read(words[1])
        assert_parsed(words)
        return
    if command in READ:
        assert_parsed(words)
        return
    assert command.startswith("-") or command in SMALLER or command in AS_IT_STANDS, f"{command}: how is it run here?"
    forget_own_modules()
    monkeypatch.setattr(sys, "argv", ["turnstile", *smaller(words)])
    assert cli.main() == 0, words


def forget_own_modules() -> None:
    """Modules that lie in the folder of a page are read anew: a page may write them several times."""
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(sys.path[0] + "/"):
            del sys.modules[name]


def shell(line: str, monkeypatch) -> None:
    """One line of a shell: a command of `turnstile`, a target of make, or a module of Python."""
    words = shlex.split(line, comments=True)
    program = words[0].removeprefix(".venv/bin/")
    if program == "turnstile":
        turnstile(words[1:], monkeypatch)
    elif program == "ls":
        assert any(Path(words[1]).iterdir()), line
    elif program == "make":
        subprocess.run(["make", "-n", "-C", ROOT, *words[1:]], check=True, capture_output=True)
    elif program == "python" and words[1] == "-m":
        monkeypatch.setattr(sys, "argv", words[2:])
        with pytest.raises(SystemExit, match="0"):
            runpy.run_module(words[2], run_name="__main__", alter_sys=True)
    else:
        raise AssertionError(f"{line}: how is it run here?")


def contains(whole, part) -> bool:
    """Whether every key and every entry of ``part`` is in ``whole``, with like values."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and contains(whole[key], part[key]) for key in part)
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(contains(one, other) for one in whole) for other in part)
    return whole == part


@pytest.fixture
def measures_of_the_page():
    """What a page registers is forgotten after it."""
    held = dict(MEASURES)
    yield
    MEASURES.clear()
    MEASURES.update(held)


@pytest.mark.usefixtures("measures_of_the_page")
@pytest.mark.parametrize("page", RUN)
def test_the_blocks_of_a_page_run_one_after_the_other(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    named = {}
    for block in HELD[page]:
        if block.needs:
            continue
        if block.file:
            where = tmp_path / block.file
            where.parent.mkdir(parents=True, exist_ok=True)
            where.write_text(block.text, encoding="utf-8")
        if block.language == "python":
            exec(compile(block.text, f"{page}:{block.line}", "exec"), named)
        elif block.language == "sh":
            for line in lines(block.text):
                if page.startswith(RENDERED):
                    assert_parsed(shlex.split(line)[1:])
                else:
                    shell(line, monkeypatch)
        elif block.language == "yaml":
            said = yaml.safe_load(block.text)
            whole = block.file or any(contains(study, said) for study in STUDIES)
            assert said and whole, f"{page}:{block.line}: neither a file, named in its first line, nor part of a study"
        else:
            assert block.language == "text", f"{page}:{block.line}: {block.language or 'no language'}: is it run?"


def assert_parsed(words: list[str]) -> None:
    """Options and arguments are ones that the subcommand takes; of ``run`` its keys and groups are ones of conf/."""
    command, *rest = words
    if command == "run":
        known = {*keys(), *groups(ROOT / "conf"), "hydra.run.dir", "hydra.sweep.dir", "KEY"}
        named = {word.partition("=")[0].lstrip("+~") for word in rest if "=" in word}
        assert named <= known, named - known
    else:
        rest = ["KEY=A" if word == "…" else word for word in rest]
        get_command(cli.app).commands[command].make_context(command, rest)


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_the_text_are_ones_that_there_are(page):
    for said in inline(PAGES[page]):
        program, *words = shlex.split(said.replace("[OUT ...]", "").replace("[DIR ...]", ""))
        if program == "make":
            assert f"\n{words[0]}:" in (ROOT / "Makefile").read_text(), said
        elif program == "python":
            assert find_spec(words[1]), said
        elif len(words) > 1 and not words[0].startswith("-") and "--help" not in words:
            assert_parsed(words)
