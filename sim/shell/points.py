"""The points of a multirun, checked before the first of them runs."""

from collections.abc import Iterable
from itertools import chain

from hydra import compose
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf, open_dict


def points(config: DictConfig, config_name: str | None) -> Iterable[DictConfig]:
    """Compose each point that Hydra's basic sweeper will run. Other sweepers choose theirs as they go: none.

    Composing costs a tenth of a second, so a grid is composed once for each choice of groups and its values are
    set on copies.
    """
    sweeper = config.hydra.sweeper
    if not str(sweeper.get("_target_")).endswith(".BasicSweeper"):
        return
    parser = OverridesParser.create(config_loader=GlobalHydra.instance().config_loader())
    typed = [f"{key}={value}" for key, value in (sweeper.get("params") or {}).items()]
    overrides = parser.parse_overrides(typed + list(config.hydra.overrides.task))
    grid = chain.from_iterable(BasicSweeper.split_arguments(overrides, None))
    bases: dict[tuple, DictConfig] = {}
    for number, point in enumerate(grid):
        plain = tuple(line for line in point if _sets_value(parser, line))
        groups = tuple(line for line in point if line not in plain)
        if groups not in bases:
            bases[groups] = compose(config_name, list(groups), return_hydra_config=True)
        yield _with_values(bases[groups], parser.parse_overrides(list(plain)), number)


def _sets_value(parser: OverridesParser, line: str) -> bool:
    """Whether an override only sets the value of a key that is there, which needs no composing."""
    override = parser.parse_override(line)
    loader = GlobalHydra.instance().config_loader()
    chooses = override.package is not None or bool(loader.get_group_options(override.key_or_group))
    return not (chooses or override.is_add() or override.is_delete())


def _with_values(base: DictConfig, values: list, number: int) -> DictConfig:
    config = base.copy()
    for override in values:
        OmegaConf.update(config, override.key_or_group, override.value(), merge=True)
    with open_dict(config):
        config.hydra.job.id = config.hydra.job.num = number
    HydraConfig.instance().set_config(config)
    return config
