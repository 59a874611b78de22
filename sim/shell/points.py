"""The points of a multirun, checked before the first of them runs."""

from collections.abc import Iterable
from itertools import chain

from hydra import compose
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, open_dict

from sim.shell.values import apart, with_values


def points(config: DictConfig, config_name: str | None) -> Iterable[DictConfig]:
    """Compose each point that Hydra's basic sweeper will run. Other sweepers choose theirs as they go: none.

    A grid is composed once for each choice of groups.
    """
    sweeper = config.hydra.sweeper
    if not str(sweeper.get("_target_")).endswith(".BasicSweeper"):
        return
    parser = OverridesParser.create(config_loader=GlobalHydra.instance().config_loader())
    typed = [f"{key}={value}" for key, value in (sweeper.get("params") or {}).items()]
    overrides = parser.parse_overrides(typed + list(config.hydra.overrides.task))
    grid = chain.from_iterable(BasicSweeper.split_arguments(overrides, None))
    bases: dict[tuple[str, ...], DictConfig] = {}
    for number, point in enumerate(grid):
        lines, values = apart(parser.parse_overrides(list(point)))
        chosen = tuple(lines)
        if chosen not in bases:
            bases[chosen] = compose(config_name, lines, return_hydra_config=True)
        yield _of_job(with_values(bases[chosen], values), number)


def _of_job(config: DictConfig, number: int) -> DictConfig:
    with open_dict(config):
        config.hydra.job.id = config.hydra.job.num = number
    HydraConfig.instance().set_config(config)
    return config
