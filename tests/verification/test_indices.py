"""Indices of the data plane without a sign (``nth``) go unchecked in every other run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLANES = Path(__file__).parents[1] / "test_planes.py"


@pytest.mark.long
def test_no_index_leaves_its_array(tmp_path):
    """The equality of the planes once more, in a process where Numba checks every index."""
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(PLANES)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
