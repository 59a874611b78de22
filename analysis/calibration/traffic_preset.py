"""Writes a traffic fit: ``traffic.json`` and a Hydra preset ``demand/NAME.yaml``, both or neither."""

from pathlib import Path

from analysis.calibration.files import write_result

TAKEN = ("base", "poisson", "modulated", "trace")
"""Presets that Turnstile ships: one of theirs under a user's folder would hide, or be hidden by, ours."""

_UNITS = {
    "rate": "turns/day",
    "sigma": "log-rate",
    "tau_s": "s",
    "cycle": "log-rate",
    "cycle_peak_h": "h after the start of the run",
    "turns_mean": "turns",
    "think_median_s": "s; between the starts of neighbouring turns",
}


def preset(result: dict, name: str) -> str:
    """The preset's YAML text; whatever the trace does not say comes from ``base``."""
    comment = "calibrated: " + " ".join(result["source"].split())
    lines = [f"# Demand that imitates a trace, as {name}.", "defaults: [base, _self_]", "kind: modulated"]
    for key, value in result["demand"].items():
        shown = f"[{', '.join(f'{v:.4g}' for v in value)}]" if isinstance(value, list) else f"{value:.6g}"
        unit = _UNITS.get(key) or ("log tokens" if key.endswith("_mu") else "1")
        lines.append(f"{key}: {shown}  # {unit}; {comment}")
    return "\n".join(lines) + "\n"


def write_traffic(result: dict, out_dir: str | Path, name: str) -> tuple[Path, Path]:
    """Write both files, replacing old ones; a failure leaves what was there. Returns their paths.

    ``result``: from ``fit_traffic``. ``name``: the preset's, one word that can name a file and is not ours; else
    ``InputError``.
    """
    out = Path(out_dir)
    return write_result(result, out / "traffic.json", preset(result, name), out / "demand", name, TAKEN)
