"""Checks everything before Hydra makes a folder, and takes away the folders of a run that came to nothing."""

from collections.abc import Callable
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf

from sim.config import Config, parse
from sim.errors import InputError
from sim.output.disk import reason
from sim.output.folder import drop_empty, make_folder
from sim.shell.complaints import complaint
from sim.shell.guard import BAD_INPUT, complain
from sim.shell.points import points

_SWEEP_FILE = "multirun.yaml"  # written by Hydra before the first run

_target: list[Path] = []  # the folder of the run or the multirun at hand
_made: list[Path] = []  # what had to be made for it, outermost first


def checked(composed: DictConfig) -> Config:
    """The composed configuration, resolved and frozen. Raises ``InputError`` naming what is wrong."""
    try:
        raw = {str(key): _resolved(composed[key]) for key in composed if key != "hydra"}
    except Exception as error:
        raise complaint(error) from error
    config = parse(raw)
    check_named(config)
    return config


def check_named(config: Config) -> None:
    """That what ``config`` names by an import path or a file is there. Raises ``InputError``."""
    # Heavy: not for those who only ask for the configuration.
    from sim import rules

    rules.check(config)
    if config.demand.kind == "trace":
        _readable(Path(config.demand.path), "demand.path")


def _resolved(node):
    if not OmegaConf.is_config(node):
        return node
    return OmegaConf.to_container(node, resolve=True, throw_on_missing=True)


def _readable(path: Path, key: str) -> None:
    try:
        path.open("rb").close()
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise InputError(f"{key}: {path} cannot be read: {why}") from error


class BeforeRun(Callback):
    """What ``conf/config.yaml`` has Hydra call once everything is composed and nothing is made."""

    def on_run_start(self, config: DictConfig, **_) -> None:
        _or_leave(lambda: _before_run(config))

    def on_multirun_start(self, config: DictConfig, config_name: str | None = None, **_) -> None:
        _or_leave(lambda: _before_multirun(config, config_name))


def _or_leave(check: Callable[[], None]) -> None:
    """Hydra turns an exception of a callback into a warning; only leaving ends the run."""
    try:
        check()
    except Exception as error:
        complain(complaint(error))
        raise SystemExit(BAD_INPUT) from error


def _before_run(config: DictConfig) -> None:
    HydraConfig.instance().set_config(config)  # for values such as ${hydra:job.name}
    checked(config)
    _make(config, "run")


def _before_multirun(config: DictConfig, config_name: str | None) -> None:
    for point in points(config, config_name):
        checked(point)
    _make(config, "sweep")


def _make(config: DictConfig, mode: str) -> None:
    if config.hydra.output_subdir is not None:
        found = config.hydra.output_subdir
        raise InputError(f"hydra.output_subdir: found {found!r}; allowed is null: a run's folder is written whole")
    folder = config.hydra[mode].dir
    if not isinstance(folder, str) or not folder:
        raise InputError(f"hydra.{mode}.dir: found {folder!r}; allowed is the path of a new or an empty folder")
    target = Path(folder).absolute()
    _made[:] = make_folder(target, f"hydra.{mode}.dir")
    _target[:] = [target]


def leave_no_trace() -> None:
    """Remove what was made for a run of which nothing came; after one that was written, do nothing."""
    for folder in _target:
        if folder.is_dir() and [file.name for file in folder.iterdir()] == [_SWEEP_FILE]:
            (folder / _SWEEP_FILE).unlink()
    drop_empty(_made)
    _target.clear()
    _made.clear()
