"""A configuration from Python, by the same groups and overrides as on the command line."""

from pathlib import Path

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from sim.config import Config, config_folder, parse


def configure(*overrides: str, folder: Path | None = None) -> Config:
    """The default configuration with Hydra ``overrides`` such as ``"retry=envoy"`` or ``"demand.rate=30000"``.

    ``folder`` holds presets of your own, as ``--config-dir`` does. Raises ``InputError`` on a bad value, and Hydra's
    own errors on a bad override.
    """
    searched = [f"hydra.searchpath=[file://{Path(folder).absolute()}]"] if folder else []
    with initialize_config_dir(str(config_folder()), version_base="1.3"):
        composed = compose("config", overrides=[*searched, *overrides])
    return parse(OmegaConf.to_container(composed, resolve=True))
