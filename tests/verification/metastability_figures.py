"""The two figures of retry storms: the hysteresis loop, and the band of two stable states."""

from pathlib import Path

import numpy as np

from analysis.style import BLUE, GREEN, GREY, SMALL_PT, VERMILION, ink, panels, rendered, styled
from tests.verification.estimates import Estimate
from tests.verification.metastability import UP, Band, Results
from tests.verification.storms import HIGHEST, Setup

ORIGIN = "turnstile verify: docs/figures/metastability.json"


def hysteresis(results: Results, path: Path) -> None:
    """Success and attempts per turn against load, up and down, with the fixed point's branches."""
    setup = Setup()
    loads, offered = setup.theory().curve(setup.slots * (setup.retries + 2), 1500)
    attempts = loads / offered
    failing = np.array([setup.theory().station.failing(load) for load in loads])
    law = np.stack([1 - failing ** (setup.retries + 1), attempts])
    stable = np.gradient(offered) > 0
    with styled():
        made, axes = panels(2, 4.2)
        axes[0].set_ylabel("share of turns answered")
        axes[1].set_ylabel("attempts per turn")
        for column, ax in enumerate(axes):
            ax.plot(offered / setup.slots, np.where(stable, law[column], np.nan), "k-", lw=0.8)
            ax.plot(offered / setup.slots, np.where(stable, np.nan, law[column]), "k:", lw=0.8)
            for branch, colour, marker in ((results.up, BLUE, "^"), (results.down, VERMILION, "v")):
                seeds = np.array(branch)[:, :, column]
                ax.fill_between(UP, seeds.min(axis=0), seeds.max(axis=0), color=colour, alpha=0.25, lw=0)
                ax.plot(UP, seeds.mean(axis=0), marker + "-", ms=3, color=colour)
        for x, y, said, colour in (
            (0.62, 0.93, "load rising", BLUE), (0.62, 0.05, "load falling", VERMILION),
            (0.42, 0.62, "theory;\ndotted: unstable", "black"),
        ):  # fmt: skip
            axes[0].text(x, y, said, color=ink(colour), fontsize=SMALL_PT, va="center")
        axes[1].set_xlabel("offered load (share of capacity)")
        axes[1].set_xlim(0.05, 1.15)
        path.write_bytes(rendered(made, "Success and attempts per turn as load rises and falls", ORIGIN)[".png"])


def metastable_band(results: Results, path: Path) -> None:
    """Edges of the band by retries, simulated and in theory; and what each remedy leaves of it."""
    retries = [int(band.name.split()[-1]) for band in results.retries]
    edges = np.array([band.theory for band in results.retries])
    with styled():
        made, (top, bottom) = panels(2, 5.6, (1, 1.9), shared=False)
        top.fill_between(retries, edges[:, 0], edges[:, 1], facecolor="0.88", edgecolor="0.6", lw=0.6)
        for side, colour, marker in (("lower", VERMILION, "v"), ("upper", BLUE, "^")):
            found = [Estimate.of(getattr(band, side)) for band in results.retries]
            _points(top, retries, found, colour, marker)
        top.set_xlabel("retries allowed R")
        top.set_ylabel("load at the edge\n(share of capacity)")
        top.set_ylim(0, 1.05)
        top.set_xticks(range(1, 7))
        for x, y, said, colour in (
            (3.5, 0.85, "started empty", BLUE), (3.5, 0.13, "started overloaded", VERMILION),
            (3.5, 0.55, "band in theory", GREY),
        ):  # fmt: skip
            top.text(x, y, said, color=ink(colour), fontsize=SMALL_PT, ha="center", va="center")
        for row, band in enumerate(results.remedies):
            _remedy(bottom, -row, band)
        names = [band.name for band in results.remedies]
        bottom.set_yticks(-np.arange(len(names)), names)
        bottom.set_xlabel("offered load (share of capacity)")
        bottom.set_xlim(0, HIGHEST + 0.05)
        path.write_bytes(rendered(made, "The band of two stable states, by retries and by remedy", ORIGIN)[".png"])


def _remedy(ax, y: float, band: Band) -> None:
    lower, upper = Estimate.of(band.lower), Estimate.of(band.upper)
    if band.theory:
        ax.barh(y, band.theory[1] - band.theory[0], left=band.theory[0], height=0.8, color="0.88", lw=0)
    if not band.exists:
        ax.plot(upper.mean, y, ">" if band.beyond else "x", color=GREEN, ms=4)
        return
    ax.plot([lower.mean, upper.mean], [y, y], color="0.3", lw=1)
    for edge, colour, marker in ((lower, VERMILION, "v"), (upper, BLUE, "^")):
        ax.errorbar(edge.mean, y, xerr=_half(edge), fmt=marker, ms=3, lw=1, capsize=2, color=colour)


def _points(ax, x, estimates: list[Estimate], colour: str, marker: str) -> None:
    ax.errorbar(x, [e.mean for e in estimates], [_half(e) for e in estimates], fmt=marker, ms=3, lw=1, capsize=2,
                color=colour)  # fmt: skip


def _half(estimate: Estimate) -> float:
    """Half the 95 % interval; nothing where all seeds agree."""
    return estimate.interval(0.95)[1] - estimate.mean if estimate.error > 0 else 0.0
