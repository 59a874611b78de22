"""M10: rules of allocation, and shares. Laws with their numbers; the long forms are in tests/verification."""

import inspect
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import config
from sim.errors import InputError
from sim.router import allocation
from sim.router.allocation import RULES, resolve, weights
from sim.router.catalogue_rules import inverse_square_price, reinforced, stake_weighted
from sim.router.evidence_rules import cvar, epsilon_greedy, greedy, lcb, proportional, softmax, thompson, ucb
from sim.router.shares import cap_developers, slow_start, traffic_weights
from sim.router.views import Catalogue, EvidenceView
from sim.status import Status

PUBLIC = ["uniform", "inverse_square_price", "capacity", "showcase", "proportional", "softmax", "greedy",
          "epsilon_greedy", "thompson", "ucb", "lcb", "cvar", "stake_weighted", "reinforced"]


def world(seed: int, n: int):
    """Random evidence and catalogue of n models in two domains."""
    rng = np.random.default_rng(seed)
    alpha, beta = rng.gamma(2.0, 20.0, n) + 1.0, rng.gamma(2.0, 20.0, n) + 1.0
    size = rng.integers(0, 30, (n, 20))
    windows = np.stack([size, rng.binomial(size, (alpha / (alpha + beta))[:, None])], axis=-1).astype(np.float32)
    evidence = EvidenceView(alpha, beta, alpha, rng.integers(0, 9999, n), windows, 1.0 + 3.0 * rng.random(n))
    evidence = replace(evidence, confidence=evidence.lower)
    catalogue = Catalogue(uid=np.arange(n), domain=np.arange(n) % 2, developer=rng.integers(0, 5, n),
                          price=rng.lognormal(-3.0, 1.0, n), slots=rng.integers(1, 9, n), stake=rng.gamma(1.0, 1e3, n),
                          demo_score=rng.random(n), admitted_day=-10.0 * rng.random(n))
    return evidence, catalogue


def router(**changes):
    """A router section with the sections of the rules."""
    base = dict(allocation="proportional", sandbox_share=0.05, share_cap=1.0, slow_start_days=0.0,
                proportional=config.Proportional(8.0), softmax=config.Softmax(0.05),
                epsilon_greedy=config.EpsilonGreedy(0.1), thompson=config.Thompson(500), cvar=config.Tail(0.1, 8.0),
                stake_weighted=config.StakeWeighted(2.0, 1.0, 2000.0))
    return SimpleNamespace(**base | changes)


def confidence_view(confidence):
    c = np.asarray(confidence, float)
    return EvidenceView(100 * c + 1, 100 * (1 - c) + 1, c, np.zeros(len(c)), np.zeros((len(c), 0, 2)), np.ones(len(c)))


class TestCatalogue:
    def test_the_built_in_rules(self):
        assert sorted(RULES) == sorted(PUBLIC)

    @pytest.mark.parametrize("name", PUBLIC)
    def test_every_rule_states_its_formula_and_its_source(self, name):
        text = inspect.getdoc(RULES[name])
        assert text.startswith("w = ")
        assert "In the field:" in text or "Source:" in text or "No published default" in text

    @pytest.mark.parametrize("name", PUBLIC)
    def test_every_rule_takes_what_its_section_gives(self, name):
        needed = list(inspect.signature(RULES[name]).parameters.values())[3:]
        given_keys = allocation.parameters(name, router())
        assert {p.name for p in needed if p.default is p.empty} <= set(given_keys) <= {p.name for p in needed}

    @given(st.sampled_from(PUBLIC), st.integers(0, 2**32), st.integers(1, 12))
    @settings(max_examples=150, deadline=None)
    def test_weights_are_shares(self, name, seed, n):
        w = weights(name, *world(seed, n), np.random.default_rng(seed), router())
        assert w.shape == (n,) and (w >= 0).all() and w.sum() == pytest.approx(1.0)

    @given(st.sampled_from([r for r in PUBLIC if r != "thompson"]), st.integers(0, 2**32), st.integers(2, 12))
    @settings(max_examples=150, deadline=None)
    def test_names_do_not_matter(self, name, seed, n):
        evidence, catalogue = world(seed, n)
        order = np.random.default_rng(seed).permutation(n)
        before = weights(name, evidence, catalogue, None, router())
        after = weights(name, evidence[order], catalogue[order], None, router())
        assert np.allclose(after, before[order], rtol=1e-9, atol=1e-12)

    @given(st.integers(0, 2**32), st.floats(0.01, 100.0))
    @settings(max_examples=30, deadline=None)
    def test_units_do_not_matter(self, seed, factor):
        evidence, catalogue = world(seed, 6)
        scaled = replace(catalogue, price=factor * catalogue.price, stake=factor * catalogue.stake)
        cheap, dear = (inverse_square_price(evidence, c, None) for c in (catalogue, scaled))
        assert np.allclose(cheap, dear)
        in_credits = stake_weighted(evidence, catalogue, None, 2.0, 1.0, 500.0)
        assert np.allclose(in_credits, stake_weighted(evidence, scaled, None, 2.0, 1.0, factor * 500.0))


class TestLimits:
    def test_softmax(self):
        view = confidence_view([0.3, 0.5, 0.52])
        assert np.allclose(softmax(view, None, None, 1e-4), greedy(view, None, None))
        assert np.allclose(softmax(view, None, None, 1e9), 1.0)
        w = softmax(view, None, None, 0.1)
        assert w[1] / w[0] == pytest.approx(np.exp(2.0))

    def test_proportional(self):
        view = confidence_view([0.25, 0.5])
        assert np.allclose(proportional(view, None, None, 0.0), 1.0)
        w = proportional(view, None, None, 8.0)
        assert w[1] / w[0] == pytest.approx(2.0**8)
        assert np.allclose(proportional(view, None, None, 1000.0), greedy(view, None, None))
        assert np.allclose(proportional(confidence_view([0.0, 0.0]), None, None, 8.0), 1.0)

    def test_greedy_shares_ties_and_epsilon_spreads_evenly(self):
        view = confidence_view([0.5, 0.2, 0.5, 0.1])
        assert greedy(view, None, None).tolist() == [1, 0, 1, 0]
        assert np.allclose(epsilon_greedy(view, None, None, 0.2), [0.45, 0.05, 0.45, 0.05])

    def test_optimism_and_pessimism_differ_about_the_unknown(self):
        known, unknown = confidence_view([0.6]), confidence_view([0.5])
        view = EvidenceView(*(np.concatenate(pair) for pair in zip(
            (known.alpha, known.beta, known.confidence, known.turns_ok, known.windows, known.d),
            (unknown.alpha / 20, unknown.beta / 20, unknown.confidence, unknown.turns_ok, unknown.windows, unknown.d),
            strict=True)))
        assert ucb(view, None, None).tolist() == [0, 1]
        assert lcb(view, None, None).tolist() == [1, 0]

    def test_thompson_is_the_probability_of_being_best(self):
        """P(Beta(2,1) > Beta(1,1)) = 2/3, within 999 of 1,000 intervals of so many draws."""
        view = replace(confidence_view([0.5, 0.5]), alpha=np.array([2.0, 1.0]), beta=np.array([1.0, 1.0]))
        w = thompson(view, None, np.random.default_rng(1), 20_000)
        assert w.sum() == 20_000
        assert abs(w[0] / 20_000 - 2 / 3) < 3.29 * np.sqrt(2 / 9 / 20_000)

    def test_free_models_share_evenly(self):
        _, catalogue = world(1, 4)
        w = inverse_square_price(None, replace(catalogue, price=np.array([0.0, 1.0, 0.0, 2.0])), None)
        assert w.tolist() == [1, 0, 1, 0]
        w = inverse_square_price(None, replace(catalogue, price=np.array([1.0, 3.0, 1.0, 2.0])), None)
        assert np.allclose(w, [1, 1 / 9, 1, 1 / 4])


class TestCvar:
    def test_it_punishes_unpredictable_loss(self):
        steady = np.tile([20.0, 16.0], (40, 1))
        bursts = np.tile([20.0, 18.0], (40, 1))
        bursts[::8, 1] = 2.0  # the same mean of .8, in storms
        view = replace(confidence_view([0.8, 0.8]), windows=np.stack([steady, bursts]))
        assert bursts[:, 1].sum() == steady[:, 1].sum()
        w = cvar(view, None, None, 0.1, 1.0)
        assert w[0] == 1.0 and w[1] < 0.3

    def test_it_does_not_punish_ignorance(self):
        """Two models of the same constant rate, one seen 20 times less: weights within a few percent."""
        rng, models = np.random.default_rng(2), 200
        size = np.where(np.arange(models) < 100, 40, 2)[:, None] * np.ones((1, 100))
        windows = np.stack([size, rng.binomial(size.astype(int), 0.7)], axis=-1)
        view = replace(confidence_view(np.full(models, 0.7)), windows=windows)
        w = cvar(view, None, None, 0.1, 1.0)
        assert w[100:].mean() / w[:100].mean() == pytest.approx(1.0, abs=0.1)

    def test_level_one_is_the_mean(self):
        view = replace(confidence_view([0.4, 0.8]), windows=np.zeros((2, 10, 2)))
        assert cvar(view, None, None, 1.0, 1.0) == pytest.approx([view.mean[0] / view.mean[1], 1.0])


def test_reinforced_is_polyas_urn():
    """One turn a tick and two equal models: after T turns the count of one is uniform on 0 ... T."""
    rng, runs, T = np.random.default_rng(11), 300, 150
    view, share = confidence_view([0.5, 0.5]), np.empty(runs)
    for run in range(runs):
        served = np.zeros(2)
        luck = rng.random(T)
        view = replace(view, turns_ok=served)
        for t in range(T):
            w = reinforced(view, None, None)
            served[int(luck[t] * w.sum() >= w[0])] += 1.0
        share[run] = served[0] / T
    error = share.std(ddof=1) / np.sqrt(runs)
    assert abs(share.mean() - 1 / 2) < 3.29 * error
    square = (share - share.mean()) ** 2
    assert abs(square.mean() - (1 + 2 / T) / 12) < 3.29 * square.std(ddof=1) / np.sqrt(runs)


class TestOwnRule:
    def own(self, tmp_path, monkeypatch, body, name="rule"):
        (tmp_path / "my_rules.py").write_text(f"import numpy as np\ndef {name}(evidence, catalogue):\n    {body}\n")
        monkeypatch.chdir(tmp_path)
        monkeypatch.delitem(sys.modules, "my_rules", raising=False)
        return lambda: weights("my_rules:rule", *world(1, 4), None, router())

    def test_it_is_found_in_the_current_folder(self, tmp_path, monkeypatch):
        run = self.own(tmp_path, monkeypatch, "return evidence.mean / catalogue.price")
        evidence, catalogue = world(1, 4)
        expected = evidence.mean / catalogue.price
        assert np.allclose(run(), expected / expected.sum())
        assert sys.path[-1] != str(tmp_path)

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ("return [1.0, 2.0]", r"my_rules:rule returned shape \(2,\); allowed is \(4,\)"),
            ("return np.array([1, 2, np.nan, 1])", "returned nan; allowed are finite weights"),
            ("return [1, 2, -3, 1]", "returned the weight -3; allowed are weights from 0"),
            ("return np.zeros(4)", "returned only weights of 0"),
            ("return 1 / 0", "my_rules:rule failed: ZeroDivisionError"),
            ("return 'abc'", "my_rules:rule failed: ValueError"),
        ],
    )
    def test_what_it_returns_is_checked(self, tmp_path, monkeypatch, body, message):
        with pytest.raises(InputError, match=message) as found:
            self.own(tmp_path, monkeypatch, body)()
        assert "\n" not in str(found.value)

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("softmix", "found 'softmix'.*did you mean 'softmax'"),
            ("no_such_module_here:rule", "cannot import 'no_such_module_here'"),
            (":rule", "cannot import ''"),
            ("sim.errors:neerest", "no function 'neerest' in module 'sim.errors'; did you mean 'nearest'"),
        ],
    )
    def test_a_rule_that_is_not_there(self, name, message):
        with pytest.raises(InputError, match=message):
            resolve(name)


class TestShares:
    def share(self, seed=1, n=12, status=Status.ADMITTED, day=0.0, **changes):
        evidence, catalogue = world(seed, n)
        status = np.broadcast_to(status, n)
        return catalogue, traffic_weights(evidence, catalogue, status, router(**changes), np.random.default_rng(1), day)

    @given(st.integers(0, 2**32), st.sampled_from(PUBLIC), st.floats(0.05, 1.0), st.floats(0.0, 1.0))
    @settings(max_examples=100, deadline=None)
    def test_shares_sum_to_one_in_each_domain_and_floors_hold(self, seed, rule, cap, floor):
        status = np.random.default_rng(seed).integers(0, 4, 12)
        status[:2] = Status.HOUSE
        catalogue, share = self.share(seed, status=status, allocation=rule, share_cap=cap, sandbox_share=floor)
        assert (share >= 0).all() and share[status == Status.EJECTED].sum() == 0
        for domain in (0, 1):
            here = catalogue.domain == domain
            sandbox, admitted, house = (here & (status == s) for s in (Status.SANDBOX, Status.ADMITTED, Status.HOUSE))
            ε = floor if sandbox.any() else 0.0
            assert share[here].sum() == pytest.approx(1.0)
            assert np.allclose(share[sandbox], ε / max(sandbox.sum(), 1))
            assert share[house].sum() == pytest.approx(0.0 if admitted.any() else 1.0 - ε)

    def test_without_a_house_the_sandbox_serves_a_domain_where_nobody_is_admitted(self):
        _, share = self.share(status=Status.SANDBOX, sandbox_share=0.05)
        assert np.allclose(share, 1 / 6)

    def test_a_domain_that_nobody_serves_is_an_error(self):
        with pytest.raises(ValueError, match="domain 0 has neither"):
            self.share(status=Status.EJECTED)

    def test_slow_start_is_envoys(self):
        assert slow_start(np.array([-1.0, 0.0, 0.5, 1.0, 5.0, 9.0]), 5.0).tolist() == [0.1, 0.1, 0.1, 0.2, 1.0, 1.0]
        assert slow_start(np.array([0.0]), 0.0).tolist() == [1.0]
        _, catalogue = world(1, 12)
        age = 0.0 - catalogue.admitted_day
        _, share = self.share(allocation="uniform", slow_start_days=20.0)
        w = np.maximum(0.1, age / 20.0) * (catalogue.domain == 0)
        assert np.allclose(share[catalogue.domain == 0], (w / w.sum())[catalogue.domain == 0])


class TestCap:
    @given(st.integers(0, 2**32), st.integers(1, 20), st.integers(1, 8), st.floats(0.01, 1.0))
    @settings(max_examples=200, deadline=None)
    def test_nobody_is_above_the_cap_and_nobody_below_it_loses(self, seed, n, developers, cap):
        rng = np.random.default_rng(seed)
        share, developer = rng.dirichlet(np.full(n, 0.3)), rng.integers(0, developers, n)
        after = cap_developers(share, developer, cap)
        held, had = np.bincount(developer, after), np.bincount(developer, share)
        least = 1.0 / len(np.unique(developer))
        assert after.sum() == pytest.approx(1.0) and (after >= 0).all()
        assert (held <= max(cap, least) * (1 + 1e-9)).all()
        below = held < max(cap, least) * (1 - 1e-9)
        assert (held[below] >= had[below] * (1 - 1e-9)).all()

    def test_water_filling(self):
        """.6 is cut to .4, its .2 goes 3:1, and the proportion of the others stays."""
        after = cap_developers(np.array([0.4, 0.2, 0.3, 0.1]), np.array([7, 7, 1, 2]), 0.46)
        assert np.allclose(after, [0.46 * 2 / 3, 0.46 / 3, 0.54 * 3 / 4, 0.54 / 4])

    def test_the_excess_of_a_winner_who_takes_all_goes_to_the_others_evenly(self):
        after = cap_developers(np.array([0.0, 1.0, 0.0, 0.0]), np.array([0, 1, 2, 2]), 0.4)
        assert np.allclose(after, [0.3, 0.4, 0.15, 0.15])

    def test_a_cap_that_no_shares_can_meet_gives_developers_the_same(self):
        after = cap_developers(np.array([0.7, 0.2, 0.1]), np.array([0, 1, 1]), 0.3)
        assert np.allclose(after, [0.5, 1 / 3, 1 / 6])
