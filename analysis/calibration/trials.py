"""Reads repeated trials from a CSV file, plain or .gz.

Two forms, each with optional ``domain`` and ``lineage`` columns; further columns are ignored:

* trials ``[domain,] model, task_id, trial, success [, turn [, context_tokens, window_tokens]]`` with success 0 or 1.
  With ``turn`` (1, 2, ...) a trial is a session and success is per turn; context at that turn and the model's window
  say how full the window was;
* counts ``[domain,] model, task_id, n, c``: c of n trials succeeded. Tasks that occur in several rows of one model are
  kept as separate items, the i-th occurrence being the same item for every model.

A model is identified by domain and model.
"""

import csv
import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import at, nearest

_TRIALS = ("model", "task_id", "trial", "success")
_COUNTS = ("model", "task_id", "n", "c")
_OPTIONAL = ("domain", "lineage", "turn")
_CONTEXT = ("context_tokens", "window_tokens")


@dataclass(frozen=True)
class Trials:
    """Validated trials.

    ``counts``: one row per model and item: model (domain/model), name, domain, task, lineage where given, n, c; of
    sessions the first turns. ``log``: one row per model, task, trial and turn with success and, where known, fullness =
    context/window; None where only counts are known. ``turns``: whether trials have turns. ``source``: the file's name.
    """

    counts: pd.DataFrame
    log: pd.DataFrame | None
    turns: bool
    source: str


def read_trials(path: str | Path) -> Trials:
    """Read and check a file; raises ``InputError`` with ``file:line``, what was found and what is allowed."""
    path = Path(path)
    header, rows, lines = _read(path)
    form = _TRIALS if {"trial", "success"} <= set(header) or not {"n", "c"} & set(header) else _COUNTS
    for name in form:
        if name not in header:
            hint = nearest(name, [h for h in header if h not in form])
            raise at(path, 1, f"found no column {name!r}{hint}", f"{','.join(_TRIALS)} or {','.join(_COUNTS)}")
    used = [h for h in header if h in form or h in _OPTIONAL]
    if {"turn", *_CONTEXT} <= set(header) and form is _TRIALS:
        used += _CONTEXT
    columns = {h: [row[header.index(h)].strip() for row in rows] for h in used}
    frame = pd.DataFrame({h: columns[h] for h in used if h in ("domain", "model", "task_id", "lineage")}, dtype=object)
    for h in ("model", "task_id", *({"domain"} & set(used))):
        _forbid(path, lines, columns[h], frame[h] == "", h, "any text but none")
    for h in used:
        if h not in frame:
            frame[h] = _numbers(path, lines, h, columns[h])
    frame["line"] = lines
    return _assemble(path, frame, form)


def _read(path):
    """Header, rows and each row's line number."""
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            if not header:
                raise at(path, 1, "found an empty file", "a header and at least one row")
            if len(set(header)) < len(header):
                twice = next(h for h in header if header.count(h) > 1)
                raise at(path, 1, f"found column {twice!r} twice", "each column once")
            rows, lines = [], []
            for row in reader:
                if not row:
                    continue
                if len(row) != len(header):
                    raise at(path, reader.line_num, f"found {len(row)} fields", f"{len(header)}, as in the header")
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise at(path, reader.line_num, f"found broken CSV ({error})", "comma-separated values") from None
    except UnicodeDecodeError:
        raise at(path, 1, "found bytes that are no text", "UTF-8") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise at(path, 1, f"found a broken .gz file ({error})", "a whole one") from None
    except OSError as error:
        raise at(path, 1, f"found no readable file ({error.strerror})", "a CSV file, plain or .gz") from None
    if not rows:
        raise at(path, 2, "found no rows", "at least one")
    return header, rows, np.array(lines)


def _forbid(path, lines, texts, bad, column, allowed):
    """Raise for the first row where ``bad`` holds."""
    bad = np.asarray(bad)
    if bad.any():
        i = int(bad.argmax())
        raise at(path, lines[i], f"found {column} {str(texts[i])!r}", allowed)


def _number(text):
    try:
        return float(text)
    except ValueError:
        return np.nan


_RANGES = {
    "success": (0, 1, "0 or 1"),
    "trial": (0, 2**31, "a whole number from 0"),
    "turn": (1, 2**31, "a whole number from 1"),
    "n": (1, 10_000, "a whole number from 1 to 10,000"),
    "c": (0, 10_000, "a whole number from 0 to n"),
    "context_tokens": (0, 2**31, "a whole number from 0"),
    "window_tokens": (1, 2**31, "a whole number from 1"),
}


def _numbers(path, lines, column, texts):
    low, high, allowed = _RANGES[column]
    value = np.array([_number(t) for t in texts])
    _forbid(path, lines, texts, ~((value >= low) & (value <= high) & (value == np.round(value))), column, allowed)
    return value.astype(np.int64)


def _assemble(path, frame, form) -> Trials:
    """Name models and tasks, check what rows say together, and count."""
    frame["name"] = frame["model"]
    if "domain" in frame:
        frame["model"] = frame["domain"] + "/" + frame["model"]
        frame["task"] = frame["domain"] + "/" + frame["task_id"]
    else:
        frame["domain"], frame["task"] = "", frame["task_id"]
    if "lineage" in frame:
        frame["lineage"] = frame["lineage"].where(frame["lineage"] != "", frame["model"])
        bad = frame["lineage"] != frame.groupby("model")["lineage"].transform("first")
        _forbid(path, frame["line"].to_numpy(), frame["lineage"].to_numpy(), bad, "lineage", "one lineage per model")
    known = ["model", "name", "domain", "task", *(["lineage"] if "lineage" in frame else [])]
    if form is _COUNTS:
        _forbid(path, frame["line"].to_numpy(), frame["c"].to_numpy(), frame["c"] > frame["n"], "c", _RANGES["c"][2])
        occurrence = frame.groupby(["model", "task"]).cumcount()
        frame["task"] += occurrence.map(lambda i: f"#{i}" if i else "")
        return Trials(frame[[*known, "n", "c"]], None, False, path.name)
    turns = "turn" in frame
    if not turns:
        frame["turn"] = 1
    _check_log(path, frame)
    first = frame[frame["turn"] == 1]
    counts = first.groupby(known, sort=False)["success"].agg(n="size", c="sum").reset_index()
    log = frame[["model", "task", "trial", "turn", "success"]]
    if "window_tokens" in frame:
        log = log.assign(fullness=frame["context_tokens"] / frame["window_tokens"])
    return Trials(counts, log, turns, path.name)


def _check_log(path, frame):
    lines = frame["line"].to_numpy()
    repeated = frame.duplicated(["model", "task", "trial", "turn"]).to_numpy()
    if repeated.any():
        row = frame.iloc[int(repeated.argmax())]
        found = f"found model {row.model!r}, task {row.task_id!r}, trial {row.trial} again"
        raise at(path, row.line, found, "one row per model, task, trial and turn")
    last = frame.groupby(["model", "task", "trial"])["turn"].transform("max")
    seen = frame.groupby(["model", "task", "trial"])["turn"].transform("size")
    allowed = "every turn of a trial from 1 on, none missing"
    _forbid(path, lines, frame["turn"].to_numpy(), last != seen, "turn", allowed)
