"""What a run remembers: one row of the timeline a period, and totals. Memory grows with neither traffic nor ticks.

``docs/tables.md`` states the unit and the formula of every column and key.
"""

from functools import cached_property

import numpy as np
import pandas as pd

from sim import economy_tables
from sim.developers.community import Community
from sim.economy.ledger import credits, since
from sim.economy_measures import between, friction, so_far, worth
from sim.growth import padded, roomy
from sim.measures import answered_well, concentration, flow, latencies, routed
from sim.models import KINDS
from sim.network.gate import Gate
from sim.network.network import Network
from sim.periods import Period, windows_of_a_period
from sim.records import LATENCY_BINS, C, Counters, N, latency_edges
from sim.standings import STANDINGS, TRUST, standings, trust
from sim.status import Status
from sim.units import DAY_S

_MICRO = 1e6
_STATUS = pd.array([status.name.lower() for status in sorted(Status)], dtype="str")


class Recorder:
    """Collects the counters of each window into the tables and the summary of a run.

    Counts and their ratios cover the whole run; latency, reliability and concentration the windows that begin after
    warm-up, since they describe where the network has come to.
    """

    def __init__(self, network: Network, gate: Gate, community: Community, horizon_s: float):
        self.network, self.gate, self.community, self.horizon_s = network, gate, community, horizon_s
        config = network.rules
        self.warmup_s, self.payer = config.warmup_days * DAY_S, config.retry.payer
        self.slot_day = 2.0**config.service.grid_bits * DAY_S  # units of the time grid
        n = len(network.models)
        self.most_windows = windows_of_a_period(int(np.ceil(horizon_s / config.tick_s)), n)
        self.period: Period | None = None
        self.models = np.zeros((n, len(C)), np.int64)
        self.turns_after_warmup = np.zeros(n, np.int64)
        self.traffic = np.zeros(len(N), np.int64)
        self.latency = np.zeros(LATENCY_BINS, np.int64)  # after warm-up
        self.timeline: list[dict] = []
        self.ledger: list[tuple[float, str, float]] = []
        self.before: dict[str, float] = {}  # measures of the economy at the end of the last period
        self.flows: dict = {}  # of money until then
        self.whole_latency = np.zeros(LATENCY_BINS, np.int64)
        self.standings: list[np.ndarray] = []
        self.in_flight = 0

    def window(self, begin: float, end: float, counters: Counters, weight: np.ndarray) -> None:
        """Take in the window ``begin`` to ``end`` (s), run at ``weight``, as the network is after it.

        ``weight`` (n,) of the n models that were there when it began.
        """
        day, n = end / DAY_S, len(counters.models)
        weight = padded(weight, n)
        self.models = roomy(self.models, n)
        self.models[:n] += counters.models
        self.turns_after_warmup = roomy(self.turns_after_warmup, n)
        self.traffic += counters.network
        self.whole_latency += counters.latency
        self.in_flight = counters.in_flight
        if begin >= self.warmup_s:
            self.turns_after_warmup[:n] += routed(counters.models)
            self.latency += counters.latency
        if self.period:
            self.period.add(counters, weight)
        else:
            self.period = Period(counters, weight)
        if self.period.windows == self.most_windows or end >= self.horizon_s:
            self._row(day, self.period)
            self.period = None

    @property
    def latest(self) -> dict[str, float]:
        """The timeline's last row."""
        return self.timeline[-1] if self.timeline else {}

    def _row(self, day: float, period: Period) -> None:
        """What the timeline and the standings say of a period that ends at ``day``."""
        counters, network = period.counters, self.network
        held, flows = network.ledger.totals(), dict(network.ledger.flows)
        now = so_far(network, self.gate, self.community, held)
        economy = between(now, self.before)
        economy |= {"trust_friction": friction(economy, network)} | worth(
            counters.models, counters.network, counters.latency, since(flows, self.flows), economy, network
        )
        self.before, self.flows = now, flows
        self.timeline.append(
            {
                "day": day,
                **flow(counters.network, counters.in_flight),
                **latencies(counters.latency),
                **concentration(routed(counters.models), self.network.models.rows["developer"]),
                **self._work(counters.models.sum(axis=0)),
                **economy,
                "unhealthy": int((~counters.healthy).sum()),
                "queued": int(counters.queued.sum()),
                "busy_slots": int(counters.busy.sum()),
            }
        )
        self.ledger += [(day, kind, credits(amount)) for kind, amount in held.items()]
        self.standings.append(standings(day, counters, period.weight, network))

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables of the run."""
        edges, seen = latency_edges(), np.flatnonzero(self.latency)
        models = self._models()
        return {
            "timeline": pd.DataFrame({name: np.array([row[name] for row in self.timeline]) for name in self.latest}),
            "standings": pd.DataFrame(self._standings()),
            "models": models,
            "developers": economy_tables.developers(self.network, self.community, models),
            "ideas": economy_tables.ideas(self.community, models),
            "submissions": economy_tables.submissions(self.gate),
            "ledger": pd.DataFrame(self.ledger, columns=["day", "account", "balance"]),
            "flows": models[["developer", "model", "domain", "turns", "attempts", "turns_ok", "rescued", "revenue"]]
            .sort_values(["developer", "model"], ignore_index=True),
            "incidence": economy_tables.incidence(self.network, self._of_all(self.models), self.whole_latency),
            "latency": pd.DataFrame(
                {"latency_low_s": edges[seen], "latency_high_s": edges[seen + 1], "turns": self.latency[seen]}
            ),
        }  # fmt: skip

    def summary(self) -> dict:
        """The summary of the run."""
        passed, agreed = self.reliability
        turns = self._of_all(self.turns_after_warmup)
        carried = turns / turns.sum() if turns.sum() else np.full(len(turns), np.nan)
        return {
            **flow(self.traffic, self.in_flight),
            "pass_5": float(carried @ passed),
            "agreement_5": float(carried @ agreed),
            **latencies(self.latency),
            **concentration(turns, self.network.models.rows["developer"]),
            "retry_payer": self.payer,
            **self._work(self.models.sum(axis=0)),
            **self.before,
            "trust_friction": friction(self.before, self.network),
            **worth(self.models, self.traffic, self.whole_latency, self.flows, self.before, self.network),
        }

    @cached_property
    def reliability(self) -> tuple[np.ndarray, np.ndarray]:
        """(pass^5, agreement^5) of each model."""
        return self.network.models.reliability(5)

    def _of_all(self, counts: np.ndarray) -> np.ndarray:
        """``counts`` by model of all models that there are, those included that came after the last window."""
        n = len(self.network.models)
        return roomy(counts, n)[:n]

    def _work(self, count: np.ndarray) -> dict:
        """What was done with the attempts of a time, from its counts (len(C),)."""
        return {
            "retry_cost_credits": count[C.RETRY_COST] / _MICRO,
            "value_of_answers": count[C.VALUE] / _MICRO,
            **self._slot_days(count),
        }

    def _slot_days(self, count: np.ndarray) -> dict:
        return {
            "slot_days_used": count[..., C.BUSY] / self.slot_day,
            "slot_days_wasted": count[..., C.WASTED] / self.slot_day,
        }

    def _standings(self) -> dict:
        columns = {name: np.concatenate([rows[name] for rows in self.standings]) for name in STANDINGS.names}
        return columns | {"status": _STATUS[columns["status"]]}

    def _models(self) -> pd.DataFrame:
        network, count = self.network, self._of_all(self.models)
        latent, today, standing = network.models.rows, network.models.today, network.standing
        passed, agreed = self.reliability
        turns_ok, believed = answered_well(count), trust(network, np.arange(len(latent)))
        return pd.DataFrame(
            {
                "model": np.arange(len(latent)),
                **{name: latent[name] for name in ("developer", "version", "parent", "lineage", "domain")},
                "kind": np.array(KINDS, object)[latent["kind"]],
                "status": _STATUS[standing["status"]],
                "born_day": latent["born_day"],
                "admitted_day": standing["admitted_day"],
                "ejected_day": standing["ejected_day"],
                "position": latent["position"],
                "potential": latent["potential"],
                "ability": today["ability"],
                "mu": self.network.models.service["mu"][:, 0],
                "spread": today["spread"],
                "derail_hazard": today["hazard"],
                **{name: today[name] for name in ("e_edge", "e_adv", "drift")},
                "live_turns": latent["live"],
                "ttft_s": latent["ttft"],
                "tokens_per_s": latent["speed"],
                **{name: latent[name] for name in ("slots", "price", "demo_score")},
                "pass_5": passed,
                "agreement_5": agreed,
                "turns": routed(count),
                "turns_after_warmup": self._of_all(self.turns_after_warmup),
                "turns_ok": turns_ok,
                "turns_failed": count[:, C.FAILED],
                "turns_bad_unnoticed": count[:, C.UNNOTICED],
                "first_good": count[:, C.FIRST_GOOD],
                "self_rescued": count[:, C.SELF_RESCUED],
                "rescued": count[:, C.OTHER_RESCUED],
                "retries": count[:, C.RETRIES],
                "retry_cost": count[:, C.RETRY_COST] / _MICRO,
                "attempts": count[:, C.ATTEMPTS],
                "attempts_good": count[:, C.GOOD],
                "attempts_bad": count[:, C.BAD],
                "attempts_timeout": count[:, C.TIMEOUTS],
                "attempts_rejected": count[:, C.REJECTED],
                "attempts_drifted": count[:, C.DRIFTED],
                "attempts_derailed": count[:, C.DERAILED],
                "health_ejections": count[:, C.EJECTIONS],
                **self._slot_days(count),
                "value": count[:, C.VALUE] / _MICRO,
                **{name: believed[name] for name in TRUST.names},
                "stake": network.stakes(),
                "delegated": credits(network.ledger.delegated),
                "revenue": credits(standing["revenue"]),
                "slashed": credits(standing["slashed"]),
                "delegated_slashed": credits(standing["delegated_slashed"]),
                "cleanup_hours": latent["cleanup_hours"],
            }
        )
