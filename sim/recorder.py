"""What a run remembers: one row of the timeline a tick, and totals. Memory does not grow with traffic."""

import numpy as np
import pandas as pd

from sim.concentration import gini, hhi, nakamoto, top1_share
from sim.population import HOUSE, Population, reliability
from sim.status import Status
from sim.traffic.records import LATENCY_BINS, C, Counters, N, latency_edges

DAY_S = 86400.0
_TURNS = slice(C.TURNS_PLAIN, C.TURNS_ADVERSARIAL + 1)
_OK = slice(C.OK_PLAIN, C.OK_ADVERSARIAL + 1)


def quantile(latency: np.ndarray, q: float) -> float:
    """The ``q``-quantile in s of latencies counted in bins, linear within a bin (1/16 of an octave); NaN if none."""
    total = latency.sum()
    if total == 0:
        return np.nan
    edges, below = latency_edges(), np.concatenate([[0], np.cumsum(latency)])
    at = min(int(np.searchsorted(below, q * total, side="right")) - 1, LATENCY_BINS - 1)
    return float(edges[at] + (edges[at + 1] - edges[at]) * (q * total - below[at]) / max(latency[at], 1))


class Recorder:
    """Collects the counters of each window into the tables and the summary of a run."""

    def __init__(self, population: Population, warmup_s: float, grid: float, payer: str):
        self.population, self.warmup_s, self.grid, self.payer = population, warmup_s, grid, payer
        shape = (len(population.latent), len(C))
        self.models, self.settled = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self.network = np.zeros(len(N), np.int64)
        self.latency = np.zeros(LATENCY_BINS, np.int64)
        self.timeline: list[dict] = []
        self.standings: list[pd.DataFrame] = []
        self.in_flight = 0

    def window(self, begin: float, end: float, counters: Counters, weight: np.ndarray, evidence, status) -> None:
        """Take in the window from ``begin`` to ``end`` (s), carried at ``weight``; evidence and status are those after it."""
        self.models += counters.models
        self.network += counters.network
        self.in_flight = counters.in_flight
        if begin >= self.warmup_s:
            self.settled += counters.models
            self.latency += counters.latency
        day = end / DAY_S
        self.timeline.append(
            {
                "day": day,
                **_flow(counters.network, counters.in_flight),
                "latency_p50_s": quantile(counters.latency, 0.50),
                "latency_p99_s": quantile(counters.latency, 0.99),
                **self._concentration(counters.models),
                "admitted": int((status == Status.ADMITTED).sum()),
                "unhealthy": int((~counters.healthy).sum()),
                "queued": int(counters.queued.sum()),
                "busy_slots": int(counters.busy.sum()),
                "slot_days_used": counters.models[:, C.BUSY].sum() / self.grid / DAY_S,
                "slot_days_wasted": counters.models[:, C.WASTED].sum() / self.grid / DAY_S,
            }
        )
        served = np.flatnonzero(counters.models[:, C.ATTEMPTS] > 0)
        self.standings.append(
            pd.DataFrame(
                {
                    "day": np.full(len(served), day),
                    "model": served,
                    "status": [Status(s).name.lower() for s in status[served]],
                    "weight": weight[served],
                    "turns": counters.models[served, _TURNS].sum(axis=1),
                    "turns_ok": counters.models[served, _OK].sum(axis=1),
                    "queued": counters.queued[served],
                    "good": evidence.good[served],
                    "bad": evidence.bad[served],
                    "design_effect": evidence.d[served],
                    "mean": evidence.mean[served],
                    "confidence": evidence.confidence[served],
                }
            )
        )

    def tables(self, evidence, status) -> dict[str, pd.DataFrame]:
        """The tables of the run: timeline, standings, models, developers, flows, latency."""
        edges = latency_edges()
        seen = np.flatnonzero(self.latency)
        models = self._models(evidence, status)
        amounts = ["turns", "attempts", "turns_ok", "revenue"]
        developers = models.groupby("developer", as_index=False)[amounts].sum()
        flows = models.groupby(["developer", "model", "domain"], as_index=False)[[*amounts, "rescued"]].sum()
        return {
            "timeline": pd.DataFrame(self.timeline),
            "standings": pd.concat(self.standings, ignore_index=True),
            "models": models,
            "developers": developers,
            "flows": flows,
            "latency": pd.DataFrame(
                {"latency_low_s": edges[seen], "latency_high_s": edges[seen + 1], "turns": self.latency[seen]}
            ),
        }

    def summary(self) -> dict:
        """Counts and their ratios over the whole run; latency, pass^5 and concentration after warm-up."""
        passed, agreed = reliability(self.population, 5)
        turns = self.settled[:, _TURNS].sum(axis=1)
        carried = turns / turns.sum() if turns.sum() else np.full(len(turns), np.nan)
        cost = self.models[:, C.RETRY_COST].sum() / 1e6
        return {
            **_flow(self.network, self.in_flight),
            "pass_5": float(carried @ passed),
            "agreement_5": float(carried @ agreed),
            "latency_p50_s": quantile(self.latency, 0.50),
            "latency_p99_s": quantile(self.latency, 0.99),
            **self._concentration(self.settled),
            "retry_cost_credits": cost,
            "retry_payer": self.payer,
            "value_of_answers": self.models[:, C.VALUE].sum() / 1e6,
            "slot_days_used": self.models[:, C.BUSY].sum() / self.grid / DAY_S,
            "slot_days_wasted": self.models[:, C.WASTED].sum() / self.grid / DAY_S,
        }

    def _concentration(self, counts: np.ndarray) -> dict:
        developer = self.population.latent["developer"]
        real = developer != HOUSE
        turns = np.bincount(developer[real], counts[real, _TURNS].sum(axis=1))
        return {
            "hhi": hhi(turns),
            "gini": gini(turns),
            "top1_share": top1_share(turns),
            "nakamoto_33": nakamoto(turns, 0.33),
            "nakamoto_51": nakamoto(turns, 0.51),
        }

    def _models(self, evidence, status) -> pd.DataFrame:
        latent, count = self.population.latent, self.models
        passed, agreed = reliability(self.population, 5)
        return pd.DataFrame(
            {
                "model": np.arange(len(latent)),
                **{name: latent[name] for name in ("developer", "version", "parent", "lineage", "domain")},
                "status": [Status(s).name.lower() for s in status],
                "ability": latent["ability"],
                "spread": latent["spread"],
                "derail_hazard": latent["hazard"],
                **{name: latent[name] for name in ("e_edge", "e_adv", "drift", "slots", "price", "demo_score")},
                "pass_5": passed,
                "agreement_5": agreed,
                "turns": count[:, _TURNS].sum(axis=1),
                "attempts": count[:, C.ATTEMPTS],
                "turns_ok": count[:, _OK].sum(axis=1),
                "turns_failed": count[:, C.FAILED],
                "turns_bad_unnoticed": count[:, C.UNNOTICED],
                "timeouts": count[:, C.TIMEOUTS],
                "rejected": count[:, C.REJECTED],
                "drifted": count[:, C.DRIFTED],
                "derailed": count[:, C.DERAILED],
                "first_good": count[:, C.FIRST_GOOD],
                "self_rescued": count[:, C.SELF_RESCUED],
                "rescued": count[:, C.OTHER_RESCUED],
                "retries": count[:, C.RETRIES],
                "ejections": count[:, C.EJECTIONS],
                "slot_days_used": count[:, C.BUSY] / self.grid / DAY_S,
                "slot_days_wasted": count[:, C.WASTED] / self.grid / DAY_S,
                "value": count[:, C.VALUE] / 1e6,
                "revenue": count[:, _OK].sum(axis=1) * latent["price"],
                "good": evidence.good,
                "bad": evidence.bad,
                "design_effect": evidence.d,
                "confidence": evidence.confidence,
            }
        )


def _flow(network: np.ndarray, in_flight: int) -> dict:
    turns, attempts = int(network[N.TURNS]), int(network[N.ATTEMPTS])
    ended = int(network[N.OK] + network[N.FAILED] + network[N.UNNOTICED])
    return {
        "sessions": int(network[N.SESSIONS]),
        "turns": turns,
        "attempts": attempts,
        "turns_ok": int(network[N.OK]),
        "turns_failed": int(network[N.FAILED]),
        "turns_bad_unnoticed": int(network[N.UNNOTICED]),
        "turns_in_flight": in_flight,
        "success_rate": network[N.OK] / ended if ended else np.nan,
        "retry_share": (attempts - turns) / attempts if attempts else np.nan,
        "retries_denied": int(network[N.BUDGET_DENIED]),
        "house_turns": int(network[N.HOUSE]),
        "damage_crossed": int(network[N.CROSSED]),
        "sessions_away": int(network[N.AWAY]),
        "departures": int(network[N.DEPARTURES]),
    }
