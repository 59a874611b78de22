"""Designs: which worlds are run, in the unit cube, and which of them share their seeds.

The last coordinate of every design is the dummy. It stands for no constant: where it changes, other seeds are drawn.
So the dummy does what a parameter without any effect does to a run in which everything depends on everything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.sensitivity.analysing import LEAST, MORRIS, SIGNS, SOBOL
from analysis.sensitivity.morris import LEVELS
from sim.errors import InputError

SEED = 20_260_101
"""Of the designs themselves."""


@dataclass(frozen=True)
class Design:
    """``unit``: (worlds, parameters + 1) in [0, 1]; ``block``: (worlds,) which ones are compared with each other;
    ``luck``: (worlds,) of which the same number stands for the same seeds. More worlds continue the same design."""

    unit: np.ndarray
    block: np.ndarray
    luck: np.ndarray

    @staticmethod
    def of(unit: np.ndarray, width: int) -> "Design":
        """Blocks of ``width`` worlds; in a block worlds with the same dummy have the same seeds."""
        block, seen = np.arange(len(unit)) // width, {}
        luck = [seen.setdefault(pair, len(seen)) for pair in zip(block.tolist(), unit[:, -1].tolist(), strict=True)]
        return Design(unit, block, np.array(luck))


class Method(NamedTuple):
    """``make(dimensions, blocks)``: the worlds; ``width(dimensions)``: those of a block; ``blocks``: by default;
    ``double``: whether their number is a power of two; ``about``: what it finds."""

    make: Callable[[int, int], np.ndarray]
    width: Callable[[int], int]
    blocks: int
    double: bool
    about: str


def _morris(dimensions: int, blocks: int) -> np.ndarray:
    from SALib.sample.morris import sample

    return sample(_problem(dimensions), blocks, num_levels=LEVELS, seed=SEED)


def _sobol(dimensions: int, blocks: int) -> np.ndarray:
    from SALib.sample.sobol import sample

    return sample(_problem(dimensions), blocks, calc_second_order=False, seed=SEED)


def _signs(dimensions: int, blocks: int) -> np.ndarray:
    from scipy.stats.qmc import Sobol

    whole = 1 << (blocks - 1).bit_length()  # a power of two, of which the first are taken
    return Sobol(dimensions, rng=np.random.default_rng(SEED)).random(whole)[:blocks]


def _problem(dimensions: int) -> dict:
    names = [f"x{i}" for i in range(dimensions)]
    return {"num_vars": dimensions, "names": names, "bounds": [[0.0, 1.0]] * dimensions}


METHODS = {
    MORRIS: Method(_morris, lambda d: d + 1, 10, False, "screening: the elementary effects of each parameter"),
    SOBOL: Method(_sobol, lambda d: d + 2, 64, True, "the share of variance that each parameter has"),
    SIGNS: Method(_signs, lambda d: 1, 64, False, "the share of worlds in which findings keep their sign"),
}
"""What ``--method`` names."""


def design(method: str, parameters: int, worlds: int | None) -> Design:
    """The design of so many ``parameters`` and the dummy, with at most ``worlds``, by default those of the method.

    Raises ``InputError`` where they are too few.
    """
    way, dimensions = METHODS[method], parameters + 1
    width = way.width(dimensions)
    blocks = way.blocks if worlds is None else worlds // width
    if way.double and blocks:
        blocks = 1 << (blocks.bit_length() - 1)
    if blocks < LEAST[method]:
        limit = f"at least {LEAST[method] * width} for {method} of {parameters} parameters"
        raise InputError(f"worlds: found {worlds}; allowed are {limit}")
    return Design.of(way.make(dimensions, blocks), width)
