"""M12: the options of a developer: what each takes, and the lottery that the developer believes it to be."""

from typing import NamedTuple

import numpy as np

from sim.models import KINDS

PROJECTS = KINDS[1:]
"""Kinds of project."""

WAIT, EXIT, SUBMIT, SHELVE = "wait", "exit", "submit", "shelve"

NEVER = float("-inf")
"""Value of an option that is not chosen whatever the noise."""

SLOT = {kind: slot for slot, kind in enumerate((*PROJECTS, WAIT, EXIT))}
"""Column of noise of each kind of option at a free moment."""

OUTCOMES = 5
"""Outcomes of a lottery; what has fewer fills up with chances of 0."""


class Option(NamedTuple):
    """One thing to do next.

    The lottery is over what the option brings within the horizon beside ``income``, which comes either way: the change
    of revenue after admission, less fees, costs, slashed stake and esteem. Its first ``wins`` outcomes are admission.
    """

    kind: str  # a project, wait, exit, submit or shelve
    slot: int  # its column of noise; several options may share one
    plan: int  # data plan; -1: none
    base: float  # of a project: rate it starts from; nan where it cannot be done
    base_sd: float  # standard deviation of that
    feasible: bool  # whether it can be done now; if not, its chances are 0
    days: float  # until the developer is free again
    span: float  # days > 0 over which the lottery is spread: the project's own ones included
    income: float  # credits/day meanwhile: revenue less living costs
    cost: float  # what is paid for a project, or for rehearsals and the fee, credits
    needs: float  # what must be in the wallet, or come in meanwhile: cost, and the fee and stake that follow, credits
    wins: int  # how many of the outcomes are admission
    outcomes: float  # how many the belief about admission rests on; 0: there is nothing to be learned
    stake: float  # credits
    rehearsals: int
    cleanup: float  # h
    study: float  # h
    chances: np.ndarray  # (OUTCOMES,)
    payoffs: np.ndarray  # (OUTCOMES,), credits


_FORMATS = {str: "U10", int: "i8", bool: "?", float: "f8", np.ndarray: ("f8", (OUTCOMES,))}
OPTIONS = np.dtype([(name, _FORMATS[kind]) for name, kind in Option.__annotations__.items()])
"""The options of one decision as an array: a row each, a column each field of ``Option``."""


def mean(options: np.ndarray) -> np.ndarray:
    """Expected payoffs of OPTIONS (n,), credits: (n,)."""
    return (options["chances"] * options["payoffs"]).sum(axis=1)
