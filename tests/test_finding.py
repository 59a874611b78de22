"""What is said of a hypothesis: four verdicts, in their order, and how often they are wrong."""

import numpy as np
import pytest
from scipy import stats

from analysis.errors import InputError
from analysis.inference.finding import Verdict, finding


def seeds(mean, sd=1.0, n=40):
    """Values of exactly this mean and standard deviation."""
    values = stats.norm.ppf((np.arange(n) + 0.5) / n)
    return mean + sd * (values - values.mean()) / values.std(ddof=1)


@pytest.mark.parametrize(
    ("mean", "sd", "placebo", "verdict"),
    [
        (1.0, 1.0, None, Verdict.SUPPORTED),
        (-1.0, 1.0, None, Verdict.REVERSED),
        (0.1, 1.0, None, Verdict.NO_EFFECT),
        (0.1, 0.1, None, Verdict.NO_EFFECT),  # not zero, and of no interest
        (0.3, 3.0, None, Verdict.UNDECIDED),
        (1.0, 1.0, seeds(0.1), Verdict.SUPPORTED),
        (1.0, 1.0, seeds(0.1, 0.1), Verdict.SUPPORTED),  # the placebo's effect is of no interest either
        (1.0, 1.0, seeds(0.9), Verdict.UNDECIDED),  # what is there without the mechanism is not its effect
        (-1.0, 1.0, seeds(0.9), Verdict.UNDECIDED),
    ],
)
def test_verdicts(mean, sd, placebo, verdict):
    found = finding(seeds(mean, sd), smallest=0.5, sign=1, placebo=placebo)
    assert found.verdict == verdict
    assert found.interval.low < mean < found.interval.high
    assert found.why
    assert "\n" not in found.why
    # What is expected the other way round is supported where this was reversed.
    other = finding(-seeds(mean, sd), smallest=0.5, sign=-1, placebo=None if placebo is None else -placebo)
    assert other.verdict == verdict


def test_no_direction_no_finding():
    with pytest.raises(InputError, match="allowed are 1 and -1"):
        finding(seeds(1.0), 0.5, 0)


def test_a_finding_without_an_effect_is_claimed_in_one_of_twenty_studies_at_most():
    rng = np.random.default_rng(31)
    verdicts = [finding(rng.normal(0, 1, 40), 0.2, 1).verdict for _ in range(200)]
    claimed = sum(v in (Verdict.SUPPORTED, Verdict.REVERSED) for v in verdicts)
    assert claimed <= stats.binom.ppf(0.995, 200, 0.05)


def test_an_effect_just_of_interest_is_called_none_in_one_of_twenty_studies_at_most():
    rng = np.random.default_rng(37)
    verdicts = [finding(rng.normal(0.5, 1, 40), 0.5, 1).verdict for _ in range(200)]
    assert verdicts.count(Verdict.NO_EFFECT) <= stats.binom.ppf(0.995, 200, 0.05)
    assert verdicts.count(Verdict.REVERSED) == 0
