"""Policies: how developers value their options.

A policy is a function ``policy(options, own, public) -> values``, one value in credits/day for each option, none of
them nan: ``options`` an array of ``sim.developers.options.OPTIONS``, a column each field of ``Option``; ``own`` and
``public`` as in ``sim.developers.views``. Choice (``sim.developers.choice``) takes the highest after noise, and does
none that is not feasible. Every file here holds one, of the same name; a user's own is named by its import path,
``module:function``:

    def curious(options, own, public):
        payoff = (options["chances"] * options["payoffs"]).sum(axis=1)
        return options["income"] + payoff / options["span"] + 50.0 * (options["kind"] == "experiment")
"""

import importlib
import inspect
import pkgutil
import sys
from pathlib import Path

import numpy as np

from sim.errors import InputError, Terminated, nearest

POLICIES = {
    file.name: getattr(importlib.import_module(f"{__name__}.{file.name}"), file.name)
    for file in pkgutil.iter_modules(__path__)
}
"""The built-in policies by name."""


def resolve(name: str):
    """The policy that ``developers.policy`` names. Raises ``InputError`` where there is none."""
    if name in POLICIES:
        return POLICIES[name]
    if ":" not in name:
        hint = nearest(name, POLICIES)
        raise InputError(f"developers.policy: found {name!r}; allowed is a policy or module:function; {hint}")
    return _own(name)


def _own(name):
    module_name, _, function_name = name.partition(":")
    here = str(Path.cwd())  # a console script does not look there; last, so that it hides nothing
    sys.path.append(here)
    try:
        module = importlib.import_module(module_name)
    except Terminated:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(f"developers.policy: cannot import {module_name!r} of {name!r}: {_line(error)}") from error
    finally:
        if sys.path[-1] == here:
            sys.path.pop()
    function = getattr(module, function_name, None)
    if not callable(function):
        known = [k for k, v in vars(module).items() if inspect.isfunction(v) and not k.startswith("_")]
        hint = nearest(function_name, known) if known else "the module has no functions"
        raise InputError(f"developers.policy: no function {function_name!r} in module {module_name!r}; {hint}")

    def checked(options, own, public):
        try:
            values = np.array([float(value) for value in function(options, own, public)])
        except (Exception, SystemExit) as error:
            if isinstance(error, Terminated):
                raise
            raise InputError(f"developers.policy: {name} failed: {_line(error)}") from error
        if len(values) != len(options):
            raise InputError(f"developers.policy: {name} returned {len(values)} values; allowed is one an option")
        if np.isnan(values).any():
            raise InputError(f"developers.policy: {name} returned nan; allowed are numbers")
        return values

    return checked


def _line(error):
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
