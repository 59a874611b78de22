"""Reads a recorded trace, a block of rows at a time, and refuses what it cannot replay.

Two headers are known: that of the Azure LLM inference traces, ``TIMESTAMP,ContextTokens,GeneratedTokens`` with
wall-clock time stamps, and ``t_s,context_tokens,generated_tokens`` with times in s. Either may add
``session_id,turn``; other columns are ignored, and so are blank lines. Files ending in ``.gz`` are unpacked.

Memory: one block of rows, and about 150 bytes for each session where sessions are given.
"""

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.errors import InputError, nearest

AZURE = ("TIMESTAMP", "ContextTokens", "GeneratedTokens")
PLAIN = ("t_s", "context_tokens", "generated_tokens")
SESSION = ("session_id", "turn")
BLOCK_ROWS = 65_536
LONGEST_HEADER = 65_536  # bytes
SHOWN = 60  # characters of what an error shows
MOST = 1e9
SHORTEST_STAMP = len("2023-11-16 18:15:46")


class Block(NamedTuple):
    """Rows of a trace, in its order."""

    time: np.ndarray  # s since the trace's first row
    context: np.ndarray  # tokens
    output: np.ndarray  # tokens
    session: np.ndarray | None  # running number of the session by first appearance; None: one turn each


def read(path: str | Path) -> Iterator[Block]:
    """The trace's rows. Raises ``InputError`` with one line that names file and line at the first that is invalid."""
    try:
        yield from _checked(Path(path))
    except pd.errors.ParserError as error:
        raise _malformed(path, str(error)) from None
    except csv.Error as error:
        said = str(error).partition(" - do you")[0]  # what follows is a question to a programmer
        raise InputError(f"{path}:1: found {said}; allowed is a CSV file with line ends LF or CRLF") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: found bytes that are not text; allowed is a CSV file in UTF-8") from None
    except EOFError:
        raise InputError(f"{path}: found a gzip stream that ends early; allowed is a whole .gz file") from None
    except (gzip.BadGzipFile, zlib.error):
        raise InputError(f"{path}: found no valid gzip stream; allowed is a .gz file, or a name without .gz") from None
    except OSError as error:
        raise InputError(f"{path}: found {error.strerror}; allowed is a readable CSV file, plain or .gz") from None


def _malformed(path: str | Path, said: str) -> InputError:
    """What pandas ``said``, in our words: it counts rows below the header, fields of them from 1 and quotes from 0."""
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", said):
        expected, row, saw = map(int, found.groups())
        return InputError(f"{path}:{row + 1}: found {saw} fields; allowed are {expected}, as in the header")
    if found := re.search(r"EOF inside string starting at row (\d+)", said):
        return InputError(f"{path}:{int(found[1]) + 2}: found a quote that nothing closes; allowed are pairs of them")
    return InputError(f"{path}: found {said}; allowed is a CSV file")


def read_columns(path: str | Path) -> dict[str, np.ndarray]:
    """The whole trace as arrays ``t_s``, ``context_tokens``, ``generated_tokens`` and, where given, ``session``."""
    blocks = list(read(path))
    names = (*PLAIN, "session")[: 3 if blocks[0].session is None else 4]
    return {name: np.concatenate([block[i] for block in blocks]) for i, name in enumerate(names)}


def _checked(path: Path) -> Iterator[Block]:
    with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
        header = file.readline(LONGEST_HEADER).decode("utf-8-sig")
        if not header:
            raise InputError(f"{path}: found an empty file; allowed is a header {','.join(PLAIN)} and rows")
        columns = [name.strip() for name in next(csv.reader([header]), [])]
        names = _layout(path, columns)
        rows = _Rows(path, names, [columns.index(name) for name in names])
        # Columns are named by position and read as text, so that an error can show what the file says.
        for frame in pd.read_csv(file, header=None, names=range(len(columns)), dtype=str, chunksize=BLOCK_ROWS,
                                 keep_default_na=False, skip_blank_lines=False, encoding="utf-8"):  # fmt: skip
            if not isinstance(frame.index, pd.RangeIndex):
                raise InputError(f"{path}:2: found more fields than the header has; allowed are {len(columns)}")
            frame = frame[(frame != "").any(axis=1)]
            if len(frame):
                yield rows.block(frame)
    if rows.last is None:
        raise InputError(f"{path}:1: found a header and no rows; allowed is at least one row")


def _layout(path: Path, columns: list[str]) -> tuple[str, ...]:
    """The names of the columns to read: time, context, output, and session and turn where given."""
    azure, plain, session = ([name for name in known if name in columns] for known in (AZURE, PLAIN, SESSION))
    if azure and plain:
        found = f"{azure[0]} of one format beside {plain[0]} of the other"
        raise InputError(f"{path}:1: found {found}; allowed is {','.join(PLAIN)} or {','.join(AZURE)}")
    wanted = (AZURE if azure else PLAIN) + (SESSION if session else ())
    allowed = f"allowed are columns {','.join(wanted)}"
    for name in wanted:
        if name not in columns:
            near = nearest(name, [column[:SHOWN] for column in columns[:20]])
            raise InputError(f"{path}:1: found no column {name!r}: {near}; {allowed}")
        if columns.count(name) > 1:
            raise InputError(f"{path}:1: found column {name!r} twice; {allowed}")
    return wanted


class _Rows:
    """Turns text into numbers and checks each row against those before it."""

    def __init__(self, path: Path, names: tuple[str, ...], places: list[int]):
        self.path, self.names, self.places = path, names, places
        self.origin = self.last = None
        self.numbers: dict[str, int] = {}
        self.turns = np.zeros(0, np.int64)  # so far, by session

    def block(self, frame: pd.DataFrame) -> Block:
        text = [frame[place].str.strip() for place in self.places]
        time = self._wall_clock(text) if self.names[0] == AZURE[0] else self._seconds(text)
        before = np.concatenate([time[:1] if self.last is None else [self.last], time[:-1]])
        self._refuse(time < before, text, 0, "allowed is no time before that of the row above")
        self.last = time[-1]
        context, output = (self._whole(text, i, 0, "tokens") for i in (1, 2))
        return Block(time, context, output, self._sessions(text) if len(text) > 3 else None)

    def _wall_clock(self, text: list[pd.Series]) -> np.ndarray:
        stamps = pd.to_datetime(text[0], format="ISO8601", utc=True, errors="coerce")
        wrong = stamps.isna() | (text[0].str.len() < SHORTEST_STAMP)
        self._refuse(wrong.to_numpy(), text, 0, "allowed is a time stamp such as 2023-11-16 18:15:46.6805900")
        nanoseconds = stamps.dt.as_unit("ns").astype("int64").to_numpy()
        self.origin = nanoseconds[0] if self.origin is None else self.origin
        return (nanoseconds - self.origin) / 1e9

    def _seconds(self, text: list[pd.Series]) -> np.ndarray:
        seconds = pd.to_numeric(text[0], errors="coerce").to_numpy(float)
        self._refuse(~(np.isfinite(seconds) & (seconds >= 0)), text, 0, "allowed is a number from 0 (s)")
        self.origin = seconds[0] if self.origin is None else self.origin
        return seconds - self.origin

    def _whole(self, text: list[pd.Series], column: int, low: int, unit: str) -> np.ndarray:
        number = pd.to_numeric(text[column], errors="coerce").to_numpy(float)
        right = (number >= low) & (number <= MOST) & (number == np.floor(number))
        self._refuse(~right, text, column, f"allowed is a whole number from {low} to {MOST:.0f} ({unit})")
        return number

    def _sessions(self, text: list[pd.Series]) -> np.ndarray:
        self._refuse((text[3] == "").to_numpy(), text, 3, "allowed is any name or number")
        turn = self._whole(text, 4, 1, "turns")
        code, names = pd.factorize(text[3])
        session = np.array([self.numbers.setdefault(name, len(self.numbers)) for name in names], np.int64)[code]
        self.turns = np.concatenate([self.turns, np.zeros(len(self.numbers) - self.turns.size, np.int64)])
        expected = self.turns[session] + pd.Series(session).groupby(session).cumcount().to_numpy() + 1
        if (wrong := turn != expected).any():
            row = np.argmax(wrong)
            what = f"allowed is {expected[row]}, the next of session {text[3].iloc[row]!r}: turns are 1 to T in order"
            self._refuse(wrong, text, 4, what)
        self.turns += np.bincount(session, minlength=self.turns.size)
        return session

    def _refuse(self, wrong: np.ndarray, text: list[pd.Series], column: int, allowed: str) -> None:
        """Raise at the first wrong row, if there is one. The frame's index counts lines below the header from 0."""
        if wrong.any():
            row = np.argmax(wrong)
            found = f"{self.names[column]} {text[column].iloc[row][:SHOWN]!r}"
            raise InputError(f"{self.path}:{text[column].index[row] + 2}: found {found}; {allowed}")
