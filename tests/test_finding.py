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
        (-1.0, 1.0, seeds(-0.9), Verdict.UNDECIDED),
        (1.0, 1.0, seeds(-0.9), Verdict.SUPPORTED),  # what goes the other way without the mechanism cannot make it
        (-1.0, 1.0, seeds(0.9), Verdict.REVERSED),
    ],
)
def test_verdicts(mean, sd, placebo, verdict):
    placebos = () if placebo is None else (seeds(0.0), placebo)
    found = finding(seeds(mean, sd), smallest=0.5, sign=1, placebos=placebos)
    assert found.verdict == verdict
    assert found.interval.low < mean < found.interval.high
    assert found.why
    assert "\n" not in found.why
    # What is expected the other way round is supported where this was reversed.
    other = finding(-seeds(mean, sd), smallest=0.5, sign=-1, placebos=[-values for values in placebos])
    assert other.verdict == verdict


@pytest.mark.parametrize(
    ("mean", "sd", "verdict"),
    [(0.1, 1.0, Verdict.SUPPORTED), (0.3, 3.0, Verdict.UNDECIDED), (1.0, 1.0, Verdict.REVERSED)],
)
def test_where_none_is_expected_to_find_none_is_support(mean, sd, verdict):
    assert finding(seeds(mean, sd), smallest=0.5, sign=0).verdict == verdict


@pytest.mark.parametrize(("mean", "sign"), [(1.0, 1), (-1.0, 1), (0.1, 0)])
def test_what_is_one_of_many_needs_a_smaller_p(mean, sign):
    alone = finding(seeds(mean), smallest=0.5, sign=sign)
    assert alone.verdict in (Verdict.SUPPORTED, Verdict.REVERSED)
    assert finding(seeds(mean), smallest=0.5, sign=sign, p=0.04) == alone
    assert finding(seeds(mean), smallest=0.5, sign=sign, p=0.06).verdict == Verdict.UNDECIDED


def test_an_effect_that_does_not_scatter_is_said_as_it_is():
    assert finding(np.zeros(8), smallest=0.5, sign=1).why == "the effect is 0 in every seed"


def test_a_sign_is_one_of_three():
    with pytest.raises(InputError, match="allowed are 1, -1 and 0"):
        finding(seeds(1.0), 0.5, 2)


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
