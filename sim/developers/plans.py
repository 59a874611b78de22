"""M12: what a developer can do next, by what it knows: projects at a free moment, submissions of a finished build."""

import math
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from sim.developers.beliefs import PROJECTS
from sim.developers.options import EXIT, SHELVE, SLOT, SUBMIT, WAIT, Option
from sim.developers.outlook import Outlook, expected_maximum
from sim.errors import InputError

MOST = 64
"""Columns of noise, and so the most options of one decision."""


class Built(NamedTuple):
    """What a developer knows of a build that it has finished."""

    kind: str  # of the project
    days: float  # that the project took
    base: float  # rate it started from
    base_sd: float  # standard deviation of that
    idea: float = math.nan  # of an experiment: share of changed bits
    plan: int = -1  # of a data project


def start(kind: str, own, public) -> tuple[float, float]:
    """(rate, sd) from which a project of ``kind`` starts; nan where it cannot be done.

    One's best model; for a fork the leader of the domain; for an experiment without a model the domain's mean. What
    gain a project brought is counted from here.
    """
    if kind == "fork":
        return public.leader[own.domain], 0.0
    if own.rate == own.rate:
        return (math.nan if kind == "experiment" and own.idea != own.idea else own.rate), own.rate_sd
    if kind == "experiment" and own.idea == own.idea:
        rate = public.rate[own.domain]
        return (rate if rate == rate else min(public.required)), 0.0
    return math.nan, 0.0


def length(kind: str, plan: int, own, settings) -> float:
    """Days that a project of ``kind`` takes this developer; a data project as long as its entries take."""
    days = getattr(settings.projects, kind).days
    if kind == "data":
        days = max(days, settings.data.plans[plan].entries / settings.data.entries_a_day)
    return days * own.speed


def cost(kind: str, days: float, own, settings) -> float:
    """Credits that ``days`` of a project of ``kind`` cost this developer, beside living."""
    return getattr(settings.projects, kind).cost * own.cost * days


def believed(built: Built, own, settings) -> tuple[float, float]:
    """(mean, sd) of the rate that a developer believes a build to have in the gauntlet.

    The belief about an experiment is about an idea that changes half of the bits; that a farther one starts rawer, by
    ``learning.gap_distance``, is common knowledge, since everybody's experiments show it.
    """
    beliefs = own.beliefs
    mean = built.base + beliefs.gain(built.kind, built.plan)
    if built.idea == built.idea:
        mean -= settings.learning.gap_distance * (built.idea - 0.5) * built.base * (1.0 - built.base)
    return mean, math.hypot(beliefs.doubt(built.kind, built.plan), built.base_sd)


def projects(own, public) -> list[Option]:
    """All options at a free moment, in the order of their slots; those that cannot be done now have no chances.

    A project is valued with its submission, without rehearsals, at the stake that needs the least rate of those that
    the developer could pay today.
    """
    settings = public.settings
    outlook = Outlook(own, public)
    income = own.revenue - own.running_cost
    queue = public.wait_days + settings.gauntlet.days
    fee, s0 = outlook.fee, settings.stake.s0
    found = []
    for kind, plan in _kinds(len(settings.data.plans)):
        days = length(kind, plan, own, settings)
        paid = cost(kind, days, own, settings)
        base, base_sd = start(kind, own, public)
        if base != base:
            found.append(Option(kind, SLOT[kind], days, days + queue, income, paid, paid, (), (), 0, plan=plan))
            continue
        built = Built(kind, days, base, base_sd, own.idea if kind == "experiment" else math.nan, plan)
        mean, sd = believed(built, own, settings)
        free = own.wealth + income * days - paid - fee
        bars = zip(public.required, settings.developers.stakes, strict=True)
        payable = [(need, share * s0) for need, share in bars if share * s0 <= free]
        required, stake = min(payable, default=(public.required[0], 0.0))
        chances, payoffs = outlook.lottery(mean, sd, 0.0, required, stake, paid + fee)
        found.append(Option(kind, SLOT[kind], days, days + queue, income, paid, paid + fee, chances, payoffs, 3,
                            own.beliefs.outcomes(kind, plan), plan, stake))  # fmt: skip
    rest = settings.developers.rest_days
    found.append(Option(WAIT, SLOT[WAIT], rest, rest, income, 0.0, 0.0, (1.0,), (0.0,), 0))
    outside = settings.developers.endowment.outside - own.running_cost  # one lives either way
    found.append(Option(EXIT, SLOT[EXIT], rest, rest, outside, 0.0, 0.0, (1.0,), (0.0,), 0))
    return found


def submissions(own, public, built: Built) -> list[Option]:
    """All plans for a finished build, and to shelve it first: stakes x rehearsals x cleanup x study.

    What preparing lifts the score by is believed, not known. Cleanup cuts what hardening cuts, and so a developer
    takes what it has learned of hardening for the most that cleanup can do: gain(harden)·(1 - exp(-c/c0)), of which the
    share ``lasting`` lasts. Of studying it knows what the rules say: known·f·(1 - rate), f = 1 - exp(-h/study0), of
    which nothing lasts. N rehearsals of N builds bring the expected maximum of N normals times the luck it believes in.
    """
    settings = public.settings
    about, gauntlet = settings.developers, settings.gauntlet
    cleaning = about.cleanup
    outlook = Outlook(own, public)
    mean, sd = believed(built, own, settings)
    polish, luck = max(own.beliefs.gain("harden"), 0.0), own.beliefs.luck(built.kind)
    income, queue = own.revenue - own.running_cost, public.wait_days + gauntlet.days
    span, fee, s0, required = built.days + queue, outlook.fee, settings.stake.s0, public.required
    lottery = outlook.lottery
    found = [Option(SHELVE, 0, 0.0, built.days, income, 0.0, 0.0, (1.0,), (0.0,), 0)]
    slot = 1
    for cleanup, study, rehearsals, stakes in _grid(
        tuple(cleaning.hours), tuple(cleaning.study), tuple(about.rehearsals), tuple(about.stakes)
    ):
        clean = polish * (1.0 - math.exp(-cleanup / cleaning.c0))
        known = gauntlet.known * (1.0 - math.exp(-study / cleaning.study0)) * max(1.0 - mean, 0.0)
        seen = mean + clean + known + luck * expected_maximum(rehearsals)
        borrowed = clean * (1.0 - cleaning.lasting) + known
        days = (cleanup + study) / own.hours + rehearsals * gauntlet.rehearsal_days
        spent = fee + rehearsals * gauntlet.rehearsal_fee
        for need, share in zip(required, stakes, strict=True):
            stake = share * s0
            chances, payoffs = lottery(seen, sd, borrowed, need, stake, spent)
            found.append(Option(SUBMIT, slot, days + queue, span + days, income, spent, spent + stake, chances, payoffs,
                                3, 0.0, -1, stake, rehearsals, cleanup, study))  # fmt: skip
            slot += 1
    return found


def check(settings) -> None:
    """Raise ``InputError`` where a developer would have more options than there are columns of noise."""
    about = settings.developers
    lists = (about.stakes, about.rehearsals, about.cleanup.hours, about.cleanup.study)
    plans = math.prod(len(values) for values in lists)
    if plans > MOST - 1:
        raise InputError(
            f"developers: stakes x rehearsals x cleanup.hours x cleanup.study are {plans} plans; "
            f"allowed are {MOST - 1}, each of which takes time at every decision"
        )
    if len(_kinds(len(settings.data.plans))) + 2 > MOST:
        raise InputError(f"data.plans: {len(settings.data.plans)} plans; allowed are {MOST - 6}")


@lru_cache
def _kinds(plans: int) -> tuple[tuple[str, int], ...]:
    """(kind, plan) of every project; data once for each plan."""
    return tuple((kind, plan) for kind in PROJECTS for plan in (range(plans) if kind == "data" else (-1,)))


@lru_cache
def _grid(cleanup, study, rehearsals, stakes):
    """(cleanup, study, rehearsals, all stakes) of every plan."""
    return tuple((*plan, stakes) for plan in product(cleanup, study, rehearsals))
