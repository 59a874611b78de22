"""The page on metastability, rendered from the measured numbers.

    python -m tests.verification.metastability_page docs

measures everything (some minutes on one core) and writes docs/metastability.md, its figures and its numbers.
"""

import sys
from pathlib import Path

import numpy as np

from tests.verification.estimates import Estimate
from tests.verification.metastability import UP, Band, Results, measure
from tests.verification.metastability_figures import hysteresis, metastable_band
from tests.verification.storms import HIGHEST, KICK, KICK_S, Setup

COMMAND = "python -m tests.verification.metastability_page docs"


TEXT = """# Metastability: retry storms that outlive their cause

Does a burst pass, or does it leave a bad state behind that feeds itself? The data plane alone, one model: {slots}
slots, exponential service with mean 1 s, users who wait {patience:g} s at most, room for {room} in the queue, up to
{retries} retries after memoryless waits with mean {backoff:g} s. Abandoned work keeps its place and burns its slot.
Loads are offered turns in units of the capacity. The numbers are illustrative; what carries over is the mechanism.

## A loop

![Success and attempts per turn as load rises and falls](figures/hysteresis.png)

Load climbs from {first} to {last} and comes back, {step_s:g} s a step. Lines are means over {seeds} seeds, shades
their range, black lines the theory. At load 0.6 the station answers {up_ok:.1%} of turns on the way up, with
{up_tries:.3f} attempts per turn; on the way down {down_ok:.1%}, with {down_tries:.2f}.

## Theory

An attempt under Poisson load Λ fails with probability f(Λ); a turn makes A = 1 + f + … + f^R attempts; so the offered
load that belongs to Λ is λ(Λ) = Λ/A(f(Λ)). The station serves whatever its users do, so f is that of M/M/c/c+K:
turned away, or done too late. The folds of λ(Λ) bound the band of two stable states. With goodput g = Λ(1 - f) it
reads λ = g/(1 - f^(R+1)): it can fall only where goodput falls, so **retries and wasted work are both necessary**.
The fixed point is exact for slow backoff; `tests/verification/test_amplification.py` compares it within sampling
error.

## The band

![Band of two stable states](figures/metastable_band.png)

Edges by bisection over load, {seeds} seeds, each run {span_s:g} s; overloaded runs start with a burst of {kick:g}
times the capacity for {kick_s:g} s. Top: by retries. Bottom: by remedy, R = {retries}. Grey is theory, whiskers are
95 % intervals; a cross marks where both starts turn bad (no band), an arrow that none does up to load {highest:g}.

| retries | lower edge | theory | upper edge | theory |
|---|---|---|---|---|
{by_retries}
Differences from theory are not sampling alone: noise tips a state before it ends, the earlier the smaller the station
and the shorter the backoff; and just below the lower edge a bad state takes longer than a run to end.

| remedy | overloaded: bad above | empty: bad above | theory | width left |
|---|---|---|---|---|
{by_remedy}
± is one standard error; `none`: the two edges differ by nothing that {seeds} seeds can tell at 99 %.

## What it says

- Fewer retries narrow the band. Its lower edge is about 1/(R+1): there, all turns making all attempts just fill the
  station. The upper edge, where collapse needs no burst, hardly depends on R.
- *Longer or exponential backoff is no remedy*: the fixed point does not contain it; the retries come all the same.
- *Budgets* help as far as they cut retries when most attempts fail. gRPC's throttle and AWS's quota end them, and no
  band is found. Envoy's, and Finagle's without its floor, go on adding a little load, and leave a narrow band below
  capacity. *Finagle's as published leaves the band as it was*: its floor of ten retries per s and client is as much
  as this station serves. A floor must be set against the client's traffic.
- *Cancelling abandoned work is a remedy only where service is memoryless.* With exponential service a busy slot
  completes work at its full rate whomever it serves. With lognormal service (σ = 0.3, the shipped default) or fixed
  service a wide band remains: under FIFO a slot goes to whoever has waited longest and has too little patience left
  to be served.
- *A queue shorter than users' patience* removes the band without any cancelling: who is let in is served in time.
- Fixed instead of exponential service, alone, changes little.

Regenerate with `{command}`.
"""


def page(results: Results) -> str:
    """The page, in Markdown."""
    setup, base = Setup(), results.remedies[0]
    (up_ok, up_tries), (down_ok, down_tries) = (
        np.mean(branch, axis=0)[UP.index(0.6)] for branch in (results.up, results.down))  # fmt: skip
    return TEXT.format(
        slots=setup.slots, patience=setup.patience, room=setup.room, retries=setup.retries, backoff=setup.backoff,
        first=UP[0], last=UP[-1], step_s=results.step_s, seeds=results.seeds, span_s=results.span_s,
        up_ok=up_ok, up_tries=up_tries, down_ok=down_ok, down_tries=down_tries,
        kick=KICK, kick_s=KICK_S, highest=HIGHEST, command=COMMAND,
        by_retries="".join(_by_retries(band) for band in results.retries),
        by_remedy="".join(_by_remedy(band, base) for band in results.remedies),
    )  # fmt: skip


def _edge(band: Band, side: str) -> str:
    if band.beyond:
        return f"not up to {HIGHEST:g}"
    found = Estimate.of(getattr(band, side))
    return f"{found.mean:.3f} ± {found.error:.3f}"


def _by_retries(band: Band) -> str:
    low, high = band.theory
    return f"| {band.name} | {_edge(band, 'lower')} | {low:.3f} | {_edge(band, 'upper')} | {high:.3f} |\n"


def _by_remedy(band: Band, base: Band) -> str:
    law = "one state" if band.formula else "no formula"
    if band.theory:
        law = f"{band.theory[0]:.3f} to {band.theory[1]:.3f}"
    left = f"{band.width.mean / base.width.mean:.0%}" if band.exists else "none"
    return f"| {band.name} | {_edge(band, 'lower')} | {_edge(band, 'upper')} | {law} | {left} |\n"


def write(results: Results, docs: Path) -> None:
    """The page, its figures and its numbers, into ``docs``."""
    figures = docs / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    hysteresis(results, figures / "hysteresis.png")
    metastable_band(results, figures / "metastable_band.png")
    results.write(figures / "metastability.json")
    (docs / "metastability.md").write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    write(measure(), Path(sys.argv[1]))
