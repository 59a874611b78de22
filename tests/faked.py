"""A simulation that takes no time, for tests of what stands around it."""

import sys
import time
import types

import numpy as np
import pandas as pd
import pytest

from sim.records import ATTEMPT

SUMMARY = {"sessions": 1000, "turns": np.int64(1500), "success_rate": 0.75, "latency_p50_s": float("nan")}
TABLE = pd.DataFrame({"day": [1, 2], "success_rate": [0.5, float("nan")], "parent": [None, None]})


def simulate(config, *, attempts=None, progress=None):
    """The contract of ``sim.simulation.simulate`` without a simulation."""
    if attempts:
        attempts(np.zeros(3, ATTEMPT))
    if progress:
        progress(1.0)
    return types.SimpleNamespace(config=config, summary=SUMMARY, tables={"timeline": TABLE}, latency=None)


def forever(config, **_):
    """Says that it has begun, and does not end."""
    print("begun", flush=True)
    while True:  # one long sleep would miss a signal that comes just before it
        time.sleep(0.05)


def install(function=simulate):
    """Put ``function`` in the place of the simulator."""
    module = types.ModuleType("sim.simulation")
    module.simulate = function
    sys.modules["sim.simulation"] = module


@pytest.fixture(name="turnstile")
def command(monkeypatch, tmp_path, capsys):
    """Call the command in an empty folder with the fake simulation: ``turnstile("run", ...) -> (code, out, err)``."""
    from scenarios import cli

    module = types.ModuleType("sim.simulation")
    module.simulate = simulate
    monkeypatch.setitem(sys.modules, "sim.simulation", module)
    monkeypatch.setattr(cli, "_draw", lambda folder: (folder / "figure.png").touch())
    monkeypatch.chdir(tmp_path)

    def call(*words, simulate=simulate):
        module.simulate = simulate
        monkeypatch.setattr(sys, "argv", ["turnstile", *words])
        capsys.readouterr()
        code = cli.main()
        return code, *capsys.readouterr()

    return call
