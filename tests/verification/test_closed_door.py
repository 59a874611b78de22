"""Admission (M7): a door that nobody can pass stays closed"""

import pytest
from scipy.stats import beta

from sim.simulation import simulate
from tests.configs import config


class TestClosedDoor:
    """Without a sandbox share, ε = 0, a model gets its first traffic only once admitted, and its confidence is that of
    the prior, C(a₀). Below θ nobody is ever admitted, and the house serves every turn; from θ on, all are at once.

    Through the whole simulator. Broken by traffic that leaks to the sandbox by retries, dispatch or health, and by
    confidence that moves without evidence.
    """

    CASES = tuple((prior, ε, health) for prior in ((1, 1), (8, 2)) for ε in (0.0, 0.05) for health in ("none", "envoy"))

    @pytest.fixture(scope="class", params=CASES, ids=str)
    @classmethod
    def run(cls, request, form):
        """(what is compared, whether the door is closed, the models)."""
        (good, bad), ε, health = request.param
        c = config("retry=litellm", horizon_days=form(2, 20), warmup_days=0, router__sandbox_share=ε,
                   router__health=health, demand__rate=form(2_000, 20_000), population__models=12,
                   evidence__prior_good=float(good), evidence__prior_bad=float(bad), evidence__audit=1.0)  # fmt: skip
        confidence, θ = beta.ppf(c.evidence.quantile, good, bad), c.governance.strictness
        about = f"ε = {ε:g}, C(a₀) = {confidence:.2f}, θ = {θ:g}, health {health}"
        return about, ε == 0 and confidence < θ, simulate(c).tables["models"]

    def test_traffic(self, run, law):
        about, closed, models = run
        found, total = int(models.attempts[models.developer >= 0].sum()), int(models.attempts.sum())
        truth = total > 0 and (found == 0) == closed
        theory = "0" if closed else "above 0"
        law.holds(f"attempts on developers' models, {about}", theory, f"{found:,} of {total:,}", truth)

    def test_standing(self, run, law):
        about, closed, models = run
        found = int(models.admitted_day[models.developer >= 0].notna().sum())
        theory = "0" if closed else "above 0"
        law.holds(f"developers' models ever admitted, {about}", theory, str(found), (found == 0) == closed)
