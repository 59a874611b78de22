"""The laws of a session, one at a time, read from the attempt log of runs whose outcome is known.

Both data planes share these laws, so that they would agree on a wrong one.
"""

from itertools import groupby

import numpy as np
import pytest
from scipy import stats

from sim.records import SESSION, TURN, N
from sim.simulation import simulate
from tests.audits import binomial_interval
from tests.configs import config
from tests.verification.network import carry, models, settings

GAP_S = 193.0  # a turn of 1 s and the 1/64 day for which a user is away are 7 of these


def demand(at, turns=1, user=0):
    """Sessions at times ``at`` (s), each of ``turns`` turns, one a second; ``user`` may be an array."""
    sessions = np.zeros(len(at), SESSION)
    sessions["at"], sessions["turns"], sessions["user"] = at, turns, user
    sessions["first_turn"] = turns * np.arange(len(at))
    made = np.zeros(turns * len(at), TURN)
    made["think"] = 1.0
    return iter([(sessions, made)])


def known(good, **columns):
    """Models that always answer well, or never, in 1 s, and never queue."""
    columns = dict(slots=10**6, mu=np.where(good, np.inf, -np.inf)[:, None]) | columns
    return models(len(good), **columns)


def law(**keys):
    """The bare configuration with service of fixed length, and retries of bad answers where ``keys`` allow any."""
    return settings(1.0, **dict(service__noise="fixed", retry__kinds=["bad"]) | keys)


def by_session(log):
    """The attempts of each session in order, by its number."""
    log = log[np.lexsort((log["attempt"], log["turn"], log["session"]))]
    return {int(session): np.array(list(rows)) for session, rows in groupby(log, key=lambda row: row["session"])}


class TestSticky:
    def test_a_session_stays_with_the_model_that_served_last(self):
        c, served = law(router__sticky=True, retry__target="fresh", retry__retries=2), models(5, ability=0.5, slots=999)
        log = carry(c, served, 100.0, chunks=demand(np.arange(100.0), 6), drain_s=500.0).log
        moved = 0
        for rows in by_session(log).values():
            (begins,) = np.nonzero(rows["attempt"] == 1)
            assert (rows["model"][begins[1:]] == rows["model"][begins[1:] - 1]).all()
            moved += (rows["model"] != rows["model"][0]).any()
        assert moved and len(set(log["model"])) == 5

    def test_without_it_every_turn_picks_anew(self):
        log = carry(law(router__sticky=False), known([True] * 5), 1000.0, chunks=demand(np.arange(400.0), 6)).log
        stays = np.concatenate([rows["model"][1:] == rows["model"][:-1] for rows in by_session(log).values()])
        low, high = binomial_interval(0.2, stays.size)
        assert low < stays.mean() < high

    def test_it_picks_again_when_the_model_has_lost_its_weight(self):
        served = known([True] * 3)

        def at_tick(traffic, tick):
            if tick == 1:
                traffic.publish(served, np.array([0.0, 1.0, 1.0]))

        c, first = law(router__sticky=True), np.array([1.0, 1.0, 0.0])
        run = carry(c, served, 200.0, weight=first, ticks=2, at_tick=at_tick, chunks=demand(np.arange(100.0), 60))
        assert set(run.log["model"][run.log["started"] >= 100.0]) == {1, 2}
        new = set()
        for rows in by_session(run.log).values():
            before, after = (set(rows["model"][kept]) for kept in (rows["started"] < 100, rows["started"] >= 100))
            assert len(before) == 1 and len(after) <= 1
            if before == {1}:
                assert after <= {1}
            elif after:
                new |= after
        assert new == {1, 2}


def test_fallback_visits_the_models_by_falling_weight_and_leaves_the_first_out():
    c = law(retry__target="fallback", retry__retries=4)
    weight = np.array([1.0, 4.0, 2.0, 8.0, 3.0])
    log = carry(c, known([False] * 5), 100.0, weight=weight, chunks=demand(np.arange(100.0)), drain_s=10.0).log
    firsts = set()
    for rows in by_session(log).values():
        first, *others = rows["model"].tolist()
        assert others == [m for m in (3, 1, 4, 2, 0) if m != first]
        firsts.add(first)
    assert firsts == set(range(5))


class TestTolerance:
    """A user leaves after a number of failed turns in a row, 1 + geometric, frozen; and comes back in time."""

    USERS, ASKED = 400, 60

    def visits(self, good=(False,), users=USERS, tolerance=3.0, **keys):
        """(served, run): which of the sessions of each user, one every GAP_S, found it there: (users, sessions).

        All models answer well, or none, by turns, in window 0, 1, ... as ``good`` says.
        """
        c = law(demand__users=users, demand__tolerance=tolerance, **dict(demand__away_days=1 / 64) | keys)

        def at_tick(traffic, tick):
            traffic.publish(known([good[tick % len(good)]] * 2), np.ones(2))

        at, user = np.repeat(GAP_S * (0.5 + np.arange(self.ASKED)), users), np.tile(np.arange(users), self.ASKED)
        until = GAP_S * self.ASKED
        run = carry(c, known(good[:1] * 2), until, ticks=self.ASKED, at_tick=at_tick, chunks=demand(at, 1, user))
        served = np.bincount(run.log["session"], minlength=len(at)).reshape(self.ASKED, users).T
        assert run.network[N.SESSIONS] == served.sum() and run.network[N.AWAY] == (served == 0).sum()
        return served != 0, run

    def borne(self):
        """Failed turns in a row after which each user leaves."""
        return self.visits(demand__away_days=1000)[0].sum(axis=1)

    def test_one_failed_turn_is_enough_at_tolerance_1(self):
        served, run = self.visits(users=3, tolerance=1.0)
        assert (served == (np.arange(self.ASKED) % 7 == 0)).all()  # back at the very instant at which away_days end
        assert run.network[N.DEPARTURES] == served.sum()

    def test_nobody_leaves_at_tolerance_0(self):
        assert self.visits(users=3, tolerance=0.0)[0].all()

    def test_how_much_a_user_bears_is_geometric(self):
        counts = np.bincount(np.minimum(self.borne(), 8), minlength=9)[1:]
        chances = np.append(stats.geom.pmf(np.arange(1, 8), 1 / 3), stats.geom.sf(7, 1 / 3))
        assert stats.chisquare(counts, chances * self.USERS).pvalue > 0.001

    def test_it_is_frozen_per_user_and_every_user_comes_back(self):
        served, _ = self.visits()
        for here, borne in zip(served, self.borne(), strict=True):
            assert (here == (np.arange(self.ASKED) % (borne + 6) < borne)).all()

    def test_an_answered_turn_begins_the_streak_anew(self):
        served, _ = self.visits(good=(False, True))
        assert (served.all(axis=1) == (self.borne() > 1)).all()

    def test_a_bad_answer_that_nobody_noticed_drives_nobody_away(self):
        assert self.visits(users=3, tolerance=1.0, response__detect=0.0)[0].all()


@pytest.mark.parametrize("tau_s", [10.0, 1e9])
def test_peak_ewma_keeps_the_better_of_two(tau_s):
    """With nothing in flight the cost is the latency, decayed; the dearer of two models needs both picks: 1 in 4."""
    c = law(router__dispatch="power_of_two_ewma", router__ewma_tau_s=tau_s)
    latency, turns = np.array([4.0, 1.0]), 4000
    at = 10.0 * np.arange(turns)
    log = carry(c, known([True, True], ttft=latency), at[-1] + 1, chunks=demand(at), drain_s=10.0).log
    last, cheaper = np.full(2, np.nan), []
    for row in log:
        cost = latency * np.exp((last - row["started"]) / tau_s)
        if not np.isnan(cost).any():
            cheaper.append(row["model"] == cost.argmin())
        last[row["model"]] = row["ended"]
    low, high = binomial_interval(0.75, len(cheaper))
    assert low < np.mean(cheaper) < high
    if tau_s > 1e6:
        assert log["model"].mean() > 0.7  # the faster


@pytest.mark.parametrize(
    ("weight", "keys", "waits"),
    [
        ([1, 1], dict(), [0, 0, 0]),
        ([1, 1], dict(retry__immediate=False), [5, 5, 5]),
        ([1], dict(), [5, 5, 5]),
        ([1, 0], dict(), [5, 5, 5]),
        ([1, 1], dict(router__health="finagle"), [0, 5, 5]),
        ([1, 1, 1], dict(router__health="finagle"), [0, 0, 5]),
    ],
    ids=["others", "off", "alone", "others without weight", "one other, until it is ejected", "two others"],
)
def test_immediate_retries_wait_only_where_no_other_model_is_healthy(weight, keys, waits):
    base = dict(retry__retries=3, retry__backoff="constant", retry__base_s=5.0, retry__immediate=True,
                retry__target="fresh", router__health_kinds=["bad"],
                router__finagle={"consecutive": 1, "base_s": 1000, "max_s": 1000})  # fmt: skip
    weight = np.array(weight, float)
    log = carry(law(**base | keys), known([False] * len(weight)), 100.0, weight=weight, chunks=demand([1.0])).log
    assert (log["started"][1:] - log["ended"][:-1]).tolist() == waits


def test_a_backoff_from_zero_stays_zero_however_often_it_grows():
    keys = dict(retry__retries=200, retry__kinds=["bad"], retry__backoff="exponential", retry__base_s=0.0,
                retry__factor=100.0, retry__cap_s=30.0, retry__jitter="none")  # fmt: skip
    log = carry(law(**keys), known([False]), 300.0, chunks=demand([1.0])).log
    assert len(log) == 201
    assert (log["started"][1:] == log["ended"][:-1]).all()


class TestClients:
    """Each gateway has a budget of its own; a user goes through gateway user % clients."""

    USERS = np.array([3, 0, 4, 4, 1, 2, 5, 0, 2, 1, 3, 5, 4, 0, 2])
    BUDGETS = (
        (dict(kind="quota", capacity=1, cost=1), lambda k: k == 0),
        (dict(kind="throttle", capacity=4, cost=1), lambda k: k == 0),  # the second failure leaves half of it
        (dict(kind="ratio", ratio=0.5, window_s=1e5), lambda k: k % 2 == 1),
    )

    def retried(self, at, user, **budget):
        """Whether each session had the retry that it wanted."""
        keys = {f"retry__budget__{key}": value for key, value in budget.items()}
        c = law(demand__users=6, retry__retries=1, retry__clients=3, **keys)
        run = carry(c, known([False]), 1000.0, chunks=demand(at, 1, user))
        found = np.bincount(run.log["session"], minlength=len(at)) == 2
        assert run.network[N.BUDGET_DENIED] == (~found).sum()
        return found.tolist()

    @pytest.mark.parametrize(("budget", "granted"), BUDGETS, ids=[b["kind"] for b, _ in BUDGETS])
    def test_budgets_are_apart(self, budget, granted):
        client = self.USERS % 3
        before = [int((client[:k] == client[k]).sum()) for k in range(len(client))]
        assert self.retried(10.0 * np.arange(len(client)), self.USERS, **budget) == [granted(k) for k in before]

    def test_retries_outstanding_are_counted_apart_and_end_with_their_turn(self):
        """One a gateway at a time: of six users at once, the first of each gateway, and again with the next six."""
        found = self.retried(np.repeat([0.0, 10.0, 20.0], 6), np.tile(np.arange(6), 3), kind="active", floor=1)
        assert found == [True, True, True, False, False, False] * 3


class TestLeave:
    def turns(self, **keys):
        """Turns that each of 1,000 sessions of 4 turns asked of a model that never answers well."""
        run = carry(law(**keys), known([False]), 1000.0, chunks=demand(np.arange(1000.0), 4), drain_s=100.0)
        assert run.network[N.SESSIONS_ENDED] == 1000
        return np.bincount(run.log["session"])

    def test_never_or_always(self):
        assert (self.turns(response__leave=0.0) == 4).all()
        assert (self.turns(response__leave=1.0) == 1).all()

    def test_with_a_probability_after_each_failed_turn(self):
        turns = self.turns(response__leave=0.3)
        for k in (1, 2, 3):
            low, high = binomial_interval(0.3, (turns >= k).sum())
            assert low < (turns == k).sum() / (turns >= k).sum() < high

    def test_only_after_a_failure_that_was_noticed(self):
        assert (self.turns(response__leave=1.0, response__detect=0.0) == 4).all()


def test_evidence_halves_with_every_half_life_however_long_the_windows(tmp_path):
    """The demand ends in the first window; afterwards evidence only decays, by the days between two horizons."""
    path = tmp_path / "trace.csv"
    path.write_text("t_s,context_tokens,generated_tokens\n" + "".join(f"{t},1000,100\n" for t in range(1000)))

    def evidence(days):
        c = config("demand=trace", demand__path=str(path), evidence__audit=1.0, evidence__half_life_days=0.25,
                   tick_s=21600, horizon_days=days, warmup_days=0)  # fmt: skip
        return simulate(c).tables["models"][["evidence_good", "evidence_bad"]].to_numpy()

    first = evidence(0.25)
    assert first[:, 0].sum() > 100 and first[:, 1].sum() > 100
    for days in (0.5, 1.0, 1.125):  # the last window of the last is half as long
        np.testing.assert_allclose(evidence(days), first * 2.0 ** (-(days - 0.25) / 0.25), rtol=1e-12)
