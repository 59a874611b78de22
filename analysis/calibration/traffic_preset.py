"""Writes a traffic fit: ``traffic.json`` and a Hydra preset ``demand/NAME.yaml``, both or neither."""

from pathlib import Path

from analysis.calibration.files import as_json, check_places
from analysis.files import write_together

TAKEN = ("base", "poisson", "modulated", "trace")
"""Presets that Turnstile ships: one of theirs under a user's folder would hide, or be hidden by, ours."""

UNITS = {
    "rate": "turns/day",
    "sigma": "log-rate",
    "tau_s": "s",
    "cycle": "log-rate",
    "cycle_peak_h": "h after the start of the run",
    "turns_mean": "turns",
    "context_mu": "log tokens",
    "output_mu": "log tokens",
    "followup_mu": "log tokens",
    "think_median_s": "s; between the starts of neighbouring turns",
}
"""Of the settings of demand; those not named are plain numbers."""


def preset(result: dict, name: str) -> str:
    """The preset's YAML text; whatever the trace does not say comes from ``base``."""
    comment = "calibrated: " + " ".join(result["source"].split())
    lines = [f"# Demand that imitates a trace, as {name}.", "defaults: [base, _self_]", "kind: modulated"]
    lines += [f"{key}: {text(value)}  # {UNITS.get(key, '1')}; {comment}" for key, value in result["demand"].items()]
    return "\n".join(lines) + "\n"


def text(value: float | list[float]) -> str:
    """A setting as YAML writes it."""
    return f"[{', '.join(f'{v:.4g}' for v in value)}]" if isinstance(value, list) else f"{value:.6g}"


def places(out_dir: str | Path, name: str, replace: bool = False) -> tuple[Path, Path]:
    """Where the results and the preset go. ``name``: the preset's, one word that can name a file and is not ours.

    Raises ``InputError`` on another name, and on files that are there unless ``replace``.
    """
    paths = Path(out_dir) / "traffic.json", Path(out_dir) / "demand" / f"{name}.yaml"
    check_places(paths, name, TAKEN, replace)
    return paths


def write_traffic(result: dict, out_dir: str | Path, name: str, replace: bool = False) -> tuple[Path, Path]:
    """Write ``result``, from ``fit_traffic``, to both ``places``; a failure leaves what was there. Their paths."""
    results, chosen = places(out_dir, name, replace)
    write_together({results: as_json(result), chosen: preset(result, name)})
    return results, chosen
