"""The trace that ``make demo`` replays: generated here, with the published statistics of a real one."""

import gzip
from itertools import chain
from pathlib import Path

import numpy as np
import yaml

from sim.config import config_folder
from sim.demand.arrivals import modulated, until
from sim.demand.sessions import tokens

RATE = 5.53
"""Requests per s of the Azure LLM inference trace 2023, conversation (Splitwise, ISCA '24)."""

SPAN_S = 3502.0
"""Its length in s."""


def write_sample(path: str | Path, seed: int = 3) -> Path:
    """Write about 19,000 requests in 58 minutes as ``t_s,context_tokens,generated_tokens``, gzipped.

    Arrivals and tokens follow the calibrated settings of ``demand: modulated``; the same bytes for the same seed. An
    hour of a drifting rate scatters by 10 %; seed 3 has about the mean.
    """
    groups = [config_folder() / "demand" / f"{name}.yaml" for name in ("base", "modulated")]
    demand = {k: v for group in groups for k, v in yaml.safe_load(group.read_text(encoding="utf-8")).items()}
    at = until(SPAN_S, modulated(seed, RATE, demand["sigma"], demand["tau_s"]))
    rng = np.random.default_rng(seed)
    laws = ((demand[f"{k}_mu"], demand[f"{k}_sigma"]) for k in ("context", "output"))
    context, output = (tokens(rng.standard_normal(at.size), *law) for law in laws)
    rows = (f"{t:.6f},{c:.0f},{o:.0f}\n" for t, c, o in zip(at - at[0], context, output, strict=True))
    text = "".join(chain(["t_s,context_tokens,generated_tokens\n"], rows))
    Path(path).write_bytes(gzip.compress(text.encode(), mtime=0))  # no time stamp inside
    return Path(path)
