"""What a preset says of carryover where success by turn was fitted: keys of the population and of the response.

The simulator draws each model's hazard around one mean, and has one penalty b and one exponent γ for all. So h is the
mean over models, each counted by its sessions, and b and γ are the estimates of a common value, each weighted by its
precision. A mean of hazards is not weighted by precision: small ones have small errors, and would drag it down.
"""

import numpy as np

_MOST = {"derail_penalty": 30.0, "gamma": 10.0}  # what the keys allow; a fit may reach beyond, or below 0


def carryover_lines(result: dict) -> list[str]:
    """Lines of YAML with the derail hazard, its penalty and its exponent; none where no usable model has them."""
    fitted = {
        name: entry
        for name, entry in result.get("hazard", {}).get("models", {}).items()
        if result["models"][name]["spread"] is not None and entry["derail_hazard"] is not None
    }
    if not fitted:
        return []
    models, sessions = list(fitted.values()), [result["models"][name]["trials"] for name in fitted]
    hazard = np.average([entry["derail_hazard"] for entry in models], weights=sessions)
    source = f"mean of {len(models)} models over {sum(sessions):,} sessions"
    lines = ["population:", f"  hazard: {hazard:.4g}  # per turn; calibrated: {source}"]
    by_context = "gamma" in models[0]
    values = {key: value for key in _MOST if (value := _common(models, key)) is not None}
    comments = {"derail_penalty": "logit; calibrated", "gamma": "calibrated"}
    if not by_context:
        values["gamma"] = 0.0
        comments["gamma"] = "no context in the log: one hazard for every turn after the first"
    lines += ["response:"] if values else []
    return lines + [f"  {key}: {value:.4g}  # {comments[key]}" for key, value in values.items()]


def _common(models: list[dict], key: str) -> float | None:
    """The value of ``key`` that models share; those without a standard error count only where none has one."""
    known = [entry for entry in models if entry.get(key) is not None]
    sure = [entry for entry in known if entry.get(f"{key}_se")]
    if not known:
        return None
    weights = [entry[f"{key}_se"] ** -2.0 for entry in sure] or None
    value = np.average([entry[key] for entry in sure or known], weights=weights)
    return float(np.clip(value, 0.0, _MOST[key]))
