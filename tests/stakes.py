"""Sections of stake and posteriors for tests."""

import numpy as np

from sim import config
from sim.config.stake import Delegation
from sim.router.views import EvidenceView, bound
from tests.audits import evidence_config


def stake_config(rule="pseudo_count", **changes) -> config.Stake:
    """A section of stake without limits and without slashing."""
    base = dict(sigma=0.5, n_c=40.0, s0=2000.0, eta=0.5, alpha=8.0, beta=1.0, bond=500.0, routed="confidence", cap=0.0,
                quadratic=False, unbonding_days=7.0, slashing="none", fraction=0.2, clip=0.05, correlation=3.0,
                window_days=36.0, exposure=["ejection"], delegation=Delegation(0.0, 8.0, 0.1))  # fmt: skip
    return config.Stake(rule=rule, **base | changes)


def posterior(alpha, beta, evidence=None) -> EvidenceView:
    """A view of models of which only the posterior is known."""
    evidence = evidence or evidence_config()
    alpha, beta = np.broadcast_arrays(np.asarray(alpha, float), np.asarray(beta, float))
    none = np.zeros(len(alpha))
    draft = EvidenceView(alpha, beta, none, none, none, none, evidence.quantile)
    return EvidenceView(alpha, beta, getattr(draft, evidence.bound), none, none, none, evidence.quantile)


def raised(view: EvidenceView, evidence=None):
    """Confidence in the models of ``view`` as a function of how many more of their outcomes had been good."""
    evidence = evidence or evidence_config()
    return lambda more: bound(evidence.bound, view.alpha + more, view.beta, evidence.quantile)
