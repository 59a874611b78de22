"""Allocation: from evidence and catalogue to relative weights of the admitted models of one domain.

A rule is a function ``rule(evidence, catalogue, **parameters) -> weights``: ``evidence`` an `EvidenceView` and
``catalogue`` a `Catalogue` of the same n models, ``parameters`` the keys of the router's section of that name; weights
(n,) finite, not negative, of positive sum. Only their ratios matter, and no rule draws: chance is the dispatch's.
Every public function of the two modules of rules is one; a user's own is named by its import path,
``module:function``, and has no parameters.
"""

import inspect
import math

import numpy as np

from sim import own
from sim.errors import InputError
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
    return own.resolve("router.allocation", name, RULES, "a rule", lambda found, *_: np.asarray(found, float))


def parameters(name: str, router) -> dict:
    """The parameters of rule ``name``: its section of the router's configuration, if it has one."""
    section = getattr(router, name, None) if name in RULES else None
    return {} if section is None else dict(vars(section))


def weights(name: str, evidence, catalogue, router):
    """What rule ``name`` gives n models: (n,) weights whose sum is 1.

    Raises ``InputError`` naming the rule where it fails or returns something else than n finite weights >= 0 of
    positive sum.
    """
    found = np.asarray(resolve(name)(evidence, catalogue, **parameters(name, router)), float)
    return _valid(name, found, len(catalogue))


def _valid(name, found, n):
    what = f"router.allocation: {name} returned"
    if found.shape != (n,):
        raise InputError(f"{what} shape {found.shape}; allowed is ({n},), one weight for each model")
    least, largest = found.min(initial=0.0), found.max(initial=0.0)
    if not (math.isfinite(least) and math.isfinite(largest)):
        raise InputError(f"{what} {found[~np.isfinite(found)][0]}; allowed are finite weights")
    if least < 0:
        raise InputError(f"{what} the weight {least:g}; allowed are weights from 0")
    if largest == 0:
        raise InputError(f"{what} only weights of 0; allowed are weights of positive sum")
    scaled = found / largest  # so that the sum neither overflows nor underflows
    return scaled / scaled.sum()
