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
import pkgutil

import numpy as np

from sim import own

POLICIES = {
    file.name: getattr(importlib.import_module(f"{__name__}.{file.name}"), file.name)
    for file in pkgutil.iter_modules(__path__)
}
"""The built-in policies by name."""


def resolve(name: str):
    """The policy that ``developers.policy`` names. Raises ``InputError`` where there is none."""
    return own.resolve("developers.policy", name, POLICIES, "a policy", _values)


def _values(found, options, *_) -> np.ndarray:
    values = np.array([float(value) for value in found])
    if len(values) != len(options):
        raise own.Unusable(f"returned {len(values)} values; allowed is one an option")
    if np.isnan(values).any():
        raise own.Unusable("returned nan; allowed are numbers")
    return values
