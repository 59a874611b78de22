"""The tables of the economy at the end of a run: developers, ideas, submissions, ledger.

``docs/tables.md`` states the unit and the formula of every column.
"""

import numpy as np
import pandas as pd
from scipy.special import expit

from sim.developers.community import Community
from sim.developers.notebook import ACTIVITIES
from sim.developers.options import PROJECTS
from sim.economy import welfare
from sim.economy.ledger import credits
from sim.economy.settlement import asked, split
from sim.network.gate import Gate, Submission
from sim.network.network import Network
from sim.records import C

TIERS = 5
"""Developers are ranked by wealth at arrival, in fifths: tier 1 is the poorest, tier 5 the richest."""


def tiers(wealth: np.ndarray) -> np.ndarray:
    """The fifth (1 ... 5) of each developer by wealth at arrival, ties by number: (D,)."""
    rank = np.argsort(np.argsort(wealth, kind="stable"), kind="stable")
    return 1 + rank * TIERS // max(len(wealth), 1)


def developers(network: Network, community: Community, models: pd.DataFrame) -> pd.DataFrame:
    """One row a developer; ``models`` is the table of models."""
    books, endowments, arrived = community.books, network.endowments, community.arrived
    held = models[models["developer"] >= 0].groupby("developer")
    sums = held[["turns", "turns_after_warmup", "attempts", "turns_ok", "revenue", "slashed"]].sum()
    sums = sums.reindex(range(len(books)), fill_value=0)
    return pd.DataFrame(
        {
            "developer": np.arange(len(books)),
            "domain": endowments.domain,
            "tier": tiers(endowments.wealth),
            "wealth_start": endowments.wealth,
            "wealth_end": np.where(arrived, credits(network.ledger.wallets), np.nan),
            "arrived_day": np.where(arrived, endowments.arrival, np.nan),
            "left_day": books["left_day"],
            "left_reason": [reason or None for reason in books["left_reason"].tolist()],
            "risk_aversion": endowments.risk_aversion,
            **dict(zip((f"hours_{activity}" for activity in ACTIVITIES), books["hours"].T, strict=True)),
            **dict(zip((f"started_{kind}" for kind in PROJECTS), books["started"].T, strict=True)),
            "models": held.size().reindex(range(len(books)), fill_value=0),
            "submissions": books["submissions"],
            "admissions": books["admissions"],
            **{name: sums[name] for name in sums},
        }
    )


def ideas(community: Community, models: pd.DataFrame) -> pd.DataFrame:
    """One row an idea, whatever became of it."""
    admitted, live, ability = (models[name].to_numpy() for name in ("admitted_day", "live_turns", "ability"))
    fates = [(member.number, fate) for member in community.members for fate in member.notebook.fates]
    m = np.array([fate.model for _, fate in fates], np.int64)
    made = m >= 0
    return pd.DataFrame(
        {
            "developer": np.array([number for number, _ in fates], np.int64),
            "idea": np.array([fate.idea.number for _, fate in fates], np.int64),
            "domain": np.array([fate.idea.domain for _, fate in fates], np.int64),
            "day": np.array([fate.idea.day for _, fate in fates], float),
            "distance": np.array([fate.distance for _, fate in fates], np.int64),
            "potential": expit(np.array([fate.idea.logit for _, fate in fates], float)),
            "pursued_day": np.array([fate.pursued_day for _, fate in fates], float),
            "shelved_reason": pd.Series([fate.shelved_reason or np.nan for _, fate in fates], dtype=object),
            "submitted_day": np.array([fate.submitted_day for _, fate in fates], float),
            "model": m,
            "admitted_day": np.where(made, admitted[m], np.nan),
            "live_turns": np.where(made, live[m], 0),
            "ability_end": np.where(made, ability[m], np.nan),
        }
    )


def submissions(gate: Gate) -> pd.DataFrame:
    """One row a decided submission, in order of decision."""
    types = {name: object if kind is str else kind for name, kind in Submission.__annotations__.items()}
    columns = zip(*gate.submissions, strict=True) if gate.submissions else [()] * len(types)
    given = dict(zip(types, columns, strict=True))
    return pd.DataFrame({name: np.array(given[name], types[name]) for name in types if name != "by_class"})


def incidence(network: Network, counts: np.ndarray, latency: np.ndarray) -> pd.DataFrame:
    """On whom each model's failures fell: one row a model; ``counts`` (M, len(C)), ``latency`` (LATENCY_BINS,)."""
    rows, standing, rules = network.models.rows, network.standing, network.rules
    price, delegated = asked(network.models.service["price"], rules.economy), network.ledger.delegated
    earned = split(price, rows["developer"], delegated, rules.economy, rules.stake.delegation.cut).developer
    fell = welfare.incidence(
        counts, latency, credits(earned), credits(standing["slashed"]), credits(standing["delegated_slashed"]),
        credits(counts[:, C.RETRY_COST]), rules.retry.payer, rows["developer"], rules.economy,
    )  # fmt: skip
    return pd.DataFrame({"model": np.arange(len(rows)), "developer": rows["developer"], **fell})
