"""docs/sweeps.md and docs/cluster.md: what is on the pages runs as it stands there, or says what it would need."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_sweep import SMALL

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?:<!-- not run: (.*?) -->\n)?```(sh|python)\n(.*?)```", re.DOTALL)
PAGES = ("sweeps.md", "cluster.md")
BLOCKS = {page: BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8")) for page in PAGES}
CASES = [(name, number) for name, blocks in BLOCKS.items() for number in range(len(blocks))]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Where each page is followed."""
    return {name: tmp_path_factory.mktemp(name.removesuffix(".md")) for name in BLOCKS}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def shortened(script: str) -> str:
    """The block with a small economy, few seeds, one process where there is no cluster, and a port that nobody has."""
    words = " ".join((*SMALL, "" if "--cluster" in script else "--workers 1"))
    script = re.sub(r"^turnstile sweep ", f"turnstile sweep {words} ", script, flags=re.MULTILINE)
    return script.replace("--seeds 10", "--seeds 2").replace("8786", str(free_port()))


@pytest.mark.parametrize(("page", "number"), CASES)
def test_a_block_runs_as_it_stands_there(page, number, folders):
    needs, language, script = BLOCKS[page][number]
    if needs:
        pytest.skip(needs)
    ends = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"  # with what it has put behind
    command = ["bash", "-ec", ends + shortened(script)] if language == "sh" else [sys.executable, "-c", script]
    here = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    out = folders[page] / "out.txt"
    with out.open("w") as file:
        code = subprocess.run(command, cwd=folders[page], env=here, stdout=file, stderr=file, timeout=200).returncode
    said = out.read_text()
    assert code == 0, said
    assert len(re.findall("runs in |processes, at most", said)) == script.count("turnstile sweep"), said
