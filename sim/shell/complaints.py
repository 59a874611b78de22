"""Turns what Hydra, OmegaConf and YAML raise while a configuration is composed into one line of our own."""

import re
from io import TextIOWrapper
from traceback import walk_tb

from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf.errors import (
    ConfigAttributeError,
    ConfigKeyError,
    InterpolationResolutionError,
    MissingMandatoryValue,
    OmegaConfBaseException,
)
from yaml import MarkedYAMLError

from sim.config import config_folder, no_such_key
from sim.errors import InputError, nearest, shown


def complaint(error: BaseException) -> InputError:
    """The line that says of ``error`` which key, override or file is to be mended.

    Hydra wraps the cause once or twice; the innermost one that we know says most.
    """
    for cause in reversed(_chain(error)):
        line = _line(cause)
        if line is not None:
            return line
    kind = "" if isinstance(error, HydraException) else f"{type(error).__name__}: "
    return InputError(f"the configuration cannot be composed: {kind}{_first_line(error)}")


def _chain(error: BaseException | None) -> list[BaseException]:
    chain = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__
    return chain


def _line(error: BaseException) -> InputError | None:
    if isinstance(error, InputError):
        return error
    if isinstance(error, RecursionError):
        return InputError("defaults: found presets that nest without end; allowed is none that asks for itself")
    if isinstance(error, MissingConfigException):
        return _missing_config(error)
    if isinstance(error, OverrideParseException):
        return InputError(f"{shown(error.override)}: not an override such as key=value: {_first_line(error)}")
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        return InputError(f"{mark.name}:{mark.line + 1}: not valid YAML: {error.problem or error.context}")
    if isinstance(error, UnicodeDecodeError):
        return InputError(f"{_file_at_fault(error)}: found bytes that are no text; allowed is UTF-8")
    if isinstance(error, HydraException):
        return _not_overridden(error)
    if isinstance(error, OmegaConfBaseException):
        return _omegaconf(error)
    return None


def _file_at_fault(error: UnicodeDecodeError) -> str:
    """The file that was being read; only the frame that has it open knows its name."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    files = [value.name for frame in frames for value in frame.f_locals.values() if isinstance(value, TextIOWrapper)]
    return str(files[-1]) if files else "a file of the configuration"


def _missing_config(error: MissingConfigException) -> InputError | None:
    if not error.missing_cfg_file:
        return None
    group, _, name = error.missing_cfg_file.rpartition("/")
    if not group:
        return InputError(f"{name}: no such configuration; {nearest(name, error.options or [])}")
    # Hydra knows no options where it is a preset, not an override, that asks for another one.
    shipped = [file.stem for file in (config_folder() / group).glob("*.yaml")]
    known = [option for option in error.options or shipped if option != "base"]
    if not known:
        return InputError(f"{group}={name}: no such group")
    return InputError(f"{group}: found {name!r}; there is no such preset; {nearest(name, known)}")


def _not_overridden(error: HydraException) -> InputError | None:
    """Hydra tells what is wrong with a key only in the text of its message."""
    text = str(error)
    if found := re.search(r"An item is already at '([^']+)'", text):
        return InputError(f"{found[1]}: is there already; override it without +")
    if found := re.match(r"Ambiguous value for argument '([^']+)'", text):
        return InputError(f"{found[1]}: several values are a sweep, which needs --multirun; a list is written [a,b]")
    if found := re.match(r"Could not override '([^']+)'", text):
        key = found[1]
        ours = re.split(r"[./@]", key)[0] != "hydra"
        return no_such_key(key) if ours else InputError(f"{key}: Hydra has no such key")
    return None


def _omegaconf(error: OmegaConfBaseException) -> InputError:
    key = error.full_key or "configuration"
    if isinstance(error, MissingMandatoryValue):
        return InputError(f"{key}: found ???; it must be given")
    if isinstance(error, InterpolationResolutionError):
        return InputError(f"{key}: {_first_line(error)}")
    if isinstance(error, ConfigAttributeError | ConfigKeyError) and "not in struct" in str(error):
        return no_such_key(key)
    return InputError(f"{key}: {_first_line(error)}")


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
