"""Tuning files: what is wrong with one is a line that names the key, and what is right reaches the configuration."""

import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml

from analysis.tuning import Tuning
from analysis.tuning_told import found
from scenarios.runner.job import document
from scenarios.runner.pool import Crew
from scenarios.tune.command import asked, listing
from scenarios.tune.definition import names, read
from scenarios.tune.levers import Lever, active, is_world
from scenarios.tune.presets import preset_name, write_presets
from scenarios.tune.searching import Tuner
from scenarios.tune.settings import Settings, within
from scenarios.tune.trials import distribution
from scenarios.tune.values import Choices, Range
from scenarios.tune.worlds import CHOOSING, JUDGING, SEARCHED
from sim.compose import configure
from sim.config.levers import SECTIONS
from sim.errors import InputError
from tests.test_cli import command, refused  # noqa: F401  (command is the fixture `turnstile`)
from tests.tunings import PLANTED, attempt, planted

SHORT = PLANTED.replace("trials: 60", "trials: 20")


def tuner(path: Path, *overrides: str) -> Tuner:
    return Tuner(read(str(path)), overrides, path.parent / "out", Crew())


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


class TestErrors:
    @pytest.mark.parametrize(("found", "instead", "said"), [
        ("governance.strictness:", "governance.strictnes:", "did you mean 'governance.strictness'?"),
        ("governance.strictness:", "demand.rate:", "levers.demand.rate: is part of the world"),
        ("measure: hhi", "measure: hhj", "objectives[1].measure: found 'hhj'; did you mean 'hhi'?"),
        ("low: 0.5, high: 0.74", "low: 0.74, high: 0.5", "levers.governance.strictness: an empty range, from 0.74 to"),
        ("low: 0.5, high: 0.74", "low: 0.5, high: 7", "levers.governance.strictness: governance.strictness: found 7"),
        ("low: 2, high: 100, log: true", "low: 0, high: 100, log: true", "log needs a low above 0"),
        ("low: 10, high: 200", "low: 10.5, high: 200", "gauntlet.prompts is a whole number"),
        ("when: {stake: pseudo_count}", "when: {stake: pseudo}", "when.stake: found 'pseudo'; did you mean"),
        ("when: {stake: pseudo_count}", "when: {stakes: none}", "allowed is a lever with choices that stands before"),
        ("[none, pseudo_count]", "[nones, pseudo_count]", "mine.yaml: levers.stake: "),
        ("{low: 0, high: 1, when", "{choices: [0], when", "allowed is a list of 2 or more"),
        ("direction: down", "direction: lower", "objectives[1].direction: found 'lower'"),
        ("best: most open", "best: best quality", "two settings would have one name"),
        ("best: most open", "best: Best-quality", "two settings would have one name"),
        ("best: most open", "best: knee", "and not knee, current default, baseline"),
        ("best: most open", "best: 'open, most'", "best: found 'open, most'"),
        ("count: 2", "count: 0", "worlds.count: found 0; allowed is a whole number from 1"),
        ("developers.endowment.wealth_sigma", "governance.strictness", "is no key that makes the world"),
        ("wealth_sigma: {low: 0.5", "wealth_sigma: {low: -0.5", "worlds.draws: developers.endowment.wealth_sigma"),
        ("trials: 60", "trials: none", "trials: found 'none'"),
        ("trials: 60", "sampler: cma", "sampler: found 'cma'; known are nsga2, random, tpe"),
        ("trials: 60", "judge: {cvar: 2}", "judge.cvar: found 2; allowed is a share"),
        ("trials: 60", "judge: median", "judge: found 'median'"),
        ("trials: 60", "constraints: [{measure: hhi}]", "allowed is either least or most"),
        ("trials: 60", "constraints: [{measure: hhi, most: 1, judge: regret}]", "constraints[0].judge"),
        ("levers:", "leavers:", "leavers: no such key; did you mean 'levers'?"),
    ])  # fmt: skip
    def test_what_is_wrong_is_one_line(self, found, instead, said, tmp_path):
        assert found in PLANTED
        with pytest.raises(InputError, match=re.escape(said)) as error:
            tuner(written(tmp_path, PLANTED.replace(found, instead, 1)))
        assert "\n" not in str(error.value) and "mine.yaml" in str(error.value)

    @pytest.mark.parametrize(("line", "choices", "by"), [
        ("governance=ramp", "", "governance.schedules[0],"),
        ("governance=steered", "", "governance.controllers[0],"),
        ("stake=none", "  governance: {choices: [default, ramp]}\n", "governance.schedules[0] of governance=ramp,"),
    ])  # fmt: skip
    def test_a_lever_that_moves_during_the_run_is_one_line(self, line, choices, by, tmp_path):
        text = PLANTED.replace("low: 0.5,", "low: 0.6,").replace("objectives:", f"{choices}objectives:")
        with pytest.raises(InputError) as error:
            tuner(written(tmp_path, text), line)
        said = f"levers.governance.strictness: found {by} which moves it during the run; allowed is a key that nothing"
        assert said in str(error.value) and "\n" not in str(error.value)

    def test_a_lever_may_be_on_where_no_preset_moves_it(self, tmp_path):
        of = "  governance: {choices: [default, ramp]}\n  governance.strictness:"
        text = PLANTED.replace("  governance.strictness:", of)
        text = text.replace("high: 0.74}", "high: 0.74, when: {governance: default}}")
        assert len(tuner(written(tmp_path, text)).tuning.levers) == 6

    def test_on_the_command_line(self, turnstile):
        assert "did you mean 'halve_concentration'?" in refused(turnstile, "tune", "halve_concentratio")
        assert "nonsense" in refused(turnstile, "tune", "halve_concentration", "nonsense=1")
        assert "allowed is --seeds N" in refused(turnstile, "tune", "halve_concentration", "seed=3")
        assert "governance.schedules[0]" in refused(turnstile, "tune", "halve_concentration", "governance=ramp")

    def test_an_objective_that_is_never_finite(self, tmp_path):
        def nothing(jobs, wanted):
            return [one._replace(tables=_without(one.tables)) for one in planted(jobs, wanted)]

        def _without(tables):
            runs = tables["runs"]
            place = runs.column_names.index("hhi")
            return tables | {"runs": runs.set_column(place, "hhi", pa.array([None], pa.float64()))}

        with pytest.raises(InputError, match="objectives: hhi: not defined in every world in any of the 20 trials"):
            attempt(written(tmp_path, SHORT), tmp_path / "out", nothing)

    def test_no_trial_meets_the_constraints(self, tmp_path):
        text = SHORT + "constraints: [{measure: hhi, most: 0.01}]\n"
        with pytest.raises(InputError, match=r"none of the 20 trials meets them; .* misses hhi at most 0.01"):
            attempt(written(tmp_path, text), tmp_path / "out")
        assert not list((tmp_path / "out").glob("*.parquet"))

    def test_a_random_search_that_meets_none_is_compared_as_nothing(self, tmp_path):
        """Where what is allowed is rare, a search may find it and chance not."""
        done = itertools.count()
        tuned = 2 * (1 + 20)  # runs of the default and of the first search come before those at random
        text = SHORT + "constraints: [{measure: hhi, most: 0.9}]\n"
        late = lambda seed: seed <= 2 and next(done) >= tuned  # noqa: E731
        attempt(written(tmp_path, text), tmp_path / "out", concentrated(late))
        held = Tuning.read(tmp_path / "out")
        rows = held.compared.set_index("what")
        assert not held.trials.loc[held.trials["search"] == "random", "feasible"].any()
        assert rows.loc["random", ["settings", "estimate"]].tolist() == [0, 0]
        assert rows.loc["tuned less random", "estimate"] == rows.loc["tuned", "estimate"] > 0
        assert "random search of as many trials" in next(found(held))

    def test_where_none_meets_them_in_fresh_worlds_nothing_is_compared(self, tmp_path):
        text = SHORT + "constraints: [{measure: hhi, most: 0.9}]\n"
        attempt(written(tmp_path, text), tmp_path / "out", concentrated(lambda seed: seed > 2))
        said = list(found(Tuning.read(tmp_path / "out")))
        assert [line.startswith("Nothing to compare with") for line in said[:2]] == [True, True]

    def test_runs_that_fail_take_their_settings_with_them(self, tmp_path):
        def unlucky(jobs, wanted):
            done = planted(jobs, wanted)
            bad = {job.key for job in jobs if job.config.governance.strictness > 0.7}
            return [one._replace(tables={}, failure="no luck") if one.key in bad else one for one in done]

        attempt(written(tmp_path, SHORT), tmp_path / "out", unlucky)
        trials = pd.read_parquet(tmp_path / "out" / "trials.parquet")
        assert (trials["defined"] == (trials["governance.strictness"] <= 0.7)).all()


def concentrated(when):
    """The stand-in, but all in one hand in runs of a seed of which ``when`` says so."""

    def do(jobs, wanted):
        return [one._replace(tables=given(one.tables)) if when(job.config.seed) else one
                for job, one in zip(jobs, planted(jobs, wanted), strict=True)]  # fmt: skip

    def given(tables):
        runs = tables["runs"]
        return tables | {"runs": runs.set_column(runs.column_names.index("hhi"), "hhi", pa.array([1.0]))}

    return do


class TestWorlds:
    def test_they_are_drawn_evenly_and_no_two_share_a_seed(self, tmp_path):
        text = PLANTED.replace("count: 2", "count: 8\n  seeds: 3")
        found = tuner(written(tmp_path, text))
        sets = [found.worlds(which) for which in (SEARCHED, CHOOSING, JUDGING)]
        seeds = [seed for worlds in sets for world in worlds for seed in world.seeds]
        assert len(seeds) == len(set(seeds)) == 3 * (8 + 4 + 4)
        drawn = sorted(world.values["developers.endowment.wealth_sigma"] for world in sets[0])
        assert np.floor((np.array(drawn) - 0.5) * 8).tolist() == list(range(8))  # one in each eighth
        config = within(found.settings.default, sets[0][0])
        assert config.developers.endowment.wealth_sigma == sets[0][0].values["developers.endowment.wealth_sigma"]

    def test_so_many_that_two_sets_would_share_seeds_are_refused(self, tmp_path):
        text = PLANTED.replace("worlds: 4, most", "worlds: 200, most")
        with pytest.raises(InputError, match=r"fresh\.worlds: found 200, of 60 seeds each"):
            asked(str(written(tmp_path, text)), None, None, 60)

    @pytest.mark.parametrize(("values", "shares", "expected"), [
        (Range(1, 4, True), (0, 0.3, 0.99), (1, 2, 4)), (Range(0, 1, False, step=0.25), (0, 0.5, 0.999), (0, 0.5, 1)),
        (Range(1, 100, False, log=True), (0, 0.5), (1, 10)), (Range(0.1, 0.7, False, step=0.1), (0, 0.999), (0.1, 0.7)),
        (Range(1, 100, True, log=True), (0, 0.5, 0.999), (1, 7, 100)), (Choices(("a", "b")), (0.49, 0.5), ("a", "b")),
    ])  # fmt: skip
    def test_a_value_is_that_below_which_a_share_of_draws_lies(self, values, shares, expected):
        assert [values.at(share) for share in shares] == pytest.approx(list(expected))


class TestSettings:
    def test_a_preset_of_a_group_comes_before_keys(self, tmp_path):
        found = tuner(written(tmp_path, PLANTED), "stake.n_c=33")
        config = found.settings.config({"stake": "none", "governance.strictness": 0.6, "gauntlet.prompts": 30})
        assert (config.stake.rule, config.stake.n_c, config.governance.strictness) == ("none", 33, 0.6)
        assert config == configure("stake=none", "stake.n_c=33", "governance.strictness=0.6", "gauntlet.prompts=30")

    def test_optuna_draws_what_the_file_allows(self):
        for path in names():
            for lever in read(path).levers:
                assert distribution(lever) is not None
                assert not is_world(lever.key)

    @pytest.mark.parametrize(("values", "last"), [
        (Range(1, 6, True, step=2), 5), (Range(0.1, 0.35, False, step=0.1), 0.3),
    ])  # fmt: skip
    @pytest.mark.filterwarnings("error")
    def test_steps_that_do_not_reach_the_end_stop_before_it(self, values, last):
        assert distribution(Lever("any", values, {})).high == last

    def test_a_lever_that_hangs_on_one_that_is_off_is_off(self):
        levers = read("halve_concentration").levers
        drawn = {lever.key: lever.values.at(0.0) for lever in levers} | {"router.allocation": "softmax"}
        held = active(levers, drawn)
        assert "router.softmax.temperature" in held and "router.proportional.alpha" not in held


class TestPresets:
    def test_turnstile_run_takes_it_and_has_its_rules(self, tmp_path):
        found = read("halve_concentration")
        settings = Settings(found.path, ("horizon_days=30", "gauntlet=strict"), found.levers)
        drawn = {lever.key: lever.values.at(0.7) for lever in found.levers}
        wanted = settings.config(active(found.levers, drawn))
        name = preset_name("mine", "most open")
        write_presets(tmp_path, {name: ("What is it?", wanted)}, found.levers)
        run = configure(f"governance={name}", folder=tmp_path / "presets")
        for section in SECTIONS:
            assert document(run)[section] == document(wanted)[section]
        assert run.horizon_days == configure().horizon_days  # a rule is no part of the world


def test_shipped_tunings_are_sound():
    for name in names():
        found = tuner(Path(read(name).path))
        assert yaml.safe_load(found.tuning.path.read_text())["question"] in listing()
    assert asked(names()[0], 7, 3, 2).trials == 7
