"""A configuration composed from what was composed before is the one that Hydra composes by itself."""

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from sim.compose import configure
from sim.config import config_folder, parse
from sim.errors import InputError
from sim.shell.values import apart

FROM_A_TRACE = ["demand=trace", "demand.path=day.csv"]


def by_hydra(*overrides):
    with initialize_config_dir(str(config_folder()), version_base="1.3"):
        return parse(OmegaConf.to_container(compose("config", overrides=list(overrides)), resolve=True))


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("demand.rate=300", "demand.rate=400"),
        ("stake.sigma=0.3", "stake=none", "governance=open"),
        ("governance=open", "governance.strictness=0.7", "retry=envoy", "retry.base_s=2"),
        ("tick_s=3600", "demand.rate=${population.models}"),
        ("governance.schedules=[{lever: governance.strictness, shape: ramp, day: 60, days: 60, value: 0.74}]",),
        ("+governance.schedules=[]", "seed=3"),
        ("++seed=3", "seed=4"),
        ("seed=4", "++seed=3"),
        ("developers=none", *FROM_A_TRACE),
        ("hydra.run.dir=here", "engine=reference"),
    ],
    ids=str,
)
def test_values_come_to_what_hydra_makes_of_them(overrides):
    assert configure(*overrides) == by_hydra(*overrides)
    assert configure() == by_hydra(), "one configuration leaks into the next"


def test_only_choices_are_composed():
    lines, values = apart(OverridesParser.create().parse_overrides(["stake=none", "seed=3", "demand.rate=9"]))
    assert lines == ["stake=none"]
    assert [value.key_or_group for value in values] == ["seed", "demand.rate"]


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("demand.rat=3", "demand.rat: no such key; did you mean 'demand.rate'?"),
        ("demand=5", "demand: found 5; allowed is one of"),
        ("demand.rate.per=5", "demand.rate"),
        ("seed=1,2", "seed"),
        ("~demand.rat", "demand.rat"),
    ],
)
def test_what_is_wrong_is_told_as_hydra_would(override, said):
    with pytest.raises(InputError, match=said.replace("?", r"\?").replace(".", r"\.")) as error:
        configure(override)
    assert "\n" not in str(error.value)
