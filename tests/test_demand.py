"""Laws of synthetic demand (M1), each inside an interval from the sample's own variance."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy import stats

from analysis.calibration.burstiness import counts, dispersion, expected, measured
from analysis.calibration.replicates import excess
from sim.demand import open_demand
from sim.demand.arrivals import DAY_S, modulated, poisson, until
from sim.demand.sessions import CHUNK, domain_shares, on_grid
from sim.errors import InputError
from sim.streams import draw, normal, normals, uniform, uniforms
from tests.demands import drawn, settings

Z = 4.0  # standard errors allowed: a sound law fails once in 16,000


def close(sample, mean):
    """``mean`` lies within Z standard errors of the sample's mean."""
    return abs(np.mean(sample) - mean) < Z * np.std(sample) / np.sqrt(len(sample))


class TestPoisson:
    at = until(20_000, poisson(1, 2.0))

    def test_rate(self):
        assert abs(self.at.size - 40_000) < Z * np.sqrt(40_000)

    def test_gaps_are_exponential(self):
        assert stats.kstest(np.diff(self.at), "expon", args=(0, 0.5)).pvalue > 1e-3

    @pytest.mark.parametrize("window", [1, 10, 100])
    def test_index_of_dispersion_is_one(self, window):
        n = counts(self.at, window)
        assert abs(dispersion(n) - 1) < Z * np.sqrt(2 / n.size)

    def test_offered_turns_per_day_are_the_rate(self):
        sessions, turns = drawn(settings("poisson", rate=15_000), 20)
        expected_turns = 15_000 * sessions["at"][-1] / DAY_S
        assert abs(turns.size - expected_turns) < Z * np.sqrt(2 * turns.size)


class TestModulated:
    def test_rate(self):
        at = until(400_000, modulated(2, 1.0, [0.3, 0.2], [100.0, 1.0]))
        assert close(counts(at, 4000.0), 4000.0)

    def test_dispersion_and_autocorrelation_follow_theory(self):
        windows, process = (1.0, 10.0, 60.0), (3.0, [0.25, 0.2], [60.0, 1.0])
        records = [measured(until(1500, modulated(s, *process)), windows) for s in range(60)]
        found = excess(np.array(records), windows, 3.0)
        theory = excess(expected(*process, windows, 1500.0), windows, 3.0)
        assert all(close(column, value) for column, value in zip(found.T, theory, strict=True))

    def test_daily_cycle(self):
        rate = 0.02
        at = until(100 * DAY_S, modulated(3, rate, [], [], cycle=1.0, cycle_peak_h=15.0))
        hour = at % DAY_S / 3600
        found = np.histogram(hour, 24, (0, 24))[0]
        fine = np.arange(24 * 60) / 60
        share = np.exp(np.cos(2 * np.pi * (fine - 15) / 24)).reshape(24, 60).sum(axis=1)
        assert stats.chisquare(found, share / share.sum() * found.sum()).pvalue > 1e-3
        assert abs(at.size - rate * 100 * DAY_S) < Z * np.sqrt(at.size)

    def test_without_drift_and_cycle_it_is_the_poisson_process(self):
        for sigma in ([], [0.0]):
            same = modulated(1, 2.0, sigma, [5.0] * len(sigma))
            assert np.array_equal(next(same), next(poisson(1, 2.0)))

    def test_times_increase(self):
        at = until(5_000, modulated(5, 20.0, [1.5, 1.0], [50.0, 0.5]))
        assert (np.diff(at) > 0).all()

    def test_a_later_horizon_adds_and_changes_nothing(self):
        short, long = (np.concatenate([next(m) for _ in range(3)]) for m in (
            modulated(1, 1.0, [0.5], [60.0], horizon_s=3000), modulated(1, 1.0, [0.5], [60.0])))
        assert np.array_equal(short[short < 3000], long[long < 3000])

    def test_few_sessions_do_not_walk_years_of_path(self):
        sessions, _ = drawn(settings("modulated", rate=1e-3, horizon_days=2), 1)
        assert sessions["at"][-1] > 1e6 * DAY_S

    def test_too_fast_a_component_is_refused_before_the_run(self):
        with pytest.raises(InputError, match=r"demand.tau_s\[1\]: found 1e-06; allowed is a number from 0.01"):
            open_demand(settings("modulated", tau_s=[300.0, 1e-6]))


class TestSessions:
    config = settings("poisson", rate=1e6, turns_mean=2.5, edge=0.2, adversarial=0.1, domains=5, zipf=1.2)
    sessions, turns = drawn(config, 10)

    def test_draws_follow_their_laws(self):
        s = self.sessions
        assert stats.kstest(s["difficulty"], "norm").pvalue > 1e-3
        assert stats.kstest(s["audit"], "uniform").pvalue > 1e-3
        assert stats.kstest((s["user"] + 0.5) / self.config.demand.users, "uniform").pvalue > 1e-3
        for column, shares in (("domain", domain_shares(5, 1.2)), ("klass", [0.7, 0.2, 0.1])):
            assert stats.chisquare(np.bincount(s[column]), np.array(shares) * s.size).pvalue > 1e-3

    def test_turns_are_one_plus_geometric(self):
        found = np.bincount(np.minimum(self.sessions["turns"], 12))[1:]
        law = np.append(stats.geom.pmf(np.arange(1, 12), 0.4), stats.geom.sf(11, 0.4))
        assert stats.chisquare(found, law * self.sessions.size).pvalue > 1e-3

    def test_one_turn_each(self):
        sessions, turns = drawn(settings("poisson", turns_mean=1), 1)
        assert (sessions["turns"] == 1).all() and turns.size == CHUNK and (turns["think"] == 0).all()

    def test_first_turn_points_into_the_chunk(self):
        sessions, turns = next(open_demand(self.config).chunks())
        assert sessions["first_turn"][0] == 0 and sessions["turns"].sum() == turns.size
        ends = self.sessions["first_turn"] + self.sessions["turns"]
        assert np.array_equal(ends[:-1], self.sessions["first_turn"][1:]) and ends[-1] == self.turns.size

    def test_think_times(self):
        first = np.zeros(self.turns.size, bool)
        first[self.sessions["first_turn"]] = True
        think, d = self.turns["think"], self.config.demand
        assert (think[first] == 0).all()
        assert stats.kstest(np.log(think[~first] / d.think_median_s), "norm", args=(0, d.think_sigma)).pvalue > 1e-3

    def test_context_adds_up(self):
        """A later context holds all before it, the answer to it, and a follow-up of at least a token."""
        t, d = self.turns, self.config.demand
        first = np.zeros(t.size, bool)
        first[self.sessions["first_turn"]] = True
        added = (t["context"][1:] - t["context"][:-1] - t["output"][:-1])[~first[1:]]
        assert (t["context"] >= 1).all() and (t["output"] >= 1).all() and (added >= 1).all()
        for found, mu, sigma in ((t["context"][first], d.context_mu, d.context_sigma),
                                 (t["output"], d.output_mu, d.output_sigma), (added, d.followup_mu, d.followup_sigma)):
            median = np.median(found)
            assert abs(np.log(median) - mu) < Z * 1.2533 * sigma / np.sqrt(found.size) + 0.5 / median

    def test_chunks_are_the_same_each_time(self):
        again, turns = drawn(self.config, 10)
        assert np.array_equal(again, self.sessions) and np.array_equal(turns, self.turns)

    @pytest.mark.parametrize("change, columns", [
        ({"edge": 0.5}, {"klass"}), ({"users": 7}, {"user"}), ({"zipf": 0.0}, {"domain"}),
        ({"rate": 1e3}, {"at"}), ({"turns_mean": 4.0}, {"at", "turns", "first_turn"}), ({"tolerance": 3.0}, set()),
    ])  # fmt: skip
    def test_a_setting_changes_its_own_column(self, change, columns):
        other, _ = drawn(SimpleNamespace(**vars(self.config) | {"demand": replace(self.config.demand, **change)}), 10)
        assert {c for c in other.dtype.names if not np.array_equal(other[c], self.sessions[c])} == columns

    def test_seeds_differ(self):
        other, _ = drawn(settings("poisson", seed=2), 1)
        assert abs(np.corrcoef(other["difficulty"], self.sessions["difficulty"][:CHUNK])[0, 1]) < Z / np.sqrt(CHUNK)


class TestDraws:
    PAIRS = st.lists(st.tuples(st.integers(0, 2**56 - 1), st.integers(0, 2**16 - 1)), min_size=1)

    @hypothesis_settings(max_examples=30)
    @given(PAIRS, st.integers(0, 2**64 - 1))
    def test_many_at_once_are_the_draws_one_by_one(self, pairs, seed):
        many = uniforms(seed, 3, *np.array(pairs).T.copy())
        words = [draw(np.uint64(seed), 3, session, turn, 0, 0) for session, turn in pairs]
        assert many.T.tolist() == [[uniform(np.uint64(word)) for word in four] for four in words]
        assert normals(many[0]).tolist() == [normal(np.uint64(four[0])) for four in words]

    def test_a_session_is_drawn_by_its_number_alone(self):
        """Longer sessions before it, of the same chunk, do not change what it asks first."""
        (short, asked), (long, more) = (drawn(settings("poisson", turns_mean=mean), 1) for mean in (1.0, 3.0))
        for column in ("context", "output"):
            assert np.array_equal(asked[column][short["first_turn"]], more[column][long["first_turn"]])


class TestGrid:
    @given(st.lists(st.floats(0, 1e7), min_size=1), st.integers(0, 24))
    def test_rounding_keeps_order_and_is_near(self, times, bits):
        times = np.sort(np.array(times))
        on = on_grid(times, bits)
        assert (np.diff(on) >= 0).all() and (np.abs(on - times) <= 2.0 ** -(bits + 1)).all()
        assert (np.ldexp(on, bits) == np.rint(np.ldexp(on, bits))).all()

    @pytest.mark.parametrize("kind", ["poisson", "modulated"])
    def test_all_times_lie_on_it(self, kind):
        sessions, turns = drawn(settings(kind, grid_bits=2, rate=1e6), 1)
        for times in (sessions["at"], turns["think"], turns["not_before"]):
            assert (times * 4 == np.rint(times * 4)).all()
