"""Measures of the economy so far: who came and went, what was built and submitted, hours, money.

``docs/tables.md`` states the unit and the formula of each.
"""

import numpy as np

from sim.developers.community import Community
from sim.developers.notebook import ACTIVITIES, BUILDING
from sim.developers.options import PROJECTS
from sim.economy.ledger import credits
from sim.economy.welfare import welfare
from sim.models import KINDS
from sim.network.gate import Gate
from sim.network.network import Network
from sim.status import Status

STOCKS = frozenset(
    {"developers", "sandbox", "admitted", "staked", "delegated", "treasury_held", "wealth", "strictness"}
)
"""Measures of a moment; all others count from the start of the run."""


def so_far(network: Network, gate: Gate, community: Community, ledger: dict[str, int]) -> dict[str, float]:
    """Every measure as it stands now; ``ledger`` the totals of the ledger."""
    books, received = community.books, network.ledger.received()
    hours = dict(zip(ACTIVITIES, books["hours"].sum(axis=0).tolist(), strict=True))
    started = dict(zip(PROJECTS, books["started"].sum(axis=0).tolist(), strict=True))
    standing = network.standing
    status = np.bincount(standing["status"], minlength=len(Status)).tolist()
    experiments = np.flatnonzero(network.models.rows["kind"] == KINDS.index("experiment"))
    return {
        "developers": int(community.present.sum()),
        "sandbox": status[Status.SANDBOX],
        "admitted": status[Status.ADMITTED],
        "staked": credits(ledger["stakes"]),
        "delegated": credits(ledger["delegated"]),
        "treasury_held": credits(ledger["treasury"] + ledger["fees"]),
        "wealth": credits(ledger["wallets"]),
        "strictness": network.rules.governance.strictness,
        "arrivals": int(community.arrived.sum()),
        "exits": int((books["left_reason"] == "outside option").sum()),
        "bankruptcies": int((books["left_reason"] == "bankrupt").sum()),
        **{f"{kind}_started": count for kind, count in started.items() if kind != "experiment"},
        "experiments_started": started["experiment"],
        "experiments_submitted": int(np.isfinite(standing["evaluated_day"][experiments]).sum()),
        "experiments_admitted": int(np.isfinite(standing["admitted_day"][experiments]).sum()),
        "ideas_had": int(books["ideas"].sum()),
        "ideas_shelved": int(books["shelved"].sum()),
        "submissions": len(gate.submissions),
        **{name: gate.decisions[decision] for name, decision in
           (("admissions", "admitted"), ("sandboxed", "sandbox"), ("rejections", "rejected"))},
        "ejections": community.ejected,
        "expiries": community.expired,
        **{f"{name}_hours": spent for name, spent in hours.items()},
        "total_hours": sum(hours.values()),
        "building_hours": sum(hours[name] for name in BUILDING),
        "project_cost": credits(received["outside", "project"]),
        "rehearsal_cost": credits(received["outside", "rehearsal"]),
        "fees": credits(received["fees", "fee"]),
        "grants": credits(received["fees", "grant"]),
        "revenue": credits(received["wallets", "revenue"]),
        "slashed": credits(received["burned", "slash"]),
        "burned": credits(ledger["burned"]),
        "minted": credits(network.ledger.minted),
        "staked_days": community.staked_days,
    }  # fmt: skip


def between(now: dict, before: dict) -> dict[str, float]:
    """Measures of the time since ``before``: counts as differences, stocks as they are, and the friction of trust."""
    return {name: value if name in STOCKS else value - before.get(name, 0) for name, value in now.items()}


def friction(measures: dict, network: Network) -> float:
    """trust_friction: what it costs to be trusted over what it costs to build, in credits; NaN where nothing was built.

    An hour is worth what a day of refining costs over the hours of a day; locked stake costs ``economy.interest``.
    """
    rules = network.rules
    hour = rules.projects.refine.cost / rules.developers.endowment.hours
    proving = hour * (measures["total_hours"] - measures["building_hours"]) + measures["rehearsal_cost"]
    proving += measures["fees"] + rules.economy.interest / 365.0 * measures["staked_days"]
    building = hour * measures["building_hours"] + measures["project_cost"]
    return proving / building if building > 0 else np.nan


def worth(models, traffic, latency, flows, measures: dict, network: Network) -> dict[str, float]:
    """Welfare of a time with these counters, flows and ``measures``; effort is what hours of proving are worth."""
    rules = network.rules
    hour = rules.projects.refine.cost / rules.developers.endowment.hours
    effort = hour * (measures["cleanup_hours"] + measures["study_hours"])
    return welfare(models, traffic, latency, flows, effort, rules.economy)
