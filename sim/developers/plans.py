"""M12: what a developer can do next, by what it knows: projects at a free moment, submissions of a finished build."""

import math
from itertools import product
from typing import NamedTuple

import numpy as np

from sim.compiling import entry, kernel
from sim.developers.beliefs import doubted, gains
from sim.developers.figures import own_figures, public_figures
from sim.developers.latest import latest
from sim.developers.options import EXIT, OPTIONS, SHELVE, SLOT, SUBMIT, WAIT
from sim.developers.outlook import expected_maximum, lost, lottery, outlook
from sim.errors import InputError

MOST = 64
"""The most options of one decision."""


class Built(NamedTuple):
    """What a developer knows of a build that it has finished."""

    kind: str  # of the project
    days: float  # that the project took
    base: float  # rate it started from
    base_sd: float  # standard deviation of that
    idea: float = math.nan  # of an experiment: share of changed bits
    plan: int = -1  # of a data project


_EXPERIMENT, _FORK = SLOT["experiment"], SLOT["fork"]

# Of one plan of a submission.
_PREPARATION = np.dtype(
    [
        ("clean", "f8"),  # share of what cleanup can do
        ("passing", "f8"),  # share of that which live use does not see
        ("known", "f8"),  # share of lost points that study brings back
        ("builds", "f8"),  # standard deviations of luck by which the best build is above the mean
        ("bar", "i8"),  # index of its stake
    ]
)


def projects(own, public) -> np.ndarray:
    """OPTIONS at a free moment, in the order of their slots; those that cannot be done now are not feasible.

    A project is valued with its submission, without rehearsals, at the stake that needs the least rate of those that
    the developer could pay today; where it ends before the limit of attempts leaves a submission, its cost is lost.
    """
    today, beliefs = _today(public), own.beliefs
    options = _opened(today.menu.projects)
    _projects(options, own_figures(own), today.figures, beliefs.learned, beliefs.doubts, today.required,
              today.menu.stakes)  # fmt: skip
    return options


def submissions(own, public, built: Built) -> np.ndarray:
    """OPTIONS for a finished build: to shelve it first, then all plans: cleanup x study x rehearsals x stakes.

    What preparing lifts the score by is believed, not known. Cleanup cuts what hardening cuts, and so a developer
    takes what it has learned of hardening for the most that cleanup can do: gain(harden)·(1 - exp(-c/c0)), of which the
    share ``lasting`` lasts. Of studying it knows what the rules say: known·f·(1 - rate), f = 1 - exp(-h/study0), of
    which nothing lasts. N rehearsals of N builds bring the expected maximum of N normals times the luck it believes in.
    """
    today, beliefs = _today(public), own.beliefs
    options = _opened(today.menu.submissions)
    i = beliefs.row(built.kind, built.plan)
    _submissions(options, today.menu.preparations, own_figures(own), today.figures, beliefs.learned, beliefs.doubts,
                 i, today.required, built.days, built.base, built.base_sd, built.idea,
                 max(beliefs.gain("harden"), 0.0), beliefs.luck(built.kind, built.plan))  # fmt: skip
    return options


def check(settings) -> None:
    """Raise ``InputError`` where a decision would have too many options."""
    about = settings.developers
    lists = (about.stakes, about.rehearsals, about.cleanup.hours, about.cleanup.study)
    plans = math.prod(len(values) for values in lists)
    if plans > MOST - 1:
        raise InputError(
            f"developers: stakes x rehearsals x cleanup.hours x cleanup.study are {plans} plans; "
            f"allowed are {MOST - 1}, each of which takes time at every decision"
        )
    if len(gains(len(settings.data.plans))) + 2 > MOST:
        raise InputError(f"data.plans: {len(settings.data.plans)} plans; allowed are {MOST - 6}")


class _Menu(NamedTuple):
    """What the options of all developers have in common, as long as the rules stay."""

    projects: bytes  # of OPTIONS: days and cost a day of who is neither fast nor slow, cheap nor dear
    submissions: bytes  # of OPTIONS: days and cost of rehearsals
    preparations: np.ndarray  # _PREPARATION, of each of submissions
    stakes: np.ndarray  # credits


@latest
def _menu(settings) -> _Menu:
    stakes = np.array(settings.developers.stakes) * settings.stake.s0
    return _Menu(_project_menu(settings), *_submission_menu(settings), stakes)


class _Today(NamedTuple):
    """What the options of all developers have in common until the next tick."""

    menu: _Menu
    figures: np.ndarray  # PUBLIC (domains,)
    required: np.ndarray  # rate that admission needs at each stake


@latest  # everybody decides by what is public today
def _today(public) -> _Today:
    return _Today(_menu(public.settings), public_figures(public), np.array(public.required))


def _project_menu(settings):
    kinds = gains(len(settings.data.plans))
    options = _blank([kind for kind, _ in kinds] + [WAIT, EXIT])
    options["slot"] = [SLOT[kind] for kind in options["kind"].tolist()]
    for o, (kind, plan) in zip(options[:-2], kinds, strict=True):
        project = getattr(settings.projects, kind)
        o["plan"], o["days"], o["cost"] = plan, project.days, project.cost
        if kind == "data":  # takes as long as its entries take
            o["days"] = max(project.days, settings.data.plans[plan].entries / settings.data.entries_a_day)
    options["days"][-2:] = options["span"][-2:] = settings.developers.rest_days
    _certainly_nothing(options[-2:])
    return options.tobytes()


def _submission_menu(settings):
    about, gauntlet, cleaning = settings.developers, settings.gauntlet, settings.developers.cleanup
    bars = enumerate(about.stakes)
    grid = [(*plan, *bar) for *plan, bar in product(cleaning.hours, cleaning.study, about.rehearsals, bars)]
    cleanup, study, rehearsals, bar, stake = np.array(grid).T
    options, preparations = _blank([SHELVE] + [SUBMIT] * len(grid)), np.zeros(1 + len(grid), _PREPARATION)
    options["slot"] = np.arange(len(options))
    plans, effects = options[1:], preparations[1:]
    plans["cleanup"], plans["study"], plans["rehearsals"] = cleanup, study, rehearsals
    plans["stake"] = stake * settings.stake.s0
    plans["days"], plans["cost"] = rehearsals * gauntlet.rehearsal_days, rehearsals * gauntlet.rehearsal_fee
    effects["clean"], effects["passing"] = 1.0 - np.exp(-cleanup / cleaning.c0), 1.0 - cleaning.lasting
    effects["known"] = gauntlet.known * (1.0 - np.exp(-study / cleaning.study0))
    effects["builds"], effects["bar"] = [expected_maximum(int(n)) for n in rehearsals], bar
    _certainly_nothing(options[:1])
    return options.tobytes(), preparations


def _opened(menu):
    # Bytes, since numpy copies arrays of records field by field.
    return np.frombuffer(bytearray(menu), OPTIONS)


def _blank(kinds):
    options = np.zeros(len(kinds), OPTIONS)
    options["kind"], options["plan"] = kinds, -1
    return options


def _certainly_nothing(options):
    options["feasible"], options["chances"][:, 0] = True, 1.0


@kernel
def _start(slot, own, public):
    """(rate, sd) from which a project starts; nan where it cannot be done.

    One's best model; for a fork the leader of the domain; for an experiment without a model the domain's mean. What
    gain a project brought is counted from here.
    """
    if slot == _FORK:
        return public.leader, 0.0
    if slot == _EXPERIMENT and own.idea != own.idea:
        return np.nan, 0.0
    if own.rate == own.rate:
        return own.rate, own.rate_sd
    return (public.rate if slot == _EXPERIMENT else np.nan), 0.0


@kernel
def _believed(base, base_sd, idea, learned, doubt, gap_distance):
    """(mean, sd) of the rate that a developer believes a build to have in the gauntlet.

    The belief about an experiment is about an idea that changes half of the bits; that a farther one starts rawer, by
    ``learning.gap_distance``, is common knowledge, since everybody's experiments show it.
    """
    mean = base + learned.mean
    if idea == idea:
        mean -= gap_distance * (idea - 0.5) * base * (1.0 - base)
    return mean, math.hypot(doubted(doubt, learned.weight), base_sd)


@entry
def _projects(options, own, public, learned, doubts, required, stakes):
    x, there = own[0], public[own[0].domain]
    view, income = outlook(x, there, learned[-2].mean, learned[-1].mean), x.revenue - x.living
    for i in range(len(doubts)):
        o = options[i]
        o.days *= x.speed
        o.cost *= x.cost * o.days
        o.span, o.income, o.needs = o.days + there.queue, income, o.cost
        o.base, o.base_sd = _start(o.slot, x, there)
        if o.base != o.base:
            continue
        idea = x.idea if o.slot == _EXPERIMENT else np.nan
        mean, sd = _believed(o.base, o.base_sd, idea, learned[i], doubts[i], there.gap_distance)
        free = x.wealth + income * o.days - o.cost - view.fee
        need, o.stake = np.inf, 0.0
        for k in range(len(stakes)):
            if stakes[k] <= free and (required[k] < need or (required[k] == need and stakes[k] < o.stake)):
                need, o.stake = required[k], stakes[k]
        if need == np.inf:
            need = required[0]
        if o.days < x.barred:
            lost(o, o.cost)
        else:
            lottery(o, view, mean, sd, 0.0, need, o.stake, o.cost + view.fee)
        o.needs, o.outcomes = o.cost + view.fee, learned[i].weight
    options[len(doubts)].income = income
    options[len(doubts) + 1].income = there.outside - x.living  # one lives either way


@entry
def _submissions(
    options, preparations, own, public, learned, doubts, project, required, days, base, base_sd, idea, polish, luck
):
    x, there = own[0], public[own[0].domain]
    view, income = outlook(x, there, learned[-2].mean, learned[-1].mean), x.revenue - x.living
    mean, sd = _believed(base, base_sd, idea, learned[project], doubts[project], there.gap_distance)
    options[0].income, options[0].span = income, days
    for i in range(1, len(options)):
        o, p = options[i], preparations[i]
        clean, known = polish * p.clean, p.known * max(1.0 - mean, 0.0)
        prepared = (o.cleanup + o.study) / x.hours
        early = o.days + prepared < x.barred
        o.days += prepared + there.queue
        o.cost += view.fee
        o.span, o.income, o.needs = o.days + days, income, o.cost + o.stake
        seen, borrowed = mean + clean + known + luck * p.builds, clean * p.passing + known
        if early:
            lost(o, o.cost - view.fee)
        else:
            lottery(o, view, seen, sd, borrowed, required[p.bar], o.stake, o.cost)
