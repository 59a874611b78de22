"""The fit of demand to a trace recovers what was planted, and imitates the real trace jointly, not only on average."""

import json

import numpy as np
import pytest
import yaml
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
from scipy.integrate import quad

from analysis.calibration.burstiness import expected, measured
from analysis.calibration.modulation import DAY_S, fit_modulation
from analysis.calibration.replicates import excess
from analysis.calibration.traffic import describe, fit_traffic
from analysis.calibration.traffic_preset import write_traffic
from analysis.errors import InputError
from scenarios.demo import write_sample
from sim.config import Demand, config_folder, parse
from sim.demand.arrivals import modulated, poisson, until
from sim.demand.sessions import tokens
from sim.demand.trace import read_columns
from tests.demands import drawn, real_data, replayed, settings
from tests.verification.imitation import WINDOWS, Imitation


def trace_of(at, **columns):
    rng = np.random.default_rng(1)
    named = {"context_tokens": (6.5, 1.0), "generated_tokens": (5.0, 0.8)}
    return {"t_s": at - at[0], **{k: tokens(rng.standard_normal(at.size), *v) for k, v in named.items()}, **columns}


class TestTheory:
    def test_window_variance_is_the_double_integral(self):
        rate, w, span = 3.0, 20.0, 1e7
        integral, _ = quad(lambda u: (w - u) * np.expm1(0.09 * np.exp(-u / 30) + 0.04 * np.exp(-u / 2)), 0, w)
        found = expected(rate, [0.3, 0.2], [30.0, 2.0], [w], span)[0]
        assert found == pytest.approx(1 + 2 * rate / w * integral, rel=1e-4)

    def test_poisson(self):
        assert expected(5.0, [], [], [1.0, 60.0], 1e7) == pytest.approx([1, 1, 0], abs=1e-4)

    def test_a_record_shows_less_than_the_process(self):
        short, long = (expected(5.0, [0.3], [300.0], [300.0], span)[0] for span in (3000.0, 1e7))
        assert short < 0.8 * long


class TestFit:
    def test_two_components_are_recovered(self):
        at = until(40_000, modulated(7, 5.0, [0.3, 0.25], [200.0, 3.0]))
        fitted = fit_modulation(at)
        assert len(fitted.sigma) == 2 and fitted.p_values[1] < 0.05 < fitted.p_values[2]
        assert fitted.sigma == pytest.approx([0.3, 0.25], rel=0.25)
        assert fitted.tau_s == pytest.approx([200.0, 3.0], rel=0.6)

    def test_poisson_arrivals_need_no_component(self):
        fits = [fit_modulation(until(3500, poisson(seed, 5.0))) for seed in range(20)]
        assert sum(not f.sigma for f in fits) >= 16  # 5 % are refused by chance; P(5 or more of 20) is .003

    @pytest.mark.parametrize("sigma, tau", [([], []), ([0.3], [600.0])])
    def test_daily_cycle(self, sigma, tau):
        fitted = fit_modulation(until(4.5 * DAY_S, modulated(1, 0.3, sigma, tau, cycle=0.8, cycle_peak_h=14.0)))
        assert fitted.cycle == pytest.approx(0.8, abs=0.06)
        assert fitted.cycle_peak_h == pytest.approx(14.0, abs=0.4)
        # What an imperfect cycle leaves behind may pass for a slow drift, but only for a small one.
        drift = [s for s in fitted.sigma if s > 0.1]
        assert len(drift) == len(sigma) and np.allclose(drift, sigma, rtol=0.2)

    def test_sessions(self):
        sessions, turns = drawn(settings("poisson", rate=5 * DAY_S, turns_mean=1.5), 2)
        number = np.repeat(np.arange(sessions.size), sessions["turns"])
        first = np.repeat(sessions["first_turn"], sessions["turns"])
        thought = np.cumsum(turns["think"])
        at = np.repeat(sessions["at"], sessions["turns"]) + thought - thought[first]
        order = np.argsort(at)
        columns = {"session": number, "context_tokens": turns["context"], "generated_tokens": turns["output"]}
        d = fit_traffic({"t_s": at[order], **{k: v[order] for k, v in columns.items()}})["demand"]
        base = settings("poisson").demand
        assert d["turns_mean"] == pytest.approx(1.5, rel=0.05)
        for key in ("think_median_s", "think_sigma", "followup_mu", "followup_sigma", "context_mu", "output_sigma"):
            assert d[key] == pytest.approx(getattr(base, key), rel=0.06)

    def test_coarse_time_stamps_leave_out_short_windows(self):
        at = np.floor(until(7200, poisson(1, 5.0)) / 3) * 3
        assert min(fit_modulation(at).windows) == 30

    @pytest.mark.parametrize("at, message", [
        (np.arange(10.0), "a trace: found 10 rows; allowed for a fit are 200"),
        (np.zeros(500), "a trace: found one time in all rows"),
        (np.arange(500) / 1000, "a trace: found too short a record"),
        (np.arange(500) * 1e5, "a trace: found times over 578 days; allowed for a fit are 400"),
    ])  # fmt: skip
    def test_too_little_or_too_much(self, at, message):
        with pytest.raises(InputError, match=message):
            fit_traffic(trace_of(at))


class TestPreset:
    result = fit_traffic(trace_of(until(1200, modulated(3, 5.0, [0.3], [60.0]))), "log of May")

    def test_it_is_a_demand_preset(self, tmp_path):
        report, preset = write_traffic(self.result, tmp_path, "may")
        assert json.loads(report.read_text()) == self.result
        values = yaml.safe_load(preset.read_text())
        assert values.pop("defaults") == ["base", "_self_"] and preset == tmp_path / "demand" / "may.yaml"
        found = settings(values.pop("kind"), **values).demand
        assert isinstance(found, Demand) and found.kind == "modulated"
        assert found.sigma == pytest.approx(self.result["demand"]["sigma"], rel=1e-3)
        assert "calibrated: log of May" in preset.read_text()

    def test_hydra_finds_it_in_a_folder_of_the_user(self, tmp_path):
        write_traffic(self.result, tmp_path, "may")
        with initialize_config_dir(str(config_folder()), version_base=None):
            composed = compose("config", overrides=["demand=may", f"hydra.searchpath=[file://{tmp_path}]"])
        found = parse(OmegaConf.to_container(composed, resolve=True)).demand
        assert found.kind == "modulated" and found.domains == settings("poisson").demand.domains

    @pytest.mark.parametrize("name", ["base", "trace", "../x", "", "a b"])
    def test_names(self, tmp_path, name):
        with pytest.raises(InputError, match="preset name: found"):
            write_traffic(self.result, tmp_path, name)
        assert not list(tmp_path.iterdir())

    def test_nothing_half_written(self, tmp_path):
        (tmp_path / "demand").write_text("a file, not a folder")
        with pytest.raises(InputError, match="cannot be written"):
            write_traffic(self.result, tmp_path, "may")
        assert [p.name for p in tmp_path.iterdir()] == ["demand"]


class TestRealTraces:
    def test_the_shipped_settings_are_the_fit(self):
        d = fit_traffic(read_columns(real_data("trace_azure_conv_2023.csv.gz")))["demand"]
        shipped = settings("modulated").demand
        assert shipped.sigma == pytest.approx(d["sigma"], abs=1e-3)
        assert shipped.tau_s == pytest.approx(d["tau_s"], rel=0.01)
        for key in ("context_mu", "context_sigma", "output_mu", "output_sigma"):
            assert getattr(shipped, key) == pytest.approx(d[key], abs=0.01)

    def test_the_fitted_process_could_have_made_the_trace_and_poisson_could_not(self):
        """Short form of the law in tests/verification/test_arrivals.py."""
        trace = read_columns(real_data("trace_azure_conv_2023.csv.gz"))["t_s"]
        d = settings("modulated").demand
        assert Imitation.of(trace, d.sigma, d.tau_s, records=100).p_value > 0.05
        assert Imitation.of(trace, [], [], records=100).p_value < 1e-6

    def test_a_poisson_trace_needs_no_component(self):
        trace = read_columns(real_data("trace_mooncake_synthetic_poisson.csv.gz"))
        assert fit_traffic(trace)["demand"]["sigma"] == []


class TestSample:
    def test_it_has_the_published_statistics(self, tmp_path):
        path = write_sample(tmp_path / "sample.csv.gz")
        columns = read_columns(path)
        found = describe(columns)
        assert abs(found["rows"] - 19_366) < 400 and abs(found["span_s"] - 3501.7) < 10
        assert found["tokens"]["context_tokens"]["lognormal_mu"] == pytest.approx(6.63, abs=0.03)
        assert found["tokens"]["generated_tokens"]["lognormal_sigma"] == pytest.approx(0.86, abs=0.02)
        vector = excess(measured(columns["t_s"], WINDOWS), WINDOWS, found["rate_per_s"])
        published = excess(np.array([1.39, 3.86, 16.1, 56, 0.69]), WINDOWS, 5.53)
        assert (np.abs(vector / published - 1) < 0.5).all()
        assert replayed(path)[0].size == found["rows"]

    def test_the_same_bytes_each_time(self, tmp_path):
        a, b, c = (write_sample(tmp_path / f"{i}.csv.gz", seed) for i, seed in enumerate((1, 1, 2)))
        assert a.read_bytes() == b.read_bytes() != c.read_bytes()
