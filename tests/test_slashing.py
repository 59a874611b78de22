"""M8: what failure costs a stake."""


import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.economy.ledger import COSTAKERS, micro
from sim.endowment import endow
from sim.network.network import Network
from sim.trust.slashing import RULES, Struck, exposed, payout, slash
from tests.configs import config
from tests.stakes import stake_config

STAKES = st.lists(st.integers(0, 10**15), min_size=1, max_size=20)
SHARE = st.floats(0, 1)


@given(st.sampled_from(list(RULES)), STAKES, SHARE, st.floats(0, 100), st.integers(0, 10**16), st.integers(0, 2**20))
def test_never_more_than_the_stake_and_nothing_of_the_others(rule, stakes, fraction, correlation, before, bits):
    struck = np.array([bits >> k & 1 for k in range(len(stakes))], bool)
    found = slash(stake_config(slashing=rule, fraction=fraction, correlation=correlation), stakes, struck, before)
    assert found.dtype == np.int64
    assert (found >= 0).all() and (found <= stakes).all() and not found[~struck].any()


@pytest.mark.parametrize("rule", ["none", "numerai"])
def test_rules_without_events(rule):
    assert not slash(stake_config(slashing=rule), [10**9], [True]).any()


def test_fixed_is_the_same_share_for_each():
    found = slash(stake_config(slashing="fixed", fraction=0.25), [1000, 2001, 400], [True, True, False])
    assert found.tolist() == [250, 500, 0]  # whole micro-credits, rounded in the developer's favour


@given(STAKES)
def test_the_whole_stake_can_be_lost_to_the_last_unit(stakes):
    assert slash(stake_config(slashing="fixed", fraction=1.0), stakes, np.ones(len(stakes), bool)).tolist() == stakes


class TestEthereum:
    """Of a hundred equal stakes."""

    STAKE = np.full(100, 1_000_000)

    def share(self, struck, before=0, **changes):
        settings = stake_config(slashing="ethereum", fraction=1.0, **changes)
        return slash(settings, self.STAKE, np.arange(100) < struck, before)[0] / self.STAKE[0]

    @pytest.mark.parametrize(("struck", "share"), [(1, 0.03), (10, 0.3), (33, 0.99), (34, 1.0), (100, 1.0)])
    def test_alone_little_together_everything(self, struck, share):
        assert self.share(struck) == pytest.approx(share, abs=1e-6)

    def test_what_came_before_in_the_window_counts(self):
        assert self.share(1, before=9 * 1_000_000) == pytest.approx(self.share(10), abs=1e-6)

    def test_without_correlation_nothing(self):
        assert self.share(100, correlation=0.0) == 0

    def test_nobody_has_a_stake(self):
        assert not slash(stake_config(slashing="ethereum"), [0, 0], [True, True]).any()


def test_what_was_struck_is_forgotten_after_the_window():
    memory = Struck()
    for day, stake in ((1.0, 5), (2.0, 7), (2.0, 1)):
        memory.add(day, stake)
    assert [memory.after(day) for day in (0.0, 1.0, 1.5, 2.0)] == [13, 8, 8, 0]


CAUSES = {"ejection": [True, False, False], "rejection": [False, True, False], "expiry": [False, False, True]}


class TestExposure:
    @pytest.mark.parametrize(
        ("exposure", "struck"),
        [([], [0, 0, 0]), (["ejection"], [1, 0, 0]), (["rejection", "expiry"], [0, 1, 1]), (list(CAUSES), [1, 1, 1])],
    )
    def test_only_causes_that_the_configuration_names(self, exposure, struck):
        assert exposed(stake_config(exposure=exposure), **CAUSES).tolist() == [bool(s) for s in struck]

    def test_a_tick_tells_the_causes_it_knows(self):
        assert exposed(stake_config(exposure=["ejection"]), expiry=[True]).tolist() == [False]


class TestNumerai:
    SETTINGS = stake_config(slashing="numerai")
    STAKE, CONFIDENCE = np.full(4, 1_000_000), np.array([0.50, 0.52, 0.60, 0.90])
    ADMITTED = np.array([True, True, True, False])

    def test_score_is_confidence_above_the_mean_of_the_admitted_and_is_clipped(self):
        """The mean is .54: scores -.04, -.02 and .06, the last clipped to .05."""
        found = payout(self.SETTINGS, self.STAKE, self.CONFIDENCE, self.ADMITTED)
        assert found == pytest.approx([-40_000, -20_000, 50_000, 0], abs=1)

    @pytest.mark.parametrize("rule", ["none", "fixed", "ethereum"])
    def test_no_other_rule_pays(self, rule):
        assert not payout(stake_config(slashing=rule), self.STAKE, self.CONFIDENCE, self.ADMITTED).any()

    def test_nobody_is_admitted(self):
        assert not payout(self.SETTINGS, self.STAKE, self.CONFIDENCE, np.zeros(4, bool)).any()

    @given(STAKES, SHARE, st.integers(0, 2**32 - 1))
    def test_neither_more_than_the_clip_nor_against_the_score(self, stakes, clip, seed):
        confidence = np.random.default_rng(seed).random(len(stakes))
        found = payout(stake_config(slashing="numerai", clip=clip), stakes, confidence, np.ones(len(stakes), bool))
        assert (np.abs(found) <= np.array(stakes) * clip).all()
        assert (found * (confidence - confidence.mean()) >= 0).all()

    def test_equal_stakes_within_the_clip_leave_the_treasury_where_it_was(self):
        rng = np.random.default_rng(2)
        found = payout(self.SETTINGS, np.full(50, 10**9), 0.5 + 0.04 * rng.random(50), np.ones(50, bool))
        assert abs(found.sum()) <= 50 and np.abs(found).sum() > 10**8


class TestCoStakers:
    """What is delegated to a model is as much at risk as its developer's own stake."""

    @staticmethod
    def network(rule, own, delegated):
        """A network in which the first models that have developers have ``own`` and ``delegated`` micro-credits."""
        about = config(stake__slashing=rule, stake__fraction=0.37, stake__delegation__supply=5e8)
        network = Network(simpy.Environment(), about, endow(about, 10.0))
        first, puts = about.demand.domains, np.zeros(len(network.models), np.int64)
        for m, (mine, theirs) in enumerate(zip(own, delegated, strict=True), first):
            network.ledger.mint(("stakes", m), mine)
            puts[m] = theirs
        network.ledger.delegate(puts)
        return network, slice(first, first + len(own))

    @pytest.mark.parametrize("rule", ["fixed", "ethereum"])
    @given(own=st.lists(st.integers(0, 10**12), min_size=4, max_size=4), bits=st.integers(0, 15),
           delegated=st.lists(st.integers(0, 10**12), min_size=4, max_size=4))  # fmt: skip
    @settings(max_examples=20)
    def test_every_stake_on_a_struck_model_loses_the_same_share(self, rule, own, delegated, bits):
        network, here = self.network(rule, own, delegated)
        ledger, struck = network.ledger, np.zeros(len(network.models), bool)
        struck[here] = [bits >> k & 1 for k in range(4)]
        whole, hit = sum(own) + sum(delegated), ledger.stakes[struck].sum() + ledger.delegated[struck].sum()
        share = 0.37 if rule == "fixed" else 0.37 * min(1.0, 3.0 * hit / max(whole, 1))
        before, free = (ledger.stakes, ledger.delegated), ledger.balance(COSTAKERS)
        network.slash(struck)
        lost = tuple(was - now for was, now in zip(before, (ledger.stakes, ledger.delegated), strict=True))
        for stake, gone in zip(before, lost, strict=True):
            assert gone == pytest.approx(share * stake * struck, abs=1)
        for name, gone in zip(("slashed", "delegated_slashed"), lost, strict=True):
            assert (network.standing[name] == gone).all()
        assert sum(ledger.totals().values()) == ledger.minted and ledger.balance(COSTAKERS) == free
        assert ledger.totals()["burned"] == lost[0].sum() + lost[1].sum()

    def test_a_stake_that_is_not_there_cannot_shield_what_is_delegated(self):
        network, here = self.network("fixed", [0], [micro(100)])
        network.slash(np.arange(len(network.models)) == here.start)
        assert network.ledger.delegated[here].tolist() == [micro(63)]
