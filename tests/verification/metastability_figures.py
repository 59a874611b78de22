"""The two figures of retry storms: the hysteresis loop, and the band of two stable states."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from tests.verification.estimates import Estimate
from tests.verification.metastability import UP, Band, Results
from tests.verification.storms import HIGHEST, Setup
from tests.verification.turns import COLOURS

BLUE, VERMILION, GREEN = COLOURS[:3]
WIDTH = 3.4  # in: one column


def hysteresis(results: Results, path: Path) -> None:
    """Success and attempts per turn against load, up and down, with the fixed point's branches."""
    made = Figure(figsize=(WIDTH, 4.4), layout="constrained")
    axes = made.subplots(2, 1, sharex=True)
    setup = Setup()
    loads, offered = setup.theory().curve(setup.slots * (setup.retries + 2), 1500)
    attempts = loads / offered
    failing = np.array([setup.theory().station.failing(load) for load in loads])
    law = np.stack([1 - failing ** (setup.retries + 1), attempts])
    stable = np.gradient(offered) > 0
    branches = ((results.up, BLUE, "^", "load rising"), (results.down, VERMILION, "v", "falling"))
    axes[0].set_ylabel("share of turns answered (1)", fontsize=9)
    axes[1].set_ylabel("attempts per turn (1)", fontsize=9)
    for column, ax in enumerate(axes):
        ax.plot(offered / setup.slots, np.where(stable, law[column], np.nan), "k-", lw=0.8, label="theory, stable")
        ax.plot(offered / setup.slots, np.where(stable, np.nan, law[column]), "k:", lw=0.8, label="theory, unstable")
        for branch, colour, marker, name in branches:
            seeds = np.array(branch)[:, :, column]
            ax.fill_between(UP, seeds.min(axis=0), seeds.max(axis=0), color=colour, alpha=0.25, lw=0)
            ax.plot(UP, seeds.mean(axis=0), marker + "-", ms=3, lw=1, color=colour, label=name)
        ax.tick_params(labelsize=8)
    axes[0].legend(fontsize=6.5, frameon=False, loc="center", bbox_to_anchor=(0.52, 0.45))
    axes[1].set_xlabel("offered load (share of capacity)", fontsize=9)
    axes[1].set_xlim(0.05, 1.15)
    made.savefig(path, dpi=200)


def metastable_band(results: Results, path: Path) -> None:
    """Edges of the band by retries, simulated and in theory; and what each remedy leaves of it."""
    made = Figure(figsize=(WIDTH, 5.6), layout="constrained")
    top, bottom = made.subplots(2, 1, height_ratios=(1, 1.9))
    retries = [int(band.name.split()[-1]) for band in results.retries]
    edges = np.array([band.theory for band in results.retries])
    top.fill_between(retries, edges[:, 0], edges[:, 1], facecolor="0.88", edgecolor="0.6", lw=0.6, label="theory")
    sides = (("lower", VERMILION, "v", "started overloaded"), ("upper", BLUE, "^", "started empty"))
    for side, colour, marker, label in sides:
        found = [Estimate.of(getattr(band, side)) for band in results.retries]
        _points(top, retries, found, colour, marker, label)
    top.set_xlabel("retries allowed R", fontsize=9)
    top.set_ylabel("load at the edge\n(share of capacity)", fontsize=9)
    top.set_ylim(0, 1.05)
    top.set_xticks(range(1, 7))
    top.legend(fontsize=6.5, frameon=False, loc="center right")

    for row, band in enumerate(results.remedies):
        _remedy(bottom, -row, band)
    names = [band.name for band in results.remedies]
    bottom.set_yticks(-np.arange(len(names)), names, fontsize=7)
    bottom.set_xlabel("offered load (share of capacity)", fontsize=9)
    bottom.set_xlim(0, HIGHEST + 0.05)
    for ax in (top, bottom):
        ax.tick_params(axis="x", labelsize=8)
    top.tick_params(labelsize=8)
    made.savefig(path, dpi=200)


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


def _points(ax, x, estimates: list[Estimate], colour: str, marker: str, label: str) -> None:
    ax.errorbar(x, [e.mean for e in estimates], [_half(e) for e in estimates], fmt=marker, ms=3, lw=1, capsize=2,
                color=colour, label=label)  # fmt: skip


def _half(estimate: Estimate) -> float:
    """Half the 95 % interval; nothing where all seeds agree."""
    return estimate.interval(0.95)[1] - estimate.mean if estimate.error > 0 else 0.0
