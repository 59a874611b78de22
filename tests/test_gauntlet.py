"""M9: the evaluation of a candidate, and what it leaves as evidence. Laws are in tests/verification."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import ks_2samp

from sim.streams import PROMPT, TRIAL, draw, normal, uniform
from sim.traffic.params import pack
from sim.traffic.service import deadline, service_time
from sim.trust import gauntlet
from sim.trust.evidence import Evidence
from sim.trust.gauntlet import Evaluator, prompts
from tests.audits import evidence_config, window
from tests.candidates import candidate, settings

MADE = dict(ability=0.6, spread=3.0, uid=70_001, penalties=(0.0, 1.0, 2.0), hazard=0.3, drift=0.2)


def outcomes(number=0, columns=None, **keys):
    """Copies of (good, drifted) of one evaluation."""
    found = Evaluator(settings(**keys)).run(candidate(**MADE | (columns or {})), number)
    return np.stack([found.good, found.drifted])


def test_prompts_are_stratified():
    mix = prompts(settings(prompts=61, edge=0.1, adversarial=0.05, known=0.3).gauntlet)
    assert mix.bounds == (0, 52, 58, 61) and np.bincount(mix.klass).tolist() == [52, 6, 3]
    assert [mix.known[a:b].sum() for a, b in zip(mix.bounds, mix.bounds[1:], strict=False)] == [15, 1, 0]
    assert prompts(settings(prompts=100, edge=0.29, adversarial=0.71).gauntlet).bounds == (0, 0, 29, 100)


def test_one_evaluation_step_by_step():
    """The default gauntlet, with wordings, written out in Python."""
    made, number = candidate(**MADE, familiarity=0.4), 3
    x = settings(paraphrase=0.2)
    found, mix = Evaluator(x).run(made, number), prompts(x.gauntlet)
    c = made[0]
    for prompt, (klass, known) in enumerate(zip(mix.klass, mix.known, strict=True)):
        key = number * 2**17 + prompt
        task = normal(draw(x.seed, PROMPT, key, 0, 0, c["uid"])[0])
        for repeat in range(3):
            wording = normal(draw(x.seed, PROMPT, key, 1 + repeat, 0, c["uid"])[0])
            z = 0.8**0.5 * task + 0.2**0.5 * wording
            p = expit(c["mu"][2 * klass] - c["spread"][klass] * z)
            words = draw(x.seed, TRIAL, key, repeat, 1, c["uid"])
            good = uniform(words[0]) < (p + 0.4 * (1 - p) if known else p)
            assert found.good[prompt, repeat, 0] == good
            assert found.drifted[prompt, repeat, 0] == (good and uniform(words[3]) < c["drift"])


def test_an_evaluation_is_known_by_seed_model_and_number():
    assert np.array_equal(outcomes(2), outcomes(2))
    for other in (outcomes(3), outcomes(2, dict(uid=70_002)), outcomes(2, seed=9)):
        assert not np.array_equal(outcomes(2), other)


class TestOff:
    """Every knob has a value at which it is off, to the bit."""

    @pytest.mark.parametrize(
        ("off", "otherwise"),
        [
            (dict(paraphrase=0.0, paraphrases=1), dict(paraphrase=0.0, paraphrases=7)),
            (dict(known=0.0), dict(known=1.0)),  # without familiarity
            (dict(concurrency=1, service__patience="none"), dict(concurrency=1, service__patience_s=1e-3)),
            (dict(concurrency=1), dict(concurrency=50, service__patience="none")),
            (dict(turns=1, context_share=0.0), dict(turns=1, context_share=1.0)),
        ],
    )
    def test_knobs(self, off, otherwise):
        assert np.array_equal(outcomes(**off), outcomes(**otherwise))

    def test_without_fragility_wordings_do_not_matter(self):
        assert np.array_equal(outcomes(paraphrase=0.0), outcomes(columns=dict(fragility=0.0), paraphrase=0.8))

    def test_familiarity_needs_known_prompts(self):
        assert np.array_equal(outcomes(known=0.0), outcomes(columns=dict(familiarity=1.0), known=0.0))

    def test_later_turns_do_not_change_the_first(self):
        assert np.array_equal(outcomes(turns=1)[..., 0], outcomes(turns=4)[..., 0])

    def test_without_hazard_no_turn_derails(self):
        calm = outcomes(columns=dict(hazard=0.0), turns=4, context_share=1.0)
        assert np.array_equal(calm, outcomes(columns=dict(hazard=1.0), turns=4, context_share=0.0))

    def test_drift_needs_a_good_answer(self):
        good, drifted = outcomes(columns=dict(drift=1.0))
        assert np.array_equal(good, drifted) and not outcomes(columns=dict(drift=0.0))[1].any()


class TestSlots:
    """Concurrency with a service time that is always the same: a request at place k takes floor(k/slots) + 1 of it."""

    @pytest.mark.parametrize("slots", [1, 2, 3, 20])
    def test_places(self, slots):
        good, _ = outcomes(
            columns=dict(mu=np.inf, slots=slots, service_s=10.0), prompts=40, repeats=3, turns=2, concurrency=12,
            service__noise="fixed", service__patience="fixed", service__patience_s=25.0,
        )  # fmt: skip
        place = np.arange(120).reshape(40, 3, 1) % 12
        assert np.array_equal(good == 1, np.broadcast_to(place // slots < 2, good.shape))


class TestLaws:
    """Service and patience follow the laws of the data plane."""

    @pytest.mark.parametrize("noise", ["lognormal", "exponential", "fixed"])
    def test_service(self, noise):
        x = settings(service__noise=noise, service__noise_sigma=0.7)
        p, made = pack(x, tournament=False, logging=False)[0], np.zeros(1, [("ttft", "f8"), ("speed", "f8")])
        made["ttft"], made["speed"] = 2.0, 5.0
        for session in range(50):
            word = draw(1, TRIAL, session, 0, 0, 0)[1]
            exact = service_time(p, made[0], 40.0, word)
            assert gauntlet.service(Evaluator(x)._rules[0], 10.0, word) == pytest.approx(exact, abs=2 * p["unit"])

    @pytest.mark.parametrize("law", ["none", "fixed", "exponential", "lognormal"])
    def test_patience(self, law):
        x = settings(service__patience=law, service__patience_s=30.0, service__patience_sigma=0.5)
        p, rules = pack(x, tournament=False, logging=False)[0], Evaluator(x)._rules[0]
        live = [deadline(p, session, 1, 1, 0.0) for session in range(3000)]
        mine = [gauntlet.patience(rules, x.seed, session, 0, 1, 5) for session in range(3000)]
        assert live == mine if law in ("none", "fixed") else ks_2samp(live, mine).pvalue > 1e-4


class TestEvidence:
    """What an evaluation leaves, beside what traffic does."""

    def pair(self):
        e = Evidence(evidence_config(half_life_days=10.0), 3)
        e.update(window(3, AUDITED_GOOD=[9, 20, 4], AUDITED_LOST=[6, 5, 3], CLUSTER_N=[15, 25, 7], CLUSTER_G=[9, 20, 4],
                        CLUSTER_GG=[40, 90, 10], CLUSTER_GN=[50, 100, 14], CLUSTER_NN=[75, 120, 25]), 1.0)  # fmt: skip
        return e

    def test_counts_and_posterior_are_current_at_once(self):
        score = Evaluator(settings()).score(candidate(**MADE), 0)
        e, whole = self.pair(), self.pair()
        e.add(1, score.good, score.bad, score.clusters)
        whole.good[1] += score.good
        whole.bad[1] += score.bad
        whole.squares[1] += score.good + score.bad
        whole.clusters[1] += score.clusters
        whole._judge(0, len(whole))
        for name in ("good", "bad", "squares", "clusters"):
            assert np.array_equal(getattr(e, name), getattr(whole, name))
        for name in ("confidence", "lower", "mean", "upper", "d", "n_eff"):
            assert getattr(e, name)[1] == getattr(whole, name)[1]
            assert getattr(e, name)[0] == getattr(self.pair(), name)[0]

    def test_the_next_tick_judges_all(self):
        score = Evaluator(settings()).score(candidate(**MADE), 0)
        e, once = self.pair(), self.pair()
        for each, rows in ((e, (0, 2)), (once, (2, 0))):
            for row in rows:
                each.add(row, score.good, score.bad, score.clusters)
            each.update(window(3), 1.0)
        assert np.array_equal(e.confidence, once.confidence)
        assert e.good[0] == pytest.approx(2**-0.1 * (9 + score.good))

    def test_equals_the_same_outcomes_of_traffic(self):
        score = Evaluator(settings()).score(candidate(**MADE), 0)
        e, traffic = Evidence(evidence_config(), 1), Evidence(evidence_config(), 1)
        e.add(0, score.good, score.bad, score.clusters)
        n, g, gg, gn, nn = score.clusters
        traffic.update(window(1, AUDITED_GOOD=score.good, AUDITED_LOST=score.bad, CLUSTER_N=n, CLUSTER_G=g,
                              CLUSTER_GG=gg, CLUSTER_GN=gn, CLUSTER_NN=nn), 1.0)  # fmt: skip
        assert e.confidence[0] == traffic.confidence[0] and e.d[0] == traffic.d[0] > 1


class TestInheritance:
    """A child's record is what a share ρ of its parents' outcomes would have left."""

    SIZE = 100

    def parents(self, models=2, **changes):
        e = Evidence(evidence_config(**changes), models + 1)
        one = [self.SIZE * 0.7, self.SIZE * 0.3, [self.SIZE, 70, 130, 140, 200]]
        for m in range(models):
            e.add(m, *one)
        return e

    @given(st.floats(0.0, 1.0), st.integers(0, 60), st.integers(1, 60), st.integers(0, 40), st.booleans())
    def test_a_share_of_outcomes_is_worth_as_many_outcomes(self, share, good, bad, days, design):
        """ρ times the effective size, the same rate, and so the width of ρ·n outcomes: no share is worth the whole."""
        e = Evidence(evidence_config(half_life_days=7.0, design_effect=design), 2)
        for _ in range(1 + days):
            e.update(window(2, AUDITED_GOOD=[good, 0], AUDITED_LOST=[bad, 0]), 1.0)
        e.inherit(1, [0], share)
        assert e.n_eff[1] == pytest.approx(share * e.n_eff[0])
        n, rate = share * e.n_eff[0], e.good[0] / (e.good[0] + e.bad[0])
        assert (e.alpha[1], e.beta[1]) == pytest.approx((1 + n * rate, 1 + n * (1 - rate)))

    def test_two_parents_are_one_record(self):
        e = self.parents()
        e.inherit(2, [0, 1], 0.3)
        assert (e.good[2], e.bad[2], e.squares[2]) == pytest.approx((0.3 * 140, 0.3 * 60, 0.3 * 200))
        assert e.clusters[2] == pytest.approx(0.3 * np.array([200, 140, 260, 280, 400]))
        assert e.n_eff[2] == pytest.approx(0.3 * (e.n_eff[0] + e.n_eff[1]))

    @pytest.mark.parametrize(("share", "fresh"), [(1.0, 0), (0.5, 0), (0.3, 60), (0.5, 40), (0.8, 500)])
    def test_it_counts_as_outcomes_beside_its_own(self, share, fresh):
        e = self.parents(1, half_life_days=10.0)
        e.update(window(2), 10.0)  # W1 = 50, W2 = 25
        e.inherit(1, [0], share)
        e.add(1, fresh, 0.0, [0, 0, 0, 0, 0])
        assert e.n_eff[1] == pytest.approx((share * 50 + fresh) ** 2 / (share * 25 + fresh))

    def test_the_design_effect_is_the_parents(self):
        """But for the correction for the number of clusters, which is ρ as large."""
        e = self.parents(1)
        e.inherit(1, [0], 0.5)
        e._judge(0, len(e))
        assert e.clusters[1] / e.clusters[0] == pytest.approx(np.full(5, 0.5))
        assert e.d[1] == pytest.approx(e.d[0], rel=1 / 50)

    def test_nothing_comes_of_no_parents(self):
        e = self.parents(1)
        e.inherit(1, [], 0.5)
        assert e.good[1] == 0 and e.confidence[1] == pytest.approx(0.1)
