"""M7: evidence, confidence and admission. Laws with their numbers; the long forms are in tests/verification."""

import numpy as np
import pytest
from scipy.stats import beta

from sim.records import C
from sim.trust.evidence import Evidence
from tests.audits import binomial_interval, evidence_config, sessions, window

POOL = 10.0


def test_posterior_of_one_window_is_beta_bernoulli():
    e = Evidence(evidence_config(prior_good=2.0, prior_bad=3.0), 2)
    e.update(window(2, AUDITED_GOOD=[7, 0], AUDITED_LOST=[4, 1]), days=1.0)
    exact = beta([2 + 7, 2 + 0], [3 + 4, 3 + 1])
    assert np.allclose(e.mean, exact.mean(), rtol=1e-14)
    assert np.allclose(e.lower, exact.ppf(0.1), rtol=1e-12)
    assert np.allclose(e.upper, exact.ppf(0.9), rtol=1e-12)


@pytest.mark.parametrize("bound", ["lower", "mean", "upper"])
def test_confidence_is_the_bound_that_config_names(bound):
    e = Evidence(evidence_config(bound=bound), 3)
    e.update(window(3, AUDITED_GOOD=[1, 20, 0], AUDITED_LOST=[1, 2, 9]), days=1.0)
    assert np.array_equal(e.confidence, getattr(e, bound))
    assert (e.lower < e.mean).all() and (e.mean < e.upper).all()


def test_without_evidence_the_posterior_is_the_prior():
    e = Evidence(evidence_config(), 1)
    assert e.lower == pytest.approx(0.1) and e.mean == 0.5 and e.upper == pytest.approx(0.9)


def test_evidence_tends_to_rate_over_one_minus_lambda():
    half_life, days = 14.0, 1.0
    λ = 2 ** (-days / half_life)
    e = Evidence(evidence_config(half_life_days=half_life), 1)
    for _ in range(800):
        e.update(window(1, AUDITED_GOOD=[6], AUDITED_LOST=[4]), days)
    assert e.good[0] == pytest.approx(6 / (1 - λ), rel=1e-12)
    assert e.bad[0] == pytest.approx(4 / (1 - λ), rel=1e-12)
    assert e.n_eff[0] == pytest.approx(10 * (1 + λ) / (1 - λ), rel=1e-12)


def test_decay_depends_on_days_and_not_on_the_number_of_ticks():
    once, often = (Evidence(evidence_config(half_life_days=3.0), 1) for _ in range(2))
    for e in (once, often):
        e.update(window(1, AUDITED_GOOD=[50], AUDITED_LOST=[30]), 1.0)
    once.update(window(1), 6.0)
    for _ in range(24):
        often.update(window(1), 0.25)
    assert once.good[0] == pytest.approx(50 / 4) and often.good[0] == pytest.approx(50 / 4)
    assert often.lower == pytest.approx(once.lower)


def test_a_quiet_model_loses_confidence_down_to_the_prior():
    e = Evidence(evidence_config(half_life_days=1.0), 1)
    for _ in range(50):
        e.update(window(1, AUDITED_GOOD=[8], AUDITED_LOST=[2]), 0.1)
    steady, seen = e.confidence[0], []
    for _ in range(300):
        e.update(window(1), 0.1)
        seen.append(e.confidence[0])
    assert steady >= seen[0] and (np.diff(seen) <= 1e-15).all()
    assert seen[-1] == pytest.approx(0.1, abs=1e-3)
    assert e.fresh_bad[0] == 0


class TestVisibility:
    """ω = 0 is today's invisible subsidy, ω = 1 a network that remembers instability."""

    @pytest.mark.parametrize(("ω", "good", "bad"), [(0.0, 19, 3), (1.0, 15, 10), (0.5, 17, 6.5)])
    def test_counts(self, ω, good, bad):
        e = Evidence(evidence_config(visibility=ω), 1)
        e.update(window(1, AUDITED_GOOD=[10], AUDITED_SELF_RESCUED=[4], AUDITED_OTHER_RESCUED=[3], AUDITED_LOST=[2],
                        AUDITED_RESCUE_GOOD=[5], AUDITED_RESCUE_BAD=[1]), 1.0)
        assert (e.good[0], e.bad[0]) == (good, bad)
        assert (e.view().alpha[0], e.view().beta[0]) == (1 + good, 1 + bad)

    def test_without_memory_of_rescues_a_rescued_model_looks_like_one_that_never_fails(self):
        e = Evidence(evidence_config(visibility=0.0), 2)
        e.update(window(2, AUDITED_GOOD=[5, 10], AUDITED_SELF_RESCUED=[5, 0]), 1.0)
        assert e.confidence[0] == e.confidence[1]


def design_effect(sums, pool):
    """d of models that are the whole network, from their sums over clusters."""
    e = Evidence(evidence_config(pool=pool), len(sums))
    for _ in range(2):  # the second time each feels the correlation of all
        e.clusters[:] = sums
        e.update(window(len(sums)), 0.0)
    return e.d


class TestDesignEffect:
    def test_equal_clusters_give_the_variance_ratio(self):
        """d = Var(c)/(R·m(1-m)), with K-1 for the estimated mean: one model alone, so pooling changes nothing."""
        c, R = np.array([4, 4, 0, 1, 3, 4, 0, 0, 2, 4, 4, 0]), 4
        m, K = c.mean() / R, len(c)
        found = design_effect(np.array([[R * K, c.sum(), (c**2).sum(), R * c.sum(), R * R * K]], float), POOL)
        assert found[0] == pytest.approx(c.var(ddof=1) / (R * m * (1 - m)))

    def test_limits(self):
        whole = [8, 4, 16, 16, 32]  # two clusters of four, one all good, one all bad
        alone = [8, 4, 4, 4, 8]  # clusters of one
        even = [8, 4, 8, 16, 32]  # two clusters of four, two good in each: less than binomial
        nothing = [0, 0, 0, 0, 0]
        sure = [8, 8, 32, 32, 32]
        for row, d in ((whole, 4), (alone, 1), (even, 1), (nothing, 1), (sure, 1)):
            assert design_effect(np.array([row], float), POOL)[0] == pytest.approx(d)

    def test_few_clusters_borrow_from_the_network(self):
        rng = np.random.default_rng(3)
        many = sessions(rng, 40, 200, 4.0, 0.5, 4.0).models[:, C.CLUSTER_N :].astype(float)
        few = sessions(rng, 40, 4, 4.0, 0.5, 4.0).models[:, C.CLUSTER_N :].astype(float)
        alone = np.concatenate([design_effect(row[None], POOL) for row in few])
        pooled = design_effect(np.concatenate([many, few]), POOL)[40:]
        assert pooled.std() < alone.std() and (alone == 1.0).any() and (pooled > 1.0).all()

    @pytest.mark.parametrize("spread", [2.0, 4.0, 6.0])
    def test_nominal_90_percent_bound_covers_90_percent_only_with_it(self, spread):
        networks, models, rate = 50, 30, 0.5
        rng, covered = np.random.default_rng(int(spread)), {True: 0, False: 0}
        for _ in range(networks):
            counters = sessions(rng, models, 60, 3.0, rate, spread)
            for switch in covered:
                e = Evidence(evidence_config(design_effect=switch), models, windows=0)
                e.update(counters, 1.0)
                covered[switch] += int((e.lower <= rate).sum())
        low, high = binomial_interval(0.9, networks * models)
        assert low < covered[True] / (networks * models) < high
        assert covered[False] / (networks * models) < 0.82 < low


def test_decayed_counts_over_cover_and_kish_does_not():
    """With W1 in place of W1²/W2 a nominal 90 % bound covers Φ(z_.9·√(1+λ)), about 96 %."""
    models, rate = 2000, 0.6
    rng = np.random.default_rng(5)
    e = Evidence(evidence_config(half_life_days=5.0), models, windows=0)
    for _ in range(100):
        good = rng.binomial(40, rate, models)
        e.update(window(models, AUDITED_GOOD=good, AUDITED_LOST=40 - good), 1.0)
    low, high = binomial_interval(0.9, models)
    assert low < (e.lower <= rate).mean() < high
    naive = beta.ppf(0.1, 1 + e.good, 1 + e.bad)
    low, high = binomial_interval(0.9626, models)
    assert low < (naive <= rate).mean() < high and low > 0.94


def test_extend_appends_models_that_nobody_knows():
    e = Evidence(evidence_config(), 1)
    e.update(window(1, AUDITED_GOOD=[9], OK_PLAIN=[20], OK_EDGE=[3]), 1.0)
    e.extend(2)
    assert len(e.confidence) == 3 and e.lower[2] == pytest.approx(0.1)
    e.update(window(3, AUDITED_LOST=[0, 4, 0], OK_PLAIN=[1, 2, 3]), 1.0)
    assert e.turns_ok.tolist() == [24, 2, 3] and e.fresh_bad.tolist() == [0, 4, 0]


def test_who_comes_between_two_ticks_changes_nobody_else():
    rng = np.random.default_rng(4)
    e = Evidence(evidence_config(), 20)
    e.update(sessions(rng, 20, 30, 4.0, 0.6, 4.0), 1.0)
    before = [np.copy(x) for x in (e.confidence, e.alpha, e.d, e.good)]
    for m in range(20, 120):
        e.extend(1)
        e.add(m, 30.0, 10.0, [40.0, 30.0, 120.0, 120.0, 160.0])
    for x, was in zip((e.confidence, e.alpha, e.d, e.good), before, strict=True):
        assert np.array_equal(x[:20], was) and len(x) == 120
    known = e.d.copy()
    e.update(window(120), 1.0)
    assert (e.d[:20] != known[:20]).all() and e.good[20:] == pytest.approx(30.0)


@pytest.mark.parametrize("bound", ["lower", "mean", "upper"])
def test_confidence_of_some_is_that_of_all(bound):
    """Bounds are found for the rows that are asked for, in whatever order."""
    rng = np.random.default_rng(4)
    some, every = (Evidence(evidence_config(bound=bound), 40) for _ in range(2))
    counters = sessions(rng, 40, 30, 4.0, 0.6, 4.0)
    for e in (some, every):
        e.update(counters, 1.0)
    whole = every.view().confidence
    for rows in ([3, 7, 3], np.arange(40) % 3 == 0, slice(5, 9)):
        assert np.array_equal(some.view()[rows].confidence, whole[rows])
        assert np.array_equal(some.view()[rows][[0]].confidence, whole[rows][[0]])
    assert np.array_equal(some.confidence, whole) and np.array_equal(getattr(every.view(), bound), whole)


def test_windows_keep_the_last_ones_apart():
    e = Evidence(evidence_config(), 1, windows=3)
    for good in range(5):
        e.update(window(1, AUDITED_GOOD=[good], AUDITED_LOST=[1]), 1.0)
    assert sorted(e.view().windows[0].tolist()) == [[3, 2], [4, 3], [5, 4]]
