"""What a run remembers: one row of the timeline a period, and totals. Memory grows with neither traffic nor ticks.

``docs/tables.md`` states the unit and the formula of every column and key.
"""

from functools import cached_property

import numpy as np
import pandas as pd

from sim.config import Config
from sim.measures import answered_well, concentration, flow, latencies, routed
from sim.periods import Period, windows_of_a_period
from sim.population import Population, reliability
from sim.records import LATENCY_BINS, C, Counters, N, latency_edges
from sim.status import Status
from sim.units import DAY_S

_MICRO = 1e6
_STATUS = np.array([status.name.lower() for status in sorted(Status)], object)


class Recorder:
    """Collects the counters of each window into the tables and the summary of a run.

    Counts and their ratios cover the whole run; latency, reliability and concentration the windows that begin after
    warm-up, since they describe where the network has come to.
    """

    def __init__(self, config: Config, population: Population, horizon_s: float):
        self.population, self.horizon_s = population, horizon_s
        self.warmup_s, self.payer = config.warmup_days * DAY_S, config.retry.payer
        self.slot_day = 2.0**config.service.grid_bits * DAY_S  # units of the time grid
        n = len(population.latent)
        self.most_windows = windows_of_a_period(int(np.ceil(horizon_s / config.tick_s)), n)
        self.period: Period | None = None
        self.models = np.zeros((n, len(C)), np.int64)
        self.turns_after_warmup = np.zeros(n, np.int64)
        self.network = np.zeros(len(N), np.int64)
        self.latency = np.zeros(LATENCY_BINS, np.int64)  # after warm-up
        self.timeline: list[dict] = []
        self.standings: list[dict[str, np.ndarray]] = []
        self.in_flight = 0
        self.status = np.full(n, Status.SANDBOX)
        self.admitted_day, self.ejected_day = np.full(n, np.nan), np.full(n, np.nan)

    def window(self, begin: float, end: float, counters: Counters, weight: np.ndarray, evidence, status) -> None:
        """Take in the window ``begin`` to ``end`` (s), run at ``weight``; evidence and status are those after it."""
        turns, day = routed(counters.models), end / DAY_S
        self.models += counters.models
        self.network += counters.network
        self.in_flight = counters.in_flight
        if begin >= self.warmup_s:
            self.turns_after_warmup += turns
            self.latency += counters.latency
        for entered, days in ((Status.ADMITTED, self.admitted_day), (Status.EJECTED, self.ejected_day)):
            days[(status == entered) & (self.status != entered)] = day
        self.status = status.copy()
        if self.period:
            self.period.add(counters, weight)
        else:
            self.period = Period(counters, weight)
        if self.period.windows == self.most_windows or end >= self.horizon_s:
            self._row(day, self.period, evidence, status)
            self.period = None

    def _row(self, day: float, period: Period, evidence, status) -> None:
        """What the timeline and the standings say of a period that ends at ``day``."""
        counters = period.counters
        self.timeline.append(
            {
                "day": day,
                **flow(counters.network, counters.in_flight),
                **latencies(counters.latency),
                **concentration(routed(counters.models), self.population.latent["developer"]),
                "admitted": int((status == Status.ADMITTED).sum()),
                "unhealthy": int((~counters.healthy).sum()),
                "queued": int(counters.queued.sum()),
                "busy_slots": int(counters.busy.sum()),
                **self._slot_days(counters.models.sum(axis=0)),
            }
        )
        self.standings.append(_standings(day, counters, period.weight, evidence, status))

    def tables(self, evidence, status) -> dict[str, pd.DataFrame]:
        """The tables of the run: timeline, standings, models, developers, flows, latency."""
        edges, seen = latency_edges(), np.flatnonzero(self.latency)
        models = self._models(evidence, status)
        amounts = ["turns", "turns_after_warmup", "attempts", "turns_ok", "revenue"]
        held = models.groupby("developer")
        developers = held[amounts].sum()
        developers.insert(0, "models", held.size())
        return {
            "timeline": pd.DataFrame(self.timeline),
            "standings": pd.DataFrame({k: np.concatenate([s[k] for s in self.standings]) for k in self.standings[0]}),
            "models": models,
            "developers": developers.reset_index(),
            "flows": models[["developer", "model", "domain", "turns", "attempts", "turns_ok", "rescued", "revenue"]]
            .sort_values(["developer", "model"], ignore_index=True),
            "latency": pd.DataFrame(
                {"latency_low_s": edges[seen], "latency_high_s": edges[seen + 1], "turns": self.latency[seen]}
            ),
        }  # fmt: skip

    def summary(self) -> dict:
        """The summary of the run."""
        passed, agreed = self.reliability
        turns = self.turns_after_warmup
        carried = turns / turns.sum() if turns.sum() else np.full(len(turns), np.nan)
        total = self.models.sum(axis=0)
        return {
            **flow(self.network, self.in_flight),
            "pass_5": float(carried @ passed),
            "agreement_5": float(carried @ agreed),
            **latencies(self.latency),
            **concentration(turns, self.population.latent["developer"]),
            "retry_cost_credits": total[C.RETRY_COST] / _MICRO,
            "retry_payer": self.payer,
            "value_of_answers": total[C.VALUE] / _MICRO,
            **self._slot_days(total),
        }

    @cached_property
    def reliability(self) -> tuple[np.ndarray, np.ndarray]:
        """(pass^5, agreement^5) of each model."""
        return reliability(self.population, 5)

    def _slot_days(self, count: np.ndarray) -> dict:
        return {
            "slot_days_used": count[..., C.BUSY] / self.slot_day,
            "slot_days_wasted": count[..., C.WASTED] / self.slot_day,
        }

    def _models(self, evidence, status) -> pd.DataFrame:
        latent, count = self.population.latent, self.models
        passed, agreed = self.reliability
        turns_ok = answered_well(count)
        return pd.DataFrame(
            {
                "model": np.arange(len(latent)),
                **{name: latent[name] for name in ("developer", "version", "parent", "lineage", "domain")},
                "status": _STATUS[status],
                "admitted_day": self.admitted_day,
                "ejected_day": self.ejected_day,
                "ability": latent["ability"],
                "spread": latent["spread"],
                "derail_hazard": latent["hazard"],
                **{name: latent[name] for name in ("e_edge", "e_adv", "drift")},
                "ttft_s": latent["ttft"],
                "tokens_per_s": latent["speed"],
                **{name: latent[name] for name in ("slots", "price", "demo_score")},
                "pass_5": passed,
                "agreement_5": agreed,
                "turns": routed(count),
                "turns_after_warmup": self.turns_after_warmup,
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
                "revenue": turns_ok * latent["price"],
                **_trust(evidence, slice(None)),
            }
        )


def _standings(day: float, counters: Counters, weight: np.ndarray, evidence, status) -> dict[str, np.ndarray]:
    """Where every model stands that was asked in the period or has somebody waiting after it."""
    seen = np.flatnonzero((counters.models[:, C.ATTEMPTS] > 0) | (counters.queued > 0))
    models = counters.models[seen]
    return {
        "day": np.full(len(seen), day),
        "model": seen,
        "status": _STATUS[status[seen]],
        "weight": weight[seen],
        "turns": routed(models),
        "turns_ok": answered_well(models),
        "queued": counters.queued[seen],
        **_trust(evidence, seen),
    }


def _trust(evidence, rows) -> dict[str, np.ndarray]:
    return {
        "evidence_good": evidence.good[rows],
        "evidence_bad": evidence.bad[rows],
        "design_effect": evidence.d[rows],
        "evidence_effective": evidence.n_eff[rows] / evidence.d[rows],
        "mean": evidence.mean[rows],
        "confidence": evidence.confidence[rows],
    }
