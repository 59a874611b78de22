"""The catalog runs: every option of every group, for three days of a small market."""

import pytest

from sim.compose import configure
from sim.config import config_folder
from sim.shell.groups import groups
from sim.simulation import simulate

SMALL = {
    "horizon_days": "3",
    "warmup_days": "1",
    "tick_s": "86400",
    "demand.rate": "600",
    "population.models": "12",
    "population.developers": "6",
    "developers.arrivals": "4",
    "gauntlet": "quick",
}
OPTIONS = [(group, option) for group, known in groups(config_folder()).items() for option in known]


@pytest.fixture(scope="module")
def trace(tmp_path_factory):
    path = tmp_path_factory.mktemp("trace") / "trace.csv"
    rows = [f"{3600 * hour},1000,100" for hour in range(72)]
    path.write_text("\n".join(["t_s,context_tokens,generated_tokens", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_every_option_runs(group, option, trace):
    choices = SMALL | {group: option} | ({"demand.path": str(trace)} if option == "trace" else {})
    result = simulate(configure(*(f"{key}={value}" for key, value in choices.items())))
    told = result.summary
    ended = told["turns_ok"] + told["turns_failed"] + told["turns_bad_unnoticed"]
    assert told["turns"] == ended + told["turns_in_flight"] > 0
    assert list(result.tables["timeline"]["day"]) == [1.0, 2.0, 3.0]
