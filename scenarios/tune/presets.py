"""A setting as a preset of governance: ``turnstile run --config-dir OUT/presets governance=NAME`` has its rules."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from analysis.files import write_together
from scenarios.runner.job import document
from scenarios.tune.levers import Lever
from sim.compose import configure
from sim.config import Config
from sim.config.levers import SECTIONS

FOLDER = "presets"
"""Within the folder of a tuning, what ``--config-dir`` names."""


def preset_name(tuning: str, role: str) -> str:
    """``keep_quality_most_open``."""
    return re.sub(r"\W+", "_", f"{tuning}_{role}").strip("_").lower()


def write_presets(folder: Path, presets: Mapping[str, tuple[str, Config]], levers: Sequence[Lever]) -> list[Path]:
    """Write ``presets``, name → (what it is, its configuration), into ``folder``; their files.

    Raises ``InputError`` where the disk refuses.
    """
    shipped = configure()
    sections = dict.fromkeys([*SECTIONS, *(lever.key.partition(".")[0] for lever in levers)])
    target = folder / FOLDER / "governance"
    found = {target / f"{name}.yaml": _text(about, config, shipped, sections) for name, (about, config) in
             presets.items()}  # fmt: skip
    write_together(found)
    return list(found)


def _text(about: str, config: Config, shipped: Config, sections: Sequence[str]) -> str:
    ours, theirs = document(config), document(shipped)
    differing: dict = {}
    for section in sections:
        for *path, last, value in _differing((section,), ours[section], theirs[section]):
            held = differing
            for part in path:
                held = held.setdefault(part, {})
            held[last] = value
    keys = yaml.safe_dump(differing, sort_keys=False, width=120) if differing else ""
    return f"# @package _global_\n# {' '.join(about.split())}\ndefaults: [default@governance, _self_]\n{keys}"


def _differing(path: tuple[str, ...], ours: object, theirs: object) -> Iterator[tuple]:
    """(section, …, key, value) of all that differs."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in ours:
            yield from _differing((*path, key), ours[key], theirs[key])
    elif ours != theirs:
        yield *path, ours
