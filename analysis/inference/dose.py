"""Dose and response: how much a measure changes for a unit of the lever, over seeds that saw every dose."""

import numpy as np

from analysis.errors import InputError
from analysis.inference.paired import Interval, numbers, t_interval


def slope_weights(doses) -> np.ndarray:
    """What each of ``doses`` (d,), two or more different ones, weighs in the least-squares slope: (d,)."""
    doses = numbers(doses)
    centred = doses - doses.mean()
    if not np.isfinite(doses).all() or not centred @ centred > 0:
        raise InputError(f"doses {doses.tolist()}; allowed are two or more different finite ones")
    return centred / (centred @ centred)


def slopes(doses, responses) -> np.ndarray:
    """The least-squares slope of each seed's responses on the doses: (seeds,).

    ``doses`` as in `slope_weights`; ``responses`` (seeds, d). NaN for a seed that lacks a response.
    """
    weight, responses = slope_weights(doses), numbers(responses)
    if responses.ndim != 2 or responses.shape[1] != len(weight):
        raise InputError(f"responses of shape {responses.shape}; allowed is (seeds, {len(weight)}), one a dose")
    return responses @ weight


def dose_response(doses, responses, level: float = 0.95) -> Interval:
    """The mean over worlds of the linear slope of the response, with Student's interval over seeds.

    The estimand is the best straight line through each world's responses at these doses, averaged over worlds, whether
    or not the response is a line. Seeds are the units: the doses of one seed share its world and are no replicates.
    """
    return t_interval(slopes(doses, responses), level)
