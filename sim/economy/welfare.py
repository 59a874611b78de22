"""M15: what the network was worth, to whom, and on whom its failures fell.

    user_value        = value·A - delay_cost·H - bad_cost·U - churn_cost·L - paid by users
    developer_surplus = what came into wallets and stakes from others - what went from there to others - effort
    treasury          = change of the treasury and of the fees it holds
    costaker_surplus  = what co-stakers got - what of theirs was burned
    welfare           = user_value + developer_surplus + treasury + costaker_surplus

A is the worth of good answers (1 at the median, more or less by brilliance), H the hours from a turn's beginning to its
answer, over turns that got one, U the unnoticed bad answers, L the users who left. A failed turn is worth nothing and
its delay is not counted.

Developers' surplus counts revenue, payouts and fees given back, less projects, fees, rehearsals, slot rent, retries
they paid and burned stake. Staking and withdrawing move credits between their own accounts and count nothing. Not
counted are living costs, which one has with or without the network, and the credits that are minted to those who arrive
or taken along by those who leave. ``effort`` is the worth of hours that no project cost paid for, such as cleanup, at
the cost of a project's hours.

What one party pays another counts for both, so it cancels: a fee, a cut, a grant moves welfare from one to the other
and leaves the sum. The sum loses what goes outside (projects, rent, retries) and what is burned. Minting is nobody's
gain: users are minted what they spend, and spending is their loss.
"""

import numpy as np

from sim.config import Economy
from sim.economy.ledger import MICRO, MINTED, Flows
from sim.records import C, N, latency_edges

PARTIES = {
    "users": frozenset({"users"}),
    "developers": frozenset({"wallets", "stakes", "unbonding"}),
    "treasury": frozenset({"treasury", "fees"}),
    "costakers": frozenset({"costakers", "delegated"}),
}
"""The kinds of account of each party."""

PRIVATE = frozenset({"living", "exit"})
"""Purposes that are a developer's own affair: living costs, and what those who leave take along."""

_MIDDLE_H = (latency_edges()[:-1] + latency_edges()[1:]) / 2 / 3600.0


def gain(flows: Flows, party: str) -> float:
    """Credits that ``party`` got from others less those it gave; minted and private flows apart."""
    own, net = PARTIES[party], 0
    for (source, target, purpose), amount in flows.items():
        if source != MINTED and purpose not in PRIVATE:
            net += amount * ((target in own) - (source in own))
    return net / MICRO


def hours(latency: np.ndarray) -> float:
    """Hours that turns took to be answered, from counts by bin (LATENCY_BINS,), each at the middle of its bin."""
    return float(latency @ _MIDDLE_H)


def welfare(models, network, latency, flows: Flows, effort: float, economy: Economy) -> dict[str, float]:
    """The measures above in credits, of one window or of a run.

    ``models`` (M, len(C)), ``network`` (len(N),) and ``latency`` (LATENCY_BINS,) are counters; ``flows`` is what flowed
    meanwhile (``since``); ``effort`` in credits.
    """
    measures = {
        "user_value": economy.value * int(models[:, C.VALUE].sum()) / MICRO
        - economy.delay_cost * hours(latency)
        - economy.bad_cost * int(network[N.UNNOTICED])
        - economy.churn_cost * int(network[N.DEPARTURES])
        + gain(flows, "users"),
        "developer_surplus": gain(flows, "developers") - effort,
        "treasury": gain(flows, "treasury"),
        "costaker_surplus": gain(flows, "costakers"),
    }
    return {**measures, "welfare": sum(measures.values())}


def incidence(
    models: np.ndarray,
    latency: np.ndarray,
    earned: np.ndarray,
    slashed: np.ndarray,
    delegated_slashed: np.ndarray,
    retries: np.ndarray,
    payer: str,
    developer: np.ndarray,
    economy: Economy,
) -> dict[str, np.ndarray]:
    """On whom each model's failures fell: columns (M,), in turns where so said, else in credits.

    ``models`` (M, len(C)) and ``latency`` (LATENCY_BINS,) are counters; ``earned`` (M,) is what its developer gets of a
    turn answered well, ``slashed`` (M,) what was slashed of its developer's stake, ``delegated_slashed`` (M,) of its
    co-stakers', and ``retries`` (M,) what was paid for its retries, in credits.

    turns_failed, turns_bad_unnoticed, rescued   turns: first sent to it and not answered; ended with its bad answer;
                                                 first sent to it and answered well by another model
    developer_lost     earned · all three        developer_slashed, costakers_slashed, developer_retries   as paid
    users_unanswered   value · turns_failed, at the median worth of an answer
    users_bad          bad_cost · turns_bad_unnoticed
    users_delay        delay_cost · its retries, each at the network's mean hours an attempt: an estimate, since latency
                       is not counted by model
    users_retries, network_retries               as they were paid
    others_rescued     turns that other models answered in its place

    A turn that another model ended with an unnoticed bad answer counts there alone. What its failures did to the
    success of others needs a twin without the model, which is a study's business and is left out here.
    """
    failed, unnoticed, rescued = (models[:, c] for c in (C.FAILED, C.UNNOTICED, C.OTHER_RESCUED))
    attempts, none = int(models[:, C.ATTEMPTS].sum()), np.zeros(len(models))
    hours_an_attempt = hours(latency) / attempts if attempts else 0.0
    by_developer = (np.asarray(developer) >= 0) & (payer == "developer")
    return {
        "turns_failed": failed,
        "turns_bad_unnoticed": unnoticed,
        "rescued": rescued,
        "developer_lost": earned * (failed + unnoticed + rescued),
        "developer_slashed": slashed,
        "costakers_slashed": delegated_slashed,
        "developer_retries": np.where(by_developer, retries, none),
        "users_unanswered": economy.value * failed,
        "users_bad": economy.bad_cost * unnoticed,
        "users_delay": economy.delay_cost * hours_an_attempt * models[:, C.RETRIES],
        "users_retries": retries if payer == "user" else none,
        "network_retries": none if payer == "user" else np.where(by_developer, none, retries),
        "others_rescued": rescued,
    }
