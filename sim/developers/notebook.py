"""What a developer has done: hours by activity, ideas and what became of them, projects under way."""

from dataclasses import dataclass, field

from sim.developers.ideas import Idea
from sim.developers.options import Option
from sim.models import KINDS

ACTIVITIES = ("refine", "experiment", "harden", "data", "cleanup", "study", "rehearse", "wait")
BUILDING = ACTIVITIES[:4]


@dataclass
class Fate:
    """An idea, and what became of it."""

    idea: Idea
    distance: int = -1  # bits from the base when it came
    pursued_day: float | None = None
    shelved_reason: str = "open"  # open, unaffordable, not chosen, left; pursued ones: ""
    submitted_day: float | None = None
    model: int = -1


@dataclass
class Notebook:
    """The record of one developer."""

    arrived_day: float
    left_day: float | None = None
    left_reason: str = ""
    hours: dict[str, float] = field(default_factory=lambda: dict.fromkeys(ACTIVITIES, 0.0))
    started: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS[1:], 0))
    submissions: int = 0
    admissions: int = 0
    fates: list[Fate] = field(default_factory=list)
    idea: Idea | None = None  # at hand
    spent: float = 0.0  # credits on projects, rehearsals and fees so far
    pending: tuple | None = None  # (kind, revenue, spent) before the last project, for those who reinforce
    admitted_since: float | None = None
    tempted_day: float | None = None  # since when leaving has looked best

    def book(self, activity: str, hours: float) -> None:
        """Hours spent."""
        self.hours[activity] += hours

    def tempted(self, day: float) -> float:
        """Days for which leaving has looked best at every free moment, today's included."""
        if self.tempted_day is None:
            self.tempted_day = day
        return day - self.tempted_day

    def left(self, day: float, reason: str) -> None:
        """The developer leaves, and leaves the idea at hand behind."""
        self.left_day, self.left_reason = day, reason
        if self.idea is not None:
            self.idea, self.fates[-1].shelved_reason = None, "left"

    def imagine(self, idea: Idea, distance: int) -> None:
        """An idea comes; the one before it, if nobody pursued it, is shelved. Nobody has it who has left."""
        if self.left_day is not None:
            self.fates.append(Fate(idea, distance, shelved_reason="left"))
            return
        if self.idea is not None and self.fates[-1].shelved_reason == "open":
            self.fates[-1].shelved_reason = "not chosen"
        self.idea = idea
        self.fates.append(Fate(idea, distance))

    def decide(self, decision, own) -> None:
        """What was wanted and could not be paid is remembered with the idea; who stays is not tempted."""
        if decision.option.kind != "exit":
            self.tempted_day = None
        if decision.intended.kind == "experiment" != decision.option.kind and self.idea is not None:
            self.fates[-1].shelved_reason = "unaffordable"

    def pursue(self, day: float) -> Idea:
        """The idea at hand is pursued."""
        idea, self.idea = self.idea, None
        self.fates[-1].pursued_day, self.fates[-1].shelved_reason = day, ""
        return idea

    def begin(self, option: Option, revenue: float, day: float) -> None:
        """A project begins."""
        self.started[option.kind] += 1
        self.pending = (option.kind, revenue, self.spent - option.cost)

    def submit(self, row, day: float) -> None:
        """A build goes to the gauntlet."""
        for fate in self.fates:
            if fate.idea.number == row["idea"]:
                fate.submitted_day = day

    def decided(self, done) -> None:
        """A submission is decided."""
        self.submissions += 1
        self.admissions += done.decision == "admitted"
        if done.kind == "experiment":
            for fate in self.fates:
                if fate.submitted_day is not None and fate.model < 0:
                    fate.model = done.model

    def learn(self, developer, own) -> None:
        """What has happened since the last free moment becomes belief."""
        network, beliefs, day = developer.network, developer.beliefs, developer.network.day
        roth_erev = network.rules.developers.roth_erev
        if self.pending is not None:
            kind, before, spent = self.pending
            payoff = (own.revenue - before) * network.rules.developers.horizon_days - (self.spent - spent)
            beliefs.reinforce(kind, payoff, roth_erev.recency, roth_erev.experimentation)
            self.pending = None
        if own.admitted:
            beliefs.observe_revenue(own.revenue)
            if self.admitted_since is not None and day > self.admitted_since:
                beliefs.observe_admitted(day - self.admitted_since)
            self.admitted_since = day
        elif self.admitted_since is not None:
            beliefs.observe_admitted(max(day - self.admitted_since, 1.0), 1)
            self.admitted_since = None
