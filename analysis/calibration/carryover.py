"""What a preset says of carryover where success by turn was fitted: keys of the population and of the response.

The simulator draws each model's hazard around one mean, and has one penalty b and one exponent γ for all. So h is the
mean over models, and b and γ are the estimates of a common value: each model's weighted by its precision.
"""

import numpy as np

_MOST = {"derail_penalty": 30.0, "gamma": 10.0}  # what the keys allow; a fit may reach beyond, or below 0


def carryover_lines(result: dict) -> list[str]:
    """Lines of YAML with the derail hazard, its penalty and its exponent; none where no usable model has them."""
    fitted = result.get("hazard", {}).get("models", {})
    models = [fitted[m] for m, e in result["models"].items() if e["spread"] is not None and m in fitted]
    models = [entry for entry in models if entry["derail_hazard"] is not None]
    if not models:
        return []
    hazard = np.mean([entry["derail_hazard"] for entry in models])
    lines = ["population:", f"  hazard: {hazard:.4g}  # per turn; calibrated: mean of {len(models)} models"]
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
