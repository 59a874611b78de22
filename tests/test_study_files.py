"""Study files: every one composes and names what there is; what a file may not say gets one line."""

from pathlib import Path

import pytest
import yaml

from scenarios.study.command import listing
from scenarios.study.definition import names, read
from scenarios.study.guards import GUARDS, SOLVED
from scenarios.study.plan import needed, points
from sim.compose import configure
from sim.errors import InputError

CLAIM = {"measure": "hhi", "of": "high", "against": "low", "expected": "up", "because": "of it", "smallest": 0.1,
         "placebo": "random"}  # fmt: skip
GOOD = {
    "question": "Does it?",
    "arms": {"low": ["governance.strictness=0.5"], "high": ["governance.strictness=0.7"]},
    "decisive": [CLAIM],
}
FACTORS = {
    "sigma": {"key": "stake.sigma", "values": [0, 0.25, 1]},
    "slash": {"off": ["stake.slashing=none"], "fixed": ["stake.slashing=fixed"]},
}


def written(path, said):
    path.write_text(yaml.safe_dump(said, sort_keys=False))
    return str(path)


@pytest.mark.parametrize("name", names())
def test_a_study_composes(name):
    study = read(name)
    assert study.question.endswith("?")
    assert points(study)


def test_an_arm_with_a_rule_that_is_not_there_is_refused_before_any_run(tmp_path):
    said = GOOD | {"arms": {"low": ["stake=none"], "high": ["stake.rule=nowhere:rule"]}}
    with pytest.raises(InputError, match=r"arm high.*stake\.rule.*nowhere"):
        points(read(written(tmp_path / "s.yaml", said)))


@pytest.mark.parametrize(
    ("arms", "overrides"),
    [
        ({"low": ["governance.strictness=0.5"], "high": ["governance.strictness=0.50"]}, []),
        (GOOD["arms"], ["governance.strictness=0.6"]),  # the command line undoes what they differ in
    ],
)
def test_arms_of_one_configuration_are_refused(arms, overrides, tmp_path):
    with pytest.raises(InputError, match="s: arm high: its configuration is that of low"):
        points(read(written(tmp_path / "s.yaml", GOOD | {"arms": arms})), overrides)


@pytest.mark.parametrize(("line", "said"), [("seed=3", "--seeds"), ("hydra.run.dir=a", "--out")])
def test_what_the_command_sets_itself_is_refused(line, said, tmp_path):
    study = read(written(tmp_path / "s.yaml", GOOD))
    with pytest.raises(InputError, match=f"^(?!.*arm low).*{said}"):  # the arm is not to blame
        points(study, [line])
    with pytest.raises(InputError, match=f"s: arm low: .*{said}"):
        points(read(written(tmp_path / "s.yaml", GOOD | {"base": [line]})))


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_changes_the_world(name):
    assert configure(*GUARDS[name][0]) != configure()


def claim(**keys):
    return lambda said: said["decisive"][0].update(keys)


def over(**keys):
    """The claim, over factors in place of arms."""

    def change(said):
        said.pop("arms")
        said["factors"] = FACTORS
        kept = {key: value for key, value in CLAIM.items() if key not in ("of", "against")}
        said["decisive"] = [kept | keys]

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.pop("question"), "question: missing"),
        (lambda s: s.update(arm={}), "arm: no such key; did you mean 'arms'?"),
        (lambda s: s.update(arms={"low": "seed=2", "high": []}), "arms.low: found 'seed=2'; allowed is a list"),
        (lambda s: s.update(factors=FACTORS), "allowed are either arms or factors"),
        (lambda s: s.pop("arms"), "allowed are either arms or factors"),
        (lambda s: s.update(seeds=1), "seeds: found 1; allowed is a whole number from 2 to 10000"),
        (lambda s: s.update(guards=["chance"]), "guards[0]: found 'chance'"),
        (lambda s: s.update(guards="matched"), "guards: found 'matched'; allowed is a list"),
        (lambda s: s.update(also=["hhj"]), "also[0]: found 'hhj'; did you mean 'hhi'?"),
        (lambda s: s.update(figures=[{"kind": "pie", "measures": ["hhi"]}]), "figures[0].kind: found 'pie'"),
        (lambda s: s.update(figures=[{"kind": "arms"}]), "figures[0]: measures: missing"),
        (lambda s: s.update(figures=[{"kind": "timeline", "measures": ["pass_2"]}]), "figures[0].measures[0]: found"),
        (lambda s: s.update(tables=["models"], also=["experiment_share"]), "tables: experiment_share needs developers"),
        (claim(measure="rank_persistence"), "tables: rank_persistence needs standings; allowed are timeline, models"),
        (claim(measure="suppression_trafic"), "decisive[0].measure: found 'suppression_trafic'; did you mean"),
        (claim(expected="more"), "decisive[0].expected: found 'more'"),
        (claim(smallest=0), "smallest: found 0; allowed is a number greater than 0"),
        (claim(smallest=float("nan")), "smallest: found nan"),
        (claim(of="hi"), "decisive[0].of: found 'hi'; did you mean 'high'?"),
        (claim(against="high"), "decisive[0].against: found 'high'; allowed is another arm than of"),
        (claim(placebo="luck"), "decisive[0].placebo: found 'luck'"),
        (claim(placebo={"of": "high", "against": "hi"}), "decisive[0].placebo.against: found 'hi'"),
        (claim(placebo=[]), "decisive[0].placebo: found []; allowed is a list of 1 or more"),
        (lambda s: s["decisive"][0].pop("placebo"), "decisive[0]: placebo: missing"),
        (lambda s: s["decisive"][0].pop("against"), "decisive[0]: nothing is compared"),
        (claim(over="sigma"), "decisive[0].over: found 'sigma'; known are none"),
        (claim(weights={"high": 1}), "decisive[0]: against does not go with weights"),
        (over(over="slash"), "decisive[0].over: found 'slash'; its levels are no numbers, so it has no slope"),
        (over(over="sigma", at={"sigma": 1}), "decisive[0].at: sigma is what the effect is over"),
        (over(over="sigma", at={"slash": "on"}), "decisive[0].at.slash: found 'on'; known are fixed, off"),
        (over(over="sigma", by="slash"), "decisive[0]: by and between go together"),
        (over(over="sigma", by="slash", between=["fixed"]), "decisive[0].between: found ['fixed']; allowed are two"),
        (over(over="sigma", of="1"), "decisive[0]: of and against go together"),
        (over(reference=0), "decisive[0]: reference needs of, an arm, or at, levels of factors"),
        (lambda s: (s.pop("arms"), s.update(factors={"a": {"key": "seed", "values": [1]}})), "factors.a.values: found"),
        (lambda s: (s.pop("arms"), s.update(factors={"a": {"key": "seed"}})), "factors.a: values: missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_gets_one_line(change, said, tmp_path):
    document = yaml.safe_load(yaml.safe_dump(GOOD))
    change(document)
    with pytest.raises(InputError) as error:
        read(written(tmp_path / "mine.yaml", document))
    found = str(error.value)
    assert said in found
    assert "mine.yaml" in found
    assert "\n" not in found


PAGE = Path(__file__).parents[1] / "docs" / "studies.md"


def test_the_study_of_the_page_can_be_run(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(PAGE.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0])
    study = read(str(path))
    assert len(points(study)) == 6 + 4  # as they are and in random; the middle of the doses has no weight in a slope


def test_the_page_names_every_guard():
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in (*GUARDS, *SOLVED))


def test_an_unknown_study_offers_the_nearest():
    with pytest.raises(InputError, match="did you mean 'tightening_standards'"):
        read("tightening_standard")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mine.yml", "no such file; did you mean 'mine.yaml'?"),
        ("memory.yaml", "no such file; did you mean 'memory'?"),
    ],
)
def test_a_file_that_is_not_there_offers_the_one_beside_it_or_the_study_of_its_name(name, said, tmp_path):
    written(tmp_path / "mine.yaml", GOOD)
    with pytest.raises(InputError) as error:
        read(str(tmp_path / name))
    assert said in str(error.value)


def test_an_arm_that_does_not_compose_is_named(tmp_path):
    path = written(tmp_path / "mine.yaml", GOOD | {"arms": {"low": ["governance.strictnes=0.5"], "high": []}})
    with pytest.raises(InputError, match=r"mine: arm low: .*strictness"):
        points(read(path))


def test_what_a_schedule_moves_cannot_be_solved_for(tmp_path):
    path = written(tmp_path / "mine.yaml", GOOD | {"base": ["governance=ramp"], "guards": ["matched"]})
    with pytest.raises(InputError, match=r"arm low: governance.strictness is scheduled or steered; .* in matched"):
        points(read(path))


def test_twins_of_different_worlds_are_refused_before_the_runs(tmp_path):
    arms = {"few": ["landscape.ideas=8"], "many": ["landscape.ideas=64"]}
    decisive = [CLAIM | {"of": "many", "against": "few"}]
    said = GOOD | {"arms": arms, "also": ["suppression_pursued"], "decisive": decisive}
    with pytest.raises(InputError, match=r"mine: arm few, mine: arm many: no twins: landscape.ideas"):
        points(read(written(tmp_path / "mine.yaml", said)))


def test_only_the_points_that_a_decisive_measure_needs_are_run(tmp_path):
    slope = {key: CLAIM[key] for key in ("measure", "expected", "because", "smallest")} | {"over": "sigma"}
    said = GOOD | {"factors": FACTORS, "guards": ["matched"]}
    del said["arms"]
    said["decisive"] = [
        slope | {"placebo": "random", "at": {"slash": "fixed"}, "of": 1, "against": 0.25},
        slope | {"placebo": {"over": "slash", "of": "fixed", "against": "off"}, "guards": []},
        slope | {"measure": "suppression_traffic", "expected": "none", "of": 1, "against": 0.25,
                 "at": {"slash": "fixed"}, "guards": ["imitate"]},
    ]  # fmt: skip
    study = read(written(tmp_path / "mine.yaml", said))
    pair = ["sigma=0.25,slash=fixed", "sigma=1,slash=fixed"]
    asked = needed(study)
    assert asked.pop("") == list(study.arms.overrides)
    assert len(study.arms.overrides) == 6
    twins = ["sigma=0,slash=fixed", *pair]
    assert asked == {"random": pair, "matched": pair, "imitate": twins}
    assert {*study.measures} == {"hhi", "suppression_traffic", "admitted_share"}


def test_an_arm_is_compared_with_the_first_level_of_the_first_factor(tmp_path):
    pair = {"of": "sigma=1,slash=fixed", "against": "sigma=0,slash=fixed"}
    said = GOOD | {"factors": FACTORS, "decisive": [CLAIM | pair]}
    del said["arms"]
    arms = read(written(tmp_path / "mine.yaml", said)).arms
    assert arms.baseline("sigma=0.25,slash=fixed") == arms.baseline("sigma=0,slash=fixed") == "sigma=0,slash=fixed"
    named = read(written(tmp_path / "other.yaml", GOOD)).arms
    assert named.baseline("high") == named.baseline("low") == "low"


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ({"kind": "dose", "measures": ["hhi"]}, "figures[0]: over: missing"),
        ({"kind": "dose", "measures": ["hhi"], "over": "sigm"}, "figures[0].over: found 'sigm'; did you mean 'sigma'?"),
        ({"kind": "dose", "measures": ["hhi"], "over": "slash"}, "its levels are no numbers"),
        ({"kind": "dose", "measures": ["hhi"], "over": "sigma", "by": "sigma"}, "over and by are one factor"),
        ({"kind": "arms", "measures": ["hhi"], "over": "sigma"}, "figures[0]: over: no such key"),
        ({"kind": "arms", "measures": []}, "figures[0].measures: found []; allowed is a list of 1 or more"),
        ({"kind": "tiers", "measures": ["hhi"]}, "figures[0].measures[0]: found 'hhi'"),
    ],
)
def test_a_figure_names_factors_and_measures_of_its_kind(figure, said, tmp_path):
    study = {key: value for key, value in GOOD.items() if key != "arms"} | {"factors": FACTORS}
    decisive = [{"over": "sigma"} | {key: CLAIM[key] for key in CLAIM if key not in ("of", "against")}]
    with pytest.raises(InputError) as error:
        read(written(tmp_path / "mine.yaml", study | {"decisive": decisive, "figures": [figure]}))
    assert said in str(error.value) and "\n" not in str(error.value)


def test_what_a_figure_reads_is_kept(tmp_path):
    said = GOOD | {"tables": ["ideas"], "figures": [{"kind": "tiers", "measures": ["turns"]}]}
    assert read(written(tmp_path / "mine.yaml", said)).tables == ("ideas", "developers", "models")


def test_all_studies_are_listed():
    assert all(name in listing() and read(name).question in listing() for name in names())
