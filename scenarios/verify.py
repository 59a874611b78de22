"""``turnstile verify``: the statistical suite, run by pytest, with its plots and the page rendered from its numbers."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from sim.errors import InputError

ROOT = Path(__file__).parent.parent
SUITE = ROOT / "tests" / "verification"
FIGURES = Path("figures") / "verification"
NOTHING_SELECTED = 5  # pytest's exit code


def verify(out: Path | None = None, expression: str | None = None) -> int:
    """Run the suite, or the laws that pytest's ``-k expression`` selects; pytest's exit code.

    Writes ``out``/verification.md (default: runs/verification) with its plots beside it in figures/verification.
    Raises ``InputError`` where the suite or pytest is not there, or where no law is selected.
    """
    if not SUITE.is_dir():
        raise InputError("verify: the suite is part of a checkout of Turnstile, not of the installed package")
    if find_spec("pytest") is None:
        raise InputError("verify: needs pytest, which `make test` installs")
    out = Path("runs/verification" if out is None else out).absolute()
    command = [sys.executable, "-m", "pytest", "-m", "long", "-v", str(SUITE)]
    if expression:
        command += ["-k", expression]
    environment = os.environ | {"TURNSTILE_FIGURES": str(out / FIGURES)}
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    if code == NOTHING_SELECTED:
        raise InputError(f"-k: found {expression!r}; no law of the suite matches")
    from scenarios.verification_page import write_page

    page = write_page(out, FIGURES, expression)
    if page:
        print(f"{page} holds each law against what was simulated")
    return code
