"""The page docs/constants.md: every key with its values in conf/.

What a key may hold, its unit and its meaning come from the schema, standing and source from the comments of conf/.

A comment beside a value says where it comes from; one beside a section, or "All ..." at the head of a file, speaks for
everything below it that says nothing itself.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from scenarios.sensitivity.parameter import plausible
from sim.config import allowed, config_folder, keys

STANDINGS = ("calibrated", "published default", "illustrative")
CHOICE, UNSTATED = "choice", "not stated"

_STANDING = re.compile(r"\b(calibrated|published default|illustrative)s?\b[:,]?\s*", re.IGNORECASE)
_NAMES = re.compile(r"^[\w, ]+$")

_HEAD = """# Configuration

Every key of a run, and every value of `conf/`, as its file has it. The first table of a group has all its keys, what
each may hold and what a run takes unless told otherwise; after it, what each other option of the group sets instead.
What is allowed, unit and meaning are those of the configuration's schema, standing and source those of the comment
beside the value.

| standing | means |
|---|---|
| calibrated | fitted to data, which the source names |
| published default | the value that the named system ships, or that the named paper reports |
| illustrative | chosen by us: to be swept, never trusted |
| choice | a word, a switch, or the 0 that switches something off: no number is claimed |
| not stated | a number whose file says nothing of its standing: treat it as illustrative |

Plausible is between which values [sensitivity](sensitivity.md) draws an illustrative constant. `conf/plausible.yaml`
holds these ranges, and why other illustrative constants have none.
"""


class Constant(NamedTuple):
    """One value of one file of ``conf/``."""

    name: str  # dotted, as on the command line
    value: str
    standing: str
    source: str  # or what else the comment says


def constants(path: Path, section: str) -> list[Constant]:
    """What the file ``path`` of group ``section`` ("": none) sets, without what it takes from other files."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    head = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    about = " ".join(line.lstrip("# ") for line in lines[:head])
    everything = re.search(r"\b(All (calibrated|illustrative))\b", about)
    prefix = f"{section}." if section and "@package _global_" not in text else ""
    root = yaml.compose(text)
    return list(_leaves(root, prefix, everything[2] if everything else "", lines))


def render() -> str:
    """The page."""
    folder = config_folder()
    parts = [_HEAD, "## The run\n", _table(constants(folder / "config.yaml", ""), whole=True)]
    for group, option in _chosen():
        table = _table(_of(group, option).values(), whole=True)
        parts += [f"## {group}\n", f"`{group}={option}`, the default.\n", table]
        for path in sorted((folder / group).glob("*.yaml")):
            if path.stem not in _chain(folder / group, option) and path.stem != "base":
                parts += [f"`{group}={path.stem}`{_from(path)}\n", _table(constants(path, group))]
    return "\n".join(parts).rstrip() + "\n"


def default_constants() -> dict[str, Constant]:
    """Every constant of the default configuration, by its dotted name."""
    found = {c.name: c for c in constants(config_folder() / "config.yaml", "")}
    for group, option in _chosen():
        found |= _of(group, option)
    return found


def _chosen() -> list[tuple[str, str]]:
    """Each group, and its option in the default configuration."""
    entries = _defaults(config_folder() / "config.yaml")
    return sorted((group, option) for entry in entries for group, option in entry.items() if "/" not in group)


def _of(group: str, option: str) -> dict[str, Constant]:
    """The constants of an option, those of what it starts from among them."""
    folder, found = config_folder() / group, {}
    for name in _chain(folder, option):
        found |= {c.name: c for c in constants(folder / f"{name}.yaml", group)}
    return found


def _leaves(node: yaml.Node, prefix: str, inherited: str, lines: list[str]) -> Iterator[Constant]:
    for key, value in node.value:
        if key.value in ("defaults", "hydra"):
            continue
        name, comment = prefix + key.value, _comment(lines[key.start_mark.line])
        if isinstance(value, yaml.MappingNode):
            yield from _leaves(value, f"{name}.", comment or inherited, lines)
        else:
            if isinstance(value, yaml.SequenceNode) and not _STANDING.search(comment):
                inside = (_comment(line) for line in lines[value.start_mark.line : value.end_mark.line])
                comment = comment or next((c for c in inside if _STANDING.search(c)), "")
            yield _constant(name, value, comment, inherited)


def _constant(name: str, value: yaml.Node, comment: str, inherited: str) -> Constant:
    shown = _shown(value)
    number = re.fullmatch(r"-?[\d.]+(e-?\d+)?", shown)
    for said in (comment, inherited):
        found = _STANDING.search(said)
        if not found or (said is not comment and not number and isinstance(value, yaml.ScalarNode)):
            continue
        before, after = said[: found.start()].rstrip(" ;"), said[found.end() :]
        # "recency, experimentation: published default" speaks of these two keys of a line alone.
        if before.endswith(":") and _NAMES.match(before[:-1]) and name.rpartition(".")[2] not in before:
            continue
        note = (after or before) if said is comment else "; ".join(filter(None, (comment, after)))
        return Constant(name, shown, found[1].lower(), note)
    return Constant(name, shown, UNSTATED if number and float(shown) != 0 else CHOICE, comment)


def _shown(value: yaml.Node) -> str:
    if isinstance(value, yaml.ScalarNode):
        return value.value
    if any(isinstance(item, yaml.MappingNode) for item in value.value) and len(value.value) > 3:
        return f"{len(value.value)} entries"
    items = (
        "{" + ", ".join(f"{k.value}: {v.value}" for k, v in item.value) + "}"
        if isinstance(item, yaml.MappingNode)
        else item.value
        for item in value.value
    )
    return f"[{', '.join(items)}]"


def _comment(line: str) -> str:
    return line.partition(" #")[2].strip() if not line.lstrip().startswith("#") else ""


def _defaults(path: Path) -> list:
    listed = yaml.safe_load(path.read_text(encoding="utf-8")).get("defaults", [])
    return [entry for entry in listed if path.stem != "config" or isinstance(entry, dict)]


def _chain(folder: Path, option: str) -> list[str]:
    """The files of a group that make ``option``, in the order in which they apply."""
    below = [entry for entry in _defaults(folder / f"{option}.yaml") if isinstance(entry, str) and entry != "_self_"]
    return [name for entry in below for name in _chain(folder, entry.partition("@")[0])] + [option]


def _from(path: Path) -> str:
    """What an option starts from, in words."""
    others = []
    for entry in _defaults(path):
        if isinstance(entry, dict):
            others += [f"`{group.removeprefix('override /')}={option}`" for group, option in entry.items()]
        elif entry != "_self_" and not entry.startswith("base"):
            others.append(f"`{entry}`")
    return f", from {', '.join(others)}." if others else "."


def _table(found: Iterable[Constant], whole: bool = False) -> str:
    """A row for each constant; with ``whole`` also what its key may hold, and what it may plausibly be."""
    known, ranges = keys(), plausible().ranges
    may, might = (["allowed"], ["plausible"]) if whole else ([], [])
    head = ("key", *may, "value", *might, "unit", "standing", "source or note", "meaning")
    rows = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for c in found:
        meta = known[c.name].meta
        unit = "" if meta["unit"] == "1" else meta["unit"]
        note = c.source.removeprefix(unit).lstrip("; ") if c.source.partition(";")[0] == unit else c.source
        if whole:
            there = ranges.get(c.name)
            may, might = [allowed(known[c.name].kind, meta)], [f"{there.low:g} to {there.high:g}" if there else ""]
        cells = (f"`{c.name}`", *may, c.value, *might, unit, c.standing, note, meta["doc"])
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n" if len(rows) > 2 else ""


if __name__ == "__main__":
    print(render(), end="")
