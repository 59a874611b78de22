"""The whole configuration, and every key of it by name."""

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

from sim.config.demand import Demand
from sim.config.developers import Developers
from sim.config.economy import Economy, Governance
from sim.config.fields import LONG, choice, number, text
from sim.config.gauntlet import Gauntlet
from sim.config.landscape import Data, Landscape, Learning, Projects
from sim.config.models import Calibration, Population, Response
from sim.config.router import Router
from sim.config.stake import Stake
from sim.config.traffic import Retry, Service
from sim.config.trust import Evidence


def config_folder() -> Path:
    """The folder of the Hydra configuration: inside the wheel, or beside the sources in a checkout."""
    sim = Path(__file__).parent.parent
    inside = sim / "_conf"
    return inside if inside.is_dir() else sim.parent / "conf"


@dataclass(frozen=True)
class Output:
    """What a run writes beside its tables."""

    attempts: bool = text("write the attempt log, streamed to attempts.parquet")
    figures: bool = text("draw the run's figures")


@dataclass(frozen=True)
class Config:
    """One simulation, whole."""

    seed: int = number("root of all randomness", low=0, high=2**63 - 1)
    horizon_days: float | None = number("length of the run; null: to the trace's end", "days", above=0, high=6_000)
    warmup_days: float | None = number("time that measures leave out; null: a seventh of the run", "days", 0, 6_000)
    tick_s: float = number("time between two ticks of the scoreboard", "s", above=0, high=LONG)
    engine: str = choice("the data plane", "compiled", "reference")
    demand: Demand = text("who asks what, and when")
    calibration: Calibration = text("what real systems look like")
    population: Population = text("the models that serve")
    service: Service = text("how long service takes, how long users wait")
    response: Response = text("carryover, drift, and who notices a bad answer")
    retry: Retry = text("which failures are retried, where and when")
    evidence: Evidence = text("what the network remembers, and how sure it wants to be")
    governance: Governance = text("what the network requires")
    router: Router = text("allocation x health x dispatch")
    output: Output = text("what is written")
    learning: Learning = text("how models mature and age")
    landscape: Landscape = text("what could be built")
    data: Data = text("what data sets miss, and how wrong they are")
    projects: Projects = text("what projects take and do")
    gauntlet: Gauntlet = text("the evaluation before admission")
    stake: Stake = text("how stake enters admission, and what it risks")
    economy: Economy = text("who pays what, and what answers are worth")
    developers: Developers = text("who builds, and how they decide")


@dataclass(frozen=True)
class Key:
    """One key of the configuration: its dotted name, its type and what its field says of it."""

    name: str
    kind: type | types.UnionType
    meta: Mapping


def keys(section: type = Config, prefix: str = "") -> dict[str, Key]:
    """Every key by its dotted name, sections before what they hold, in the order of the schema."""
    found = {}
    hints = typing.get_type_hints(section)
    for f in fields(section):
        found[prefix + f.name] = Key(prefix + f.name, hints[f.name], f.metadata)
        if is_dataclass(hints[f.name]):
            found |= keys(hints[f.name], f"{prefix}{f.name}.")
    return found
