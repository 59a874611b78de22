"""Every option of ``conf`` composes; every key refuses what its schema forbids, in one line that names it."""

import copy
import math
import re
import types
import typing
from dataclasses import is_dataclass

import pytest
from hydra import compose, initialize_config_dir
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from sim.config import Key, config_folder, keys, parse
from sim.errors import InputError, shown
from sim.shell.groups import groups

OPTIONS = [(group, option) for group, known in groups(config_folder()).items() for option in known]
FILES = sorted(config_folder().rglob("*.yaml"))
KEYS = keys()
LEAVES = [k for k in KEYS.values() if not is_dataclass(k.kind) and typing.get_origin(k.kind) is not list]
NUMBERS = [k for k in LEAVES if "low" in k.meta]
WORDS = [k for k in LEAVES if "allowed" in k.meta]
SOURCE = r"illustrative|calibrated|published default"


def composed(*overrides: str) -> dict:
    with initialize_config_dir(str(config_folder()), version_base=None):
        return OmegaConf.to_container(compose("config", list(overrides)), resolve=True)


DEFAULTS = composed()


def changed(name: str, value) -> dict:
    """The defaults with one key set."""
    raw = copy.deepcopy(DEFAULTS)
    section = raw
    *path, last = name.split(".")
    for part in path:
        section = section[part]
    section[last] = value
    return raw


def complaint(raw: dict) -> str:
    with pytest.raises(InputError) as caught:
        parse(raw)
    line = str(caught.value)
    assert "\n" not in line
    return line


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_every_option_composes_and_parses(group, option):
    extra = ["demand.path=trace.csv", "horizon_days=null", "warmup_days=0"] if option == "trace" else []
    parse(composed(f"{group}={option}", *extra))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_every_number_in_conf_states_its_unit_and_source(file):
    """In a comment on its line, or above it, or in the file's opening; 0 and 1, which switch a rule off, need none."""
    text = file.read_text(encoding="utf-8")
    opening, body = re.fullmatch(r"((?:#.*\n)+)((?:.*\n)*)", text).groups()
    above = opening if re.search(SOURCE, opening) else ""
    for line in body.splitlines():
        value, _, comment = line.partition("#")
        numbers = re.findall(r"(?<![\w.-])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.-])", value.partition(":")[2])
        if any(float(number) not in (0, 1) for number in numbers):
            assert comment or above, f"{line!r} has no comment"
        if above != opening and not line.startswith(" "):
            above = comment if value.strip() == "" or value.strip().endswith(":") else ""


@pytest.mark.parametrize("key", KEYS.values(), ids=lambda k: k.name)
def test_every_key_says_what_it_is(key: Key):
    assert key.meta["doc"]
    assert key.name in flat(DEFAULTS)


def flat(raw: dict, prefix: str = "") -> set[str]:
    """Dotted names of every key of a nested mapping."""
    names = set()
    for key, value in raw.items():
        names |= {prefix + key} | (flat(value, f"{prefix}{key}.") if isinstance(value, dict) else set())
    return names


@pytest.mark.parametrize("key", NUMBERS, ids=lambda k: k.name)
def test_a_number_out_of_range_is_named_with_its_range(key: Key):
    meta = key.meta
    beyond = [math.nan, math.inf, -math.inf, "many", True, [1.0], 10**400]
    beyond += [math.nextafter(meta["low"], -math.inf) - 1] if meta["low"] > -math.inf else []
    beyond += [meta["high"] * 2 + 1] if meta["high"] < math.inf else []
    beyond += [meta["above"]] if meta["above"] > -math.inf else []
    beyond += [meta["below"]] if meta["below"] < math.inf else []
    beyond += [0.5 + max(meta["low"], 0)] if int in (key.kind, *typing.get_args(key.kind)) else []
    for value in beyond:
        assert complaint(changed(key.name, value)).startswith(f"{key.name}: found {shown(value)}; allowed is")


@pytest.mark.parametrize("key", NUMBERS, ids=lambda k: k.name)
def test_every_number_has_two_ends(key: Key):
    """Without them a finite value could still overflow in the middle of a run."""
    assert -math.inf < max(key.meta["low"], key.meta["above"])
    assert min(key.meta["high"], key.meta["below"]) < math.inf


@pytest.mark.parametrize("name", ["population.house_ability", "calibration.systems"])
def test_a_bound_that_does_not_belong_to_the_range_says_so(name):
    system = {"name": "a", "ability": 1, "spread": 1.0, "source": "b"}
    line = complaint(changed(name, [system] if name == "calibration.systems" else 1))
    assert line.endswith(": found 1; allowed is a number greater than 1e-09 and less than 1")


@pytest.mark.parametrize("key", WORDS, ids=lambda k: k.name)
def test_a_word_out_of_place_is_told_the_allowed_ones(key: Key):
    for value in ("nonsense", 3, None, True):
        line = complaint(changed(key.name, value))
        assert line.startswith(f"{key.name}: found {shown(value)}; allowed ")
        assert all(word in line for word in key.meta["allowed"])


@pytest.mark.parametrize("key", LEAVES, ids=lambda k: k.name)
def test_null_is_refused_where_there_must_be_a_value(key: Key):
    if not isinstance(key.kind, types.UnionType):
        assert complaint(changed(key.name, None)).startswith(key.name)


@pytest.mark.parametrize("key", [k for k in KEYS.values() if is_dataclass(k.kind)], ids=lambda k: k.name)
def test_a_section_refuses_keys_it_does_not_know_and_misses_none(key: Key):
    assert complaint(changed(f"{key.name}.zzz", 1)).startswith(f"{key.name}.zzz: no such key")
    assert complaint(changed(key.name, 3)).startswith(f"{key.name}: found 3")
    assert "missing" in complaint(changed(key.name, {}))


def test_a_key_in_the_wrong_section_is_told_the_right_one():
    assert complaint(changed("rate", 1)) == "rate: no such key; did you mean 'demand.rate'?"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("retry.attempts", "retry.retries"),  # named in what it means
        ("retry.max_retries", "retry.retries"),  # spelt alike
        ("stake.visibility", "evidence.visibility"),  # another section's
        ("gauntlet.k", "landscape.k"),
        ("sead", "seed"),
    ],
)
def test_an_unknown_key_is_told_the_nearest(wrong, right):
    assert complaint(changed(wrong, 3)) == f"{wrong}: no such key; did you mean '{right}'?"


def test_an_unknown_key_that_nothing_is_near_is_told_those_of_its_section():
    known = "gauntlet.adversarial, gauntlet.attempt_days"
    assert complaint(changed("gauntlet.zzz", 1)).startswith(f"gauntlet.zzz: no such key; known are {known}, ")


CONTRADICTIONS = {
    "demand.edge": 0.99,
    "demand.tau_s": [1.0],
    "gauntlet.adversarial": 0.99,
    "landscape.k": 12,
    "horizon_days": None,
    "warmup_days": 180,
    "population.models": 1,
    "tick_s": 1 / 3,
    "calibration.systems": [],
    "developers.stakes": [],
    "developers.rehearsals": [],
    "developers.cleanup.hours": [],
    "developers.cleanup.study": [],
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_keys_that_contradict_each_other_are_named(name):
    assert name in complaint(changed(name, CONTRADICTIONS[name]))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(name=st.sampled_from(sorted(KEYS)), value=ANYTHING)
def test_any_value_is_accepted_or_refused_in_one_line(name, value):
    try:
        parse(changed(name, value))
    except InputError as error:
        assert str(error)
        assert len(str(error).splitlines()) == 1
