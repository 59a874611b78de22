"""What a developer has done: hours by activity, ideas and what became of them, projects under way."""

import math
from dataclasses import dataclass, field

import numpy as np

from sim.developers.ideas import Idea
from sim.developers.options import PROJECTS, Option

ACTIVITIES = ("refine", "experiment", "harden", "data", "cleanup", "study", "rehearse", "wait")
BUILDING = ACTIVITIES[:4]

_COLUMN = {activity: column for column, activity in enumerate(ACTIVITIES)}

BOOK = np.dtype(
    [
        ("hours", "f8", len(ACTIVITIES)),
        ("started", "i8", len(PROJECTS)),  # projects by kind
        ("ideas", "i8"),  # that came
        ("shelved", "i8"),  # of these
        ("submissions", "i8"),  # that were decided
        ("admissions", "i8"),  # of these
        ("failures", "i8"),  # rejections and ejections
        ("left_day", "f8"),  # nan: has not left
        ("left_reason", "U15"),  # outside option or bankrupt
    ]
)
"""What is counted of a developer from the start of the run."""

_COUNTS = ("ideas", "shelved", "submissions", "admissions", "failures")


@dataclass
class Fate:
    """An idea, and what became of it."""

    idea: Idea
    distance: int = -1  # bits from the base when it came
    pursued_day: float | None = None
    shelved_reason: str = "open"  # see docs/tables.md; "" where pursued and not kept from being submitted
    submitted_day: float | None = None
    model: int = -1


@dataclass
class Notebook:
    """The record of one developer."""

    book: np.ndarray  # BOOK (1,), written to
    gone: bool = False  # whether the developer has left
    fates: list[Fate] = field(default_factory=list)  # by the number of the idea
    idea: Idea | None = None  # at hand
    passed_over: str = "not chosen"  # why it has not been pursued so far
    spent: float = 0.0  # credits on projects, rehearsals and fees so far
    pending: tuple | None = None  # (kind, revenue, spent) before the last project, for those who reinforce
    admitted_since: float | None = None
    tempted_day: float | None = None  # since when leaving has looked best

    def __post_init__(self):
        self._counts = {name: self.book[name] for name in _COUNTS}
        self._hours, self._started = self.book["hours"][0], self.book["started"][0]

    @property
    def failures(self) -> int:
        """Rejections and ejections so far."""
        return self._counts["failures"].item()

    def _count(self, name, more=1):
        self._counts[name][0] += more

    def spend(self, activity: str, hours: float) -> None:
        """Hours spent."""
        self._hours[_COLUMN[activity]] += hours

    def tempted(self, day: float) -> float:
        """Days for which leaving has looked best at every free moment, today's included."""
        if self.tempted_day is None:
            self.tempted_day = day
        return day - self.tempted_day

    def leave(self, day: float, reason: str) -> None:
        """The developer leaves, and leaves the idea at hand behind."""
        self.gone, self.book["left_day"], self.book["left_reason"] = True, day, reason
        self._shelve("left")

    def imagine(self, idea: Idea, distance: int) -> None:
        """An idea comes; the one before it, if nobody pursued it, is shelved. Nobody has it who has left."""
        self._shelve(self.passed_over)
        self.idea, self.passed_over = idea, "not chosen"
        self.fates.append(Fate(idea, distance))
        self._count("ideas")
        if self.gone:
            self._shelve("left")

    def _shelve(self, reason):
        if self.idea is not None:
            self.idea, self.fates[-1].shelved_reason = None, reason
            self._count("shelved")

    def decide(self, decision) -> None:
        """Why the idea at hand is passed over is remembered; who stays is not tempted."""
        wanted, done = decision.kinds
        if done != "exit":
            self.tempted_day = None
        if wanted == "experiment" != done:
            self.passed_over = "unaffordable"
        elif self.passed_over != "unaffordable":
            self.passed_over = "expected loss" if decision.loss else "not chosen"

    def pursue(self, day: float) -> Idea:
        """The idea at hand is pursued."""
        idea, self.idea = self.idea, None
        self.fates[-1].pursued_day, self.fates[-1].shelved_reason = day, ""
        return idea

    def begin(self, option: Option, revenue: float) -> None:
        """A project begins."""
        self._started[PROJECTS.index(option.kind)] += 1
        self.pending = (option.kind, revenue, self.spent - option.cost)

    def submit(self, row, day: float) -> None:
        """A build goes to the gauntlet."""
        for fate in self._of(row):
            fate.submitted_day, fate.shelved_reason = day, ""

    def barred(self, row) -> None:
        """A build may not go to the gauntlet: the limit of attempts is used up."""
        for fate in self._of(row):
            if fate.submitted_day is None:
                fate.shelved_reason = "attempt limit"

    def _of(self, row) -> list[Fate]:
        """The fate of the idea that a build is of, if it is of one."""
        number = int(row["idea"])
        return self.fates[number : number + 1] if number >= 0 else []

    def decided(self, done) -> None:
        """A submission is decided."""
        self._count("submissions")
        self._count("admissions", done.decision == "admitted")
        self._count("failures", done.decision == "rejected")
        if done.kind == "experiment":
            for fate in self.fates:
                if fate.submitted_day is not None and fate.model < 0:
                    fate.model = done.model

    def learn(self, developer, own) -> None:
        """What has happened since the last free moment becomes belief."""
        network, beliefs, day = developer.network, developer.beliefs, developer.network.day
        if self.pending is not None:
            about, (kind, before, spent) = network.rules.developers, self.pending
            payoff = (own.revenue - before) * about.horizon_days - (self.spent - spent)
            beliefs.reinforce(kind, payoff, about.roth_erev.recency, about.roth_erev.experimentation)
            self.pending = None
        since, self.admitted_since = self.admitted_since, day if own.admitted else None
        if since is not None and own.admitted and day > since:
            beliefs.observe_admitted(day - since, own.revenue)
        elif since is not None and not own.admitted:
            beliefs.observe_admitted(max(day - since, 1.0), math.nan, 1)
