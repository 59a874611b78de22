"""Conformity: how far traffic has drawn together on one spot of the landscape."""

import math

import numpy as np

from analysis.diversity import bits, mean_distance, vendi
from analysis.measure import measure
from analysis.run import Run

_TOGETHER = (
    "(lambda m: (lambda p, same: {0})((m.turns_after_warmup / m.turns_after_warmup.sum()).to_numpy(), "
    "(m.domain.to_numpy()[:, None] == m.domain.to_numpy()) * (1 - np.bitwise_count(m.position.to_numpy()[:, None] "
    "^ m.position.to_numpy()) / config['landscape']['n'])))"
    "(models[(models.position >= 0) & (models.turns_after_warmup > 0)])"
)
"""{0} over shares ``p`` and similarities ``same`` of all models with traffic that have a position."""

_APART = (
    "(lambda m: sum(g.turns_after_warmup.sum() * (lambda p, same: {0})((g.turns_after_warmup / "
    "g.turns_after_warmup.sum()).to_numpy(), 1 - np.bitwise_count(g.position.to_numpy()[:, None] ^ "
    "g.position.to_numpy()) / config['landscape']['n']) for _, g in m.groupby('domain')) / m.turns_after_warmup.sum())"
    "(models[(models.position >= 0) & (models.turns_after_warmup > 0)])"
)
"""The same in each domain, and the mean over domains by their turns."""

_DISTANCE = "p @ (1 - same) @ p"
_VENDI = (
    "(lambda l: np.exp(-(l * np.log(l)).sum()))"
    "(np.clip(np.linalg.eigvalsh(np.sqrt(np.outer(p, p)) * same), 1e-300, None))"
)
_RAO = "Rao, Theoretical Population Biology 21 (1982)"
_FRIEDMAN = "Friedman & Dieng, TMLR (2023)"


@measure(
    unit="share of bits",
    formula="Σ p_i·p_j·distance over models, p_i = turns_after_warmup / Σ turns_after_warmup; distance: the share of "
    "landscape.n bits in which their positions differ, 1 between domains",
    within=(0.0, 1.0),
    source=_RAO,
    recipe=_TOGETHER.format(_DISTANCE),
)
def position_distance(run: Run) -> float:
    """How far apart the positions of two models are that two turns go to. NaN where no model with traffic has one."""
    parts = run.once(_domains)
    return 1.0 - sum(s * s * (1.0 - mean_distance(*part)) for s, *part in parts) if parts else math.nan


@measure(
    unit="share of bits",
    formula="Σ s_d·(Σ p_i·p_j·distance over the models of d) over domains d of share s_d of the turns; see "
    "position_distance",
    within=(0.0, 0.5),
    source=_RAO,
    recipe=_APART.format(_DISTANCE),
)
def position_distance_in_domains(run: Run) -> float:
    """How far apart they are where both turns are of one domain, the mean over domains."""
    parts = run.once(_domains)
    return sum(s * mean_distance(*part) for s, *part in parts) if parts else math.nan


@measure(
    unit="models",
    formula="exp(-Σ λ·log λ), λ the eigenvalues of √(p_i·p_j)·(1 - distance); see position_distance",
    within=(1.0, math.inf),
    source=_FRIEDMAN,
    recipe=_TOGETHER.format(_VENDI),
)
def vendi_score(run: Run) -> float:
    """Vendi score of positions: to how many models that have nothing in common the traffic amounts."""
    parts = run.once(_vendi)  # of several domains the entropies add up, and that of their shares
    return math.exp(sum(s * math.log(score / s) for s, score in parts)) if parts else math.nan


@measure(
    unit="models",
    formula="Σ s_d·(Vendi score of the models of d) over domains d of share s_d of the turns; see vendi_score",
    within=(1.0, math.inf),
    source=_FRIEDMAN,
    recipe=_APART.format(_VENDI),
)
def vendi_score_in_domains(run: Run) -> float:
    """Vendi score of the positions of one domain, the mean over domains."""
    parts = run.once(_vendi)
    return sum(s * score for s, score in parts) if parts else math.nan


def _domains(run: Run) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """Each domain's share of the turns, its models' features and their shares: those with traffic and a position."""
    models = run["models"]
    held = (models["turns_after_warmup"] > 0) & (models["position"] >= 0)
    turns, domain, position = (models[name][held] for name in ("turns_after_warmup", "domain", "position"))
    found, features = [], bits(position, run.config.number("landscape.n"))
    for d in range(int(domain.max(initial=-1)) + 1):
        here = np.flatnonzero(domain == d)
        if len(here):
            total = turns[here].sum()
            found.append((total / turns.sum(), features[here], turns[here] / total))
    return found


def _vendi(run: Run) -> list[tuple[float, float]]:
    """Each domain's share of the turns, and the Vendi score of its models' positions."""
    return [(s, vendi(*part)) for s, *part in run.once(_domains)]
