"""Folders of studies made by hand: what a study leaves, with values drawn in place of runs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from analysis.files import digest
from scenarios.study.attributing import attribute
from scenarios.study.crossing import cross
from scenarios.study.definition import read
from scenarios.study.findings import decide
from scenarios.study.outputs import solved_table, write_study
from scenarios.study.plan import needed, with_factors

DAYS, DEVELOPERS = 30, 20
CONFIG = {"horizon_days": float(DAYS), "warmup_days": 10.0}


def made_study(folder: Path, said: dict, seeds: int, effect: dict[str, float], name: str = "made") -> Path:
    """The folder ``folder``/out of the study that ``said`` describes.

    Measures are normal by seed, sd 0.1, in all arms alike, with a little more by arm, sd 0.01; in the arm ``effect``
    of the world as it is they are higher by so much.
    """
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(said, sort_keys=False))
    study, out, rng = read(str(path)), folder / "out", np.random.default_rng(4)
    rows = [(arm, guard, seed) for guard, arms in needed(study).items() for arm in arms for seed in range(1, seeds + 1)]
    points = pd.DataFrame(rows, columns=["arm", "guard", "seed"])
    points["key"] = [f"{i:020x}" for i in rng.permutation(len(points))]
    points = with_factors(study, points)
    measured = points.copy()
    for measure in study.measures:
        luck = rng.normal(0.5, 0.1, seeds)[points["seed"] - 1] + rng.normal(0, 0.01, len(points))
        measured[measure] = luck + points["arm"].map(effect).fillna(0) * (points["guard"] == "")
    out.mkdir()
    findings = decide(study.decisive, measured, {})
    write_study(
        out, study, [], seeds, points=points, measures=measured, findings=findings, solved=solved_table([]),
        crossings=cross(study.crossings, measured), attribution=attribute(study, measured),
    )  # fmt: skip
    _store(out, points, rng)
    return out


def rewrite(out: Path, name: str, table: pd.DataFrame) -> None:
    """Put ``table`` in the place of one of the study in ``out``, as if the study had written it."""
    path, record = out / f"{name}.parquet", out / "study.yaml"
    before = digest(path)
    table.to_parquet(path)
    record.write_text(record.read_text().replace(before, digest(path)))


def _store(out: Path, points: pd.DataFrame, rng: np.random.Generator) -> None:
    """Two parts, the runs in the order of their keys."""
    keys = sorted(points["key"])
    for number, held in enumerate(np.array_split(keys, 2)):
        tables = {"runs": pd.DataFrame({"key": held, "version": "1", "config": json.dumps(CONFIG)})}
        for name, make in _TABLES.items():
            tables[name] = pd.concat([make(rng).assign(key=key) for key in held])
        for name, table in tables.items():
            (out / name).mkdir(exist_ok=True)
            pq.write_table(pa.Table.from_pandas(table, preserve_index=False), out / name / f"part-{number:05d}.parquet")


def _timeline(rng: np.random.Generator) -> pd.DataFrame:
    day = np.arange(1.0, DAYS + 1)
    rate = 0.5 + 0.3 * (1 - np.exp(-day / 10)) + rng.normal(0, 0.02, DAYS)
    return pd.DataFrame({"day": day, "hhi": rng.gamma(5, 0.02, DAYS), "success_rate": rate})


def _developers(rng: np.random.Generator) -> pd.DataFrame:
    number = np.arange(DEVELOPERS)
    turns = rng.poisson(1000, DEVELOPERS)
    return pd.DataFrame({"developer": number, "tier": 1 + number * 5 // DEVELOPERS, "arrived_day": 0.0, "turns": turns})


def _models(rng: np.random.Generator) -> pd.DataFrame:
    ok = rng.poisson(800, DEVELOPERS + 1)
    return pd.DataFrame(
        {"developer": np.arange(-1, DEVELOPERS), "turns_ok": ok, "turns_failed": 100, "turns_bad_unnoticed": 100}
    )


_TABLES = {"timeline": _timeline, "developers": _developers, "models": _models}
