"""A configuration from Python, by the same groups and overrides as on the command line."""

from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from sim.config import Config, config_folder, parse
from sim.shell.complaints import complaint
from sim.shell.overrides import check_overrides, check_presets


def configure(*overrides: str, folder: Path | None = None) -> Config:
    """The default configuration with Hydra ``overrides`` such as ``"retry=envoy"`` or ``"demand.rate=30000"``.

    ``folder`` holds presets of your own, as ``--config-dir`` does. Raises ``InputError`` on a bad override, preset
    or value.
    """
    searched = []
    if folder is not None:
        folder = Path(folder)
        check_presets(folder, "folder")
        searched = [f"hydra.searchpath=[file://{folder.absolute()}]"]
    try:
        check_overrides(overrides, folder)
        with initialize_config_dir(str(config_folder()), version_base="1.3"):
            composed = compose("config", overrides=[*searched, *overrides])
        return parse(OmegaConf.to_container(composed, resolve=True, throw_on_missing=True))
    except (HydraException, OmegaConfBaseException, YAMLError, UnicodeDecodeError) as error:
        raise complaint(error) from error
