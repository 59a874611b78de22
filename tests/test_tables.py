"""Every column is documented, and the documented formulas give the numbers of a run."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import columns
from analysis.numbers import by_unit
from analysis.tables_page import render
from tests.configs import config
from tests.runs import write_run

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"
TICK_S, WARMUP_DAYS = 1800.0, 0.05
CONFIG = config(
    horizon_days=0.26, warmup_days=WARMUP_DAYS, tick_s=TICK_S, retry__target="fresh", governance__strictness=0.25,
    population__slots=1, service__queue_limit=20, demand__tolerance=3.0, evidence__audit=0.5, output__attempts=True,
)  # fmt: skip
FIRST_SETTLED_S = np.ceil(WARMUP_DAYS * 86400 / TICK_S) * TICK_S  # beginning of the first window after warm-up


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_run(CONFIG, tmp_path_factory.mktemp("tables") / "run")


@pytest.fixture(scope="module")
def summary(folder):
    return json.loads((folder / "summary.json").read_text())


@pytest.fixture(scope="module")
def tables(folder):
    return {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}


@pytest.fixture(scope="module")
def turns(tables):
    """One row per turn of the attempt log that has ended: its symbols A, E, n, m_1, m_n, o_1, o_n."""
    log = tables["attempts"].sort_values(["session", "turn", "attempt"])
    held = log.groupby(["session", "turn"])
    found = held.agg(A=("started", "first"), E=("ended", "last"), n=("attempt", "last"), m_1=("model", "first"),
                     m_n=("model", "last"), o_1=("outcome", "first"), o_n=("outcome", "last"))  # fmt: skip
    return found[["A", "E", "n", "m_1", "m_n"]].assign(o_1=found["o_1"].astype(str), o_n=found["o_n"].astype(str))


def per_model(tables, models):
    """How often each model occurs in ``models``, in the order of the models table."""
    return np.bincount(models, minlength=len(tables["models"]))


def test_every_column_is_documented_in_its_order_and_every_documented_column_exists(tables, summary):
    found = {name: list(frame.columns) for name, frame in tables.items()} | {"summary": list(summary)}
    assert found == {name: columns.columns(name) for name in columns.documents()}


def test_the_page_is_what_the_columns_render_to():
    assert PAGE.read_text(encoding="utf-8") == render(), "python -m analysis.tables_page > docs/tables.md"


def test_every_column_has_a_unit_and_fits_in_a_cell():
    for name in columns.documents():
        for column in columns.columns(name):
            assert columns.unit(name, column) in {*by_unit(), "word", "yes or no"}
    assert all(line.count("|") in (0, 3, 4) for line in columns.render().splitlines())


def test_the_run_has_something_of_everything(summary, tables):
    assert min(summary[key] for key in ("turns_ok", "turns_failed", "turns_bad_unnoticed", "departures")) > 0
    models = tables["models"]
    assert (models[["self_rescued", "rescued", "attempts_timeout", "attempts_rejected"]].sum() > 0).sum() >= 2
    assert models["admitted_day"].notna().any()


def test_turns_are_conserved(summary, tables):
    ended = summary["turns_ok"] + summary["turns_failed"] + summary["turns_bad_unnoticed"]
    assert summary["turns"] == ended + summary["turns_in_flight"]
    assert summary["success_rate"] == summary["turns_ok"] / ended
    assert summary["retry_share"] == (summary["attempts"] - summary["turns"]) / summary["attempts"]
    models = tables["models"]
    outcomes = models[["attempts_good", "attempts_bad", "attempts_timeout", "attempts_rejected"]].sum(axis=1)
    assert 0 <= (models["attempts"] - outcomes).sum() <= summary["turns_in_flight"]


@pytest.mark.parametrize("name", ["timeline", "models", "developers", "flows"])
def test_counts_of_the_summary_are_sums_over_every_table(name, summary, tables):
    models = tables["models"]
    house = models[models["developer"] < 0]
    assert house["turns"].sum() == summary["house_turns"]
    for key in {"sessions", "turns", "attempts", "turns_ok", "turns_failed", "turns_bad_unnoticed", "departures"}:
        if key in tables[name]:
            apart = house[key].sum() if name == "developers" else 0  # the house is no developer
            assert tables[name][key].sum() + apart == summary[key], key


def test_the_summary_weighs_models_by_their_turns_after_warmup(summary, tables):
    models = tables["models"]
    for key in ("pass_5", "agreement_5"):
        assert summary[key] == pytest.approx(np.average(models[key], weights=models["turns_after_warmup"]))
    np.testing.assert_allclose(models["agreement_5"], models["pass_5"] * (1 - models["drift"]) ** 5)
    assert summary["value_of_answers"] == pytest.approx(models["value"].sum())
    assert summary["retry_cost_credits"] == pytest.approx(models["retry_cost"].sum())
    for key in ("slot_days_used", "slot_days_wasted", "value_of_answers", "retry_cost_credits"):
        assert summary[key] == pytest.approx(tables["timeline"][key].sum())


def test_concentration_from_the_developers_table(summary, tables):
    developers = tables["developers"]
    x = np.sort(developers.loc[developers["developer"] >= 0, "turns_after_warmup"].to_numpy(float))
    K, share = len(x), x / x.sum()
    assert CONFIG.population.developers == K
    assert summary["hhi"] == pytest.approx((share**2).sum())
    assert summary["gini"] == pytest.approx(np.abs(x[:, None] - x).mean() / (2 * x.mean()))
    assert summary["top1_share"] == pytest.approx(share.max())
    for percent in (33, 51):
        few = summary[f"nakamoto_{percent}"]
        assert share[K - few :].sum() > percent / 100 >= share[K - few + 1 :].sum()


def test_latency_quantiles_from_the_latency_table(summary, tables):
    bins = tables["latency"]
    for percent in (50, 99):
        value = summary[f"latency_p{percent}_s"]
        inside = ((value - bins["latency_low_s"]) / (bins["latency_high_s"] - bins["latency_low_s"])).clip(0, 1)
        assert (inside * bins["turns"]).sum() == pytest.approx(percent / 100 * bins["turns"].sum())


def test_the_latency_table_counts_the_turns_of_the_attempt_log(turns, tables):
    answered = turns[turns["o_n"].isin(["good", "unnoticed"]) & (turns["E"] >= FIRST_SETTLED_S)]
    bins = tables["latency"]
    L = np.sort(answered["E"] - answered["A"])
    found = np.searchsorted(L, bins["latency_high_s"]) - np.searchsorted(L, bins["latency_low_s"])
    assert found.tolist() == bins["turns"].tolist()
    assert len(L) == bins["turns"].sum()


def test_the_models_table_counts_the_turns_and_attempts_of_the_log(turns, tables):
    models, log = tables["models"], tables["attempts"]
    ok, answered = turns["o_n"] == "good", turns["o_n"].isin(["good", "unnoticed"])
    # A turn in flight may have logged attempts whose last is not its end; only ends without one in flight are known.
    last = turns[ok & (turns["n"] > 1)]
    for column, rows in (
        ("turns_ok", turns[ok]["m_n"]),
        ("turns_bad_unnoticed", turns[answered & ~ok]["m_n"]),
        ("first_good", turns[turns["o_1"] == "good"]["m_1"]),
        ("self_rescued", last[last["m_1"] == last["m_n"]]["m_1"]),
        ("rescued", last[last["m_1"] != last["m_n"]]["m_1"]),
        ("attempts_good", log[log["outcome"] == "good"]["model"]),
        ("attempts_bad", log[log["outcome"].isin(["bad", "unnoticed"])]["model"]),
        ("attempts_timeout", log[log["outcome"] == "timeout"]["model"]),
        ("attempts_rejected", log[log["outcome"] == "rejected"]["model"]),
        ("attempts_drifted", log[log["drifted"]]["model"]),
    ):
        assert models[column].tolist() == per_model(tables, rows).tolist(), column
    np.testing.assert_allclose(models["revenue"], models["turns_ok"] * models["price"].round(6))


def test_turns_after_warmup_are_those_of_the_standings_after_it(tables):
    standings, models = tables["standings"], tables["models"]
    settled = standings[standings["day"] * 86400 > FIRST_SETTLED_S]
    assert (models.loc[settled["model"].unique(), "turns_after_warmup"]).sum() == settled["turns"].sum()
    assert settled.groupby("model")["turns"].sum().to_dict().items() <= models["turns_after_warmup"].to_dict().items()
    assert tables["timeline"]["day"].tolist() == sorted(standings["day"].unique())


@pytest.mark.parametrize("count", ["turns", "turns_ok", "first_good", "self_rescued", "rescued", "attempts", "value"])
def test_the_standings_add_up_to_the_models(tables, count):
    added = tables["standings"].groupby("model")[count].sum().reindex(tables["models"]["model"], fill_value=0)
    np.testing.assert_allclose(added, tables["models"][count], atol=1e-9)


def test_mean_and_confidence_follow_from_the_evidence_columns(tables):
    e = CONFIG.evidence
    for name in ("models", "standings"):
        rows = tables[name]
        W, F = rows["evidence_good"] + rows["evidence_bad"], rows["evidence_effective"]
        good = (F * rows["evidence_good"] / W).fillna(0.0)
        alpha, beta = e.prior_good + good, e.prior_bad + F - good
        np.testing.assert_allclose(rows["mean"], alpha / (alpha + beta))
        np.testing.assert_allclose(rows["confidence"], stats.beta.ppf(e.quantile, alpha, beta), atol=1e-6)


def test_days_of_admission_are_the_last_changes_of_the_standings(tables):
    models, standings = tables["models"], tables["standings"]
    admitted = models[models["status"] == "admitted"]
    assert len(admitted)
    for model, day in zip(admitted["model"], admitted["admitted_day"], strict=True):
        rows = standings[standings["model"] == model]
        assert (rows.loc[rows["day"] >= day, "status"] == "admitted").all()
        before = rows.loc[rows["day"] < day, "status"]
        assert before.empty or before.iloc[-1] != "admitted"
