"""Turnstile's simulator.

from sim import configure, simulate

result = simulate(configure("retry=envoy", "seed=2"))
result.summary["success_rate"]
result.tables["timeline"]
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.compose import configure
    from sim.simulation import Result, simulate

__all__ = ["Result", "configure", "simulate"]

_HOMES = {"Result": "sim.simulation", "configure": "sim.compose", "simulate": "sim.simulation"}


def __getattr__(name: str):
    # Imported when first used: what compiles takes a while to import, and help should not wait for it.
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
