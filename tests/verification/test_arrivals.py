"""Arrivals (M1): the calibrated process could have made the real trace, Poisson could not"""

import numpy as np
import pytest

from analysis.calibration.burstiness import LAG_WINDOW_S, counts, dispersion
from sim.demand.arrivals import modulated, poisson, until
from sim.demand.trace import read_columns
from tests.demands import real_data, settings
from tests.verification.estimates import LEVEL, Estimate
from tests.verification.figures import figure, save
from tests.verification.imitation import Imitation

DRAWN_WINDOWS = np.geomspace(0.1, 300, 25)  # s
MODULATED, POISSON = "#0072B2", "#D55E00"  # blue and vermilion of Okabe and Ito: distinct to the colour-blind


class TestRealTrace:
    """The counts of the Azure conversation trace of 2023 (index of dispersion at 1, 10, 60, 300 s; lag-1
    autocorrelation of 10 s bins) lie, jointly, where those of the calibrated process do, and far outside those of a
    Poisson process of the same rate. Rate and length of every record are the trace's; the distance is Mahalanobis'.

    Broken by components of another variance or correlation time than the configuration names.
    """

    FIGURE = "arrivals_dispersion"

    @pytest.fixture(scope="class")
    @classmethod
    def trace(cls):
        return read_columns(real_data("trace_azure_conv_2023.csv.gz"))["t_s"]

    @pytest.fixture(scope="class")
    @classmethod
    def records(cls, form):
        return form(100, 400)

    def test_calibrated(self, trace, records, law):
        d = settings("modulated").demand
        found = Imitation.of(trace, d.sigma, d.tau_s, records)
        law.fits("vector of the trace", "calibrated process", found.p_value)

    def test_poisson(self, trace, records, law):
        p = Imitation.of(trace, [], [], records).p_value
        law.holds("vector of the trace, Poisson", "outside", f"p = {p:.2g}", p < 1 - LEVEL)

    def test_figure(self, trace, records):
        d = settings("modulated").demand
        span, rate = trace[-1], (trace.size - 1) / trace[-1]
        made, (ax,) = figure(width=3.4, height=3.0)
        for process, colour, name, hatch in (
            (lambda s: modulated(s, rate, d.sigma, d.tau_s), MODULATED, "calibrated, 5-95 %", None),
            (lambda s: poisson(s, rate), POISSON, "Poisson, 5-95 %", "////"),
        ):
            drawn = [curve(until(span, process(1000 + i))) for i in range(records)]
            low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95], axis=0)
            ax.fill_between(DRAWN_WINDOWS, low, high, alpha=0.3, color=colour, lw=0, hatch=hatch, label=name)
            ax.plot(DRAWN_WINDOWS, middle, color=colour, lw=1)
        ax.plot(DRAWN_WINDOWS, curve(trace), "ko", ms=3, label="Azure conversation 2023")
        ax.set(xscale="log", yscale="log", xlabel="window (s)", ylabel="variance / mean of arrivals (1)")
        ax.tick_params(labelsize=8)
        ax.legend(fontsize=7, loc="upper left", frameon=False)
        save(made, self.FIGURE)


def curve(at):
    return [dispersion(counts(at, w)) for w in DRAWN_WINDOWS]


class TestCox:
    """A Cox process whose log-rate is a sum of Ornstein-Uhlenbeck components keeps its rate, and counts of distant
    bins covary as exp(Σσ²·e^(-u/τ)) - 1 averaged over the lags u of the two bins (Cox and Isham, Point Processes,
    1980).

    Days of one record are independent batches. Broken by a log-rate without its -σ²/2, and by components that forget
    by the arrival in place of the second.
    """

    RATE, SIGMA, TAU = 1.0, (0.239, 0.149), (311.0, 1.0)  # 1/s, 1, s
    EXPECTED = RATE * LAG_WINDOW_S

    @pytest.fixture(scope="class")
    @classmethod
    def days(cls, form):
        """Counts of bins by day."""
        record = until(form(8, 100) * 86_400, modulated(5, cls.RATE, list(cls.SIGMA), list(cls.TAU)))
        bins, whole = counts(np.append(0.0, record), LAG_WINDOW_S), round(86_400 / LAG_WINDOW_S)
        return bins[: len(bins) // whole * whole].reshape(-1, whole)

    @classmethod
    def theory(cls, lag):
        """Lags of two bins so far apart have a triangular density."""
        u = lag * LAG_WINDOW_S + np.linspace(-LAG_WINDOW_S, LAG_WINDOW_S, 2001)
        log_rate = sum(s**2 * np.exp(-np.abs(u) / t) for s, t in zip(cls.SIGMA, cls.TAU, strict=True))
        return float(np.average(np.exp(log_rate) - 1, weights=LAG_WINDOW_S - np.abs(u - lag * LAG_WINDOW_S)))

    def test_rate(self, days, law):
        law.agrees("arrivals", self.RATE, Estimate.of(days.mean(axis=1) / LAG_WINDOW_S), unit="1/s")

    @pytest.mark.parametrize("lag", [1, 6, 30])
    def test_autocovariance(self, days, law, lag):
        apart = days - self.EXPECTED
        found = (apart[:, lag:] * apart[:, :-lag]).mean(axis=1) / self.EXPECTED**2
        lag_s = lag * LAG_WINDOW_S
        law.agrees(f"autocovariance of the relative rate, {lag_s:g} s", self.theory(lag), Estimate.of(found))
