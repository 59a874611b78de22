"""Allocation: from evidence and catalogue to relative weights of the admitted models of one domain.

A rule is a function ``rule(evidence, catalogue, **parameters) -> weights``: ``evidence`` an `EvidenceView` and
``catalogue`` a `Catalogue` of the same n models, ``parameters`` the keys of the router's section of that name; weights
(n,) finite, not negative, of positive sum. Only their ratios matter, and no rule draws: chance is the dispatch's.
Every public function of the two modules of rules is one; a user's own is named by its import path,
``module:function``, and has no parameters.
"""

import importlib
import inspect
import sys
from pathlib import Path

import numpy as np

from sim.errors import InputError, Terminated, nearest
from sim.router import catalogue_rules, evidence_rules

RULES = {
    name: rule
    for module in (catalogue_rules, evidence_rules)
    for name, rule in inspect.getmembers(module, inspect.isfunction)
    if rule.__module__ == module.__name__ and not name.startswith("_")
}
"""The built-in rules by name."""


def resolve(name: str):
    """The rule that ``router.allocation`` names. Raises ``InputError`` where there is none."""
    if ":" in name:
        return _own(name)
    if name not in RULES:
        hint = nearest(name, RULES)
        raise InputError(f"router.allocation: found {name!r}; allowed is a rule or module:function; {hint}")
    return RULES[name]


def parameters(name: str, router) -> dict:
    """The parameters of rule ``name``: its section of the router's configuration, if it has one."""
    section = getattr(router, name, None) if name in RULES else None
    return {} if section is None else dict(vars(section))


def weights(name: str, evidence, catalogue, router):
    """What rule ``name`` gives n models: (n,) weights whose sum is 1.

    Raises ``InputError`` naming the rule where it fails or returns something else than n finite weights >= 0 of
    positive sum.
    """
    rule = resolve(name)
    try:
        found = rule(evidence, catalogue, **parameters(name, router))
        found = np.asarray(found, float)
    except (Exception, SystemExit) as error:
        if name in RULES or isinstance(error, Terminated):
            raise
        raise InputError(f"router.allocation: {name} failed: {_line(error)}") from error
    return _valid(name, found, len(catalogue))


def _valid(name, found, n):
    what = f"router.allocation: {name} returned"
    if found.shape != (n,):
        raise InputError(f"{what} shape {found.shape}; allowed is ({n},), one weight for each model")
    if not np.isfinite(found).all():
        raise InputError(f"{what} {found[~np.isfinite(found)][0]}; allowed are finite weights")
    if (found < 0).any():
        raise InputError(f"{what} the weight {found.min():g}; allowed are weights from 0")
    largest = found.max(initial=0.0)
    if largest == 0:
        raise InputError(f"{what} only weights of 0; allowed are weights of positive sum")
    scaled = found / largest  # so that the sum neither overflows nor underflows
    return scaled / scaled.sum()


def _own(name):
    module_name, _, function_name = name.partition(":")
    try:
        module = _import(module_name)
    except Terminated:
        raise
    except (Exception, SystemExit) as error:
        raise InputError(f"router.allocation: cannot import {module_name!r} of {name!r}: {_line(error)}") from error
    function = getattr(module, function_name, None)
    if not callable(function):
        known = [k for k, v in vars(module).items() if inspect.isfunction(v) and not k.startswith("_")]
        hint = nearest(function_name, known) if known else "the module has no functions"
        raise InputError(f"router.allocation: no function {function_name!r} in module {module_name!r}; {hint}")
    return function


def _import(module_name):
    # A console script does not look in the current folder, where users keep their rules. Last: it hides nothing.
    here = str(Path.cwd())
    sys.path.append(here)
    try:
        return importlib.import_module(module_name)
    finally:
        if sys.path[-1] == here:
            sys.path.pop()


def _line(error):
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
