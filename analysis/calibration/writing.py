"""Writes a calibration: ``calibration.json``, a Hydra preset ``calibration/NAME.yaml`` and what goes beside them."""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from analysis.calibration.carryover import carryover_lines
from analysis.calibration.files import as_json, check_places
from analysis.errors import InputError
from analysis.files import write_together

TAKEN = ("default",)
"""Presets that Turnstile ships."""

_EDGE = 1e-6  # a preset's ability lies strictly between 0 and 1
_HEADER = """\
# Reliability of {name}. Units: kappa and xi are shares of latent task difficulty (0 to 1), ability is a mean success
# rate over tasks (0 to 1), spread is the sd of the logit success rate between tasks. All calibrated: maximum likelihood
# of p = sigmoid(mu + spread z), z ~ N(0, 1); "se" is one standard error.
"""


def left_out(result: dict) -> dict[str, str]:
    """The models that no preset can hold, each with the reason: their spread is not identified."""
    return {model: entry["note"] for model, entry in result["models"].items() if entry["spread"] is None}


def preset(result: dict, name: str) -> str:
    """The preset's YAML text. Models whose spread is not identified are left out, each with a comment.

    Where success by turn was fitted, the preset also sets keys of other groups, and so counts from the root.
    """
    lines = _calibration_lines(result, name)
    carryover = carryover_lines(result)
    if carryover:
        lines = ["calibration:", *(f"  {line}" for line in lines), *carryover]
    opening = "# @package _global_\n" if carryover else ""
    return opening + _HEADER.format(name=name) + "\n".join(lines) + "\n"


def _calibration_lines(result: dict, name: str) -> list[str]:
    """The keys of the group ``calibration``."""
    source = _text(result["source"])
    lines = [f"name: {_text(name)}", f"source: {source}"]
    for key in ("kappa", "xi"):
        error = result[f"{key}_se"]
        lines.append(f"{key}: {_share(result[key])}{'' if error is None else f'  # se {error:.2g}'}")
    lines.append("systems:")
    unusable = left_out(result)
    for model, e in result["models"].items():
        if model in unusable:
            lines.append(f"  # {_text(model)} left out: {unusable[model]}")
            continue
        errors = [f"{key} se {e[f'{key}_se']:.2g}" for key in ("ability", "spread") if e[f"{key}_se"] is not None]
        comment = ", ".join(errors + [e["note"]] * bool(e["note"]))
        numbers = f"ability: {np.clip(e['ability'], _EDGE, 1 - _EDGE):.6g}, spread: {e['spread']:.4g}"
        lines.append(f"  - {{name: {_text(model)}, {numbers}, source: {source}}}  # {comment}")
    return lines


def _text(value: str) -> str:
    """A YAML scalar for any text: JSON strings are valid YAML."""
    plain = re.fullmatch(r"[A-Za-z][\w./+-]*", value) and value.lower() not in ("null", "true", "false", "yes", "no")
    return value if plain and value.lower() not in ("on", "off", "y", "n") else json.dumps(value)


def _share(value) -> str:
    # Rounded down, so that kappa + xi stays at most 1.
    return "null" if value is None else f"{math.floor(value * 1e4) / 1e4:.4f}"


def places(out_dir: str | Path, name: str, replace: bool = False) -> tuple[Path, Path]:
    """Where the results and the preset go. ``name``: the preset's, one word that can name a file and is not ours.

    Raises ``InputError`` on another name, and on files that are there unless ``replace``.
    """
    paths = Path(out_dir) / "calibration.json", Path(out_dir) / "calibration" / f"{name}.yaml"
    check_places(paths, name, TAKEN, replace)
    return paths


def write_reliability(
    result: dict, out_dir: str | Path, name: str, replace: bool = False, beside: Mapping[str, str | bytes] | None = None
) -> tuple[Path, ...]:
    """Write ``result``, from ``fit_reliability``, to both ``places``, and what is ``beside`` them by its name.

    All or nothing: a failure leaves what was there. Returns the paths. Raises ``InputError``, also where no model can
    be used.
    """
    unusable = left_out(result)
    if len(unusable) == len(result["models"]):
        found = grouped(unusable)
        raise InputError(f"{result['source']}: found no model to calibrate: {found}; allowed are results that differ")
    results, chosen = places(out_dir, name, replace)
    more = {Path(out_dir) / file: content for file, content in (beside or {}).items()}
    check_places(more, name, TAKEN, replace)
    write_together({results: as_json(result), chosen: preset(result, name), **more})
    return results, chosen, *more


def grouped(reasons: Mapping[str, str]) -> str:
    """Models by the reason they share, in one line: ``a, b (every trial succeeded), c (every trial failed)``."""
    return ", ".join(
        f"{', '.join(model for model, why in reasons.items() if why == reason)} ({reason})"
        for reason in dict.fromkeys(reasons.values())
    )
