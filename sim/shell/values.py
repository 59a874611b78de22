"""Values set on what Hydra has composed: composing takes a tenth of a second, setting values a tenth of that."""

from collections.abc import Iterable, Sequence

from hydra.core.override_parser.types import Override
from omegaconf import DictConfig, OmegaConf

from sim.config import config_folder


def apart(overrides: Sequence[Override]) -> tuple[list[str], list[Override]]:
    """The lines that have to be composed, and the overrides that set the value of a key, as Hydra does after composing.

    All have to be composed where something is added, deleted or swept over, or Hydra's own is set: there order counts.
    """
    if any(map(_by_itself, overrides)):
        return [override.input_line for override in overrides], []
    chosen = [override.input_line for override in overrides if _chooses(override)]
    return chosen, [override for override in overrides if not _chooses(override)]


def with_values(base: DictConfig, values: Iterable[Override]) -> DictConfig:
    """A copy of ``base`` with ``values``. Raises OmegaConf's errors on a key that is not there and a wrong type."""
    config = base.copy()
    for override in values:
        OmegaConf.update(config, override.key_or_group, override.value(), merge=True)
    return config


def _by_itself(override: Override) -> bool:
    alters = override.is_add() or override.is_force_add() or override.is_delete()
    return alters or override.is_sweep_override() or override.is_hydra_override()


def _chooses(override: Override) -> bool:
    return override.package is not None or (config_folder() / override.key_or_group).is_dir()
