"""Where a result came from: the only file of a run that differs between two runs of one config and seed."""

import hashlib
import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path

from sim.config import Config

DISTRIBUTION = "turnstile-sim"


def provenance(config: Config, started: datetime) -> dict:
    """Version, sources, commit, seed, engine, libraries, platform, times of a run that ``started`` (UTC), ends now."""
    return {
        "version": metadata.version(DISTRIBUTION),
        "simulator": fingerprint(),
        **_commit(Path(__file__).parents[2]),
        "seed": config.seed,
        "engine": config.engine,
        "started": started.isoformat(timespec="seconds"),
        "wall_time_s": round((datetime.now(UTC) - started).total_seconds(), 3),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "libraries": libraries(),
    }


@cache
def fingerprint() -> str:
    """What the simulator's sources are: any edit in ``sim/`` makes another, an edit elsewhere does not."""
    root, found = Path(__file__).parents[1], hashlib.sha256()
    for source in sorted(root.rglob("*.py")):
        found.update(str(source.relative_to(root)).encode())
        found.update(source.read_bytes())
    return found.hexdigest()


def libraries() -> dict[str, str]:
    """Versions of the libraries that Turnstile itself requires, without its extras."""
    required = metadata.requires(DISTRIBUTION) or []
    names = [re.match(r"[\w.-]+", line).group() for line in required if "extra ==" not in line]
    return {name: metadata.version(name) for name in sorted(names)}


def _commit(root: Path) -> dict:
    """Commit and dirty flag where the sources are a git checkout of their own; nulls where they are installed."""
    if _git(root, "ls-files", "--error-unmatch", "sim/app.py") is None:
        return {"commit": None, "dirty": None}
    changes = _git(root, "status", "--porcelain", "--untracked-files=no")
    return {"commit": (_git(root, "rev-parse", "HEAD") or "").strip() or None, "dirty": bool(changes)}


def _git(root: Path, *args: str) -> str | None:
    """The output of a git command, or None where it fails or there is no git."""
    quiet = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}  # never in the way of a git command of the user
    command = ["git", "-C", str(root), *args]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, env=quiet, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
