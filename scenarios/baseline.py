"""What the default run is like over seeds: whether it lives, and its measures with their spread.

``python -m scenarios.baseline [SEEDS] > docs/baseline.md``
"""

import sys
from os import cpu_count

import numpy as np
import pandas as pd

from analysis.inference.warmup import level
from analysis.processes import spread
from analysis.study_pages.text import table
from scenarios import concentration
from sim.compose import configure

ALIVE = ("arrivals", "admissions", "rejections", "ejections", "experiments_started", "refine_started")
"""What must go on in the last third of a run."""

MEASURES = (
    "success_rate", "retry_share", "pass_5", "agreement_5", "latency_p50_s", "latency_p99_s",
    "hhi", "gini", "top1_share", "nakamoto_33", "nakamoto_51",
    "developers", "admitted", "sandbox", "arrivals", "exits", "bankruptcies",
    "submissions", "admissions", "sandboxed", "rejections", "ejections", "expiries",
    "refine_started", "fork_started", "experiments_started", "harden_started", "data_started", "experiment_share",
    "experiments_admitted", "ideas_had", "ideas_shelved", "cleanup_hours", "total_hours", "trust_friction",
    "staked", "slashed", "user_value", "developer_surplus", "treasury", "welfare",
)  # fmt: skip

SERIES = ("success_rate", "hhi", "gini", "developers", "admitted", "experiments_started", "submissions", "welfare")
"""Columns of the timeline that may settle."""

PAGE = """# The baseline

The default run (`turnstile run`): {days:g} days, {rate:,.0f} turns a day, {founders} developers at the start and
{arrivals} who arrive. It starts from a mean-field prototype and was re-tuned on the engine; every constant stands in
`conf/` with its standing (docs/constants.md), and all of those that were tuned are illustrative.

It lives where its last third still has {alive}; where nobody's
wealth is negative; and where no model has all of a day's traffic. Of {seeds} seeds, {lively} do.

{rows}

In the last third, per run:

{last}

## Does it settle?

By MSER-5 over all periods of each seed's timeline. What does not settle has no steady state to be measured: its mean
after warm-up, the first {warmup:.0f} days, is of the days from then to the end of this horizon, and those of another
may differ.

{settled}

## Concentration beside real economies

Like for like: the same number of largest entities where a source names only those, and all who hold any where it names
all. Nakamoto coefficients are at a third and at a half, as the sources' are; those above are at 33 % and 51 %. ± is one
standard deviation over seeds.

{concentration}

Where they differ, this is what differs in the settings; how much each of it matters was not tested. Traffic among the
largest is spread more evenly than OpenRouter's: users here know no brand, have no habit beyond a session and no price
to compare (all pay the posted fee), so a model's share follows its confidence^8 alone, and confidences of admitted
models lie close together. By Gini, revenue is about as unequal as emission among Bittensor's subnets, with less at the
very top; many here were admitted for part of the run only. Stake differs most: a developer chooses among a few stakes
up to S0, what is above it counts for nothing, and nobody stakes for others, so no staking pool can grow. These are
properties of the default settings, not findings: `router.proportional.alpha`, `stake.rule`, `stake.delegation` and
`economy.pricing` are there to be moved.

Each measure is defined in docs/tables.md. experiment_share is the share of projects that are experiments.

Rendered by `python -m scenarios.baseline {seeds}`.
"""


def life(seed: int, *overrides: str) -> dict:
    """One default run: its measures, and under ``last_`` what its last third had."""
    from sim.simulation import simulate

    result = simulate(configure(f"seed={seed}", *overrides))
    summary, timeline = result.summary, result.tables["timeline"]
    started = [name for name in summary if name.endswith("_started")]
    from_day = timeline["day"].iloc[-1] * 2 / 3
    late = timeline[timeline["day"] > from_day]
    standings = result.tables["standings"]
    served = standings[standings["day"] > from_day].groupby("day")["turns"]
    ledger = result.tables["ledger"]
    return {
        **{name: summary[name] for name in MEASURES if name in summary},
        "experiment_share": summary["experiments_started"] / sum(summary[name] for name in started),
        **{f"last_{name}": float(late[name].sum()) for name in ALIVE},
        "least_balance": float(ledger["balance"].min()),
        "least_wealth": float(result.tables["developers"]["wealth_end"].min()),
        **concentration.ours(result.tables),
        **{f"settled_{name}": _settled(timeline[name], timeline["day"]) for name in SERIES},
        "largest_share": float((served.max() / served.sum()).max()),
    }


def _settled(series: pd.Series, day: pd.Series) -> float:
    """The day from which on ``series`` is in a steady state; NaN where none is evident."""
    found = level(series)
    return float(day.iloc[found.start] - day.iloc[0]) if found.steady else np.nan


def lives(run: dict | pd.Series) -> bool:
    """Whether the run of ``life`` lives."""
    going_on = all(run[f"last_{name}"] > 0 for name in ALIVE)
    return bool(going_on and run["least_wealth"] >= 0 and run["least_balance"] >= 0 and run["largest_share"] < 1)


def page(runs: pd.DataFrame) -> str:
    """The page of the runs of ``life``, a row each."""
    config = configure()
    last = runs[[f"last_{name}" for name in ALIVE]].rename(columns=lambda name: name.removeprefix("last_"))
    return PAGE.format(
        days=config.horizon_days, rate=config.demand.rate, founders=config.population.developers,
        arrivals=config.developers.arrivals, seeds=len(runs), lively=sum(lives(run) for _, run in runs.iterrows()),
        alive=", ".join(ALIVE).replace("_", " "), rows=_spreads("measure", runs[list(MEASURES)]),
        last=_spreads("event", last), concentration=concentration.table(runs), warmup=config.warmup_days,
        settled=_settling(runs[[f"settled_{name}" for name in SERIES]]),
    )  # fmt: skip


def _spreads(what: str, measured: pd.DataFrame) -> str:
    """A row for each column of ``measured``, of which each is a ``what``."""
    head = (what, "mean", "standard deviation over seeds", "least", "greatest")
    held = measured.astype(float).items()
    return "\n".join(table(head, ((name, *map(_number, (x.mean(), x.std(), x.min(), x.max()))) for name, x in held)))


def _settling(days: pd.DataFrame) -> str:
    """A row for each column of ``days``, NaN where a series does not settle."""
    head = ("of each period", "seeds in which it settles", "in those, days until it does, median", "least", "greatest")
    rows = (
        (name.removeprefix("settled_"), f"{x.count()} of {len(x)}", *map(_number, (x.median(), x.min(), x.max())))
        for name, x in days.items()
    )
    return "\n".join(table(head, rows))


def _number(value: float) -> str:
    if not np.isfinite(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    seeds = range(1, 1 + int(sys.argv[1] if len(sys.argv) > 1 else 50))
    print(page(pd.DataFrame(spread(life, seeds, cpu_count()))), end="")
