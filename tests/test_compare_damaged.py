"""``turnstile compare`` of folders that are no run's, or not the run's own any more: one line, and nothing written."""

import json
import math
import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from analysis.columns import columns
from analysis.run import Run
from tests.compared import copies, finished, refused  # noqa: F401  (the fixture `runs`, of `ran`)
from tests.economies import economy
from tests.faked import command  # noqa: F401  (the fixture `turnstile`)
from tests.runs import write_run

TABLES = (
    "developers", "flows", "ideas", "incidence", "latency", "ledger", "models", "submissions", "standings", "timeline",
)  # fmt: skip


def say(run, **said):
    """Put ``said`` into the summary of ``run``."""
    path = Path(run, "summary.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | said))


def test_a_folder_that_is_not_there_and_a_file_in_its_place(turnstile, runs):
    assert "missing/config.yaml: cannot be read" in refused(turnstile, "base", "missing")
    assert "cannot be read; allowed is the folder of a finished run" in refused(turnstile, "base/config.yaml", "base")


@pytest.mark.parametrize("file", ["config.yaml", "summary.json", "provenance.json"])
@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_what_is_no_description_of_a_run(file, text, turnstile, runs):
    Path("strict", file).write_text(text)
    assert "not the folder of a run" in refused(turnstile, "base", "strict")


@pytest.mark.parametrize(
    ("group", "key", "value"), [("economy", "interest", "low"), ("gauntlet", "context_share", math.nan)]
)
def test_no_number_in_the_configuration(group, key, value, turnstile, runs):
    path = Path("strict/config.yaml")
    said = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(said | {group: said[group] | {key: value}}))
    wanted = f"strict: its configuration has {value!r} for '{group}.{key}'; allowed is a number"
    assert wanted in refused(turnstile, "base", "strict")


@pytest.mark.parametrize(("group", "value"), [("governance", None), ("economy", 3), ("developers", "idle")])
def test_no_group_of_keys_in_the_configuration(group, value, turnstile, runs):
    path = Path("strict/config.yaml")
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {group: value}))
    wanted = f"strict: its configuration has {value!r} for '{group}'; allowed is a group of keys"
    assert wanted in refused(turnstile, "base", "strict")


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table(table, turnstile, runs):
    Path(f"strict/{table}.parquet").unlink()
    assert f"strict/{table}.parquet: cannot be read" in refused(turnstile, "base", "strict")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("kept", [0, 0.5, 0.99])
def test_a_truncated_table(table, kept, turnstile, runs):
    path = Path(f"strict/{table}.parquet")
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    assert f"{path}: cannot be read" in refused(turnstile, "base", "strict")


@pytest.mark.parametrize("table", TABLES)
def test_a_foreign_table(table, turnstile, runs):
    pd.DataFrame({"city": ["x"], "people": [1]}).to_parquet(f"strict/{table}.parquet")
    assert f"strict/{table}.parquet: has no column" in refused(turnstile, "base", "strict")


@pytest.mark.parametrize(("table", "column"), [("ideas", "potential"), ("models", "turns"), ("standings", "day")])
def test_texts_where_numbers_belong(table, column, turnstile, runs):
    path = Path(f"strict/{table}.parquet")
    frame = pd.read_parquet(path)
    frame.assign(**{column: "many"}).to_parquet(path)
    assert f"{path}: column '{column}' holds texts, not numbers" in refused(turnstile, "base", "strict")


@pytest.mark.parametrize(
    ("table", "column", "values", "said"),
    [
        ("models", "ability", pa.array([math.nan]), "holds nan; allowed are finite numbers from 0 to 1"),
        ("models", "spread", pa.array([math.inf]), "holds inf; allowed are finite numbers"),
        ("timeline", "success_rate", pa.array([1.5]), "holds 1.5; allowed are finite numbers from 0 to 1"),
        ("timeline", "turns", pa.array([-5]), "holds -5; allowed are whole numbers from 0"),
        ("standings", "turns", pa.array([0.5]), "holds double; allowed are whole numbers from 0"),
        ("developers", "hours_cleanup", pa.array([-0.1]), "holds -0.1; allowed are finite numbers from 0"),
        ("developers", "tier", pa.array([0]), "holds 0; allowed are whole numbers from 1 to 5"),
        ("models", "parent", pa.array([None], pa.int64()), "holds null; allowed are whole numbers from -1"),
        ("ideas", "model", pa.array([True]), "holds bool; allowed are whole numbers from -1"),
        ("ideas", "potential", pa.array([[0.5]]), "holds list<element: double>; allowed are finite numbers"),
    ],
)
def test_numbers_that_a_column_cannot_have(table, column, values, said, turnstile, runs):
    path = Path(f"strict/{table}.parquet")
    rows = pq.read_table(path)
    place, all_rows = rows.column_names.index(column), pa.concat_arrays([values] * len(rows))
    pq.write_table(rows.set_column(place, column, all_rows), path)
    assert f"{path}: column '{column}' {said}" in refused(turnstile, "base", "strict")


@pytest.mark.parametrize("kind", [pa.int32(), pa.uint64()])
def test_whole_numbers_of_another_width_are_the_same_numbers(kind, turnstile, runs):
    said = turnstile("compare", "base", "strict")
    for table, column in (("standings", "model"), ("models", "lineage"), ("models", "turns")):
        path = Path(f"strict/{table}.parquet")
        rows = pq.read_table(path)
        pq.write_table(rows.set_column(rows.column_names.index(column), column, rows[column].cast(kind)), path)
    assert turnstile("compare", "base", "strict") == said


def test_a_model_made_from_a_later_one(turnstile, runs):
    path = Path("strict/models.parquet")
    rows = pd.read_parquet(path)
    rows.loc[0, "parent"] = 1
    rows.to_parquet(path)
    assert "models.parquet is not this run's: found a parent that is not before its child" in refused(
        turnstile, "base", "strict"
    )


@pytest.mark.parametrize("column", [name for name in columns("ideas") if name != "ability_end"])  # which none reads
def test_ideas_of_another_version(column, turnstile, runs):
    path = Path("strict/ideas.parquet")
    pd.read_parquet(path).drop(columns=column).to_parquet(path)
    assert f"{path}: has no column '{column}'" in refused(turnstile, "base", "strict")


@pytest.mark.parametrize(("table", "column"), [("ideas", "shelved_reason"), ("standings", "status")])
def test_numbers_where_texts_belong(table, column, turnstile, runs):
    path = Path(f"strict/{table}.parquet")
    pd.read_parquet(path).assign(**{column: 1}).to_parquet(path)
    assert f"{path}: column '{column}' holds numbers, not texts" in refused(turnstile, "base", "strict")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_of_its_twin(table, turnstile, runs):
    shutil.copy(f"base/{table}.parquet", f"strict/{table}.parquet")
    assert f"strict: {table}.parquet is not this run's: found " in refused(turnstile, "base", "strict")


@pytest.mark.parametrize(
    ("table", "column"),
    [*((table, "model") for table in ("ideas", "incidence", "standings", "submissions")), ("models", "parent"),
     ("models", "lineage"), ("models", "developer"), ("submissions", "developer")],
)  # fmt: skip
def test_what_the_run_does_not_have(table, column, turnstile, runs):
    path, what = Path(f"strict/{table}.parquet"), "developer" if column == "developer" else "model"
    rows = pd.read_parquet(path)
    rows.assign(**{column: rows[column].replace(rows[column].max(), 10**6)}).to_parquet(path)
    assert f"{table}.parquet is not this run's: found a {what} 1000000; {what}s.parquet ends before " in refused(
        turnstile, "base", "strict"
    )


@pytest.mark.parametrize("table", ["timeline", "standings"])
def test_periods_out_of_order(table, turnstile, runs):
    path = Path(f"strict/{table}.parquet")
    pd.read_parquet(path)[::-1].to_parquet(path)
    assert f"strict: {table}.parquet is not this run's: found days that do not ascend" in refused(
        turnstile, "base", "strict"
    )


@pytest.mark.parametrize(
    ("table", "column"), [("models", "ability"), ("models", "mu"), ("models", "spread"), ("standings", "ability")]
)
def test_a_null_where_every_row_has_a_number(table, column, turnstile, runs):
    path = Path(f"strict/{table}.parquet")
    rows = pd.read_parquet(path)
    rows.loc[0, column] = None
    rows.to_parquet(path)
    assert f"strict: {table}.parquet is not this run's: found null in {column}" in refused(turnstile, "base", "strict")


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("incidence", "others_rescued", 2**40, "borne_by_others comes out as "),
        ("models", "self_rescued", 2**40, "self_rescued_share comes out as "),
        ("models", "spread", 1e308, "spread_served cannot be taken of these tables: overflow "),
        ("standings", "stake", 1e300, "routing_by_performance cannot be taken of these tables: overflow "),
    ],
)
def test_numbers_that_a_column_can_have_and_no_run(table, column, value, said, turnstile, runs):
    path = Path(f"strict/{table}.parquet")
    pd.read_parquet(path).assign(**{column: value}).to_parquet(path)
    assert said in refused(turnstile, "base", "strict")


@pytest.mark.parametrize(
    ("table", "column", "undefined"),
    [
        ("developers", "wealth_start", {"routing_by_wealth", "routing_explained"}),
        ("models", "ability", {"attention_inequity", "tier_exposure_ratio"}),
        ("ideas", "potential", set()),
    ],
)
def test_of_nothing_at_all_measures_that_take_a_part_or_a_log_of_it_are_null(table, column, undefined, turnstile, runs):
    for run in ("base", "strict"):
        path = Path(run, f"{table}.parquet")
        pd.read_parquet(path).assign(**{column: 0.0}).to_parquet(path)
    assert turnstile("compare", "base", "strict", "--out", "out.parquet")[0] == 0
    found = pd.read_parquet("out.parquet").set_index("measure")
    assert undefined <= set(found.index[found["b"].isna()])


def test_a_latency_bin_without_width(turnstile, runs):
    path = Path("strict/latency.parquet")
    rows = pd.read_parquet(path)
    rows.assign(latency_high_s=rows["latency_low_s"]).to_parquet(path)
    assert "latency.parquet is not this run's: found a bin that does not end after it begins" in refused(
        turnstile, "base", "strict"
    )


def test_turns_without_a_latency(turnstile, runs):
    path = Path("strict/latency.parquet")
    pd.read_parquet(path)[:0].to_parquet(path)
    assert "strict: latency.parquet is not this run's: found 0 of 0 turns" in refused(turnstile, "base", "strict")


def test_turns_that_moved_to_another_developer(turnstile, runs):
    path = Path("strict/developers.parquet")
    rows = pd.read_parquet(path)
    rows.assign(turns=rows["turns"].to_numpy()[::-1]).to_parquet(path)
    assert "developers.parquet is not this run's: found other turns than " in refused(turnstile, "base", "strict")


def test_more_submissions_than_were_decided(turnstile, runs):
    path = Path("strict/developers.parquet")
    rows = pd.read_parquet(path)
    rows.assign(submissions=rows["submissions"] + 1).to_parquet(path)
    assert "developers.parquet is not this run's: found more submissions than " in refused(turnstile, "base", "strict")


def test_a_run_that_ends_before_all_names_of_a_developer_are_decided_is_its_own(turnstile, tmp_path):
    run = Run.read(write_run(economy(developers__names=5), tmp_path / "names"))
    assert run["developers"]["submissions"].sum() < run.summary["submissions"]
    assert turnstile("compare", "names", "names")[0] == 0


def test_a_submission_that_was_decided_otherwise(turnstile, runs):
    path = Path("strict/submissions.parquet")
    rows = pd.read_parquet(path)
    rows.loc[(rows["decision"] == "rejected").idxmax(), "decision"] = "sandbox"
    rows.to_parquet(path)
    assert "submissions.parquet is not this run's: found " in refused(turnstile, "base", "strict")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("experiments_started", "many", "found 'many'; allowed are whole numbers from 0"),
        ("experiments_started", -1, "found -1; allowed are whole numbers from 0"),
        ("experiments_admitted", [1], "found [1]; allowed are whole numbers from 0"),
        *((key, None, "found null; allowed are whole numbers from 0")
          for key in ("experiments_started", "experiments_admitted", "turns", "sessions", "turns_bad_unnoticed")),
        ("sessions", 10**400, f"found 1{400 * '0'}; allowed are whole numbers from 0"),
        ("welfare", 10**400, f"found 1{400 * '0'}; allowed are finite numbers, or null"),
        ("success_rate", 2, "found 2; allowed are finite numbers from 0 to 1, or null"),
    ],
)  # fmt: skip
def test_no_number_in_the_summary(key, value, said, turnstile, runs):
    say("strict", **{key: value})
    assert f"strict: summary.json: {key}: {said}\n" in refused(turnstile, "base", "strict")


def test_what_is_made_of_an_undefined_number_in_the_summary_is_undefined(turnstile, runs):
    keys = ("building_hours", "value_of_answers", "success_rate")
    say("strict", **dict.fromkeys(keys))
    assert turnstile("compare", "base", "strict", "--out", "out.parquet")[0] == 0
    found = pd.read_parquet("out.parquet").set_index("measure")
    made = ["cost_share.compute", "user_cost_per_success", "value_per_answer", "value_variance"]
    assert found.loc[[*keys, *made], "b"].isna().all()
    assert found.loc[[*keys, *made], "a"].notna().all()


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_summary_that_is_not_finite(value, turnstile, runs):
    say("strict", welfare=value)
    assert "allowed are numbers and null" in refused(turnstile, "base", "strict")


def test_a_summary_of_another_version(turnstile, runs):
    summary = json.loads(Path("strict/summary.json").read_text())
    del summary["welfare"]
    Path("strict/summary.json").write_text(json.dumps(summary))
    assert "strict: summary.json has no key 'welfare'" in refused(turnstile, "base", "strict")


def test_a_table_is_refused_without_a_file_too(turnstile, runs):
    Path("strict/models.parquet").unlink()
    assert "strict/models.parquet: cannot be read" in refused(turnstile, "base", "strict", out=None)


def test_a_decision_of_the_last_instant_may_come_after_the_summary(turnstile, runs):
    path, said = Path("strict/submissions.parquet"), json.loads(Path("strict/summary.json").read_text())
    rows = pd.read_parquet(path)
    rows.loc[(rows["decision"] == "rejected").idxmax(), "day"] = pd.read_parquet("strict/timeline.parquet")["day"].max()
    rows.to_parquet(path)
    less = {key: said[key] - 1 for key in ("rejections", "submissions")}
    say("strict", **less)
    assert turnstile("compare", "base", "strict")[0] == 0
    say("strict", **{key: number - 1 for key, number in less.items()})
    assert "submissions.parquet is not this run's: found " in refused(turnstile, "base", "strict")
