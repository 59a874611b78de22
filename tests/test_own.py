"""Rules by import path: what one raises or returns wrongly is one line that names the key and the rule."""

import sys

import pytest

from sim.config import keys
from sim.errors import InputError
from sim.simulation import simulate
from sim.trust import scores, slashing, stake
from tests.economies import FALLING, economy

NAMED = {  # key: (the rules of the package, a rule that is misspelt, the nearest)
    "stake.rule": (stake, "pseudocount", "pseudo_count"),
    "stake.slashing": (slashing, "etherium", "ethereum"),
    "gauntlet.score": (scores, "pass_5", "pass_k"),
}

MISUSES = [
    ("stake.rule", "return stake[:-1] * 0.0", r"returned shape \(\d*,\); allowed is \(\d+,\), one confidence"),
    ("stake.rule", "return bound(0.0) + 1", r"returned the confidence 1\.\d+; allowed are numbers from 0 to 1"),
    ("stake.rule", "return bound(0.0) * float('nan')", "returned the confidence nan"),
    ("stake.rule", "return settings.gamma", "failed: AttributeError"),
    ("stake.slashing", "return 1.5", "returned 1.5; allowed is a share from 0 to 1"),
    ("stake.slashing", "return float('nan')", "returned nan"),
    ("stake.slashing", "return 'half'", "failed: ValueError"),
    ("stake.slashing", "raise SystemExit(0)", "failed: SystemExit"),
    ("gauntlet.score", "return 0.5", "returned 0.5; allowed is a sim.trust.scores.Score"),
    ("gauntlet.score", "return scores.mean(outcomes)._replace(mean=1.5)", "returned .* are shares from 0 to 1"),
    ("gauntlet.score", "return scores.mean(outcomes)._replace(bad=-1.0)", "returned .* are counts from 0"),
    ("gauntlet.score", "return scores.mean(outcomes)._replace(good=float('nan'))", "returned .* are counts from 0"),
    ("gauntlet.score", "return scores.median(outcomes)", "failed: AttributeError"),
]
ARGUMENTS = {"stake.rule": "bound, stake, settings", "stake.slashing": "settings, struck", "gauntlet.score": "outcomes"}


def set_to(key, name):
    return {key.replace(".", "__"): name}


@pytest.mark.parametrize("key", NAMED)
def test_a_rule_that_is_not_there(key):
    module, wrong, near = NAMED[key]
    with pytest.raises(InputError, match=rf"^{key}: found '{wrong}'; allowed is a rule or module:function; .*'{near}'"):
        simulate(economy(**set_to(key, wrong)))
    with pytest.raises(InputError, match=rf"^{key}: cannot import 'nowhere' of 'nowhere:rule': ModuleNotFoundError"):
        module.resolve("nowhere:rule")
    with pytest.raises(InputError, match=rf"^{key}: no function 'rule' in module 'sim.units'"):
        module.resolve("sim.units:rule")


@pytest.mark.parametrize("key", NAMED)
def test_where_a_rule_is_named_the_help_says_where_they_are_listed(key):
    assert "`turnstile list" in keys()[key].meta["doc"] and "module:function" in keys()[key].meta["doc"]


@pytest.mark.parametrize(("key", "body", "said"), MISUSES)
def test_what_it_returns_is_checked(key, body, said, tmp_path, monkeypatch):
    (tmp_path / "their.py").write_text(
        f"from sim.trust import scores\n\n\ndef rule({ARGUMENTS[key]}):\n    {body}\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "their", raising=False)
    with pytest.raises(InputError, match=f"^{key}: their:rule {said}") as found:
        simulate(economy(**FALLING, **set_to(key, "their:rule")))
    assert "\n" not in str(found.value)


def test_a_bound_takes_a_number_as_well_as_a_number_a_model(tmp_path, monkeypatch):
    body = "def rule(bound, stake, settings):\n    return bound({}) + 0.0 * stake\n"
    (tmp_path / "one.py").write_text(body.format("7.0"), encoding="utf-8")
    (tmp_path / "many.py").write_text(body.format("7.0 + 0.0 * stake"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    one, many = (simulate(economy(horizon_days=6, **set_to("stake.rule", f"{name}:rule"))) for name in ("one", "many"))
    assert one.tables["models"].equals(many.tables["models"])
