"""A configuration from Python, by the same groups and overrides as on the command line."""

from functools import lru_cache
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from sim.config import Config, config_folder, parse
from sim.shell.complaints import complaint
from sim.shell.overrides import check_overrides, check_presets
from sim.shell.values import apart, with_values


def configure(*overrides: str, folder: Path | None = None) -> Config:
    """The default configuration with Hydra ``overrides`` such as ``"retry=envoy"`` or ``"demand.rate=30000"``.

    ``folder`` holds presets of your own, as ``--config-dir`` does. Raises ``InputError`` on a bad override, preset
    or value.
    """
    try:
        if folder is not None:
            folder = Path(folder)
            check_presets(folder, "folder")
        check_overrides(overrides, folder)
        composed = _set(overrides) if folder is None else _composed(overrides, folder)
        return parse(OmegaConf.to_container(composed, resolve=True, throw_on_missing=True))
    except (HydraException, OmegaConfBaseException, YAMLError, UnicodeDecodeError) as error:
        raise complaint(error) from error


def _set(overrides: tuple[str, ...]) -> DictConfig:
    """What Hydra composes of our own presets, most of which it has composed before."""
    lines, values = apart(OverridesParser.create().parse_overrides(list(overrides)))
    try:
        return with_values(_chosen(tuple(lines)), values)
    except OmegaConfBaseException:
        return _composed(overrides)  # Hydra says what is wrong


def _composed(overrides: tuple[str, ...], folder: Path | None = None) -> DictConfig:
    searched = [] if folder is None else [f"hydra.searchpath=[file://{folder.absolute()}]"]
    with initialize_config_dir(str(config_folder()), version_base="1.3"):
        return compose("config", overrides=[*searched, *overrides])


_chosen = lru_cache(64)(_composed)
