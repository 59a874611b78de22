"""Searches against known answers: fronts that have a formula, a best setting that was planted, and nothing lost."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.tune.hypervolume import Scale, on_front
from scenarios.tune.journal import FILE
from scenarios.tune.judging import Judge
from scenarios.tune.samplers import SAMPLERS
from scenarios.tune.worlds import CHOOSING, JUDGING, SEARCHED
from sim.errors import InputError
from tests.tunings import BEST_HALF_LIFE, BEST_STRICTNESS, PLANTED, attempt, dtlz2, searched, zdt1

KNOWN = {zdt1: 0.1 + 2 / 3 + 0.11, dtlz2: 1.1**3 - math.pi / 6}
"""Hypervolume of the whole front, up to 1.1 of every objective (of ZDT1: ∫ (0.1 + √f1), and beyond f1 = 1)."""


def volume(function, trials) -> float:
    """Hypervolume of ``trials`` over that of the known front."""
    losses = np.array([trial.judged.values for trial in trials])
    k = losses.shape[1]
    return Scale(np.zeros(k), np.full(k, 1.1)).volume(losses) * 1.1**k / KNOWN[function]


class TestKnownFronts:
    @pytest.mark.parametrize(("function", "levers", "trials", "least"), [(zdt1, 4, 400, 0.85), (dtlz2, 4, 300, 0.75)])
    def test_nsga2_comes_near_and_never_beyond(self, function, levers, trials, least, tmp_path):
        tuned = volume(function, searched(function, levers, "nsga2", trials, 20, tmp_path / "tuned"))
        chance = volume(function, searched(function, levers, "random", trials, 20, tmp_path / "random"))
        assert max(least, chance) < tuned <= 1

    def test_tpe_beats_random_at_equal_cost(self, tmp_path):
        def reached(name: str) -> float:
            found = (searched(zdt1, 3, name, 80, 20, tmp_path / f"{name}{seed}", seed) for seed in (1, 2))
            return sum(volume(zdt1, trials) for trials in found) / 2

        assert reached("random") < reached("tpe") <= 1

    def test_volume_of_the_whole_front(self):
        f1 = np.linspace(0, 1, 20_001)
        front = np.column_stack([f1, 1 - np.sqrt(f1)])
        assert Scale(np.zeros(2), np.full(2, 1.1)).volume(front) * 1.21 == pytest.approx(KNOWN[zdt1], abs=1e-4)


class TestFront:
    LOSSES = np.array([[0.0, 1.0], [0.5, 0.5], [0.5, 0.5], [0.6, 0.6], [1.0, 0.0], [0.1, 0.95]])

    def test_none_dominates_what_is_on_it(self):
        assert on_front(self.LOSSES).tolist() == [True, True, False, False, True, True]

    def test_history_is_the_volume_of_all_before(self):
        scale = Scale(np.zeros(2), np.full(2, 1.1))
        held = [None, *self.LOSSES, None]
        expected = [scale.volume(np.array([one for one in held[: i + 1] if one is not None])) for i in range(len(held))]
        assert scale.history(held) == pytest.approx(expected)

    def test_thinned_keeps_what_adds_most(self):
        scale = Scale(np.zeros(2), np.ones(2))
        assert scale.thinned(self.LOSSES[[0, 1, 4, 5]], 3) == [0, 1, 2]


class TestJudging:
    VALUES = np.array([[3.0, 1.0, 2.0, 4.0]])

    @pytest.mark.parametrize(("judge", "up", "down"), [
        (Judge("mean"), 2.5, 2.5), (Judge("worst"), 1, 4), (Judge("cvar", 0.5), 1.5, 3.5),
        (Judge("cvar", 1.0), 2.5, 2.5), (Judge("cvar", 0.25), 1, 4),
        (Judge("cvar", 0.375), (1 + 0.5 * 2) / 1.5, (4 + 0.5 * 3) / 1.5),
    ])  # fmt: skip
    def test_by_hand(self, judge, up, down):
        assert judge.of(self.VALUES, True)[0] == pytest.approx(up)
        assert judge.of(self.VALUES, False)[0] == pytest.approx(down)

    def test_regret_is_against_the_best_of_each_world(self):
        best = np.array([4.0, 1.0, 2.5, 4.0])
        assert Judge("regret").of(self.VALUES, True, best)[0] == 1
        assert Judge("regret").of(self.VALUES, False, np.array([2.0, 1.0, 2.0, 1.0]))[0] == 3


class TestPlanted:
    @pytest.fixture(scope="class")
    @classmethod
    def out(cls, tmp_path_factory):
        """The folder of a tuning whose best setting is known, tried with noise."""
        folder = tmp_path_factory.mktemp("planted")
        (folder / "planted.yaml").write_text(PLANTED.replace("trials: 60", "trials: 80"))
        attempt(folder / "planted.yaml", folder / "out")
        return folder / "out"

    def test_the_best_setting_is_found_under_noise(self, out):
        best = pd.read_parquet(out / "settings.parquet").set_index("role").loc["best quality"]
        assert best["governance.strictness"] == pytest.approx(BEST_STRICTNESS, abs=0.03)
        assert math.log(best["evidence.half_life_days"] / BEST_HALF_LIFE) == pytest.approx(0, abs=0.8)

    def test_what_is_reported_is_of_worlds_that_neither_searched_nor_chose(self, out):
        front = pd.read_parquet(out / "front.parquet")
        fresh = pd.read_parquet(out / "fresh.parquet")
        searched_in = set(pd.read_parquet(out / SEARCHED / "tuned-00000" / "measures.parquet")["seed"])
        sets = {which: set(held["seed"]) for which, held in fresh.groupby("set")}
        assert sets.keys() == {CHOOSING, JUDGING}
        assert not sets[CHOOSING] & sets[JUDGING] and not searched_in & (sets[CHOOSING] | sets[JUDGING])
        judged = fresh[fresh["set"] == JUDGING].groupby("name")["success_rate"].mean()
        told = front[front["measure"] == "success_rate"].set_index("name")["estimate"]
        pd.testing.assert_series_equal(told.sort_index(), judged.sort_index(), check_names=False)

    def test_gains_are_paired_by_world_and_named(self, out):
        front = pd.read_parquet(out / "front.parquet")
        fresh = pd.read_parquet(out / "fresh.parquet")
        judged = fresh[fresh["set"] == JUDGING].pivot(index="world", columns="name", values="hhi")
        for row in front[(front["measure"] == "hhi") & (front["name"] != "default")].itertuples():
            less = judged["default"] - judged[row.name]
            half = 3.1824463052842638 * less.std() / 2  # t of 3 degrees of freedom, four worlds
            assert (row.gain, row.gain_low) == pytest.approx((less.mean(), less.mean() - half))
            assert (row.verdict == "gains") == (row.gain_low > 0)

    def test_every_trial_is_tried_in_the_same_worlds(self, out):
        tried = [pd.read_parquet(path) for path in out.glob("searched/*/measures.parquet")]
        for _, held in pd.concat(tried).groupby("world"):
            assert held["seed"].nunique() == 1

    def test_importance_is_of_what_matters(self, out):
        held = pd.read_parquet(out / "importance.parquet").set_index(["objective", "lever"])
        assert (held["low"] <= held["high"]).all() and held["low"].min() >= 0 and held["high"].max() <= 1
        found = held["importance"]
        assert found["success_rate"].idxmax() in ("governance.strictness", "evidence.half_life_days")
        assert found["success_rate"]["gauntlet.prompts"] < found["success_rate"].max() / 2
        assert found.groupby("objective").sum().to_numpy() == pytest.approx(1)

    def test_levers_that_are_off_set_nothing(self, out):
        trials = pd.read_parquet(out / "trials.parquet")
        assert (trials["stake.sigma"].isna() == (trials["stake"] == "none")).all()
        assert trials["gauntlet.prompts"].between(10, 200).all() and (trials["gauntlet.prompts"] % 1 == 0).all()


class TestResumed:
    @pytest.mark.parametrize("sampler", SAMPLERS)
    def test_more_trials_later_are_those_of_one_search(self, sampler, tmp_path):
        once = searched(zdt1, 3, sampler, 45, 10, tmp_path / "once")
        for trials in (7, 32, 45):
            often = searched(zdt1, 3, sampler, trials, 10, tmp_path / "often")
        assert [trial.setting for trial in often] == [trial.setting for trial in once]

    def test_regrets_of_a_resumed_search_are_those_of_one(self, tmp_path):
        once = searched(zdt1, 3, "nsga2", 25, 10, tmp_path / "once", judge="regret")
        for trials in (7, 18, 25):
            often = searched(zdt1, 3, "nsga2", trials, 10, tmp_path / "often", judge="regret")
        assert [trial.judged for trial in often] == [trial.judged for trial in once]
        assert min(trial.judged.values for trial in once[:10])[0] == 0  # of the best in the first batch

    def test_a_line_that_was_cut_off_is_asked_for_again(self, tmp_path):
        once = searched(zdt1, 3, "nsga2", 40, 10, tmp_path / "once")
        held = (tmp_path / "once" / FILE).read_bytes()
        for cut in (len(held) - 3, len(held) // 2, 1):
            (tmp_path / "cut").mkdir(exist_ok=True)
            (tmp_path / "cut" / FILE).write_bytes(held[:cut])
            again = searched(zdt1, 3, "nsga2", 40, 10, tmp_path / "cut")
            assert [trial.setting for trial in again] == [trial.setting for trial in once]

    def test_what_is_there_is_not_tried_again(self, tmp_path):
        tried = []

        def counted(x):
            tried.append(x)
            return zdt1(x)

        searched(counted, 3, "nsga2", 25, 10, tmp_path)
        before = len(tried)
        searched(counted, 3, "nsga2", 40, 10, tmp_path)
        assert len(tried) - before == 40 - 25 + 1  # and once the default


def test_a_folder_of_another_tuning_is_refused(tmp_path):
    short = PLANTED.replace("trials: 60", "trials: 2").replace("batch: 20", "batch: 2")
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.write_text(short)
    other.write_text(short)
    attempt(one, tmp_path / "out")
    with pytest.raises(InputError, match=r"found tuning\.yaml of 'one'"):
        attempt(other, tmp_path / "out")
    one.write_text(short.replace("high: 0.74", "high: 0.7"))
    with pytest.raises(InputError, match="is another tuning's: another levers"):
        attempt(one, tmp_path / "out")


@pytest.mark.parametrize("line", ["no journal", "[1]", '{"op_code": 99}'])
def test_a_journal_that_is_none_is_refused(line, tmp_path):
    searched(zdt1, 3, "random", 4, 2, tmp_path)
    with (tmp_path / FILE).open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(InputError, match="not what a tuning wrote") as error:
        searched(zdt1, 3, "random", 4, 2, tmp_path)
    assert "\n" not in str(error.value)


def test_a_journal_that_lacks_a_trial_is_refused(tmp_path):
    searched(zdt1, 3, "random", 4, 2, tmp_path)
    lines = (tmp_path / FILE).read_text().splitlines(keepends=True)
    (tmp_path / FILE).write_text("".join(lines[:-3] + lines[-2:]))
    with pytest.raises(InputError, match="trial 1 of tuned is missing: not what a tuning wrote"):
        searched(zdt1, 3, "random", 4, 2, tmp_path)


@pytest.mark.parametrize("judge", ["mean", "regret"])
@pytest.mark.parametrize("measured", [
    3, {}, {"f0": ["x"], "f1": [0.5]}, {"f0": [0.5, 0.5], "f1": [0.5]}, {"f0": [None], "f1": [0.5]},
])  # fmt: skip
def test_a_journal_whose_trial_was_edited_is_refused(judge, measured, tmp_path):
    assert_refused(judge, measured, tmp_path)


def test_a_journal_whose_trial_has_another_value_is_refused(tmp_path):
    assert_refused("mean", {"f0": [0.5], "f1": [0.5]}, tmp_path)


def assert_refused(judge: str, measured: object, tmp_path: Path) -> None:
    """With ``measured`` in the place of what its last trial did, the journal is refused by that trial's number."""
    searched(zdt1, 3, "random", 4, 2, tmp_path, judge=judge)
    lines = [json.loads(line) for line in (tmp_path / FILE).read_text().splitlines()]
    lines[-1]["user_attrs"]["measured"] = measured
    (tmp_path / FILE).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with pytest.raises(InputError, match="trial 3 of tuned measured something else: not what a tuning wrote"):
        searched(zdt1, 3, "random", 4, 2, tmp_path, judge=judge)
