"""Long form of the law of arrivals (M1): the calibrated process could have made the real trace, Poisson could not."""

import numpy as np
import pytest

from analysis.calibration.burstiness import LAG_WINDOW_S, autocorrelation, counts, dispersion
from sim.demand.arrivals import modulated, poisson, until
from sim.demand.trace import read_columns
from tests.demands import real_data, settings
from tests.verification.figures import figure, save
from tests.verification.imitation import Imitation

pytestmark = pytest.mark.long

RECORDS = 400
DRAWN_WINDOWS = np.geomspace(0.1, 300, 25)  # s
MODULATED, POISSON = "#0072B2", "#D55E00"  # blue and vermilion of Okabe and Ito: distinct to the colour-blind


@pytest.fixture(scope="module")
def trace():
    return read_columns(real_data("trace_azure_conv_2023.csv.gz"))["t_s"]


class TestRealTrace:
    """The vector (IDC at 1, 10, 60, 300 s; lag-1 autocorrelation of 10 s bins), jointly, over 400 records."""

    def test_the_calibrated_process_could_have_made_it(self, trace):
        d = settings("modulated").demand
        found = Imitation.of(trace, d.sigma, d.tau_s, RECORDS)
        assert found.p_value > 0.05 and found.rank_p_value > 0.05
        low, high = np.quantile(found.records, [0.05, 0.95], axis=0)
        assert ((low < found.observed) & (found.observed < high)).all()

    def test_poisson_could_not(self, trace):
        found = Imitation.of(trace, [], [], RECORDS)
        assert found.p_value < 1e-12 and found.rank_p_value < 0.01

    def test_its_slow_component_alone_could_not(self, trace):
        """Without the fast component the counts of one second are too even for the drift seen in ten."""
        d = settings("modulated").demand
        assert Imitation.of(trace, d.sigma[:1], d.tau_s[:1], RECORDS).p_value < 0.05

    def test_figure(self, trace):
        d = settings("modulated").demand
        span, rate = trace[-1], (trace.size - 1) / trace[-1]
        made, (ax,) = figure(width=3.4, height=3.0)
        for process, colour, name, hatch in (
            (lambda s: modulated(s, rate, d.sigma, d.tau_s), MODULATED, "calibrated, 5-95 %", None),
            (lambda s: poisson(s, rate), POISSON, "Poisson, 5-95 %", "////"),
        ):
            records = [curve(until(span, process(1000 + i))) for i in range(RECORDS)]
            low, middle, high = np.quantile(records, [0.05, 0.5, 0.95], axis=0)
            ax.fill_between(DRAWN_WINDOWS, low, high, alpha=0.3, color=colour, lw=0, hatch=hatch, label=name)
            ax.plot(DRAWN_WINDOWS, middle, color=colour, lw=1)
        ax.plot(DRAWN_WINDOWS, curve(trace), "ko", ms=3, label="Azure conversation 2023")
        ax.set(xscale="log", yscale="log", xlabel="window (s)", ylabel="variance / mean of arrivals (1)")
        ax.tick_params(labelsize=8)
        ax.legend(fontsize=7, loc="upper left", frameon=False)
        save(made, "arrivals_dispersion")


def curve(at):
    return [dispersion(counts(at, w)) for w in DRAWN_WINDOWS]


class TestLongRun:
    """One record of 40 days: rate and autocovariance of 10 s bins, over days as independent batches."""

    def test_rate_and_autocovariance(self):
        rate, sigma, tau = 1.0, [0.239, 0.149], [311.0, 1.0]
        bins = counts(np.append(0.0, until(40 * 86_400, modulated(5, rate, sigma, tau))), LAG_WINDOW_S)
        days = bins[: len(bins) // 8640 * 8640].reshape(-1, 8640)
        for lag in (1, 6, 30):
            cov = ((days[:, lag:] - 10.0) * (days[:, :-lag] - 10.0)).mean(axis=1) / 100.0
            u = lag * LAG_WINDOW_S + np.linspace(-10, 10, 2001)
            process = np.exp(sigma[0] ** 2 * np.exp(-u / tau[0]) + sigma[1] ** 2 * np.exp(-np.abs(u) / tau[1])) - 1
            law = np.average(process, weights=10 - np.abs(u - lag * LAG_WINDOW_S))
            assert abs(cov.mean() - law) < 4 * cov.std() / np.sqrt(len(cov))
        assert abs(days.mean() - 10) < 4 * days.mean(axis=1).std() / np.sqrt(len(days))
        assert autocorrelation(days.ravel(), 1)[0] > 0.1
