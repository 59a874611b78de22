"""What becomes of failures: survival by turn, rescue, and on whom they fall."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis.measures  # noqa: F401  fills the registry
from analysis.measure import MEASURES
from analysis.measures.failures import BEARERS, stay_rate
from tests.made_runs import made_run


def value(name, run):
    return MEASURES[name].function(run)


@settings(max_examples=40)
@given(st.floats(0.05, 0.95), st.floats(0.0, 1.0))
def test_the_hazard_planted_in_geometric_sessions_is_found(goes_on, hazard):
    turn = np.arange(1, 2_000)
    share = (1 - goes_on) * goes_on ** (turn - 1)
    derailed = float(share @ (1 - (1 - hazard) ** (turn - 1)))
    assert stay_rate(goes_on, derailed) == pytest.approx(1 - hazard, abs=1e-9)


@pytest.mark.parametrize(("goes_on", "derailed"), [(0.0, 0.0), (math.nan, 0.1), (0.5, 1.0), (0.5, math.nan)])
def test_nothing_survives_where_nothing_can_be_known(goes_on, derailed):
    assert math.isnan(stay_rate(goes_on, derailed))


def test_survival_falls_geometrically():
    run = made_run(summary={"sessions": 500, "turns": 1000}, models={"attempts": [1000], "attempts_derailed": [100]})
    one = value("survival_2", run)
    # (1 - (1 - c)/(1 - d))/c with c = 1/2 and d = 1/10
    assert one == pytest.approx((1 - 0.5 / 0.9) / 0.5)
    assert value("survival_5", run) == pytest.approx(one**4)
    assert value("survival_10", run) == pytest.approx(one**9)


def test_first_failures_are_mended_by_the_same_model_by_another_or_not():
    run = made_run(models={"turns": [60, 40], "first_good": [30, 30], "self_rescued": [10, 0], "rescued": [4, 4]})
    assert value("self_rescued_share", run) == pytest.approx(10 / 40)
    assert value("rescued_share", run) == pytest.approx(8 / 40)
    assert value("unnoticed_share", made_run(summary={"turns_failed": 30, "turns_bad_unnoticed": 10})) == 0.25


@settings(max_examples=40)
@given(st.lists(st.integers(0, 10**12), min_size=8, max_size=8), st.floats(0.1, 10.0))  # micro-credits
def test_what_failures_cost_is_borne_whole_in_any_currency(costs, rate):
    columns = [name for names in BEARERS.values() for name in names]

    def shares(unit):
        table = {name: [unit * cost * 1e-6] for name, cost in zip(columns, costs, strict=True)}
        return [value(f"borne_by_{bearer}", made_run(incidence=table)) for bearer in BEARERS]

    if sum(costs) > 0:
        assert sum(shares(1.0)) == pytest.approx(1.0)
        assert shares(rate) == pytest.approx(shares(1.0))
    else:
        assert np.isnan(shares(1.0)).all()
