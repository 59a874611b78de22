"""Writes a calibration: ``calibration.json`` and a Hydra preset ``calibration/NAME.yaml``, both or neither."""

import json
import math
import re
from pathlib import Path

import numpy as np

from analysis.calibration.files import write_result

TAKEN = ("default",)
"""Presets that Turnstile ships."""

_EDGE = 1e-6  # a preset's ability lies strictly between 0 and 1
_HEADER = """\
# Reliability of {name}. Units: kappa and xi are shares of latent task difficulty (0 to 1), ability is a mean success
# rate over tasks (0 to 1), spread is the sd of the logit success rate between tasks. All calibrated: maximum likelihood
# of p = sigmoid(mu + spread z), z ~ N(0, 1); "se" is one standard error.
"""


def preset(result: dict, name: str) -> str:
    """The preset's YAML text. Models whose spread is not identified are left out, each with a comment."""
    source = result["source"]
    lines = [_HEADER.format(name=name), f"name: {_text(name)}\n", f"source: {_text(source)}\n"]
    for key in ("kappa", "xi"):
        error = result[f"{key}_se"]
        lines.append(f"{key}: {_share(result[key])}{'' if error is None else f'  # se {error:.2g}'}\n")
    fitted = {m: e for m, e in result["models"].items() if e["spread"] is not None}
    lines.append("systems:\n" if fitted else "systems: []\n")
    for model, e in result["models"].items():
        if model not in fitted:
            lines.append(f"  # {_text(model)} left out: {e['note']}\n")
            continue
        errors = [f"{key} se {e[f'{key}_se']:.2g}" for key in ("ability", "spread") if e[f"{key}_se"] is not None]
        comment = ", ".join(errors + [e["note"]] * bool(e["note"]))
        numbers = f"ability: {np.clip(e['ability'], _EDGE, 1 - _EDGE):.6g}, spread: {e['spread']:.4g}"
        lines.append(f"  - {{name: {_text(model)}, {numbers}, source: {_text(source)}}}  # {comment}\n")
    return "".join(lines)


def _text(value: str) -> str:
    """A YAML scalar for any text: JSON strings are valid YAML."""
    plain = re.fullmatch(r"[A-Za-z][\w./+-]*", value) and value.lower() not in ("null", "true", "false", "yes", "no")
    return value if plain and value.lower() not in ("on", "off", "y", "n") else json.dumps(value)


def _share(value) -> str:
    # Rounded down, so that kappa + xi stays at most 1.
    return "null" if value is None else f"{math.floor(value * 1e4) / 1e4:.4f}"


def write_reliability(result: dict, out_dir: str | Path, name: str) -> tuple[Path, Path]:
    """Write both files, replacing old ones; a failure leaves what was there. Returns their paths.

    ``result``: from ``fit_reliability``. ``name``: the preset's, one word that can name a file and is not ours; else
    ``InputError``.
    """
    out = Path(out_dir)
    return write_result(result, out / "calibration.json", preset(result, name), out / "calibration", name, TAKEN)
