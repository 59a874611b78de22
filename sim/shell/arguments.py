"""The arguments of ``turnstile run``, made into those that Hydra expects."""

from collections.abc import Sequence
from pathlib import Path

from hydra._internal.utils import get_args_parser
from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from sim.config import config_folder
from sim.errors import InputError
from sim.shell.complaints import complaint
from sim.shell.overrides import check_overrides, check_presets

FROM_FILE = "from_file"  # name under which the configuration of a file is composed


def hydra_arguments(argv: Sequence[str]) -> list[str]:
    """Options first, then overrides; a file of configuration in their midst becomes the primary configuration.

    Raises ``InputError`` on what Hydra's own parser, or its search for files, would stumble over.
    """
    parser = get_args_parser()
    parser.error = _refuse
    args = parser.parse_intermixed_args(list(argv))
    if args.config_path is not None:
        raise InputError("--config-path: not available; name a folder of your own presets with --config-dir")
    if args.config_dir is not None:
        check_presets(Path(args.config_dir), "--config-dir")
    files = [word for word in args.overrides if _is_file(word)]
    overrides = [word for word in args.overrides if word not in files]
    check_overrides(overrides, args.config_dir and Path(args.config_dir))
    options = [word for word in argv if word not in args.overrides]
    if not files:
        return [*options, *overrides]
    if len(files) > 1 or args.config_name is not None:
        raise InputError(f"{files[-1]}: allowed is one file of configuration, and no --config-name beside it")
    _store(Path(files[0]), overrides)
    return [*options, "--config-name", FROM_FILE, *overrides]


def _refuse(message: str) -> None:
    folder = "; the folder of a run is hydra.run.dir=FOLDER" if "--out" in message else ""
    raise InputError(f"{message}{folder}; see `turnstile run --help`")


def _is_file(word: str) -> bool:
    return "=" not in word and word.endswith((".yaml", ".yml"))


def _store(file: Path, overrides: Sequence[str]) -> None:
    """Let Hydra compose the defaults with the values of ``file`` on top."""
    try:
        values = OmegaConf.load(file)
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from error
    except Exception as error:
        raise complaint(error) from error
    if not isinstance(values, DictConfig) or "defaults" in values or "hydra" in values:
        raise InputError(f"{file}: allowed are the keys of a run, such as those of a run's config.yaml")
    for word in overrides:
        group = word.lstrip("+~").partition("=")[0]
        if group in values and (config_folder() / group).is_dir():
            raise InputError(f"{group}: {file} states its keys already; override them one by one, as {group}.KEY=VALUE")
    node = {"defaults": ["config", "_self_"], **OmegaConf.to_container(values)}
    ConfigStore.instance().store(FROM_FILE, node, provider=str(file))
