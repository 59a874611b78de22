"""M10: rules of allocation. Laws with their numbers; the long forms are in tests/verification."""

import builtins
import inspect
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError, Terminated
from sim.router import allocation
from sim.router.allocation import RULES, resolve, weights
from sim.router.catalogue_rules import inverse_square_price, reinforced, stake_weighted
from sim.router.evidence_rules import cvar, epsilon_greedy, greedy, lcb, proportional, softmax, thompson, ucb
from sim.router.views import EvidenceView
from tests.worlds import PUBLIC, confidence_view, router, world


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
        needed = list(inspect.signature(RULES[name]).parameters.values())[2:]
        given_keys = allocation.parameters(name, router())
        assert {p.name for p in needed if p.default is p.empty} <= set(given_keys) <= {p.name for p in needed}

    @given(st.sampled_from(PUBLIC), st.integers(0, 2**32), st.integers(1, 12))
    @settings(max_examples=150)
    def test_weights_are_shares(self, name, seed, n):
        w = weights(name, *world(seed, n), router())
        assert w.shape == (n,) and (w >= 0).all() and w.sum() == pytest.approx(1.0)

    @given(st.sampled_from(PUBLIC), st.integers(0, 2**32), st.integers(2, 12))
    @settings(max_examples=150)
    def test_names_do_not_matter(self, name, seed, n):
        evidence, catalogue = world(seed, n)
        order = np.random.default_rng(seed).permutation(n)
        before = weights(name, evidence, catalogue, router())
        after = weights(name, evidence[order], catalogue[order], router())
        assert np.allclose(after, before[order], rtol=1e-9, atol=1e-12)

    @given(st.integers(0, 2**32), st.floats(0.01, 100.0))
    @settings(max_examples=30)
    def test_units_do_not_matter(self, seed, factor):
        evidence, catalogue = world(seed, 6)
        scaled = replace(catalogue, price=factor * catalogue.price, stake=factor * catalogue.stake)
        cheap, dear = (inverse_square_price(evidence, c) for c in (catalogue, scaled))
        assert np.allclose(cheap, dear)
        in_credits = stake_weighted(evidence, catalogue, 2.0, 1.0, 500.0)
        assert np.allclose(in_credits, stake_weighted(evidence, scaled, 2.0, 1.0, factor * 500.0))


class TestViews:
    def test_rows_of_rows(self):
        evidence, catalogue = world(3, 9)
        some = replace(evidence, quantile=0.3)[np.array([8, 2, 5])][1:]
        assert len(some) == 2 and some.quantile == 0.3
        for name in ("alpha", "windows", "mean"):
            assert np.array_equal(getattr(some, name), getattr(evidence, name)[[2, 5]])
        assert np.array_equal(catalogue[catalogue.domain == 1].uid, [1, 3, 5, 7])

    def test_nothing_latent_is_in_them(self):
        evidence, catalogue = world(3, 9)
        assert not any(hasattr(view, "ability") for view in (evidence, evidence[:2], catalogue, catalogue[:2]))


class TestLimits:
    def test_softmax(self):
        view = confidence_view([0.3, 0.5, 0.52])
        assert np.allclose(softmax(view, None, 1e-4), greedy(view, None))
        assert np.allclose(softmax(view, None, 1e9), 1.0)
        w = softmax(view, None, 0.1)
        assert w[1] / w[0] == pytest.approx(np.exp(2.0))

    def test_proportional(self):
        view = confidence_view([0.25, 0.5])
        assert np.allclose(proportional(view, None, 0.0), 1.0)
        w = proportional(view, None, 8.0)
        assert w[1] / w[0] == pytest.approx(2.0**8)
        assert np.allclose(proportional(view, None, 1000.0), greedy(view, None))
        assert np.allclose(proportional(confidence_view([0.0, 0.0]), None, 8.0), 1.0)

    def test_greedy_shares_ties_and_epsilon_spreads_evenly(self):
        view = confidence_view([0.5, 0.2, 0.5, 0.1])
        assert greedy(view, None).tolist() == [1, 0, 1, 0]
        assert np.allclose(epsilon_greedy(view, None, 0.2), [0.45, 0.05, 0.45, 0.05])

    def test_optimism_and_pessimism_differ_about_the_unknown(self):
        known, unknown = confidence_view([0.6]), confidence_view([0.5])
        view = EvidenceView(*(np.concatenate(pair) for pair in zip(
            (known.alpha, known.beta, known.confidence, known.turns_ok, known.windows, known.d),
            (unknown.alpha / 20, unknown.beta / 20, unknown.confidence, unknown.turns_ok, unknown.windows, unknown.d),
            strict=True)), 0.1)
        assert ucb(view, None).tolist() == [0, 1]
        assert lcb(view, None).tolist() == [1, 0]

    def test_free_models_share_evenly(self):
        _, catalogue = world(1, 4)
        w = inverse_square_price(None, replace(catalogue, price=np.array([0.0, 1.0, 0.0, 2.0])))
        assert w.tolist() == [1, 0, 1, 0]
        w = inverse_square_price(None, replace(catalogue, price=np.array([1.0, 3.0, 1.0, 2.0])))
        assert np.allclose(w, [1, 1 / 9, 1, 1 / 4])


class TestThompson:
    def chance(self, *posteriors):
        alpha, beta = np.array(posteriors, float).T
        view = replace(confidence_view(np.full(len(alpha), 0.5)), alpha=alpha, beta=beta)
        w = thompson(view, None)
        assert (w >= 0).all() and w.sum() == pytest.approx(1.0)
        return w

    def test_against_what_is_known_in_full(self):
        """P(Beta(a, 1) > Beta(b, 1)) = a/(a+b); of Beta(1, 2) and Beta(1, 1) the second is better with 2/3."""
        assert self.chance((2, 1), (1, 1)) == pytest.approx([2 / 3, 1 / 3], abs=1e-3)
        assert self.chance((1, 2), (1, 1)) == pytest.approx([1 / 3, 2 / 3], abs=1e-3)
        assert self.chance((5, 1), (3, 1), (2, 1)) == pytest.approx([0.5, 0.3, 0.2], abs=1e-3)

    def test_sharp_posteriors_among_wide_ones(self):
        """A rate known to be .6 is beaten by a uniform one with .4; between two such rates all is even."""
        sharp = (0.6e12, 0.4e12)
        assert self.chance(sharp, (1, 1)) == pytest.approx([0.6, 0.4], abs=1e-3)
        assert self.chance(sharp, sharp, (1, 1)) == pytest.approx([0.3, 0.3, 0.4], abs=1e-3)
        assert self.chance((9e5, 1e5), (1e5, 9e5)) == pytest.approx([1.0, 0.0], abs=1e-9)

    def test_models_that_are_alike_share_evenly(self):
        assert self.chance(*[(40, 20)] * 300) == pytest.approx(np.full(300, 1 / 300), rel=1e-9)

    @given(st.integers(0, 2**32), st.integers(2, 40))
    @settings(max_examples=15)
    def test_against_draws(self, seed, n):
        """Within 1/1000 and 4.4 standard errors of 20,000 draws: one in 10^5 comparisons is further off by chance."""
        evidence, _ = world(seed, n)
        draws = np.random.default_rng(seed).beta(evidence.alpha, evidence.beta, (20_000, n))
        won = np.bincount(draws.argmax(axis=1), minlength=n) / 20_000
        w = thompson(evidence, None)
        assert (np.abs(won - w) < 1e-3 + 4.4 * np.sqrt((w * (1 - w) + 1e-4) / 20_000)).all()


class TestCvar:
    def test_it_punishes_unpredictable_loss(self):
        steady = np.tile([20.0, 16.0], (40, 1))
        bursts = np.tile([20.0, 18.0], (40, 1))
        bursts[::8, 1] = 2.0  # the same mean of .8, in storms
        view = replace(confidence_view([0.8, 0.8]), windows=np.stack([steady, bursts]))
        assert bursts[:, 1].sum() == steady[:, 1].sum()
        w = cvar(view, None, 0.1, 1.0)
        assert w[0] == 1.0 and w[1] < 0.3

    def test_it_does_not_punish_ignorance(self):
        """Two models of the same constant rate, one seen 20 times less: weights within a few percent."""
        rng, models = np.random.default_rng(2), 200
        size = np.where(np.arange(models) < 100, 40, 2)[:, None] * np.ones((1, 100))
        windows = np.stack([size, rng.binomial(size.astype(int), 0.7)], axis=-1)
        view = replace(confidence_view(np.full(models, 0.7)), windows=windows)
        w = cvar(view, None, 0.1, 1.0)
        assert w[100:].mean() / w[:100].mean() == pytest.approx(1.0, abs=0.1)

    def test_level_one_is_the_mean(self):
        view = replace(confidence_view([0.4, 0.8]), windows=np.zeros((2, 10, 2)))
        assert cvar(view, None, 1.0, 1.0) == pytest.approx([view.mean[0] / view.mean[1], 1.0])


def test_reinforced_is_polyas_urn():
    """One turn a tick and two equal models: after T turns the count of one is uniform on 0 ... T."""
    rng, runs, T = np.random.default_rng(11), 300, 150
    view, share = confidence_view([0.5, 0.5]), np.empty(runs)
    for run in range(runs):
        served = np.zeros(2)
        luck = rng.random(T)
        view = replace(view, turns_ok=served)
        for t in range(T):
            w = reinforced(view, None)
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
        return lambda: weights("my_rules:rule", *world(1, 4), router())

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
            ("raise SystemExit", "my_rules:rule failed: SystemExit"),
            ("raise SystemExit(0)", "my_rules:rule failed: SystemExit: 0"),
        ],
    )
    def test_what_it_returns_is_checked(self, tmp_path, monkeypatch, body, message):
        with pytest.raises(InputError, match=message) as found:
            self.own(tmp_path, monkeypatch, body)()
        assert "\n" not in str(found.value)

    def test_a_module_that_leaves_when_it_is_imported_is_named(self, tmp_path, monkeypatch):
        (tmp_path / "leaving_rules.py").write_text("raise SystemExit(3)\n")
        monkeypatch.chdir(tmp_path)
        with pytest.raises(InputError, match=r"cannot import 'leaving_rules' of .*: SystemExit: 3"):
            resolve("leaving_rules:rule")

    @pytest.mark.parametrize("end", [KeyboardInterrupt, Terminated])
    def test_what_ends_the_whole_process_is_no_fault_of_the_rule(self, end, tmp_path, monkeypatch):
        run = self.own(tmp_path, monkeypatch, "import builtins; raise builtins.the_end")
        monkeypatch.setattr(builtins, "the_end", end, raising=False)
        with pytest.raises(end):
            run()

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


def test_a_rule_that_takes_a_view_for_an_array_is_told_so():
    evidence, catalogue = world(1, 5)
    with pytest.raises(InputError, match="numpy:sum failed: TypeError"):
        weights("numpy:sum", evidence, catalogue, router())
