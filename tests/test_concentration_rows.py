"""The figures of real economies: the page of the baseline quotes the data, and the indices give what the data state."""

import csv

import numpy as np
import pandas as pd
import pytest

from analysis import indices
from scenarios.concentration import REAL
from tests.demands import real_data

BITTENSOR, CARDANO = "concentration_bittensor_subnets_2026-04-11.csv", "concentration_cardano_pools_2023-02-07.csv"
SUBNETS = "Bittensor subnets (netuid>0)"
ROWS = {
    f"{SUBNETS} emission_tao_day": (BITTENSOR, "emission_tao_day"),
    f"{SUBNETS} market_cap_tao": (BITTENSOR, "market_cap_tao"),
    f"{SUBNETS} tau_in": (BITTENSOR, "tau_in"),
    "Cardano stake pools (pools with relay IPs seen)": (CARDANO, "stake_ada"),
}
"""Economy → the rows that its figures were computed from; netuid 0 is the root, no subnet."""


def test_quoted_rows_are_those_of_the_data():
    columns = ("date", "n", "gini", "hhi", "top1", "nakamoto33", "nakamoto51")
    with open(real_data("concentration_stats.csv"), encoding="utf-8", newline="") as file:
        rows = {(row["economy"], row["date"]): row for row in csv.DictReader(file)}
    for name, (date, *values) in REAL.items():
        row = rows[name, date]
        assert [float(row[column]) for column in columns[1:]] == values


@pytest.mark.parametrize("name", ROWS)
def test_the_same_numbers_from_the_same_rows(name):
    file, column = ROWS[name]
    rows = pd.read_csv(real_data(file))
    amounts = rows.loc[rows["netuid"] > 0, column] if "netuid" in rows else rows[column]
    x = amounts[amounts > 0].to_numpy(float)  # as the data's README says: of positive holders
    stated = pd.read_csv(real_data("concentration_stats.csv")).set_index("economy").loc[name]
    percent, tenth = (-(-len(x) // parts) for parts in (100, 10))
    found = {
        "n": len(x),
        "gini": round(indices.gini(x), 4),
        "hhi": round(indices.hhi(x), 4),
        "eff_n": round(indices.hill(x, 2), 1),
        "top1": round(indices.cr(x, 1), 4),
        "top5": round(indices.cr(x, 5), 4),
        "top10": round(indices.cr(x, 10), 4),
        "top1pct": round(indices.cr(x, percent), 4),
        "top10pct": round(indices.cr(x, tenth), 4),
        "nakamoto33": indices.nakamoto(x, 1 / 3),  # a third and a half: what a consensus needs, not 33 and 51 %
        "nakamoto51": indices.nakamoto(x, 1 / 2),
    }
    # tolerance: the files hold rounded amounts, so the last digit may differ
    np.testing.assert_allclose([*found.values()], stated[[*found]].to_numpy(float), rtol=0, atol=1.01e-4)
