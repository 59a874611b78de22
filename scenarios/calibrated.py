"""What ``turnstile calibrate`` shows of a fit: the numbers that say whether to trust it."""

from analysis.calibration.traffic_preset import UNITS, text
from sim.shell.terminal import show

MOST_MODELS = 20
LONGEST = 5  # trials in a row


def show_reliability(result: dict) -> None:
    """A row for each of the first ``MOST_MODELS`` models of ``fit_reliability``, then what models share.

    pass^k is shown at the largest k up to ``LONGEST`` that any model was tried for.
    """
    models = result["models"]
    k = min(LONGEST, max(len(entry["pass_k_observed"]) for entry in models.values()))
    columns = ("model", "tasks", "trials", "mu ± se", "spread ± se", "ability", f"pass^{k}", "fitted")
    rows = [_model_row(name, entry, k) for name, entry in list(models.items())[:MOST_MODELS]]
    show(columns, rows, numbers=columns[1:])
    if len(models) > MOST_MODELS:
        print(f"and {len(models) - MOST_MODELS} models more, in calibration.json")
    shares = (f"{key} {_with_error(result[key], result[f'{key}_se'])}" for key in ("kappa", "xi"))
    print(f"\n{len(models)} model{'s' * (len(models) != 1)} · {' · '.join(shares)}")
    for model, entry in result.get("hazard", {}).get("models", {}).items():
        values = (f"{key} {_with_error(entry[key], entry[f'{key}_se'])}" for key in entry if f"{key}_se" in entry)
        print(f"{model}: {' · '.join(values)}")


def show_traffic(result: dict) -> None:
    """The settings of ``fit_traffic``, and its dispersion of counts beside the trace's and a Poisson process's."""
    settings = [(key, text(value), UNITS.get(key, "1")) for key, value in result["demand"].items()]
    show(("setting", "value", "unit"), settings, numbers=("value",))
    print()
    fit, sides = result["fit"], ("observed", "fitted", "poisson")
    rows = [
        (f"dispersion of counts over {window:g} s", *(f"{fit[f'idc_{side}'][i]:.2f}" for side in sides))
        for i, window in enumerate(fit["windows_s"])
    ]
    lag_one = (f"{fit[f'lag1_autocorrelation_10s_{side}']:.2f}" for side in sides)
    show(("statistic", *sides), [*rows, ("autocorrelation of 10 s counts", *lag_one)], numbers=sides)
    turns, p_values = result["statistics"]["rows"], fit["p_values"]
    print(f"\n{turns:,} turns · joint p: fitted {p_values[-1]:.2g}, poisson {p_values[0]:.2g}")


def _model_row(name: str, entry: dict, k: int) -> tuple[str, ...]:
    def pass_k(whose: str) -> str:
        known = entry[f"pass_k_{whose}"]
        return f"{known[k - 1]:.3f}" if len(known) >= k else "-"

    fitted = (_with_error(entry[key], entry[f"{key}_se"]) for key in ("mu", "spread"))
    counts = (f"{entry[key]:,}" for key in ("tasks", "trials"))
    return name, *counts, *fitted, f"{entry['ability']:.3f}", pass_k("observed"), pass_k("predicted")


def _with_error(value: float | None, error: float | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:.2f}" + ("" if error is None else f" ± {error:.2f}")
