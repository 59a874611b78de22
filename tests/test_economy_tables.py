"""The documented formulas of the economy give the numbers of a run in which something of everything happens."""

import numpy as np
import pandas as pd
import pytest

from analysis import columns
from sim.compose import configure
from sim.output.tables import arrow
from sim.simulation import simulate
from tests.economies import economy

CONFIG = configure(
    "horizon_days=40", "demand.rate=2000", "demand.tolerance=3", "evidence.audit=0.5", "retry.payer=network",
    "population.developers=12", "population.models=12", "developers.arrivals=12", "developers.rehearsals=[0,2]",
    "developers.stakes=[0,0.5]", "developers.cleanup.hours=[0,8]", "developers.cleanup.study=[0,8]",
    "developers.endowment.wealth=4000", "developers.endowment.outside=80", "stake.delegation.supply=20000",
    "stake.exposure=[ejection,rejection,expiry]", "economy.cut=0.1", "economy.treasury=0", "governance.strictness=0.58",
    "governance.sandbox_strictness=0.45", "governance.sandbox_days=8", "governance.immunity_days=0",
    "governance.hysteresis=0", "governance.grant=0.5", "governance.amnesty=1",
)  # fmt: skip
STOCKS = ["developers", "sandbox", "admitted", "staked", "delegated", "treasury_held", "wealth", "strictness"]
ACTIVITIES = ["refine", "experiment", "harden", "data", "cleanup", "study", "rehearse", "wait"]


@pytest.fixture(scope="module")
def run():
    return simulate(CONFIG)


@pytest.fixture(scope="module")
def summary(run):
    return run.summary


@pytest.fixture(scope="module")
def tables(run):
    return run.tables


def test_every_column_is_documented_in_its_order(run):
    found = {name: list(frame.columns) for name, frame in run.tables.items()} | {"summary": list(run.summary)}
    assert found == {name: columns.columns(name) for name in columns.documents() if name != "attempts"}


def test_the_run_has_something_of_everything(summary, tables):
    for key in ("exits", "bankruptcies", "ejections", "expiries", "rejections", "sandboxed", "admissions", "grants",
                "slashed", "departures", "house_turns", "costaker_surplus", "retry_cost_credits", "ideas_shelved",
                *(f"{name}_hours" for name in ACTIVITIES)):  # fmt: skip
        assert summary[key] > 0, key
    assert {"admitted", "retired", "rejected", "house"} <= set(tables["models"]["status"])
    assert {"not chosen", "open"} <= set(tables["ideas"]["shelved_reason"].dropna())


def test_what_is_counted_by_period_adds_up_to_the_summary_and_stocks_are_those_of_the_end(summary, tables):
    timeline, apart = tables["timeline"], {"trust_friction"}
    assert set(STOCKS) | apart < columns.documents()["summary"]["columns"].keys()
    for key in columns.columns("summary")[columns.columns("summary").index("developers") :]:
        if key in STOCKS:
            assert timeline[key].iloc[-1] == summary[key], key
        elif key not in apart:
            assert timeline[key].sum() == pytest.approx(summary[key]), key


def test_developers_add_up(summary, tables):
    developers = tables["developers"]
    for activity in ACTIVITIES:
        assert developers[f"hours_{activity}"].sum() == pytest.approx(summary[f"{activity}_hours"]), activity
    assert summary["total_hours"] == pytest.approx(sum(summary[f"{a}_hours"] for a in ACTIVITIES))
    assert summary["building_hours"] == pytest.approx(sum(summary[f"{a}_hours"] for a in ACTIVITIES[:4]))
    for kind in ("refine", "fork", "harden", "data"):
        assert developers[f"started_{kind}"].sum() == summary[f"{kind}_started"], kind
    assert developers["started_experiment"].sum() == summary["experiments_started"]
    for key in ("submissions", "admissions", "revenue"):
        assert developers[key].sum() == pytest.approx(summary[key]), key
    assert developers["slashed"].sum() == pytest.approx(tables["models"]["slashed"].sum())
    assert developers["turns"].sum() + summary["house_turns"] == summary["turns"]
    here = developers["arrived_day"].notna()
    assert here.sum() == summary["arrivals"]
    assert (here & developers["left_day"].isna()).sum() == summary["developers"]
    reasons = developers["left_reason"].value_counts()
    assert (reasons["outside option"], reasons["bankrupt"]) == (summary["exits"], summary["bankruptcies"])
    assert developers["wealth_end"].sum() == pytest.approx(summary["wealth"])
    rank = developers["wealth_start"].rank(method="first") - 1
    assert developers["tier"].tolist() == (1 + rank * 5 // len(developers)).astype(int).tolist()


def test_models_add_up(summary, tables):
    models, developers = tables["models"], tables["developers"]
    owned = models[models["developer"] >= 0]
    assert owned.groupby("developer").size().to_dict() == developers.set_index("developer")["models"][
        lambda n: n > 0
    ].to_dict()  # fmt: skip
    status = models["status"].value_counts()
    for key in ("admitted", "sandbox"):
        assert status.get(key, 0) == summary[key]
    assert models["stake"].sum() == pytest.approx(summary["staked"])
    assert models["slashed"].sum() > 0 and models["delegated_slashed"].sum() > 0
    assert models["slashed"].sum() + models["delegated_slashed"].sum() == pytest.approx(summary["slashed"])
    assert models["revenue"].sum() == pytest.approx(summary["revenue"])
    assert tables["flows"]["revenue"].sum() == pytest.approx(summary["revenue"])
    served = models["attempts_good"] + models["attempts_bad"]
    fresh = models["kind"].isin(["founder", "experiment"])
    assert (models["live_turns"] == served)[fresh].all()
    assert (models["live_turns"] >= served)[~fresh].all()
    made = models["kind"] != "founder"
    assert made.sum() == (status.get("in_gauntlet", 0) + summary["submissions"])
    assert (models.loc[~made, "born_day"] == 0).all()
    assert (models["admitted_day"].notna() | (models["status"] != "admitted")).all()
    np.testing.assert_allclose(models["agreement_5"], models["pass_5"] * (1 - models["drift"]) ** 5)


def test_revenue_is_the_fee_less_the_cuts(tables):
    models = tables["models"]
    most = models["turns_ok"] * CONFIG.economy.fee * (1 - CONFIG.economy.cut)
    owned = models["developer"] >= 0
    assert (models.loc[~owned, "revenue"] == 0).all()
    # Co-stakers delegate to some models at some ticks; a cut is rounded to a micro-credit at every tick.
    assert (models["revenue"] <= most + 1e-4)[owned].all()
    assert (models["revenue"] >= most * (1 - CONFIG.stake.delegation.cut) - 1e-4)[owned].all()
    never = owned & models["admitted_day"].isna() & (models["status"] != "sandbox") & (models["turns_ok"] == 0)
    assert (models.loc[never, "revenue"] == 0).all()


def test_decisions_follow_from_confidence(summary, tables):
    rows, models = tables["submissions"], tables["models"]
    assert rows["submission"].tolist() == list(range(summary["submissions"]))
    assert rows["day"].is_monotonic_increasing
    θ, low = rows["strictness"], CONFIG.governance.sandbox_strictness
    C = rows["admission_confidence"]
    expected = np.where(θ <= C, "admitted", np.where(low <= C, "sandbox", "rejected"))
    assert rows["decision"].tolist() == expected.tolist()
    for decision, key in (("admitted", "admissions"), ("sandbox", "sandboxed"), ("rejected", "rejections")):
        assert (rows["decision"] == decision).sum() == summary[key]
    assert (rows["admission_confidence"] >= rows["confidence"] - 1e-9).all()  # pseudo-counts only lift
    theirs = models.loc[rows["model"]].reset_index(drop=True)
    for column in ("developer", "kind", "cleanup_hours"):
        assert theirs[column].tolist() == rows[column].tolist(), column
    assert (theirs["born_day"] <= rows["day"] - rows["waited_days"] - CONFIG.gauntlet.days + 1e-9).all()
    waiting = summary["fees"] + summary["grants"] - rows["fee"].sum()
    assert waiting == pytest.approx((models["status"] == "in_gauntlet").sum() * CONFIG.gauntlet.fee)


def test_fates_of_ideas(summary, tables):
    ideas, models, rows = tables["ideas"], tables["models"], tables["submissions"]
    pursued, reason = ideas["pursued_day"].notna(), ideas["shelved_reason"]
    assert (reason.isna() == pursued).all()  # nobody is barred here
    assert pursued.sum() == summary["experiments_started"]
    assert reason.isin(["not chosen", "expected loss", "unaffordable", "left"]).sum() == summary["ideas_shelved"]
    assert (reason.isna() | reason.isin(["not chosen", "expected loss", "unaffordable", "left", "open"])).all()
    assert (tables["timeline"]["ideas_shelved"] >= 0).all()  # what was shelved stays so
    assert len(ideas) == summary["ideas_had"]
    assert (ideas["submitted_day"].dropna() >= ideas["pursued_day"][ideas["submitted_day"].notna()]).all()
    decided = rows[rows["kind"] == "experiment"]
    assert len(decided) == summary["experiments_submitted"]
    assert ideas["ability_end"].notna().sum() == len(decided)
    assert ideas["admitted_day"].notna().sum() == summary["experiments_admitted"]
    made = models.loc[decided["model"]]
    for column, theirs in (("live_turns", "live_turns"), ("ability_end", "ability")):
        found = ideas.loc[ideas["ability_end"].notna(), column]
        assert sorted(found) == sorted(made[theirs]), column
    assert ideas["distance"].between(0, CONFIG.landscape.n).all()
    found = ideas[ideas["model"] >= 0]
    assert found["model"].tolist() == ideas.loc[ideas["ability_end"].notna(), "model"].tolist()
    theirs = models.loc[found["model"]]
    assert (theirs["kind"] == "experiment").all()
    for column in ("developer", "domain", "live_turns"):
        assert theirs[column].tolist() == found[column].tolist(), column


def test_positions_move_as_what_made_the_model_moves_them(tables):
    models = tables["models"]
    position = models["position"].to_numpy()
    assert (position[models["developer"] >= 0] >= 0).all()
    assert (position[models["developer"] >= 0] < 2**CONFIG.landscape.n).all()
    assert (position[models["developer"] < 0] == -1).all()
    for kinds, bits in ((["refine", "fork"], 1), (["harden", "data"], 0)):
        made = models[models["kind"].isin(kinds)]
        assert len(made)
        assert (np.bitwise_count(position[made["model"]] ^ position[made["parent"]]) == bits).all(), kinds


def test_balances_add_up_to_what_was_minted(summary, tables):
    ledger, timeline = tables["ledger"], tables["timeline"]
    by_day = ledger.groupby("day")["balance"].sum()
    np.testing.assert_allclose(by_day, timeline["minted"].cumsum())
    assert (ledger["balance"] >= 0).all()
    held = ledger.pivot(index="day", columns="account", values="balance")
    np.testing.assert_allclose(held["wallets"], timeline["wealth"])
    np.testing.assert_allclose(held["stakes"], timeline["staked"])
    np.testing.assert_allclose(held["delegated"], timeline["delegated"])
    np.testing.assert_allclose(held["treasury"] + held["fees"], timeline["treasury_held"])
    np.testing.assert_allclose(held["burned"], timeline["burned"].cumsum())
    days = np.diff(timeline["day"], prepend=0.0)
    assert summary["burned"] == pytest.approx(summary["slashed"])
    assert summary["staked_days"] == pytest.approx((timeline["staked"] * days).sum())


def test_welfare_adds_up(summary, tables):
    parts = ["user_value", "developer_surplus", "treasury", "costaker_surplus"]
    for row in (summary, *tables["timeline"].to_dict("records")):
        assert row["welfare"] == pytest.approx(sum(row[part] for part in parts))
    held = tables["ledger"].pivot(index="day", columns="account", values="balance").iloc[-1]
    assert summary["treasury"] == pytest.approx(summary["treasury_held"])  # it began with nothing
    assert summary["costaker_surplus"] == pytest.approx(
        held["costakers"] + held["delegated"] - CONFIG.stake.delegation.supply
    )


def test_what_users_get_and_pay(summary, tables):
    e, models = CONFIG.economy, tables["models"]
    paid = e.fee * models["turns_ok"].sum()  # retries are the network's affair here
    without_delay = e.value * summary["value_of_answers"] - e.bad_cost * summary["turns_bad_unnoticed"]
    without_delay -= e.churn_cost * summary["departures"] + paid
    hours = (without_delay - summary["user_value"]) / e.delay_cost
    assert 0 < hours / ((summary["turns_ok"] + summary["turns_bad_unnoticed"]) / 3600) < summary["latency_p99_s"]


def test_friction_of_trust(summary):
    hour = CONFIG.projects.refine.cost / CONFIG.developers.endowment.hours
    proving = hour * (summary["total_hours"] - summary["building_hours"]) + summary["rehearsal_cost"] + summary["fees"]
    proving += CONFIG.economy.interest / 365 * summary["staked_days"]
    building = hour * summary["building_hours"] + summary["project_cost"]
    assert summary["trust_friction"] == pytest.approx(proving / building)


def test_what_is_burned_of_a_stake_counts_whatever_the_rule():
    result = simulate(
        configure(
            "horizon_days=8", "demand.rate=1000", "population.developers=9", "population.models=9",
            "developers.arrivals=0", "developers.stakes=[0.5]", "stake.slashing=numerai", "economy.treasury=0",
        )
    )  # fmt: skip
    assert result.summary["slashed"] > 0
    assert result.tables["models"]["slashed"].sum() == pytest.approx(result.summary["slashed"])


def test_where_nobody_decides_the_columns_are_the_same_and_nothing_is_tried():
    result = simulate(configure("developers=none", "horizon_days=1", "demand.rate=500"))
    found = {name: list(frame.columns) for name, frame in result.tables.items()}
    assert found == {name: columns.columns(name) for name in found}
    assert list(result.summary) == columns.columns("summary")
    assert result.tables["ideas"]["pursued_day"].isna().all()
    assert result.tables["submissions"].empty
    assert pd.isna(result.summary["trust_friction"])


def test_incidence_counts_each_failure_where_the_models_have_it(tables):
    fell, models = tables["incidence"], tables["models"]
    assert (fell["model"] == models["model"]).all()
    for name in ("turns_failed", "turns_bad_unnoticed", "rescued"):
        assert (fell[name] == models[name]).all()
    assert fell["developer_slashed"].sum() == pytest.approx(models["slashed"].sum())
    assert fell["costakers_slashed"].sum() == pytest.approx(models["delegated_slashed"].sum())
    paid = fell[["developer_retries", "users_retries", "network_retries"]]
    assert paid.sum(axis=1).to_numpy() == pytest.approx(models["retry_cost"].to_numpy())
    assert (paid > 0).any().sum() == 1  # one payer


class TestReasons:
    """Each reason for which an idea comes to nothing, in an economy in which it must be met."""

    @staticmethod
    def reasons(**keys):
        return simulate(economy(**keys)).tables["ideas"]["shelved_reason"].value_counts()

    def test_a_project_that_pays_nothing_is_an_expected_loss(self):
        paid = self.reasons(developers__noise=0.0)
        unpaid = self.reasons(developers__noise=0.0, projects__experiment__cost=1e6)
        assert unpaid.get("expected loss", 0) > paid.get("expected loss", 0)
        assert unpaid.get("not chosen", 0) < paid.get("not chosen", 0)

    def test_one_attempt_a_run_bars_what_is_built_afterwards(self):
        once = {"gauntlet__attempts": 1, "gauntlet__attempt_days": 1000.0}
        assert self.reasons(**once, developers__policy="random")["attempt limit"] > 0
        assert "attempt limit" not in self.reasons(gauntlet__attempts=0, developers__policy="random")
        assert "attempt limit" not in self.reasons(**once, developers__noise=0.0)  # who looks ahead does not build it

    def test_who_wants_what_nobody_can_pay_cannot_afford_it(self):
        often = {"developers__policy": "random", "landscape__idea_days": 4.0, "developers__endowment__wealth": 5000.0}
        assert self.reasons(**often, projects__experiment__cost=2000.0)["unaffordable"] > 0
        assert "unaffordable" not in self.reasons(**often | {"developers__endowment__wealth": 1e7})


def test_tables_have_the_same_types_where_nothing_happens():
    still, lively = (
        {name: arrow(table, name).schema for name, table in simulate(economy(**keys)).tables.items()}
        for keys in ({"horizon_days": 2, "warmup_days": 0, "landscape__idea_days": 1e4}, {})
    )
    assert still == lively
