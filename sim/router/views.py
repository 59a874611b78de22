"""What a rule of allocation sees: the public record of each model, as flat arrays with one row a model.

Nothing latent is in here: no ability, no potential, no spread.
"""

from dataclasses import dataclass, fields
from functools import cache, cached_property

import numpy as np
from scipy.special import betaincinv


@cache
def _columns(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


class _Rows:
    """Indexing selects rows of every array at once.

    The rows of an array are copied when they are first read: a rule pays for what it looks at, and a tick for no more.
    """

    def __getitem__(self, rows):
        part = object.__new__(type(self))
        vars(part).update(_whole=self, _rows=rows)
        return part

    __iter__ = None  # it is no sequence: numpy would ask for row after row without end

    def __array__(self, *_, **__):
        names = ", ".join(sorted(_columns(type(self))))
        raise TypeError(f"{type(self).__name__} is no array; its columns are: {names}")

    def __getattr__(self, name: str):  # asked for what is not there yet
        if "_whole" not in vars(self) or name not in _columns(type(self)):
            raise AttributeError(f"{type(self).__name__} has no {name!r}", name=name, obj=self)
        vars(self)[name] = chosen = self._whole._chosen(name, self._rows)
        return chosen

    def _chosen(self, name: str, rows):
        """``rows`` of the column ``name``."""
        column = getattr(self, name)
        return column[rows] if isinstance(column, np.ndarray) else column

    def __len__(self) -> int:
        return len(getattr(self, _columns(type(self))[0]))


def bound(name: str, alpha, beta, quantile: float):
    """Of Beta(``alpha``, ``beta``), (n,) each: the ``mean``, or the δ- (``lower``) or (1-δ)-quantile (``upper``)."""
    if name == "mean":
        return alpha / (alpha + beta)
    return betaincinv(alpha, beta, quantile if name == "lower" else 1.0 - quantile)


@dataclass(frozen=True)
class EvidenceView(_Rows):
    """The evidence about n models at a tick. The success rate of a first attempt has a Beta(alpha, beta) posterior."""

    alpha: np.ndarray  # (n,) > 0: prior and effective count of good outcomes
    beta: np.ndarray  # (n,) > 0: the same of bad outcomes
    confidence: np.ndarray  # (n,) in [0, 1]: what the router weighs
    turns_ok: np.ndarray  # (n,) turns answered well since the model came, never decayed
    windows: np.ndarray  # (n, W, 2): outcomes, and good ones among them, of each of the last W windows, in no order
    d: np.ndarray  # (n,) >= 1: design effect; so many outcomes are worth one independent outcome
    quantile: float  # δ of both bounds; without a default, which a selection of rows would find in its place

    @cached_property
    def mean(self) -> np.ndarray:
        """(n,) posterior mean."""
        return bound("mean", self.alpha, self.beta, self.quantile)

    @cached_property
    def lower(self) -> np.ndarray:
        """(n,) δ-quantile of the posterior."""
        return bound("lower", self.alpha, self.beta, self.quantile)

    @cached_property
    def upper(self) -> np.ndarray:
        """(n,) (1-δ)-quantile of the posterior."""
        return bound("upper", self.alpha, self.beta, self.quantile)


@dataclass(frozen=True)
class Catalogue(_Rows):
    """What is public about n models apart from their record."""

    uid: np.ndarray  # (n,) the model, as in the tables
    domain: np.ndarray  # (n,) index of its domain
    developer: np.ndarray  # (n,) index of its developer
    price: np.ndarray  # (n,) credits per attempt, >= 0
    slots: np.ndarray  # (n,) requests it serves at a time, >= 1
    stake: np.ndarray  # (n,) credits at stake, >= 0
    demo_score: np.ndarray  # (n,) in [0, 1]: score of its first demonstration, never updated
    admitted_day: np.ndarray  # (n,) day of its last admission; nan where it never was admitted
