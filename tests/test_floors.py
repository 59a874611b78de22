"""Imports point one way: down the floors of the house, and no two files import each other."""

import ast
import graphlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = """\
10  app  compose
 9  simulation  shell
 8  recorder  output
 7  economy_measures  economy_tables  rules  standings
 6  scoreboard  developers
 5  network
 4  population  trust
 3  traffic  models  endowment
 2  router  demand  response  learning  landscape  datasets  economy  governance
 1  config  streams  measures  own  periods
 0  compiling  concentration  errors  growth  records  status  units
"""
FLOOR = {name: int(line.split()[0]) for line in HOUSE.splitlines() for name in line.split()[1:]}
MAY_USE = {"sim": {"sim"}, "analysis": {"analysis"}, "scenarios": {"scenarios", "sim", "analysis"}}


def module(file: Path) -> str:
    """The name by which ``file`` is imported."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {module(file): file for part in MAY_USE for file in sorted((ROOT / part).rglob("*.py"))}


def statements(tree: ast.AST):
    """Every statement that may run, those within functions included; ``if TYPE_CHECKING`` is for readers alone."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            yield from statements(node)


def imported(file: Path) -> set[str]:
    """The files of the project that ``file`` imports, by module."""
    found = set()
    for node in statements(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}:{node.lineno}: a relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & FILES.keys() or {node.module}
    return found & FILES.keys()


USES = {name: imported(file) for name, file in FILES.items()}


@pytest.mark.parametrize("name", FILES)
def test_imports_point_down(name):
    part, *within = name.split(".")
    for used in USES[name]:
        other, *below = used.split(".")
        assert other in MAY_USE[part], f"{name} imports {used}"
        if part == other == "sim" and within:
            assert below and {within[0], below[0]} <= FLOOR.keys(), f"{name} imports {used}: which floor is it on?"
            assert within[0] == below[0] or FLOOR[within[0]] > FLOOR[below[0]], f"{name} imports {used}: not below"


def test_no_circles():
    tuple(graphlib.TopologicalSorter(USES).static_order())


def test_every_file_has_a_floor_and_the_decisions_show_the_house():
    assert {name.split(".")[1] for name in FILES if name.startswith("sim.")} == FLOOR.keys()
    assert HOUSE in (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
