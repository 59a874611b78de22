"""M12: policies and choice. The laws with their numbers are in tests/verification/test_choice.py."""

import inspect
import sys
from copy import deepcopy
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sim.developers.beliefs import Hearsay
from sim.developers.choice import Chooser, Noise, choose
from sim.developers.options import EXIT, NEVER, SHELVE, SLOT, WAIT
from sim.developers.plans import Built, projects, submissions
from sim.developers.policies import POLICIES, resolve
from sim.developers.policies.imitate import imitate
from sim.developers.policies.roth_erev import roth_erev
from sim.developers.utility import certain as _certain
from sim.developers.views import Disclosed
from sim.errors import InputError
from tests.configs import config
from tests.developers import option, options, own, public, settings

BUILT = Built("refine", 2.0, 0.63, 0.04)
NAMES = {"expected_utility", "prospect", "manso", "roth_erev", "imitate", "random", "idle"}
NOISE = (9, 1, 0, 0)


def certain(chances, payoffs, *rest):
    return _certain(np.array(chances), np.array(payoffs), *rest)


class TestCatalogue:
    def test_the_built_in_policies(self):
        assert set(POLICIES) == NAMES

    @pytest.mark.parametrize("name", sorted(NAMES))
    def test_every_policy_states_its_formula_and_its_source(self, name):
        text = inspect.getdoc(POLICIES[name])
        assert text.startswith("v = ")
        assert "In the field:" in text or "Source:" in text
        assert "default" in text

    @pytest.mark.parametrize("name", sorted(NAMES))
    @given(st.floats(0, 1e6), st.floats(0, 10), st.booleans(), st.floats(0, 1e3), st.floats(0.02, 0.98))
    @hypothesis_settings(max_examples=40)
    def test_values_are_numbers(self, name, wealth, aversion, admitted, revenue, rate):
        who = own(wealth=wealth, risk_aversion=aversion, admitted=admitted, revenue=revenue, rate=rate)
        for found in (projects(who, public()), submissions(who, public(), BUILT)):
            values = POLICIES[name](found, who, public())
            assert values.shape == found.shape and values.dtype == float
            assert (values < 1e12).all() and (values > NEVER).any()

    def test_a_user_s_own(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setitem(sys.modules, "bold", None)
        del sys.modules["bold"]
        (tmp_path / "bold.py").write_text(
            "def bold(options, own, public):\n    return options['kind'] == 'experiment'\n"
            "def short(options, own, public):\n    return []\n"
            "def lost(options, own, public):\n    return [float('nan') for _ in options]\n"
            "def broken(options, own, public):\n    return 1 / 0\n"
        )
        chosen = Chooser(1, 2, "bold:bold")._policy(projects(own(), public()), own(), public())
        assert sum(chosen) == 1.0 and chosen[SLOT["experiment"]] == 1.0
        for name, message in (("short", "0 values"), ("lost", "nan"), ("broken", "ZeroDivisionError")):
            with pytest.raises(InputError, match=f"developers.policy: bold:{name} .*{message}"):
                resolve(f"bold:{name}")(projects(own(), public()), own(), public())
        with pytest.raises(InputError, match="did you mean 'bold'"):
            resolve("bold:bolt")
        with pytest.raises(InputError, match="cannot import 'nowhere'"):
            resolve("nowhere:bold")

    def test_unknown(self):
        with pytest.raises(InputError, match="did you mean 'prospect'"):
            resolve("prospekt")


class TestUtility:
    @given(st.floats(0, 15), st.floats(100, 1e6), st.floats(0.0, 1.0), st.floats(-90, 1e5), st.floats(-90, 1e5))
    def test_between_worst_and_mean(self, aversion, wealth, p, x, y):
        found = certain((p, 1 - p), (x, y), wealth, aversion, 1.0)
        mean = p * x + (1 - p) * y
        assert min(x, y) - 1e-6 * wealth <= found <= mean + 1e-6 * wealth

    def test_known_case(self):
        """Log utility, wealth 100: even odds of 100 more or half less leave it where it is."""
        assert certain((0.5, 0.5), (100.0, -50.0), 100.0, 1.0, 1.0) == pytest.approx(0.0, abs=1e-9)

    def test_ruin_is_not_infinitely_bad(self):
        found = [certain((0.1, 0.9), (-loss, 1000.0), 500.0, 3.0, 60.0) for loss in (500.0, 1e6)]
        assert found[0] == found[1] > -500.0

    def test_near_one(self):
        close = [certain((0.3, 0.7), (900.0, -300.0), 1000.0, g, 1.0) for g in (1 - 1e-6, 1.0, 1 + 1e-6)]
        assert close[0] == pytest.approx(close[1], rel=1e-5) == pytest.approx(close[2], rel=1e-5)


class TestRandom:
    @given(st.integers(0, 1000), st.floats(0, 1e5), st.booleans(), st.floats(0.02, 0.98), st.booleans())
    @hypothesis_settings(max_examples=40)
    def test_what_is_intended_depends_on_no_view(self, developer, wealth, admitted, rate, idea):
        c = config("governance=static", "gauntlet=default", developers__noise=77.0, gauntlet__fee=999.0,
                   stake__rule="gate", governance__strictness=0.9)  # fmt: skip
        nan = float("nan")
        a = Chooser(5, developer, "random"), own(wealth=0.0, rate=nan, admitted=False, idea=nan), public()
        about = own(c, wealth=wealth, admitted=admitted, rate=rate, idea=0.4 if idea else nan)
        required = (0.9,) * len(c.developers.stakes)
        b = Chooser(5, developer, "random"), about, public(c, required=required, leader=(nan,) * 3)
        for _ in range(10):
            kinds = [(d.intended.kind, d.intended.plan) for d in (chooser.project(o, p) for chooser, o, p in (a, b))]
            plans = [d.intended.slot for d in (chooser.submission(o, p, BUILT) for chooser, o, p in (a, b))]
            assert kinds[0] == kinds[1] and plans[0] == plans[1]

    def test_who_can_do_nothing_waits(self):
        poor = own(wealth=0.0, revenue=0.0)
        assert Chooser(1, 1, "random").project(poor, public()).option.kind == WAIT


class TestOthers:
    def test_idle(self):
        chooser = Chooser(1, 1, "idle")
        for _ in range(20):
            assert chooser.project(own(), public()).option.kind == WAIT
            assert chooser.submission(own(), public(), BUILT).option.kind == SHELVE

    def test_roth_erev_is_proportional_to_propensities(self):
        who = own()
        who.beliefs.propensities.update(refine=300.0, fork=100.0)
        values = roth_erev(projects(who, public()), who, public())
        assert (values[0] - values[1]) / settings().developers.noise == pytest.approx(np.log(3.0))

    def test_imitators_follow_the_visible(self):
        seen = public(kinds={"refine": Disclosed(50, 0.0, 0.1), "experiment": Disclosed(50, 0.0, 0.9)})
        found = projects(own(), seen)
        assert found["kind"][np.argmax(imitate(found, own(), seen))] == "experiment"

    def test_leaving_where_staying_does_not_pay(self):
        c = config("governance=default", "developers=expected_utility", developers__noise=0.0)
        dear = public(c, required=(0.99,) * len(c.developers.stakes))
        hopeless = own(c, rate=0.2, rate_sd=0.01, admitted=False, revenue=0.0)
        assert Chooser(1, 1, "expected_utility").project(hopeless, dear).option.kind == EXIT


class TestChoose:
    def test_best_affordable(self):
        dear, cheap = option((1.0,), (5.0,), slot=0, needs=100.0), option((1.0,), (1.0,), slot=1)
        three = options(dear, cheap, option((1.0,), (0.0,), WAIT))
        found = choose(three, np.array([5.0, 1.0, NEVER]), 50.0, 0.0, NOISE)
        assert (found.intended.needs, found.option.slot) == (100.0, 1)
        assert choose(three, np.array([5.0, NEVER, NEVER]), 50.0, 0.0, NOISE).option.kind == WAIT

    def test_never_what_cannot_be_done(self):
        two = options(option((), ()), option((1.0,), (0.0,), WAIT, slot=1))
        found = choose(two, np.array([9.0, 0.0]), 1e9, 0.0, NOISE)
        assert (found.intended.kind, found.option.kind) == ("refine", WAIT)

    @pytest.mark.parametrize(("wealth", "kind"), [(40.0, "refine"), (39.0, WAIT)])
    def test_income_meanwhile_counts(self, wealth, kind):
        two = options(option((1.0,), (5.0,), days=2.0, income=30.0, needs=100.0), option((1.0,), (0.0,), WAIT))
        assert choose(two, np.array([2.0, 1.0]), wealth, 0.0, NOISE).option.kind == kind

    def test_noise_belongs_to_developer_sequence_and_number(self):
        def picked(noise, values):
            equal = options(*(option((1.0,), (0.0,), slot=i) for i in range(len(values))))
            return tuple(choose(equal, values, 0.0, 10.0, noise.next()).option.slot for _ in range(20))

        nine = np.zeros(9)
        found = [picked(Noise(9, *key), nine) for key in ((1, 0), (1, 1), (2, 0))]
        assert len(set(found)) == 3
        assert all(len(set(one)) > 1 for one in found)
        assert picked(Noise(9, 1, 0), np.append(nine, [NEVER] * 3)) == found[0]  # fewer are the first of more

    def test_noise_of_a_slot_does_not_depend_on_how_many_options_there_are(self):
        """Without plans for data a free moment has fewer options than there are slots."""
        few = options(*(option((1.0,), (0.0,), slot=slot) for slot in (5, 6)))
        more = options(*(option((1.0,), (0.0,), slot=slot) for slot in (5, 6, 0, 1, 2, 3, 4)))
        noise = Noise(9, 1, 0)
        for _ in range(20):
            key = noise.next()
            hidden = choose(more, np.append(np.zeros(2), [NEVER] * 5), 0.0, 10.0, key)
            assert choose(few, np.zeros(2), 0.0, 10.0, key).done == hidden.done

    def test_options_of_one_slot_share_their_noise(self):
        """Two plans for data are no more likely than one: the better is chosen, equal ones by a draw of their own."""
        plans, noise = options(*(option((1.0,), (0.0,), "data", slot=4, plan=i) for i in (0, 1))), Noise(3, 1, 0)
        picked = [choose(plans, np.zeros(2), 0.0, 10.0, noise.next()).option.plan for _ in range(400)]
        assert 140 < sum(picked) < 260
        better = np.array([0.0, 0.1])
        assert all(choose(plans, better, 0.0, 10.0, noise.next()).option.plan == 1 for _ in range(50))

    def test_without_noise_it_is_the_best_and_chance_among_equals(self):
        three, noise = options(*(option((1.0,), (0.0,), slot=i) for i in range(3))), Noise(3, 1, 0)
        values = np.array([1.0, 0.0, 1.0])
        assert {choose(three, values, 0.0, 0.0, noise.next()).option.slot for _ in range(60)} == {0, 2}

    def test_reading_what_was_disclosed(self):
        who, hearsay = own(), Hearsay(settings())
        hearsay.outcome("refine", 0.3)
        Chooser(1, 1, "idle").project(who, public(heard=hearsay.table()))
        assert who.beliefs.gain("refine") > settings().projects.refine.belief

    def test_sequences_do_not_disturb_each_other(self):
        alone, busy = Chooser(1, 1, "random"), Chooser(1, 1, "random")
        for _ in range(5):
            busy.submission(own(), public(), BUILT)
            assert alone.project(own(), public()).intended.kind == busy.project(own(), public()).intended.kind


def test_a_view_is_not_changed_by_a_decision():
    who, view = own(), public()
    before = deepcopy((asdict(who), asdict(view)))
    Chooser(1, 1, "manso").project(who, view)
    for seen, known in zip(before, (asdict(who), asdict(view)), strict=True):
        for name in set(seen) - {"beliefs"}:
            assert np.all(seen[name] == known[name]), name
