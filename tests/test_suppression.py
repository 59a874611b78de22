"""Suppression is nothing between identical arms, and what was planted in tables made by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import analysis.measures  # noqa: F401  fills the registries
from analysis.fates import fates, traffic_days
from analysis.measure import MEASURES, TWIN_MEASURES
from analysis.run import Run
from analysis.suppression import suppressed_ideas
from tests.economies import economy as whole_economy
from tests.made_runs import CONFIG, made_ideas, made_run
from tests.runs import write_run
from tests.test_measures import names, same

REASONS = ["not chosen", "unaffordable", "expected loss", "attempt limit", "left", "open"]
FATES = [*REASONS, "not submitted", "undecided", "rejected", "sandbox", "admitted"]
OF_IDEAS = (
    "suppression_pursued", "suppression_admitted", "suppression_traffic", "option_value_forgone", "novelty_lost",
    "idea_to_traffic_delay", "late_bloomers_lost",
)  # fmt: skip


def economy(met, *, ability=0.5, strictness=0.7, **ideas):
    """A run whose ideas ``met`` their fates, on a market whose models had 1000 turns at ``ability``."""
    tables = made_ideas(met, **ideas)
    model, live = tables["ideas"]["model"], np.asarray(tables["ideas"]["live_turns"])
    made = np.flatnonzero(model >= 0)
    tables |= {
        "models": {
            "model": np.arange(len(made) + 1),
            "domain": np.zeros(len(made) + 1, int),
            "turns": np.append(np.zeros(len(made)), 1000),
            "ability": np.full(len(made) + 1, ability),
        },
        # Each model has half of its turns by day 20, the rest by day 30.
        "standings": {
            "day": np.repeat([20.0, 30.0], len(made)),
            "model": np.tile(model[made], 2),
            "attempts": np.tile(live[made] / 2, 2),
        },
        "timeline": {"strictness": np.full(3, strictness)},
    }
    return made_run(CONFIG, **tables)


def test_where_each_idea_stopped():
    run = economy(FATES)
    assert fates(run, run["ideas"]).tolist() == FATES


def test_without_enough_turns_an_idea_is_starved_of_traffic_be_it_admitted_or_not():
    run = economy(["admitted", "sandbox", "admitted"], live_turns=np.array([49, 49, 50]))
    assert fates(run, run["ideas"]).tolist() == ["starved of traffic", "starved of traffic", "admitted"]
    assert fates(run, run["ideas"], traffic=0.98).tolist() == ["admitted", "sandbox", "admitted"]


@given(st.lists(st.sampled_from(FATES), max_size=12))
def test_between_identical_arms_nothing_is_suppressed(met):
    run, twin = economy(met), economy(met)
    table = suppressed_ideas(run, twin)
    assert not table["suppressed"].any()
    assert (table["forgone"] == 0).all()
    assert (table["fate"] == table["fate_"]).all()
    for name in OF_IDEAS:
        value = TWIN_MEASURES[name].function(run, twin)
        assert value == 0 or math.isnan(value), name


@given(st.integers(1, 20), st.integers(0, 20), st.integers(0, 9), st.sampled_from(REASONS))
def test_what_was_planted_is_found(kept, lost, never, reason):
    base = economy(["admitted"] * (kept + lost) + ["not chosen"] * never, potential=0.8)
    twin = economy(["admitted"] * kept + [reason] * lost + ["not chosen"] * never, potential=0.8)
    for stage in ("pursued", "admitted", "traffic"):
        found = TWIN_MEASURES[f"suppression_{stage}"].function(base, twin)
        assert found == pytest.approx(lost / (kept + lost)), stage
    # Each had 100 turns at a potential of .8 where the twin answers at .5.
    assert TWIN_MEASURES["option_value_forgone"].function(base, twin) == pytest.approx(30 * lost)
    table = suppressed_ideas(base, twin)
    assert table["suppressed"].sum() == lost
    assert (table.loc[table["suppressed"], "fate_"] == reason).all()
    # The other way round nothing is suppressed: the baseline has all that lives in the twin.
    assert TWIN_MEASURES["suppression_traffic"].function(twin, base) == 0


def test_each_stage_of_suppression_is_told_apart():
    base = economy(["admitted"] * 4)
    twin = economy(["admitted", "sandbox", "rejected", "not chosen"])
    found = {stage: TWIN_MEASURES[f"suppression_{stage}"].function(base, twin)
             for stage in ("pursued", "traffic", "admitted")}  # fmt: skip
    assert found == {"pursued": 0.25, "traffic": 0.5, "admitted": 0.75}


def test_an_idea_that_the_market_beats_has_no_option_value():
    base, twin = economy(["admitted"], potential=0.4), economy(["not chosen"], potential=0.4)
    assert TWIN_MEASURES["option_value_forgone"].function(base, twin) == 0


@pytest.mark.parametrize("measure", ["suppression_pursued", "suppression_traffic", "suppression_admitted"])
def test_where_nothing_lived_nothing_can_be_suppressed(measure):
    assert math.isnan(TWIN_MEASURES[measure].function(economy(["open"]), economy(["admitted"])))


def test_novelty_lost_counts_ideas_far_from_their_base():
    far = np.array([2, 3, 4, 4, 1])  # of 4 bits
    base = economy(["admitted"] * 5, distance=far)
    twin = economy(["admitted", "open", "open", "open", "admitted"], distance=far)
    assert MEASURES["novelty_surviving"].function(twin) == pytest.approx(1 / 4)
    assert TWIN_MEASURES["novelty_lost"].function(base, twin) == pytest.approx(3 / 4)


def test_late_bloomers_are_the_best_that_start_below_the_bar():
    potential = np.append(np.linspace(0.3, 0.6, 9), 0.8)
    # logit .8 - .2 - .4·2/4 is the logit of .728.
    base = economy(["admitted"] * 10, potential=potential)
    for strictness, lost in ((0.72, 0), (0.74, 1)):
        twin = economy(["open"] * 10, potential=potential, strictness=strictness)
        assert TWIN_MEASURES["late_bloomers_lost"].function(base, twin) == lost


def test_time_to_traffic_is_to_the_period_in_which_enough_attempts_have_come():
    run = economy(["admitted", "open", "sandbox", "admitted"], live_turns=np.array([100, 0, 98, 10]))
    days = traffic_days(run, run["ideas"])  # half of 100 turns are there on day 20, half of 98 are not
    assert days.tolist() == [20.0, pytest.approx(math.nan, nan_ok=True), 30.0, pytest.approx(math.nan, nan_ok=True)]
    assert MEASURES["idea_to_traffic_days"].function(run) == pytest.approx(np.median([20 - 0, 30 - 2]))
    later = economy(["admitted", "open", "open", "open"], live_turns=np.array([60, 0, 0, 0]))
    assert TWIN_MEASURES["idea_to_traffic_delay"].function(run, later) == pytest.approx(10)


# ---- measures of one run ---------------------------------------------------------------------------------------------


def test_errors_of_the_gauntlet_at_a_planted_truth():
    decision = np.array(["rejected", "admitted", "sandbox", "rejected", "admitted", "admitted"], object)
    run = made_run(
        models={"model": np.arange(6), "potential": np.array([0.9, 0.9, 0.9, 0.2, 0.2, 0.5])},
        submissions={"model": np.arange(6), "decision": decision, "strictness": np.full(6, 0.5)},
    )
    assert MEASURES["false_rejections"].function(run) == pytest.approx(1 / 4)  # .5 clears a bar of .5
    assert MEASURES["false_admissions"].function(run) == pytest.approx(1 / 2)


def test_novelty_share_follows_the_lineage():
    models = {
        "kind": np.array(["founder", "experiment", "refine", "refine"], object),
        "lineage": np.array([0, 1, 1, 0]),
        "turns_after_warmup": np.array([40, 10, 30, 20]),
    }
    assert MEASURES["novelty_share"].function(made_run(models=models)) == pytest.approx(0.4)


# ---- recipes, where arms overlap enough for every measure to be defined ----------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Folders of two runs of a world of many ideas, which start low: the second has a dearer gauntlet."""
    folder = tmp_path_factory.mktemp("whole")
    keys = dict(horizon_days=60, landscape__idea_days=4, learning__gap=1.2, governance__strictness=0.6,
                governance__sandbox_strictness=0.45, router__sandbox_share=0.2)  # fmt: skip
    return (
        write_run(whole_economy(**keys), folder / "base"),
        write_run(whole_economy(**keys, gauntlet__fee=300.0), folder / "dear"),
    )


@pytest.mark.parametrize("name", OF_IDEAS)
def test_the_recipe_gives_the_measure_both_ways_and_not_always_nothing(name, whole):
    measure, found = TWIN_MEASURES[name], []
    for base, twin in (whole, whole[::-1]):
        found.append(measure.function(Run.read(base), Run.read(twin)))
        same(found[-1], eval(measure.recipe, names(base) | names(twin, "_") | {"pd": pd, "np": np}))
    assert any(value != 0 for value in found)
    assert not any(map(math.isnan, found))


def test_the_table_of_ideas_adds_up_to_the_measures(whole):
    runs = [*map(Run.read, whole)]
    table = suppressed_ideas(*runs)
    found = {name: TWIN_MEASURES[name].function(*runs) for name in OF_IDEAS}
    assert table["forgone"].sum() == pytest.approx(found["option_value_forgone"])
    assert (~table["pursued_"])[table["pursued"]].mean() == pytest.approx(found["suppression_pursued"])
    assert (~table["admitted_"])[table["admitted"]].mean() == pytest.approx(found["suppression_admitted"])
    reached = table["traffic_day"].notna()
    assert table["suppressed"].sum() / reached.sum() == pytest.approx(found["suppression_traffic"])
    assert (table["traffic_day"] > table["day"])[reached].all()
    later = (table["traffic_day_"] - table["traffic_day"]).median()
    assert later == pytest.approx(found["idea_to_traffic_delay"])
