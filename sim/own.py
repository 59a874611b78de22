"""Rules by name: those of the package, and users' own by their import path, ``module:function``."""

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from sim.errors import InputError, Terminated, nearest


class Unusable(ValueError):
    """A function of the user's returned what nobody can use: the end of an error line, such as ``returned nan; …``."""


def resolve(key: str, name: str, rules: Mapping[str, Callable], what: str, read: Callable) -> Callable:
    """The rule that ``key`` of the configuration names: one of ``rules``, each ``what``, or a function of the user's.

    The user's own is called as the others are, and ``read(returned, *arguments)`` makes of what it returns what the
    others return, or raises `Unusable`. Raises ``InputError``, at once where there is no such rule, and when it is
    called where it fails or is unusable.
    """
    if name in rules:
        return rules[name]
    if ":" not in name:
        hint = nearest(name, rules)
        raise InputError(f"{key}: found {name!r}; allowed is {what} or module:function; {hint}")
    function = _function(key, name)

    def own(*arguments):
        try:
            return read(function(*arguments), *arguments)
        except Terminated:
            raise
        except Unusable as error:
            raise InputError(f"{key}: {name} {error}") from None
        except (Exception, SystemExit) as error:
            raise InputError(f"{key}: {name} failed: {_line(error)}") from error

    return own


def _function(key: str, name: str) -> Callable:
    module_name, _, function_name = name.partition(":")
    try:
        module = _import(module_name)
    except Terminated:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(f"{key}: cannot import {module_name!r} of {name!r}: {_line(error)}") from error
    function = getattr(module, function_name, None)
    if not callable(function):
        known = [k for k, v in vars(module).items() if inspect.isfunction(v) and not k.startswith("_")]
        hint = nearest(function_name, known) if known else "the module has no functions"
        raise InputError(f"{key}: no function {function_name!r} in module {module_name!r}; {hint}")
    return function


def _import(module_name: str):
    # A console script does not look in the current folder, where users keep their rules. Last: it hides nothing.
    here = str(Path.cwd())
    sys.path.append(here)
    try:
        return importlib.import_module(module_name)
    finally:
        if sys.path[-1] == here:
            sys.path.pop()


def _line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
