"""The tick: counters -> evidence -> settlement -> admission -> rules -> routes.

A SimPy process, and the only place where the planes meet.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.economy import settlement
from sim.economy.ledger import COSTAKERS, micro
from sim.measures import answered_well
from sim.network.gate import Gate
from sim.network.network import Network
from sim.records import C, Counters
from sim.router.shares import traffic_weights
from sim.status import Status
from sim.traffic.plane import Plane
from sim.trust.admission import admit
from sim.trust.delegation import delegate
from sim.trust.slashing import exposed, payout
from sim.trust.stake import routed, routing
from sim.units import DAY_S

if TYPE_CHECKING:
    from sim.developers.community import Community
    from sim.recorder import Recorder


class Scoreboard:
    """Publishes routes at every tick and learns from what comes back."""

    def __init__(self, network: Network, gate: Gate, community: "Community", recorder: "Recorder"):
        self.network, self.gate, self.community, self.recorder = network, gate, community, recorder
        self.ticks = 0

    def run(self, env: simpy.Environment, traffic: Plane, horizon_s: float, progress: Callable[[float], None]):
        """Tick from now to ``horizon_s``, a last shorter window included."""
        network = self.network
        while env.now < horizon_s:
            begin, weight = env.now, self.weights()
            traffic.publish(network.models.service, weight)
            self.ticks += 1
            end = min(self.ticks * network.rules.tick_s, horizon_s)
            yield traffic.advance(end)
            counters = traffic.collect().padded(len(network.models))
            days = (end - begin) / DAY_S
            self.learn(counters, days)
            self.settle(counters, days)
            self.judge()
            self.recorder.window(begin, end, counters, weight)
            self.reform(days)
            progress(end / horizon_s)

    def weights(self) -> np.ndarray:
        """The share of its domain's traffic that each model gets from now on: (M,)."""
        network, live = self.network, self.network.routable
        rules, standing = network.rules, network.standing
        view = network.evidence.view()[live]
        if rules.stake.routed == "admission_confidence":
            view = routed(rules.stake, view, network.trusted(live))
        catalogue = network.models.catalogue(standing["admitted_day"], network.effective_stakes())[live]
        share = np.zeros(len(standing))
        router = routing(rules.stake, rules.router)
        share[live] = traffic_weights(view, catalogue, standing["status"][live], router, network.day)
        return share

    def learn(self, counters: Counters, days: float) -> None:
        """What was served matures models, and what was audited becomes evidence."""
        models = self.network.models.rows
        served = counters.models[:, C.GOOD] + counters.models[:, C.BAD]
        models["live"] += served
        self.network.evidence.update(counters, days)

    def settle(self, counters: Counters, days: float) -> None:
        """Money for the window: what users pay, what retries, machines and life cost, and what stake earns."""
        network, count = self.network, counters.models
        ledger, rules, standing, rows = network.ledger, network.rules, network.standing, network.models.rows
        ledger.release(network.day, rows["developer"])
        revenue = settlement.earn(
            ledger, answered_well(count), network.models.service["price"], rows["developer"], ledger.delegated,
            rules.economy, rules.stake.delegation.cut,
        )  # fmt: skip
        standing["revenue"] += revenue.developer
        settlement.charge_retries(ledger, count[:, C.RETRY_COST], rows["developer"], rules.retry.payer)
        rent = settlement.charge_rent(ledger, rows["slots"], rows["came_with"], rows["developer"], days, rules.economy)
        back = np.flatnonzero(rent.short)
        rows["slots"][back] = rows["came_with"][back]
        if rules.stake.slashing == "numerai":
            self.play_round()
        bankrupt = settlement.charge_living(ledger, micro(self.community.living_cost(days)))
        self.community.live(bankrupt, revenue.developer, days)
        self.community.operate(counters, days)

    def play_round(self) -> None:
        """Every stake on an admitted model is paid or burned by the model's score; co-stakers' like the developer's."""
        network, ledger = self.network, self.network.ledger
        admitted, confidence = network.status == Status.ADMITTED, np.zeros(len(network.models))
        confidence[admitted] = network.evidence.bound(admitted)
        own, delegated = (
            payout(network.rules.stake, held, confidence, admitted) for held in (ledger.stakes, ledger.delegated)
        )
        settlement.pay_out(ledger, np.maximum(own, 0), np.maximum(delegated, 0))
        network.burn(np.maximum(-own, 0), np.maximum(-delegated, 0))

    def judge(self) -> None:
        """Standing by admission confidence; what fails pays with its stake; co-stakers choose anew."""
        network, live = self.network, self.network.live
        rules, standing = network.rules, network.standing
        confidence = np.zeros(len(standing))
        confidence[live] = network.trusted(live)
        verdict = admit(
            standing["status"], standing["since"], confidence, network.evidence.fresh_bad, rules.governance, network.day
        )
        struck = exposed(rules.stake, ejection=verdict.ejected, expiry=verdict.expired)
        network.slash(struck & ~self.community.pardoned())
        back = (standing["status"] == Status.EJECTED) & (verdict.status == Status.SANDBOX)
        for changed, status in (
            (verdict.admitted, Status.ADMITTED), (verdict.expired, Status.REJECTED),
            (verdict.ejected, Status.EJECTED), (back, Status.SANDBOX),
        ):  # fmt: skip
            if changed.any():
                network.change(np.flatnonzero(changed), status)
        if rules.stake.delegation.supply > 0:
            ledger, record = network.ledger, np.zeros(len(standing))
            record[live] = network.evidence.bound(live)
            held = ledger.balance(COSTAKERS) + int(ledger.delegated.sum())
            ledger.delegate(delegate(rules.stake.delegation, held, record, standing["status"]))
        self.community.judged(verdict)

    def reform(self, days: float) -> None:
        """Rules, landscape and models as they are from now on; re-evaluations that are due."""
        network, env = self.network, self.network.env
        network.govern(self.recorder.latest, days)
        moved = network.landscape.advance(network.day)
        if moved:
            network.models.shift(moved)
        live = network.live
        network.models.renew(network.day, live)
        every, standing = network.rules.gauntlet.reevaluate_days, network.standing
        if every > 0:
            due = live[standing["status"][live] == Status.ADMITTED]
            for m in due[~(network.day - standing["evaluated_day"][due] < every)]:
                standing["evaluated_day"][m] = network.day
                env.process(self.gate.reevaluate(int(m)))
        self.community.look()
