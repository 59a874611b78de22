"""Demand settings, chunks and traces for tests."""

import os
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from sim.config import Demand, config_folder
from sim.demand import open_demand


def settings(kind: str, seed: int = 1, horizon_days: float | None = 1000.0, grid_bits: int = 24, **changes):
    """What ``open_demand`` reads of a configuration: the shipped preset ``kind`` with ``changes``."""
    base, preset = (_read(name) for name in ("base", kind))
    values = base | preset.get("demand", preset) | changes
    values.pop("defaults", None)
    service = SimpleNamespace(grid_bits=grid_bits)
    return SimpleNamespace(seed=seed, horizon_days=horizon_days, service=service, demand=Demand(**values))


def _read(name: str) -> dict:
    return yaml.safe_load((config_folder() / "demand" / f"{name}.yaml").read_text(encoding="utf-8"))


def drawn(config, chunks: int | None = None):
    """The first ``chunks`` chunks (None: all), joined: (sessions, turns) with ``first_turn`` into these turns."""
    sessions, turns = zip(*islice(open_demand(config).chunks(), chunks), strict=True)
    sessions = [s.copy() for s in sessions]
    before = 0
    for s, t in zip(sessions, turns, strict=True):
        s["first_turn"] += before
        before += t.size
    return np.concatenate(sessions), np.concatenate(turns)


def replayed(path: Path, chunks: int | None = None, **changes):
    """``drawn`` of a trace."""
    return drawn(settings("trace", path=str(path), **changes), chunks)


def real_data(name: str) -> Path:
    """A file of the folder that TURNSTILE_DATA names; skips the test where it is absent."""
    folder = os.environ.get("TURNSTILE_DATA")
    if not folder:
        pytest.skip("TURNSTILE_DATA names no folder of real data")
    if not (path := Path(folder) / name).exists():
        pytest.skip(f"{path} is absent")
    return path
