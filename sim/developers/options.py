"""M12: an option of a developer: what it takes, and the lottery that the developer believes it to be."""

from dataclasses import dataclass

from sim.developers.beliefs import PROJECTS

WAIT, EXIT, SUBMIT, SHELVE = "wait", "exit", "submit", "shelve"

NEVER = float("-inf")
"""Value of an option that is not chosen whatever the noise."""

SLOT = {kind: slot for slot, kind in enumerate((*PROJECTS, WAIT, EXIT))}
"""Column of noise of each kind of option at a free moment."""


@dataclass(slots=True)
class Option:
    """One thing to do next.

    The lottery is over what the option brings within the horizon beside ``income``, which comes either way: the change
    of revenue after admission, less fees, costs, slashed stake and esteem. Its first ``wins`` outcomes are admission.
    """

    kind: str  # a project, wait, exit, submit or shelve
    slot: int  # its column of noise; several options may share one
    days: float  # until the developer is free again
    span: float  # days > 0 over which the lottery is spread: the project's own ones included
    income: float  # credits/day meanwhile: revenue less living costs
    cost: float  # what is paid for a project, or for rehearsals and the fee, credits
    needs: float  # what must be in the wallet, or come in meanwhile: cost, and the fee and stake that follow, credits
    chances: tuple[float, ...]  # of the outcomes; empty where nothing of this kind can be done now
    payoffs: tuple[float, ...]  # credits
    wins: int  # how many of the outcomes are admission
    outcomes: float = 0.0  # how many the belief about admission rests on; 0: there is nothing to be learned
    plan: int = -1  # data plan
    stake: float = 0.0  # credits
    rehearsals: int = 0
    cleanup: float = 0.0  # h
    study: float = 0.0  # h

    def mean(self) -> float:
        """Expected payoff, credits."""
        return sum([chance * payoff for chance, payoff in zip(self.chances, self.payoffs, strict=True)])

    def affordable(self, wealth: float) -> bool:
        """Whether ``wealth`` and what comes in meanwhile cover what it needs."""
        return self.needs <= 0.0 or wealth + self.income * self.days >= self.needs
