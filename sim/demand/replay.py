"""Demand of kind ``trace``: a recorded trace, replayed to the row.

A first pass reads and checks the whole file, so that nothing is half-written when line 10,000,000 is wrong; a
second one replays it. Times are multiplied by ``time_scale`` and rounded to the time grid. A looped trace starts
again one mean gap between rows after its last row, with new sessions. Turn k > 1 of a session starts at its time in
the trace, or when the answer before it is there, if that is later. What a trace does not say (domain, class,
difficulty, user) is drawn as for synthetic sessions of the same number.

Memory: a session is handed over once all its rows are read, and after those that arrived before it, so what is held
are the rows between the first and the last of the sessions that are open at one time (32 bytes a row), and 8 bytes a
session. Traces of at most ``KEPT_ROWS`` rows are read once and kept.
"""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import NamedTuple

import numpy as np

from sim.config import Config, keys
from sim.demand.sessions import CHUNK, Mix, on_grid
from sim.demand.trace import Block, read
from sim.errors import InputError
from sim.records import TURN
from sim.units import DAY_S

KEPT_ROWS = 250_000
LONGEST_S = 6_000 * DAY_S
MOST_A_DAY = keys()["demand.rate"].meta["high"]


class Piece(NamedTuple):
    """Whole sessions in order of arrival, and their rows, session by session."""

    turns: np.ndarray  # rows of each session
    time: np.ndarray  # s since the trace's first row
    context: np.ndarray  # tokens
    output: np.ndarray  # tokens


class Replay:
    """The sessions of a trace; ``horizon_s`` is one step of the time grid after its last row, None where it loops."""

    def __init__(self, config: Config):
        d = config.demand
        self._path, self._scale, self._loop = d.path, d.time_scale, d.loop
        self._grid_bits = config.service.grid_bits
        self._mix = Mix(d, config.seed, self._grid_bits)
        self._survey()

    def _survey(self) -> None:
        """The first pass: checks every row, counts rows and turns."""
        self._kept: list[Block] | None = []
        self._turns = np.zeros(0, np.int64)
        rows, last = 0, 0.0
        for block in read(self._path):
            rows, last = rows + block.time.size, block.time[-1] * self._scale
            if self._kept is not None:
                self._kept = [*self._kept, block] if rows <= KEPT_ROWS else None
            if block.session is not None:
                self._turns = np.pad(self._turns, (0, max(0, block.session.max() + 1 - self._turns.size)))
                np.add.at(self._turns, block.session, 1)
        if last > LONGEST_S:
            raise InputError(f"{self._path}: found a trace of {last:g} s at demand.time_scale {self._scale:g}; "
                             f"allowed is up to {LONGEST_S:g} s")  # fmt: skip
        if self._loop and last == 0:
            raise InputError(f"{self._path}: found one time in all rows; allowed with demand.loop are several")
        step = 2.0**-self._grid_bits
        self._period = max(on_grid(last + last / max(rows - 1, 1), self._grid_bits), step)
        rate = rows / self._period * DAY_S
        if self._loop and rate > MOST_A_DAY:
            raise InputError(f"{self._path}: found {rate:.3g} turns a day at demand.time_scale {self._scale:g}; "
                             f"allowed with demand.loop are up to {MOST_A_DAY:g}")  # fmt: skip
        self.horizon_s = None if self._loop else float(on_grid(last, self._grid_bits)) + step

    def chunks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for chunk, piece in enumerate(in_chunks(self._pieces())):
            sessions = self._mix.sessions(chunk)[: piece.turns.size]
            sessions["turns"] = piece.turns
            first = sessions["first_turn"] = np.cumsum(piece.turns) - piece.turns
            sessions["at"] = piece.time[first]
            turns = np.zeros(piece.time.size, TURN)
            turns["not_before"] = piece.time
            turns["not_before"][first] = 0
            turns["context"] = np.maximum(piece.context, 1)
            turns["output"] = np.maximum(piece.output, 1)
            yield sessions, turns

    def _pieces(self) -> Iterator[Piece]:
        for repeat in count() if self._loop else range(1):
            blocks = read(self._path) if self._kept is None else self._kept
            for piece in whole_sessions(blocks, self._turns):
                time = on_grid(piece.time * self._scale, self._grid_bits) + repeat * self._period
                yield piece._replace(time=time)


def whole_sessions(blocks: Iterable[Block], turns: np.ndarray) -> Iterator[Piece]:
    """Hands over each session when it is whole and all that arrived before it are. ``turns`` by session number."""
    missing = turns.copy()
    done, seen, held = 0, 0, []
    for block in blocks:
        if block.session is None:
            yield Piece(np.ones(block.time.size, np.int64), block.time, block.context, block.output)
            continue
        np.subtract.at(missing, block.session, 1)
        held.append(block)
        seen = max(seen, block.session.max() + 1)
        open_ones = missing[done:seen] > 0
        ready = done + (int(np.argmax(open_ones)) if open_ones.any() else open_ones.size)
        if ready > done:
            rows = Block(*map(np.concatenate, zip(*held, strict=True)))
            order = np.argsort(rows.session, kind="stable")
            whole, later = np.split(order, [turns[done:ready].sum()])
            yield Piece(turns[done:ready], rows.time[whole], rows.context[whole], rows.output[whole])
            held = [Block(*(column[later] for column in rows))]
            done = ready


def in_chunks(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same sessions, ``CHUNK`` at a time; the last piece may be shorter."""
    held: list[Piece] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += piece.turns.size
        if size >= CHUNK:
            piece = _joined(held)
            while piece.turns.size >= CHUNK:
                rows = piece.turns[:CHUNK].sum()
                yield Piece(piece.turns[:CHUNK], *(column[:rows] for column in piece[1:]))
                piece = Piece(piece.turns[CHUNK:], *(column[rows:] for column in piece[1:]))
            held, size = [piece], piece.turns.size
    if size:
        yield _joined(held)


def _joined(pieces: list[Piece]) -> Piece:
    return Piece(*map(np.concatenate, zip(*pieces, strict=True)))
