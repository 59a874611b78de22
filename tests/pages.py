"""The blocks of README and docs, page by page: what stands between fences, and commands in running text."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGES = {str(path.relative_to(ROOT)): path for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]}
"""Every page, by its path in the checkout."""

_BLOCK = re.compile(r"^(?:<!-- not run: (?P<needs>[^\n]*) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
_FENCED = re.compile(r"^```.*?^```$", re.M | re.S)
_INLINE = re.compile(r"`((?:turnstile|make|python -m) [^`]+)`")
_FILE = re.compile(r"# ([\w/.-]+\.(?:py|yaml|csv))\n")


class Block(NamedTuple):
    """A block of a page. ``needs``: what a test lacks to run it, as the page says; ``line``: where it begins."""

    language: str
    text: str
    needs: str
    line: int

    @property
    def file(self) -> str:
        """The file that the block is, by its first line; empty where it is none."""
        found = _FILE.match(self.text)
        return found[1] if found else ""


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page, in their order. Raises ``AssertionError`` where a fence is of another form."""
    page = path.read_text(encoding="utf-8")
    found = list(_BLOCK.finditer(page))
    assert len(found) * 2 == len(re.findall(r"^\s*(?:```|~~~)", page, re.M)), f"{path}: a fence that is not read"
    return [Block(m["language"], m["text"], m["needs"] or "", page.count("\n", 0, m.start()) + 1) for m in found]


def inline(path: Path) -> list[str]:
    """The commands in the running text of a page."""
    return [" ".join(said.split()) for said in _INLINE.findall(_FENCED.sub("", path.read_text(encoding="utf-8")))]


def lines(script: str) -> list[str]:
    """The commands of a block, each one line."""
    return [line for line in script.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
