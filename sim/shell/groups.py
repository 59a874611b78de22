"""The groups of the configuration and their options, read from the ``conf`` folder without composing anything."""

from pathlib import Path


def groups(folder: Path) -> dict[str, dict[str, str]]:
    """Options of each group in ``folder``, each with the first sentence of its file."""
    found = {group.name: options(group) for group in sorted(folder.iterdir()) if group.is_dir()}
    return {name: known for name, known in found.items() if known}


def options(group: Path) -> dict[str, str]:
    """The options of one group, without ``base``: what the others build on is no choice by itself."""
    return {file.stem: _about(file) for file in sorted(group.glob("*.yaml")) if file.stem != "base"}


def _about(file: Path) -> str:
    """The opening comment of ``file`` up to its first full stop."""
    words = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        if not line.startswith("# @package"):  # that is for Hydra
            words.append(line.lstrip("# ").rstrip())
    text = " ".join(words)
    return text.partition(". ")[0].rstrip(".")
