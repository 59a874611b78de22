"""``turnstile list``: what can be chosen, and in which words."""

from sim.config import config_folder, keys
from sim.errors import InputError, nearest
from sim.shell.groups import groups

_PLURALS = {"retry": "retries", "demand": "demand", "calibration": "calibrations"}
_WORDS = {"health": "router.health", "dispatch": "router.dispatch", "engines": "engine", "budgets": "retry.budget.kind"}


def listing(kind: str | None) -> str:
    """The choices of ``kind``, or of every kind. Raises ``InputError`` on an unknown kind."""
    choices = _choices()
    if kind is None:
        return "\n\n".join(_section(name, *choices[name]) for name in choices)
    if kind not in choices:
        raise InputError(f"{kind}: nothing of this kind to list; {nearest(kind, choices)}")
    return _section(kind, *choices[kind])


def _section(kind: str, how: str, choices: dict[str, str]) -> str:
    width = max(map(len, choices), default=0) + 2
    lines = [f"  {name:<{width}}{about}".rstrip() for name, about in choices.items()]
    return "\n".join([f"{kind} ({how})", *lines])


def _choices() -> dict[str, tuple[str, dict[str, str]]]:
    """Kind -> how to choose and what: rules of the router, presets of each group, words of some keys."""
    from sim.router.allocation import RULES

    found = {"routers": ("router.allocation=NAME", {name: _first_sentence(rule) for name, rule in RULES.items()})}
    for group, presets in groups(config_folder()).items():
        if len(presets) > 1 or group in _PLURALS:
            found[_PLURALS.get(group, group)] = (f"{group}=NAME", presets)
    found |= _rules()
    for kind, key in _WORDS.items():
        found[kind] = (f"{key}=NAME", dict.fromkeys(keys()[key].meta["allowed"], ""))
    return found | _studies()


def _studies() -> dict[str, tuple[str, dict[str, str]]]:
    """Designed experiments, tunings, the worlds in which studies look for what they compare, and what they draw."""
    from analysis.study_figures.kind import KINDS
    from scenarios.sensitivity.definition import names as sensitivities
    from scenarios.sensitivity.definition import question
    from scenarios.sensitivity.design import METHODS
    from scenarios.study.definition import names, read
    from scenarios.study.guards import GUARDS, SOLVED
    from scenarios.tune import definition as tunings

    return {
        "studies": ("turnstile study NAME", {name: read(name).question for name in names()}),
        "sensitivities": ("turnstile sensitivity NAME", {name: question(name) for name in sensitivities()}),
        "methods": ("turnstile sensitivity NAME --method", {name: way.about for name, way in METHODS.items()}),
        "tunings": ("turnstile tune NAME", {name: tunings.read(name).question for name in tunings.names()}),
        "guards": ("of a study file", {name: about for name, (_, about) in (GUARDS | SOLVED).items()}),
        "figures": ("of a study file", {name: kind.title for name, kind in KINDS.items()}),
    }


def _rules() -> dict[str, tuple[str, dict[str, str]]]:
    """Functions that a key names, and what a run measures."""
    import analysis.measures  # noqa: F401  fills the registry
    from analysis.columns import documents
    from analysis.measure import MEASURES, TWIN_MEASURES, families
    from sim.developers.policies import POLICIES
    from sim.trust import scores, slashing, stake

    functions = {
        "policies": ("developers.policy", POLICIES),
        "stake_rules": ("stake.rule", stake.RULES),
        "slashing": ("stake.slashing", slashing.RULES),
        "scores": ("gauntlet.score", scores.RULES),
    }
    found = {
        kind: (f"{key}=NAME", {name: _first_sentence(rule) for name, rule in rules.items()})
        for kind, (key, rules) in functions.items()
    }
    summary = {name: f"[{unit}] {meaning}" for name, (unit, meaning) in documents()["summary"]["columns"].items()}
    return found | {
        "summary": ("keys of summary.json, which are measures too; docs/tables.md has the symbols", summary),
        "measures": ("of a run's tables", {name: _measure(m) for name, m in families(MEASURES).items()}),
        "twin_measures": ("of two runs of one world", {name: _measure(m) for name, m in TWIN_MEASURES.items()}),
    }


def _measure(measure) -> str:
    """Unit, range, what it is, formula and source of a measure."""
    from analysis.table_text import interval

    within = interval(*measure.within)
    return f"[{measure.unit}, {within}] {measure.about}: {measure.formula} ({measure.source})"


def _first_sentence(rule) -> str:
    return " ".join((rule.__doc__ or "").replace("``", "").split()).partition(". ")[0].rstrip(".")
