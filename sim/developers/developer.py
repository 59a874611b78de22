"""M12: one developer, a SimPy process from arrival to leaving: decide, build, clean, rehearse, submit, learn."""

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np

from sim.compiling import entry
from sim.developers.beliefs import Beliefs
from sim.developers.choice import Chooser, Decision
from sim.developers.ideas import Ideas
from sim.developers.notebook import Notebook
from sim.developers.options import EXIT, SHELVE, WAIT, Option
from sim.developers.plans import Built
from sim.developers.projects import Birth, Workshop, cleaned, copies
from sim.developers.views import Board, Own
from sim.economy.ledger import OUTSIDE, credits, micro
from sim.network.gate import Gate
from sim.network.network import Network
from sim.status import Status
from sim.units import DAY_S

_ADMITTED = int(Status.ADMITTED)


@entry
def _estimate(records, base, standing, models):
    a, b, admitted = records[base].alpha, records[base].beta, False
    for m in models:
        admitted |= standing[m].status == _ADMITTED
    return a / (a + b), math.sqrt(a * b / (a + b + 1.0)) / (a + b), admitted


class Developer:
    """Developer ``number`` of a network, with what it has done so far."""

    def __init__(
        self,
        number: int,
        network: Network,
        gate: Gate,
        workshop: Workshop,
        book: np.ndarray,
        board: Board,
        tell: Callable,
    ):
        """``book`` BOOK (1,) is kept; ``tell(kind, gain, admitted)`` discloses an outcome."""
        config, endowments = network.rules, network.endowments
        about = config.developers
        self.number, self.network, self.gate, self.workshop, self.tell = number, network, gate, workshop, tell
        self.board, self.notebook = board, Notebook(book)
        self.domain, self.skill = int(endowments.domain[number]), float(endowments.skill[number])
        self.arrival_day = float(endowments.arrival[number])
        self.risk_aversion = float(endowments.risk_aversion[number])
        self.speed, self.cost = float(endowments.speed[number]), float(endowments.cost[number])
        self.hours = about.endowment.hours
        self.names = range(number * about.names, (number + 1) * about.names)  # that it appears under
        self.beliefs = Beliefs(config)
        self.chooser = Chooser(config.seed, number, about.policy)
        self.ideas = Ideas(config.landscape, config.seed, network.landscape, number, self.domain, self.arrival_day)
        self.models = np.flatnonzero(network.models.rows["developer"] == number)
        self.base = -1  # the model that projects start from
        if len(self.models):
            self._start_from(int(self.models[-1]))
        self.versions = len(self.models)

    def life(self):
        """The process."""
        env, network = self.network.env, self.network
        yield env.timeout(self.arrival_day * DAY_S)
        wealth = micro(network.endowments.wealth[self.number])
        network.ledger.mint(("wallets", self.number), wealth)
        if network.rules.developers.policy == "idle":
            return
        while not self.notebook.gone:
            decision, own = self._decide()
            _, kind = decision.kinds
            if kind == EXIT and self.notebook.tempted(network.day) >= network.rules.developers.patience_days:
                self.leave("outside option")
            elif kind in (EXIT, WAIT) or not self._pay(decision.option.cost, "project"):
                rest = network.rules.developers.rest_days
                self.notebook.spend("wait", rest * self.hours)
                yield env.timeout(rest * DAY_S)
            else:
                yield from self._project(decision.option, own)

    def leave(self, reason: str) -> None:
        """Everything stops and models retire. The money stays where it is, and stake joins it once it is free."""
        self.notebook.leave(self.network.day, reason)
        self.network.retire(self.models[self.network.status[self.models] != Status.IN_GAUNTLET])

    def _pay(self, amount: float, purpose: str) -> bool:
        """Pay ``amount`` credits to the world outside, if they are there."""
        paid = self.network.ledger.pay(("wallets", self.number), OUTSIDE, micro(amount), purpose)
        self.notebook.spent += amount * paid
        return paid

    def own(self) -> Own:
        """What it knows of itself today."""
        network, endowment = self.network, self.network.rules.developers.endowment
        rate, sd, admitted = self._estimate()
        idea = math.nan
        if self.notebook.idea is not None:
            idea = self._distance(self.notebook.idea) / network.rules.landscape.n
        return Own(
            wealth=credits(network.ledger.balance(("wallets", self.number))),
            running_cost=endowment.running_cost,
            hours=self.hours,
            domain=self.domain,
            risk_aversion=self.risk_aversion,
            speed=self.speed,
            cost=self.cost,
            rate=rate,
            rate_sd=sd,
            admitted=admitted,
            revenue=self.board.revenue[self.number],
            idea=idea,
            beliefs=self.beliefs,
            failures=self.notebook.failures,
            grant=self.board.grants[self.number],
            barred=min(map(self.gate.opens_in, self.names)),
        )

    def think(self) -> None:
        """Ideas come when they are due, whatever the developer does, and even to who has left."""
        for idea in self.ideas.due(self.network.day):
            self.notebook.imagine(idea, self._distance(idea))

    def _decide(self) -> tuple[Decision, Own]:
        """What to do next, and what it knows of itself."""
        self.think()
        own = self.own()
        self.notebook.learn(self, own)
        decision = self.chooser.project(own, self.board.public)
        self.notebook.decide(decision)
        return decision, own

    def _project(self, option: Option, own: Own):
        """Build what ``option`` says, which is paid, prepare it and submit it."""
        network, env, notebook = self.network, self.network.env, self.notebook
        notebook.begin(option, own.revenue)
        notebook.spend("refine" if option.kind == "fork" else option.kind, option.days * self.hours)
        idea = own.idea if option.kind == "experiment" else math.nan
        built = Built(option.kind, option.days, option.base, option.base_sd, idea, option.plan)
        row, inherits = self._build(option)
        yield env.timeout(option.days * DAY_S)
        if notebook.gone:
            return
        plan = self.chooser.submission(self.own(), self.board.public, built).option
        if plan.kind == SHELVE:
            return
        row = yield from self._prepare(row, plan, option)
        if row is None or notebook.gone:
            return
        asked = network.day
        for done in (yield from self._submit(row, plan, inherits)):
            self._learn(done, built)
        notebook.spend("wait", (network.day - asked) * self.hours)

    def _submit(self, row: np.void, plan: Option, inherits: list[int]):
        """The build goes in under each name, for a fee each and with an equal part of the stake; the decisions."""
        network, gate = self.network, self.gate
        pardon = self.notebook.failures < network.rules.governance.amnesty
        entered = []
        for name in self.names:
            if not gate.open_to(name):
                self.notebook.barred(row)
                continue
            fee = gate.fee(self.number, self.board.grants[self.number])
            if fee is None:
                break
            self.notebook.spent += credits(fee.own)
            copy = copies(row)[0]
            copy["name"] = name
            if entered:  # the same build under another name is another version
                copy["version"], self.versions = self.versions, self.versions + 1
            self.notebook.submit(copy, network.day)
            stake = micro(plan.stake) // len(self.names)
            entered.append(network.env.process(gate.submit(copy, fee, stake, inherits, plan.rehearsals, pardon)))
        decided = []
        for process in entered:
            decided.append((yield process))
        return decided

    def _build(self, option: Option) -> tuple[np.void, list[int]]:
        """The row of what a project makes, and the models whose record it inherits in part."""
        network, shop = self.network, self.workshop
        origin = self.board.leaders[self.domain] if option.kind == "fork" else self.base
        birth = Birth(self.number, self.versions, origin, network.day + option.days, self.skill)
        self.versions += 1
        if option.kind == "experiment":
            idea = self.notebook.pursue(network.day)
            template = network.models.rows[self.base] if self.base >= 0 else network.newborn(self.number)
            row = shop.experiment(template, birth, idea)
        elif option.kind == "data":
            row = shop.broaden(network.models.rows[origin], birth, option.plan)
        elif option.kind == "harden":
            row = shop.harden(network.models.rows[origin], birth)
        else:
            build = shop.fork if option.kind == "fork" else shop.refine
            row = build(network.models.rows[origin], birth, shop.bit(self.number, birth.version))
        return row, sorted({m for m in (origin, self.base) if m >= 0})

    def _prepare(self, row: np.void, plan: Option, option: Option):
        """Clean up, and rehearse as many builds as the plan has rehearsals; the best-looking build goes in.

        None where even that looks as if it would not get into the sandbox, or rehearsals cannot be paid.
        """
        network, rules = self.network, self.network.rules
        row = cleaned(row, plan.cleanup, plan.study, rules.developers.cleanup)
        if option.kind == "data":
            before = network.models.rows[int(row["parent"])]
            row = self.workshop.relabelled(row, before, option.plan, float(row["polish"]), self.skill)
        self.notebook.spend("cleanup", plan.cleanup)
        self.notebook.spend("study", plan.study)
        days = (plan.cleanup + plan.study) / self.hours
        if not self._pay(plan.rehearsals * rules.gauntlet.rehearsal_fee, "rehearsal"):
            return None
        rehearsing = plan.rehearsals * rules.gauntlet.rehearsal_days
        self.notebook.spend("rehearse", rehearsing * self.hours)
        yield network.env.timeout((days + rehearsing) * DAY_S)
        if plan.rehearsals == 0:
            return row
        builds = self.workshop.builds(row, self.skill, plan.rehearsals)
        scores = self.gate.rehearse(builds)
        best = scores.index(max(scores))
        margin = rules.governance.strictness - rules.governance.sandbox_strictness
        return builds[best] if scores[best] >= min(self.board.public.required) - margin else None

    def _learn(self, done, built: Built) -> None:
        """What the outcome of a submission tells, and which model is the base from now on."""
        self.models = np.concatenate([self.models, [done.model]])
        if self.notebook.gone:
            self.network.retire(np.array([done.model]))
        told = self.network.rules.gauntlet.disclosure != "none"
        gain = done.score - built.base if told else math.nan
        self.beliefs.observe_own(built.kind, gain, built.plan)
        if self.network.rules.gauntlet.disclosure == "breakdown":
            self.beliefs.observe_own("harden", self._weakness(done))
        self.notebook.decided(done)
        self.tell(built.kind, gain, done.decision == "admitted")
        better = told and done.score > self._estimate()[0] if self.base >= 0 else True
        if better or done.decision == "admitted":
            self._start_from(done.model)

    def _weakness(self, done) -> float:
        """What hardening could add to the score, by a breakdown: the share of what the harder classes lost that it
        cures."""
        rules = self.network.rules
        plain, *harder = done.by_class
        shares = (rules.gauntlet.edge, rules.gauntlet.adversarial)
        lost = sum(share * max(plain - seen, 0.0) for share, seen in zip(shares, harder, strict=True) if seen == seen)
        return (1.0 - rules.projects.harden_penalty) * lost if plain == plain else math.nan

    def _estimate(self) -> tuple[float, float, bool]:
        """Mean and standard deviation of the success rate of the base by the public record, nan without one; and
        whether any of its models is admitted."""
        if self.base < 0:
            return math.nan, math.nan, False
        return _estimate(self.network.evidence.records, self.base, self.network.standing, self.models)

    def _distance(self, idea) -> int:
        """Bits by which ``idea`` differs from the base."""
        return (self._place ^ idea.position).bit_count()

    def _start_from(self, m: int) -> None:
        """Model ``m`` is the base from now on."""
        self.base, self._place = m, self.network.models.rows["position"].item(m)

    @cached_property
    def _place(self) -> int:
        """The position of the base; without one, where it would begin."""
        return int(self.network.newborn(self.number)["position"])
