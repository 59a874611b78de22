"""Whole configurations for tests: the shipped one, with some keys set."""

import copy
from functools import cache

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from sim.config import Config, config_folder, parse


@cache
def _composed(groups: tuple[str, ...]) -> dict:
    with initialize_config_dir(str(config_folder()), version_base=None):
        return OmegaConf.to_container(compose("config", overrides=list(groups)), resolve=True)


def config(*groups: str, **keys) -> Config:
    """The market that nobody develops, with groups such as ``"retry=envoy"``, and ``keys`` with ``__`` for a dot."""
    raw = copy.deepcopy(_composed(("developers=none", *groups)))
    for key, value in keys.items():
        *path, last = key.split("__")
        section = raw
        for part in path:
            section = section[part]
        assert last in section, key
        section[last] = value
    return parse(raw)
