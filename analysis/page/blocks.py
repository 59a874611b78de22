"""What a page consists of: sections of blocks. All of it is data; `analysis.page.render` makes HTML of it."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from analysis.page.chart import Chart

SEARCHED = 25
"""A table of more rows than this can be searched."""


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Iterable[str]
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Code:
    """Lines to be typed, or a file."""

    text: str
    kind: ClassVar[str] = "code"


@dataclass(frozen=True)
class Pairs:
    """What is what: name → value, such as versions."""

    items: Mapping[str, object]
    kind: ClassVar[str] = "pairs"


@dataclass(frozen=True)
class Column:
    """A column of a table. ``holds``: ``text``, ``code`` or ``number``; numbers are shown with three digits."""

    name: str
    holds: Literal["text", "code", "number"] = "text"


@dataclass(frozen=True)
class Table:
    """``rows`` of texts and numbers under ``columns``; sorted by the reader, downloaded in full precision."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str | float]]
    kind: ClassVar[str] = "table"

    @property
    def searched(self) -> bool:
        """Whether it is long."""
        return len(self.rows) > SEARCHED


@dataclass(frozen=True)
class Download:
    """A file of the reader's own, ``csv``, behind a button that says ``text``."""

    text: str
    file: str
    csv: str
    kind: ClassVar[str] = "download"


@dataclass(frozen=True)
class Picture:
    """A picture as PNG, and what it shows."""

    png: bytes
    about: str
    kind: ClassVar[str] = "picture"

    @property
    def base64(self) -> str:
        """Its bytes, for the page."""
        return base64.b64encode(self.png).decode()


@dataclass(frozen=True)
class Card:
    """Blocks that belong together under a ``title``, and in a word what they come to."""

    title: str
    word: str
    blocks: Sequence["Block"]
    kind: ClassVar[str] = "card"


Block = Text | Bullets | Code | Pairs | Table | Download | Picture | Chart | Card


@dataclass(frozen=True)
class Section:
    """Blocks under a heading, to which the page's contents lead."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Page:
    """A page: ``title``, the ``lead`` below it, ``sections``; ``name`` begins those of files downloaded from it."""

    name: str
    title: str
    lead: str
    sections: Sequence[Section]
