"""What a run's network costs, in credits, and which part of it is what."""

import math
from functools import partial

from analysis.measure import in_summary, measure
from analysis.run import Run

_HOUR = "config['projects']['refine']['cost'] / config['developers']['endowment']['hours']"
"""Worth of an hour, w of docs/tables.md."""

_PARTS = {
    "building": ("hours of building", f"{_HOUR} * summary['building_hours']"),
    "compute": ("what projects are charged", "summary['project_cost']"),
    "cleanup": ("hours of cleaning up", f"{_HOUR} * summary['cleanup_hours']"),
    "proving": (
        "hours of study, rehearsal and waiting, and what rehearsals are charged",
        f"{_HOUR} * (summary['study_hours'] + summary['rehearse_hours'] + summary['wait_hours'])"
        " + summary['rehearsal_cost']",
    ),
    "fees": ("fees of evaluations", "summary['fees']"),
    "stake": (
        "interest lost on locked stake, and what of it is burned",
        "config['economy']['interest'] / 365 * summary['staked_days'] + summary['slashed']",
    ),
    "serving": ("slots in use, at the rent of a slot", "config['economy']['slot_rent'] * summary['slot_days_used']"),
}
"""Part → (what it is, its credits)."""


def _credits(run: Run) -> dict[str, float]:
    config, said = run.config, partial(in_summary, run)
    hour = config.number("projects.refine.cost") / config.number("developers.endowment.hours")
    return {
        "building": hour * said("building_hours"),
        "compute": said("project_cost"),
        "cleanup": hour * said("cleanup_hours"),
        "proving": hour * (said("study_hours") + said("rehearse_hours") + said("wait_hours")) + said("rehearsal_cost"),
        "fees": said("fees"),
        "stake": config.number("economy.interest") / 365 * said("staked_days") + said("slashed"),
        "serving": config.number("economy.slot_rent") * said("slot_days_used"),
    }


def _register(part: str) -> None:
    def function(run: Run) -> float:
        found = run.once(_credits)
        whole = sum(found.values())
        return found[part] / whole if whole else math.nan

    function.__name__ = f"cost_share.{part}"
    function.__doc__ = f"Share of all costs of the network that is for {_PARTS[part][0]}"
    measure(
        unit="share of credits",
        formula=f"its credits / those of {', '.join(_PARTS)} together; an hour is worth w",
        within=(0.0, 1.0),
        source="Turnstile, docs/model.md, M12 and M13",
        recipe=f"({_PARTS[part][1]}) / ({' + '.join(said for _, said in _PARTS.values())})",
    )(function)


for _part in _PARTS:
    _register(_part)


@measure(
    unit="credits per turn",
    formula="(economy.value·value_of_answers - user_value) / turns_ok",
    within=(-math.inf, math.inf),
    source="Turnstile, docs/model.md, M15",
    recipe="(summary['value_of_answers'] * config['economy']['value'] - summary['user_value']) / summary['turns_ok']",
)
def user_cost_per_success(run: Run) -> float:
    """What a good answer costs its user: fees, retries, waiting, bad answers and leaving."""
    worth, kept, ok = (in_summary(run, key) for key in ("value_of_answers", "user_value", "turns_ok"))
    return (worth * run.config.number("economy.value") - kept) / ok if ok else math.nan
