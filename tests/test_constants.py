"""docs/constants.md is what conf/ says: every key, with the value that composing gives it."""

from dataclasses import is_dataclass
from pathlib import Path

import pytest
import yaml
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from scenarios.constants import CHOICE, STANDINGS, UNSTATED, constants, render
from sim.config import config_folder, keys

PAGE = Path(__file__).parents[1] / "docs" / "constants.md"


def written(tmp_path, text):
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_page_is_what_conf_renders_to():
    assert PAGE.read_text(encoding="utf-8") == render(), "python -m scenarios.constants > docs/constants.md"


def test_the_first_table_of_each_group_holds_every_key_with_its_default_value():
    page, found, first = render(), {}, True
    for line in page.splitlines():
        if line.startswith("## "):
            first = True
        elif line == "":
            first = first and not line.startswith("| ")
        if line.startswith("`") and not line.endswith("the default."):
            first = False
        if first and line.startswith("| `"):
            name, _, value = (cell.strip() for cell in line.split(" | ")[:3])
            found[name.strip("|` ")] = value
    leaves = {name for name, key in keys().items() if not is_dataclass(key.kind)}
    assert set(found) == leaves
    with initialize_config_dir(str(config_folder()), version_base=None):
        composed = compose("config")
    for name, value in found.items():
        if not value.endswith("entries"):
            selected = OmegaConf.select(composed, name)
            plain = OmegaConf.to_container(selected) if OmegaConf.is_config(selected) else selected
            assert yaml.safe_load(value) == plain, name


def test_what_a_key_may_hold_stands_beside_it():
    lines = [line for line in reversed(render().splitlines()) if line.startswith("| `")]  # the first of a key counts
    rows = {line.split("`")[1]: line.split(" | ")[1] for line in lines}
    said = {
        "seed": "whole number from 0 to 9.22337e+18",
        "engine": "compiled, reference",
        "output.figures": "true, false",
        "horizon_days": "number greater than 0 up to 6000; null",
        "data.plans": "list of groups: entries, noise, curation",
        "developers.rehearsals": "list: whole number from 0 to 1000",
        "calibration.name": "text",
    }
    assert {name: rows[name] for name in said} == said


@pytest.mark.parametrize("folder", sorted(p for p in config_folder().iterdir() if p.is_dir()), ids=lambda p: p.name)
def test_every_value_has_a_standing(folder):
    for path in folder.glob("*.yaml"):
        for constant in constants(path, folder.name):
            assert constant.standing in (*STANDINGS, CHOICE, UNSTATED), constant


def test_a_comment_speaks_for_its_line_and_a_section_for_what_is_below_it(tmp_path):
    path = written(
        tmp_path,
        "# A group.\nrate: 3   # s; calibrated: trace X\nenvoy:   # published defaults: Envoy\n  base: 30\n"
        "  share: 0.1   # of a domain\nwide: {a: 1, b: 2}   # a: published default, Who 1990\nmode: fast\noff: 0\n",
    )
    assert [tuple(c) for c in constants(path, "g")] == [
        ("g.rate", "3", "calibrated", "trace X"),
        ("g.envoy.base", "30", "published default", "Envoy"),
        ("g.envoy.share", "0.1", "published default", "of a domain; Envoy"),
        ("g.wide.a", "1", "published default", "Who 1990"),
        ("g.wide.b", "2", UNSTATED, "a: published default, Who 1990"),
        ("g.mode", "fast", CHOICE, ""),
        ("g.off", "0", CHOICE, ""),
    ]


def test_the_head_of_a_file_speaks_for_its_numbers(tmp_path):
    path = written(tmp_path, "# What models are like. All illustrative.\nprice: 0.05   # credits\nname: x\n")
    assert [c.standing for c in constants(path, "g")] == ["illustrative", CHOICE]
