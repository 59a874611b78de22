"""Could a process have made a trace? Its vector of counts against the vectors of the process's own records.

The vector is the index of dispersion of counts at ``WINDOWS`` and the lag-1 autocorrelation of 10 s bins. Records are
simulated by the simulator's own arrivals at the trace's rate and length. Distances are Mahalanobis', in the form in
which a slow drift moves all parts alike (``replicates.excess``).
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from analysis.calibration.burstiness import measured
from analysis.calibration.replicates import excess
from sim.demand.arrivals import modulated, until

WINDOWS = (1.0, 10.0, 60.0, 300.0)  # s


@dataclass(frozen=True)
class Imitation:
    """One comparison."""

    observed: np.ndarray  # (5,): the trace's vector
    records: np.ndarray  # (records, 5): the process's
    p_value: float  # of the χ² law of the squared distance
    rank_p_value: float  # share of records that lie as far out as the trace, it included

    @classmethod
    def of(cls, trace: np.ndarray, sigma, tau_s, records: int, seed: int = 1000) -> "Imitation":
        """Compare ``trace`` (arrival times in s) with ``records`` records of the process, from ``seed`` on."""
        span = float(trace[-1] - trace[0])
        rate = (trace.size - 1) / span
        simulated = (until(span, modulated(seed + i, rate, sigma, tau_s)) for i in range(records))
        vectors = np.array([measured(at, WINDOWS) for at in simulated])
        observed = measured(trace, WINDOWS)
        scattered = excess(vectors, WINDOWS, rate)
        centre, whiten = scattered.mean(axis=0), np.linalg.inv(np.linalg.cholesky(np.cov(scattered.T)))
        own = (((scattered - centre) @ whiten.T) ** 2).sum(axis=1)
        distance = ((whiten @ (excess(observed, WINDOWS, rate) - centre)) ** 2).sum()
        rank = (1 + (own >= distance).sum()) / (1 + records)
        return cls(observed, vectors, float(chi2.sf(distance, observed.size)), float(rank))
