"""Where the statistical suite leaves its plots: the folder that TURNSTILE_FIGURES names, or a temporary one."""

import os
import tempfile
from pathlib import Path

from matplotlib.figure import Figure


def folder() -> Path:
    """The folder of the plots; it is made where it is missing."""
    path = Path(os.environ.get("TURNSTILE_FIGURES") or Path(tempfile.gettempdir()) / "turnstile-figures")
    path.mkdir(parents=True, exist_ok=True)
    return path


def figure(columns: int = 1, width: float = 5.0, height: float = 3.8):
    """An empty figure with one row of axes: (figure, list of axes). Nothing global is touched."""
    made = Figure(figsize=(width * columns, height), layout="constrained")
    return made, list(made.subplots(1, columns, squeeze=False)[0])


def save(made: Figure, name: str) -> Path:
    """Write the figure as ``name``.png."""
    path = folder() / f"{name}.png"
    made.savefig(path, dpi=110)
    return path
