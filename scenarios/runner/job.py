"""A job: one configuration and seed, under a key that says what its result depends on and nothing else."""

import hashlib
import json
import sys
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd

from analysis.files import digest
from sim.config import Config
from sim.output.provenance import fingerprint
from sim.rules import check, rules

ENGINE = "engine"
"""The one key of a configuration that changes no result."""


@dataclass(frozen=True)
class Job:
    """A run to be done. ``key``: sha256 of configuration, seed, the simulator's sources, the user's own rules that it
    names and the trace that it replays."""

    key: str
    config: Config

    @staticmethod
    def of(config: Config, seed: int) -> "Job":
        """The job of ``config`` with ``seed`` in place of its own."""
        chosen = replace(config, seed=seed)
        trace = _digest(Path(chosen.demand.path)) if chosen.demand.kind == "trace" else ""
        said = "\n".join((text(chosen), fingerprint(), trace, *map(_digest, _own(chosen))))
        return Job(hashlib.sha256(said.encode()).hexdigest()[:20], chosen)


Points = Iterable[tuple[dict[str, Hashable], Config]]
"""What names each point of a design, and its configuration."""


def jobs_of(points: Points, seeds: Iterable[int]) -> tuple[pd.DataFrame, list[Job]]:
    """A row for each point and seed, with the key of its run; and the jobs in the order of their keys, each once."""
    rows, every, seeds = [], {}, list(seeds)
    for named, config in points:
        for seed in seeds:
            job = Job.of(config, seed)
            every[job.key] = job
            rows.append(named | {"seed": seed, "key": job.key})
    return pd.DataFrame(rows), [every[key] for key in sorted(every)]


def text(config: Config) -> str:
    """The configuration as JSON, without the engine: equal texts, equal results."""
    # vars: dataclasses.asdict would copy every value, which takes five times as long.
    shown = {name: value for name, value in vars(config).items() if name != ENGINE}
    return json.dumps(shown, default=vars, sort_keys=True)


def document(config: Config) -> dict:
    """The configuration as a document of plain values, without the engine."""
    return json.loads(text(config))


def _own(config: Config) -> list[Path]:
    """The files of the user's own rules that ``config`` names, sorted. Raises ``InputError`` where one is not there."""
    modules = {module for module, colon, _ in (name.partition(":") for name in rules(config).values()) if colon}
    if modules:
        check(config)  # imports them
    files = (getattr(sys.modules[module], "__file__", None) for module in modules)
    return sorted(Path(file) for file in files if file)


_digest = cache(digest)
"""A study asks for those of its trace and of its own rules once a run."""
