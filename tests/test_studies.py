"""Studies: every file composes and names what there is; what a file may not say gets one line."""

import pandas as pd
import pytest
import yaml

from analysis.measure import TWIN_MEASURES
from analysis.measuring import check
from scenarios.study.command import forecast, listing, run_study
from scenarios.study.definition import names, read
from scenarios.study.findings import decide
from scenarios.study.guards import GUARDS
from scenarios.study.plan import points
from sim.compose import configure
from sim.errors import InputError

GOOD = {
    "question": "Does it?",
    "arms": {"low": ["governance.strictness=0.5"], "high": ["governance.strictness=0.7"]},
    "guards": ["random"],
    "decisive": [
        {"measure": "hhi", "of": "high", "against": "low", "expected": "up", "because": "of it", "smallest": 0.1,
         "placebo": "random"}
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", names())
def test_a_study_composes_and_its_measures_are_there(name):
    study = read(name)
    assert study.question.endswith("?")
    found = points(study, ["horizon_days=10", "warmup_days=0"])
    assert len({repr(point.config) for point in found}) == len(found), "two points are one configuration"
    check(each.measure for each in study.decisive if each.measure not in TWIN_MEASURES)


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_changes_the_world(name):
    assert configure(*GUARDS[name][0]) != configure()


def wrong(path, change):
    said = yaml.safe_load(yaml.safe_dump(GOOD))
    change(said)
    path.write_text(yaml.safe_dump(said))
    with pytest.raises(InputError) as error:
        read(str(path))
    return str(error.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.pop("question"), "question: missing"),
        (lambda s: s.update(arm={}), "arm: no such key; did you mean 'arms'?"),
        (lambda s: s.update(arms={"low": []}), "allowed are two or more"),
        (lambda s: s.update(arms={"low": "seed=2", "high": []}), "arms.low: found 'seed=2'; allowed is a list"),
        (lambda s: s.update(seeds=1), "seeds: found 1; allowed is a whole number from 2"),
        (lambda s: s.update(guards=["chance"]), "guards[0]: found 'chance'"),
        (lambda s: s["decisive"][0].update(expected="more"), "decisive[0].expected: found 'more'"),
        (lambda s: s["decisive"][0].update(smallest=0), "smallest: found 0; allowed is a number greater than 0"),
        (lambda s: s["decisive"][0].update(smallest=float("nan")), "smallest: found nan"),
        (lambda s: s["decisive"][0].update(of="hi"), "decisive[0].of: found 'hi'; did you mean 'high'?"),
        (lambda s: s["decisive"][0].update(placebo="imitate"), "decisive[0].placebo: found 'imitate'"),
        (lambda s: s.update(dose={"key": "seed", "values": [1]}), "dose.values"),
    ],
)
def test_what_is_wrong_in_a_file_gets_one_line(change, said, tmp_path):
    found = wrong(tmp_path / "mine.yaml", change)
    assert said in found and "mine.yaml" in found and "\n" not in found


def test_an_unknown_study_offers_the_nearest():
    with pytest.raises(InputError, match="did you mean 'tightening_standards'"):
        read("tightening_standard")


def test_an_arm_that_does_not_compose_is_named(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(GOOD | {"arms": {"low": ["governance.strictnes=0.5"], "high": []}}))
    with pytest.raises(InputError, match=r"mine: arm low: .*strictness"):
        points(read(str(path)))


PLAIN = {
    "question": "Does strictness matter?",
    "base": ["horizon_days=3", "warmup_days=0", "demand.rate=500", "population.models=12", "population.developers=6",
             "developers.arrivals=2"],
    "arms": {"low": ["governance.strictness=0.4"], "high": ["governance.strictness=0.8"]},
    "guards": ["random"],
    "decisive": [GOOD["decisive"][0] | {"measure": "success_rate", "expected": "down"}],
}  # fmt: skip


def test_a_study_runs_and_says_what_it_found(tmp_path, capsys):
    path, out = tmp_path / "mine.yaml", tmp_path / "out"
    path.write_text(yaml.safe_dump(PLAIN))
    assert run_study(str(path), [], 3, out, 1, None) == 0
    said = capsys.readouterr().out
    assert "Does strictness matter?" in said and f"12 runs in {out}" in said
    points, runs = pd.read_parquet(out / "points.parquet"), pd.read_parquet(out / "runs").set_index("key")
    rates = runs["success_rate"].reindex(points["key"]).to_numpy()
    by_arm = points.assign(rate=rates)[points["guard"] == ""].pivot(index="seed", columns="arm", values="rate")
    (decision,) = decide(read(str(path)), out, points)
    assert decision.finding.interval.estimate == pytest.approx((by_arm["high"] - by_arm["low"]).mean())
    assert decision.finding.placebo.n == 3


def test_a_forecast_counts_the_runs(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(PLAIN))
    assert "4 points x 5 seeds = 20 runs" in forecast(str(path), [], 5, 2)


def test_all_studies_are_listed():
    assert all(name in listing() and read(name).question in listing() for name in names())
