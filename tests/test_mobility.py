"""Epochs and mobility: planted histories of ranks, closed forms, and what the measures may not depend on."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.epochs import EPOCHS, begin, ends, over_epochs, turns_by_epoch
from analysis.indices import gini, hhi
from analysis.measures import mobility
from analysis.measures.concentration import gini_change, hhi_change
from analysis.measures.mobility import kendall, median_survival, shorrocks, stays, top, transitions
from analysis.run import Run
from tests.economies import economy
from tests.made_runs import made_traffic
from tests.runs import write_run

WARMUP, LONG = 4, 2  # days: of warm-up, of an epoch


def history(turns, born=None):
    """A run in which developer i gets ``turns[i, e]`` on each day of epoch e, and a million before."""
    days = np.concatenate([np.full((len(turns), WARMUP), 10**6), np.repeat(turns, LONG, axis=1)], axis=1)
    return made_traffic(days, WARMUP, born)


def shuffled(developers, seed):
    """Every epoch another order, drawn anew."""
    rng = np.random.default_rng(seed)
    return np.stack([1 + rng.permutation(developers) for _ in range(EPOCHS)], axis=1)


still = np.repeat(np.arange(1, 51)[:, None], EPOCHS, axis=1)
swinging = np.where(np.arange(EPOCHS) % 2, still[::-1], still)


class TestEpochs:
    def test_they_are_equal_and_begin_after_warmup(self):
        run = history(still)
        assert begin(run) == WARMUP
        assert ends(run).tolist() == [WARMUP + LONG * (e + 1) for e in range(EPOCHS)]
        assert (turns_by_epoch(run, "developer") == still * LONG).all()

    def test_turns_of_a_run_add_up_to_those_after_warmup(self, tmp_path):
        run = Run.read(write_run(economy(horizon_days=21, warmup_days=2.5), tmp_path / "run"))
        models = run["models"]
        for entity in ("model", "developer", "domain"):
            owner = np.where(models["developer"] >= 0, models[entity], -1)
            owned = np.bincount(owner[owner >= 0], models["turns_after_warmup"][owner >= 0])
            np.testing.assert_array_equal(turns_by_epoch(run, entity).sum(axis=1), owned)
        assert begin(run) == 3
        assert ends(run)[-1] == 21
        periods = np.diff([begin(run), *ends(run)])
        assert periods.max() - periods.min() <= 1

    def test_where_there_are_too_few_periods_nothing_is_said(self):
        run = made_traffic(np.ones((20, WARMUP + EPOCHS - 1), int), WARMUP)
        assert np.isnan(ends(run)).all()
        assert np.isnan(over_epochs(run, hhi, "developer")).all()
        for measure in (
            hhi_change, gini_change, mobility.rank_persistence, mobility.shorrocks_index, mobility.time_to_top,
            mobility.entrants_at_top, mobility.incumbents_survival, mobility.top_stay,
        ):  # fmt: skip
            assert math.isnan(measure(run))

    def test_an_index_over_time_counts_those_who_have_built_a_model(self):
        turns, born = np.ones((4, EPOCHS), int), np.array([0.0, 0, 0, WARMUP + 6 * LONG + 1])
        turns[3, :6] = 0
        course = over_epochs(history(turns, born), gini, "developer")
        assert course.tolist() == [0.0] * EPOCHS
        turns[3] = 0
        course = over_epochs(history(turns, born), gini, "developer")
        np.testing.assert_allclose(course, [0.0] * 6 + [1 / 4] * 6, atol=1e-12)

    def test_changes_are_those_planted(self):
        monopoly = np.where(np.arange(EPOCHS) < 8, 1, np.array([4, 0, 0, 0])[:, None])
        assert hhi_change(history(monopoly)) == pytest.approx(1 - 1 / 4)
        assert gini_change(history(monopoly)) == pytest.approx(3 / 4)
        assert hhi_change(history(monopoly[:, ::-1])) == pytest.approx(1 / 4 - 1)


class TestRanks:
    @given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=30))
    def test_kendall_is_scipys(self, pairs):
        x, y = np.array(pairs, float).T
        assert kendall(x, y) == pytest.approx(stats.kendalltau(x, y).statistic, nan_ok=True)
        assert kendall(x**3, y) == pytest.approx(kendall(y, x), nan_ok=True)
        assert kendall(-x, y) == pytest.approx(-kendall(x, y), nan_ok=True)

    def test_where_nothing_moves(self):
        assert mobility.rank_persistence(history(still)) == 1
        assert mobility.shorrocks_index(history(still)) == 0
        assert mobility.incumbents_survival(history(still)) == 1

    def test_where_the_order_is_turned_round_each_time(self):
        """Of five classes only the middle one is where it was: trace 1."""
        assert mobility.rank_persistence(history(swinging)) == -1
        assert mobility.shorrocks_index(history(swinging)) == 1
        assert mobility.incumbents_survival(history(swinging)) == 0

    def test_where_each_epoch_is_drawn_anew(self):
        """τ has mean 0, and Shorrocks' index mean 1, whatever the number of developers."""
        runs = [history(shuffled(40, seed)) for seed in range(60)]
        for measure, theory in ((mobility.rank_persistence, 0.0), (mobility.shorrocks_index, 1.0)):
            found = [measure(run) for run in runs]
            low, high = stats.t.interval(0.999, len(found) - 1, np.mean(found), stats.sem(found))
            assert low <= theory <= high

    @given(st.integers(0, 99), st.sampled_from([2, 1000]))
    def test_only_the_order_counts(self, seed, scale):
        turns = shuffled(20, seed)
        one, other = history(turns), history(turns**2 * scale)
        for measure in (mobility.rank_persistence, mobility.shorrocks_index, mobility.incumbents_survival):
            assert measure(one) == measure(other)

    def test_who_has_no_turns_in_one_of_two_epochs_has_no_rank_in_them(self):
        turns = np.vstack([still, np.where(np.arange(EPOCHS) % 2, 0, np.arange(100, 130)[:, None])])
        assert mobility.rank_persistence(history(turns)) == 1
        assert math.isnan(mobility.rank_persistence(history(still[:4])))


class TestShorrocks:
    @pytest.mark.parametrize("c", [2, 5])
    def test_closed_forms(self, c):
        assert shorrocks(np.eye(c) * 7) == 0
        assert shorrocks(np.ones((c, c))) == pytest.approx(1)
        assert shorrocks(np.roll(np.eye(c), 1, axis=1)) == pytest.approx(c / (c - 1))

    @pytest.mark.parametrize(("p", "q"), [(0.1, 0.3), (0.5, 0.5), (1.0, 0.2)])
    def test_of_two_states_it_is_the_sum_of_the_chances_to_leave(self, p, q):
        assert shorrocks(np.array([[1 - p, p], [q, 1 - q]]) * 40) == pytest.approx(p + q)

    def test_every_class_has_a_fifth(self):
        rng = np.random.default_rng(1)
        moves = transitions([(rng.random(50), rng.random(50)), (rng.random(25), rng.random(25))])
        assert moves.sum(axis=0).tolist() == moves.sum(axis=1).tolist() == [15] * 5


class TestTop:
    def test_it_is_a_tenth_rounded_up_of_those_who_have_turns(self):
        turns = np.append(np.arange(1, 22), np.zeros(80, int))[:, None]
        assert np.flatnonzero(top(turns)[:, 0]).tolist() == [18, 19, 20]
        assert not top(np.zeros((5, 1))).any()

    def test_ties_go_to_the_lower_number(self):
        assert np.flatnonzero(top(np.ones((20, 1)))[:, 0]).tolist() == [0, 1]

    def test_the_way_there_is_as_long_as_planted(self):
        """Three of five entrants come to the top of 20, in epochs 5, 7 and 8; those of the start do not count."""
        turns = np.repeat(np.arange(1, 21)[:, None], EPOCHS, axis=1)
        born = np.append(np.zeros(15), WARMUP + np.array([1.0, 2.0, 3.5, 4.0, 5.0]))
        turns[15:] = np.array([1, 2, 3, 4, 5])[:, None]
        turns[14], turns[13] = 1000, 900
        for entrant, epoch in ((15, 5), (16, 7), (17, 8)):
            turns[entrant, epoch] = 10_000
        run = history(turns, born)
        days = [WARMUP + LONG * (epoch + 1) - born[i] for i, epoch in ((15, 5), (16, 7), (17, 8))]
        assert mobility.time_to_top(run) == pytest.approx(np.median(days))
        assert mobility.entrants_at_top(run) == pytest.approx(3 / 5)
        assert mobility.incumbents_survival(run) == 1

    def test_nobody_came(self):
        run = history(still)
        assert math.isnan(mobility.time_to_top(run))
        assert math.isnan(mobility.entrants_at_top(run))

    def test_half_of_the_incumbents_are_replaced(self):
        turns = still[:40].copy()
        turns[38:, 6:] = 0
        turns[:2, 6:] = 1000
        assert mobility.incumbents_survival(history(turns)) == pytest.approx(2 / 4)


class TestStays:
    def test_they_are_those_that_began_in_sight(self):
        seen = np.array([[1, 1, 0, 0, 1], [0, 1, 1, 0, 1], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [0, 1, 1, 1, 0]], bool)
        lasted, ended = stays(seen)
        assert list(zip(lasted.tolist(), ended.tolist(), strict=True)) == [(1, False), (2, True), (1, False), (3, True)]

    @given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=30))
    def test_their_median_is_that_of_scipys_kaplan_meier(self, found):
        lasted, ended = (np.array(v) for v in zip(*found, strict=True))
        survival = stats.ecdf(stats.CensoredData(lasted[ended], right=lasted[~ended])).sf
        below = survival.quantiles[survival.probabilities.round(9) <= 0.5]
        assert median_survival(lasted, ended) == pytest.approx(below[0] if len(below) else math.nan, nan_ok=True)

    def test_of_a_planted_history(self):
        """Of 20 the top are two: one stays for ever, the other place is somebody else's every third epoch."""
        turns = np.repeat(np.arange(1, 21)[:, None], EPOCHS, axis=1)
        turns[19] = 10**5
        for epoch in range(EPOCHS):
            turns[epoch // 3, epoch] = 10**4
        assert mobility.top_stay(history(turns)) == 3
        assert math.isnan(mobility.top_stay(history(still)))
