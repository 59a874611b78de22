"""What developers dare, what it costs, and what evaluations see, of runs made by hand."""

import math

import numpy as np
import pytest

import analysis.measures  # noqa: F401  fills the registry
from analysis.measure import MEASURES, TWIN_MEASURES
from tests.made_runs import CONFIG, made_run

NAN = math.nan


def value(name, run):
    return MEASURES[name].function(run)


def developers(**columns):
    """Five developers, one a tier, of whom the last arrived on day 5; the first left on day 4."""
    kinds = ("refine", "fork", "experiment", "harden", "data")
    hours = ("refine", "experiment", "harden", "data", "cleanup", "study", "rehearse", "wait")
    table = {f"started_{kind}": [1] * 5 for kind in kinds} | {f"hours_{kind}": [10.0] * 5 for kind in hours}
    return table | {
        "developer": np.arange(5), "tier": np.arange(1, 6), "arrived_day": [0.0, 0, 0, 0, 5],
        "left_day": [4.0, NAN, NAN, NAN, NAN], "submissions": [5, 4, 3, 2, 1],
        "turns_after_warmup": [50, 40, 30, 10, 20],
    } | columns  # fmt: skip


DAYS = {"day": np.arange(1.0, 10.0)}


def test_shares_of_projects_by_whom():
    run = made_run(developers=developers(started_experiment=[4, 1, 1, 1, 0]))
    assert value("experiment_share", run) == 7 / 27
    assert value("experiment_share_poorest", run) == 4 / 8
    assert value("experiment_share_richest", run) == 0
    assert value("experiment_share_incumbents", run) == 7 / 23
    assert value("experiment_share_entrants", run) == 0
    assert value("harden_share", run) == 5 / 27


def test_experiments_by_the_year_that_developers_were_there():
    summary = {"experiments_started": 3, "experiments_admitted": 2}
    run = made_run(developers=developers(), timeline=DAYS, summary=summary)
    assert value("experiment_rate", run) == pytest.approx(365 * 3 / (4 + 9 * 3 + 4))
    assert value("experiments_admitted_share", run) == 2 / 3


def test_experiments_admitted_by_whom():
    models = {"developer": [-1, 0, 0, 0, 3, 4], "kind": ["founder"] + ["experiment"] * 3 + ["fork", "experiment"],
              "admitted_day": [0.0, 3.0, NAN, 5.0, 5.0, 8.0]}  # fmt: skip
    run = made_run(developers=developers(started_experiment=[4, 1, 1, 1, 1]), models=models)
    assert value("experiments_admitted_share_poorest", run) == 2 / 4
    assert value("experiments_admitted_share_richest", run) == 1
    assert value("experiments_admitted_share_incumbents", run) == 2 / 7
    assert value("experiments_admitted_share_entrants", run) == 1


def test_late_experiments_are_those_of_the_last_third():
    begun = {f"{kind}_started": np.ones(9) for kind in ("refine", "fork", "harden", "data")}
    run = made_run(timeline=DAYS | begun | {"experiments_started": [9, 9, 9, 9, 9, 9, 0, 4, 0]})
    assert value("experiment_share_late", run) == 4 / 16


def test_who_left_or_stopped_no_longer_experiments():
    ideas = {"developer": [0, 1, 2, 3], "pursued_day": [8.0, 8.0, 2.0, NAN]}
    assert value("still_experimenting", made_run(developers=developers(), ideas=ideas, timeline=DAYS)) == 1 / 5


def test_shares_of_hours():
    run = made_run(developers=developers(hours_cleanup=[50.0] * 5))
    assert value("defensive_share", run) == pytest.approx(90 / 120)
    assert value("polish_share", run) == pytest.approx(60 / 120)


def test_best_ideas_without_traffic():
    ideas = {"potential": np.arange(20) / 20, "live_turns": [0] * 19 + [50]}
    assert value("best_ideas_unrouted", made_run(ideas=ideas)) == 0.5


def test_traffic_follows_pace_or_survival():
    models = {"developer": np.arange(5), "turns_after_warmup": [50, 40, 30, 10, 20],
              "pass_5": [0.1, 0.2, 0.3, 0.5, 0.4], "potential": [0.8] * 5, "ability": [0.6] * 5}  # fmt: skip
    run = made_run(developers=developers(), models=models, timeline=DAYS)
    assert value("traffic_by_pace", run) == pytest.approx(1)
    assert value("traffic_by_survival", run) == pytest.approx(-1)
    assert value("potential_reached", run) == pytest.approx(0.75)


def test_costs_add_up_and_each_is_its_own():
    summary = {
        "building_hours": 8, "cleanup_hours": 4, "study_hours": 0, "rehearse_hours": 2, "wait_hours": 0,
        "project_cost": 100, "rehearsal_cost": 50, "fees": 30, "staked_days": 3650, "slashed": 10, "slot_days_used": 20,
        "value_of_answers": 200.0, "user_value": 100.0, "turns_ok": 150,
    }  # fmt: skip
    config = CONFIG | {
        "projects": {"refine": {"cost": 40}}, "economy": {"interest": 0.1, "slot_rent": 2.0, "value": 2.0},
        "developers": {"endowment": {"hours": 8}},
    }  # fmt: skip
    run = made_run(config=config, summary=summary)
    credits = {"building": 40, "compute": 100, "cleanup": 20, "proving": 60, "fees": 30, "stake": 11, "serving": 40}
    for part, each in credits.items():
        assert value(f"cost_share.{part}", run) == pytest.approx(each / sum(credits.values()))
    assert value("user_cost_per_success", run) == pytest.approx(2.0)


def test_scores_above_ability_are_inflated():
    models = {"ability": [0.5, 0.6, 0.7]}
    submissions = {"model": [0, 1, 2], "score": [0.6, 0.6, 0.9], "kind": np.array(["data", "refine", "data"]),
                   "decision": np.array(["admitted", "sandbox", "rejected"])}  # fmt: skip
    run = made_run(models=models, submissions=submissions)
    assert value("score_inflation", run) == pytest.approx(0.05)
    assert value("score_inflation_data", run) == pytest.approx(0.1)
    assert value("ability_data", run) == pytest.approx(0.6)
    assert value("score_data", run) == pytest.approx(0.75)


def test_a_version_collapses_that_keeps_less_though_it_is_as_able():
    models = {"parent": [-1, 0, 0, 0], "ability": [0.6, 0.6, 0.6, 0.4], "agreement_5": [0.5, 0.5, 0.3, 0.1],
              "derail_hazard": [0.0, 0.01, 0.0, 0.0]}  # fmt: skip
    assert value("collapsed_versions", made_run(models=models)) == 0.5


def test_a_version_survives_a_conversation_turn_by_turn():
    config = CONFIG | {"gauntlet": {"context_share": 0.25}, "response": {"gamma": 1.0}}
    models = {"parent": [-1, 0, 0, 0], "ability": [0.6, 0.6, 0.6, 0.4], "derail_hazard": [0.0, 0.4, 0.0, 1.0]}
    run = made_run(config, models=models)
    assert value("version_survival.2", run) == pytest.approx((0.9 + 1 + 0.75) / 3)
    assert value("version_survival.3", run) == pytest.approx((0.9 * 0.8 + 1 + 0.75 * 0.5) / 3)
    assert value("version_survival.5", run) == pytest.approx((0.9 * 0.8 * 0.7 * 0.6 + 1 + 0) / 3)
    assert [value(f"collapsed_by_turn.{k}", run) for k in (2, 3)] == [0.0, 0.5]  # the last is less able by itself


def test_the_same_developer_is_compared_with_itself():
    names = [f"hours_{name}" for name in ("refine", "experiment", "harden", "data", "study", "rehearse", "wait")]
    run, twin = (
        made_run(developers={name: np.zeros(3) for name in names} | {"hours_refine": refine, "hours_cleanup": cleanup})
        for refine, cleanup in (([90, 50, 0], [10, 50, 0]), ([80, 10, 9], [20, 90, 0]))
    )
    change = TWIN_MEASURES["cleanup_of_the_same"].function
    assert change(run, twin) == pytest.approx((0.1 + 0.4) / 2)  # the third booked no hour in the one
    assert change(run, run) == 0


def days(*good, worth=1.0):
    """A run of as many days, of 100 ended turns each, whose first is warm-up."""
    good = np.array(good)
    timeline = {"day": np.arange(1.0, len(good) + 1), "turns_ok": good, "turns_failed": 90 - good,
                "turns_bad_unnoticed": np.full(len(good), 10), "value_of_answers": worth * good}  # fmt: skip
    known = CONFIG | {"warmup_days": 1.0, "population": {"brilliance": 1.0}}
    return made_run(known, summary={"success_rate": 0.5}, timeline=timeline)


def test_bad_days_cost_what_the_mean_is_above_them():
    assert value("stress_loss", days(0, 60, 60, 60, 40)) == pytest.approx(0.55 - 0.4)
    assert value("stress_loss", days(0, 60, 60)) == 0
    assert value("stress_loss", days(0, *[60] * 19, 10)) == pytest.approx(0.575 - 0.35)  # of 20 the worst two
    assert math.isnan(value("stress_loss", days(0)))


def test_worth_swings_from_day_to_day_and_from_turn_to_turn():
    assert value("value_swing", days(0, 40, 60, worth=7)) == pytest.approx(math.sqrt(0.02) / 0.5)
    assert value("value_swing", days(0, 50, 50)) == 0
    assert math.isnan(value("value_swing", days(0, 50)))
    assert value("value_variance", days(0, 50)) == pytest.approx(0.5 * math.e**2 - 0.25 * math.e)


def test_a_score_tells_worth_by_rank():
    models = {
        "developer": [-1, 0, 1, 2], "kind": np.array(["house"] + ["founder"] * 3), "turns": [9, 10, 10, 10],
        "attempts": [9, 10, 10, 10], "attempts_derailed": [0, 3, 2, 1], "attempts_timeout": [0, 0, 1, 2],
        "attempts_rejected": [0, 0, 0, 0], "attempts_good": [9, 5, 6, 7], "first_good": [9, 5, 6, 7],
        "demo_score": [0, 0.9, 0.8, 0.7], "pass_5": [0, 0.1, 0.2, 0.3], "value": [9.0, 5, 6, 7],
        "revenue": [0.0, 0.1, 6, 7],
    }  # fmt: skip
    run = made_run(models=models, summary={"value_of_answers": 54.0})
    worth = {"demo": -1, "pass_5": 1, "turns": 1, "load": -1, "retry": 1}
    for score, rho in worth.items():
        assert value(f"worth_by.{score}", run) == pytest.approx(rho)
    assert value("demo_stars_unpaid", run) == 1
    assert value("value_per_answer", run) == 2
