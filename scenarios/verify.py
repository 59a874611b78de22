"""``turnstile verify``: the statistical suite, run by pytest, with its plots."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from sim.errors import InputError

ROOT = Path(__file__).parent.parent
SUITE = ROOT / "tests" / "verification"


def verify() -> int:
    """Run the suite; its exit code. Plots go to ``runs/verification``, or where TURNSTILE_FIGURES says.

    Raises ``InputError`` where the suite or pytest is not there.
    """
    if not SUITE.is_dir():
        raise InputError("verify: the suite is part of a checkout of Turnstile, not of the installed package")
    if find_spec("pytest") is None:
        raise InputError("verify: needs pytest, which `make test` installs")
    figures = Path(os.environ.setdefault("TURNSTILE_FIGURES", str(Path("runs/verification").absolute())))
    command = [sys.executable, "-m", "pytest", "-m", "long", "-v", str(SUITE)]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    print(f"plots are in {figures}")
    return code
