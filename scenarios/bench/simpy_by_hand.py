"""The peer for the whole physics: what a good SimPy user would write by hand.

One process a session, one ``simpy.Resource`` a model, and patience as SimPy's documentation has it in its example of
a bank whose customers renege: ``request | timeout``. It knows neither ticks nor evidence, and it draws from one
numpy generator instead of keyed ones; in distribution it is the data plane
(M1, M4-M6) with the default groups ``service``, ``response``, ``retry`` and ``router`` under fixed weights. There a
session never moves, so its model is drawn once, and so is its latent difficulty. ``simpy_tuned`` makes it faster.
"""

import math
from bisect import bisect

import numpy as np
import simpy

from scenarios.bench.draws import cumulative
from scenarios.bench.timing import clock
from scenarios.bench.world import DAY, World

GOOD, UNNOTICED, BAD, TIMEOUT = "good", "unnoticed", "bad", "timeout"


def run(world: World, turns: int, seed: int = 1) -> dict:
    """Simulate until about ``turns`` turns were offered; counts, latencies of answered turns, and seconds."""
    return measure(Network(world, seed), world, turns)


def measure(network: "Network", world: World, turns: int) -> dict:
    """``run`` of a network at its start."""
    started = clock()
    network.env.process(network.arrivals())
    network.env.run(until=turns / world.config.demand.rate * DAY)
    return network.totals() | {"seconds": clock() - started}


class Model:
    """One model: what it is good at, its slots, and its counters."""

    def __init__(self, env: simpy.Environment, row: np.void):
        self.slots = simpy.Resource(env, capacity=int(row["slots"]))
        self.ttft, self.speed, self.window = float(row["ttft"]), float(row["speed"]), float(row["window"])
        self.hazard, self.drift, self.brilliance = float(row["hazard"]), float(row["drift"]), float(row["brilliance"])
        self.spread, self.mu = row["spread"].tolist(), row["mu"].tolist()
        self.price = int(row["price"])
        self.turns, self.good_turns = [0, 0, 0], [0, 0, 0]  # by class
        self.first_good = self.self_rescued = self.failed = self.unnoticed = self.retry_cost = 0
        self.attempts = self.good = self.bad = self.timeouts = self.drifted = self.derailed = 0
        self.busy = self.wasted = self.value = 0.0

    def answers(self, klass: int, outcome: str, attempt: int) -> None:
        """Count a turn that ended with an answer at ``attempt`` = 0, 1, ..."""
        if outcome is UNNOTICED:
            self.unnoticed += 1
        else:
            self.good_turns[klass] += 1
            if attempt == 0:
                self.first_good += 1
            else:
                self.self_rescued += 1


class Session:
    """One user's conversation on its model: how hard the model finds the task, and what went wrong so far."""

    __slots__ = ("context", "derailed", "drifted", "klass", "latent", "model")

    def __init__(self, model: Model, klass: int, latent: float, context: float):
        self.model, self.klass, self.latent, self.context = model, klass, latent, context
        self.derailed, self.drifted = False, 0


class Network:
    """The models, the parameters under short names, and the processes."""

    def __init__(self, world: World, seed: int):
        self.env = simpy.Environment()
        self.models = [Model(self.env, row) for row in world.models]
        self.demand, self.service = world.config.demand, world.config.service
        self.response, self.retry = world.config.response, world.config.retry
        generator = np.random.default_rng(seed)
        self.uniform, self.normal = generator.random, generator.standard_normal

        domains = np.arange(self.demand.domains)
        self.domain_cdf = cumulative((domains + 1) ** -self.demand.zipf)
        edge, adversarial = self.demand.edge, self.demand.adversarial
        self.class_cdf = cumulative(np.array([1 - edge - adversarial, edge, adversarial]))
        self.pick_cdf = [cumulative(world.weights * (world.models["domain"] == domain)) for domain in domains]
        kappa, xi = world.config.calibration.kappa or 0.0, world.config.calibration.xi or 0.0
        self.roots = math.sqrt(kappa), math.sqrt(xi), math.sqrt(1 - kappa - xi)
        self.more_turns = 1 - 1 / self.demand.turns_mean
        self.latencies: list[float] = []

    def lognormal(self, mu: float, sigma: float) -> float:
        return math.exp(mu + sigma * self.normal())

    def arrivals(self):
        """Poisson arrivals of sessions."""
        gap = DAY * self.demand.turns_mean / self.demand.rate
        while True:
            yield self.env.timeout(-gap * math.log(1 - self.uniform()))
            self.env.process(self.conversation())

    def conversation(self):
        """One session: its turns, one after the other, with time to think between them."""
        demand, uniform = self.demand, self.uniform
        session = self.open_session()
        tokens = self.lognormal(demand.output_mu, demand.output_sigma)
        answered = yield from self.turn(session, tokens)
        while uniform() < self.more_turns and (answered or uniform() >= self.response.leave):
            yield self.env.timeout(demand.think_median_s * math.exp(demand.think_sigma * self.normal()))
            session.context += tokens + self.lognormal(demand.followup_mu, demand.followup_sigma)
            self.carry_over(session)
            tokens = self.lognormal(demand.output_mu, demand.output_sigma)
            answered = yield from self.turn(session, tokens)

    def open_session(self) -> Session:
        """A session draws what it asks, and the model that it stays with."""
        domain, klass = bisect(self.domain_cdf, self.uniform()), bisect(self.class_cdf, self.uniform())
        model = self.models[bisect(self.pick_cdf[domain], self.uniform())]
        common, inherited, own = self.roots
        latent = common * self.normal() + inherited * self.normal() + own * self.normal()
        return Session(model, klass, latent, self.lognormal(self.demand.context_mu, self.demand.context_sigma))

    def turn(self, session: Session, tokens: float):
        """One turn: attempts until an answer comes or the retries are used up. True if answered."""
        model, retry, started = session.model, self.retry, self.env.now
        model.turns[session.klass] += 1
        for attempt in range(retry.retries + 1):
            if attempt > 0:
                model.retry_cost += model.price
                wait = min(retry.base_s * retry.factor ** (attempt - 1), retry.cap_s)
                yield self.env.timeout(wait * (1 - retry.jitter_share * self.uniform()))
            outcome = yield from self.attempt(session, tokens)
            if outcome is GOOD or outcome is UNNOTICED:
                self.latencies.append(self.env.now - started)
                model.answers(session.klass, outcome, attempt)
                return True
            if outcome not in retry.kinds:
                break
        model.failed += 1
        return False

    def carry_over(self, session: Session):
        """A later turn: a derailed user may recap, a session in good order may derail."""
        model, response = session.model, self.response
        if session.derailed:
            session.derailed = self.uniform() >= response.recap
        else:
            load = (session.context / model.window) ** response.gamma
            session.derailed = self.uniform() < model.hazard * load * (1 + response.drift_hazard * session.drifted)

    def attempt(self, session: Session, tokens: float):
        """One attempt on the session's model: queue, service, answer. Returns how it ended."""
        env, model = self.env, session.model
        model.attempts += 1
        model.derailed += session.derailed
        patience = env.timeout(self.service.patience_s)
        with model.slots.request() as slot:
            yield slot | patience
            if not slot.triggered:
                model.timeouts += 1
                return TIMEOUT
            started, service = env.now, env.timeout(self.service_time(model, tokens))
            yield service | patience
        model.busy += env.now - started
        if not service.processed:
            model.wasted += env.now - started
            model.timeouts += 1
            return TIMEOUT
        return self.answer(session)

    def service_time(self, model: Model, tokens: float) -> float:
        sigma = self.service.noise_sigma
        return (model.ttft + tokens / model.speed) * self.lognormal(-0.5 * sigma * sigma, sigma)

    def answer(self, session: Session) -> str:
        """Whether the answer is good, and whether anybody notices when it is not."""
        model, klass = session.model, session.klass
        logit = model.mu[2 * klass + session.derailed] - model.spread[klass] * session.latent
        if self.uniform() * (1 + math.exp(-logit)) < 1:
            model.good += 1
            model.value += self.lognormal(0.0, model.brilliance)
            if self.uniform() < model.drift:
                model.drifted += 1
                session.drifted += 1
            return GOOD
        model.bad += 1
        return BAD if self.uniform() < self.response.detect else UNNOTICED

    def totals(self) -> dict:
        """Counts over all models, and the latencies in s of the turns that ended with an answer."""
        models = self.models
        return {
            "turns": sum(sum(model.turns) for model in models),
            "good": sum(sum(model.good_turns) for model in models),
            "ended": len(self.latencies) + sum(model.failed for model in models),
            "attempts": sum(model.attempts for model in models),
            "latencies": np.array(self.latencies),
        }
