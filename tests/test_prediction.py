"""Fitted to the first trials of each task, pass^k of later ones is predicted: of planted models and of real agents."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.special import expit

from analysis.calibration.figure import draw_prediction
from analysis.calibration.maximum_likelihood import fit
from analysis.calibration.prediction import predict, predict_in_sample
from analysis.calibration.quadrature import ability
from analysis.calibration.reliability import fit_reliability
from analysis.calibration.sharing import fit_sharing
from analysis.calibration.trials import read_trials
from analysis.style import styled
from tests.demands import real_data
from tests.figures import assert_legible

SIGMAS = 4  # a binomial count lies within 4 of its standard errors
HEADER = "model,task_id,trial,success\n"

def test_prediction_intervals_cover(tmp_path):
    """Of R independent 95 % intervals a binomial(R, .95) number covers."""
    rng, repeats = np.random.default_rng(9), 60
    lines = [HEADER]
    for model in range(repeats):
        ok = rng.random((60, 5)) < expit(2.5 * rng.normal(size=(60, 1)))
        lines += [f"m{model},t{t},{trial},{int(ok[t, trial])}\n" for t in range(60) for trial in range(5)]
    (tmp_path / "log.csv").write_text("".join(lines))
    table = predict(read_trials(tmp_path / "log.csv"), first=3)
    for judged, k in (("all", 5), ("all", 2), ("later", 1), ("later", 2)):
        rows = table[(table["judged"] == judged) & (table["k"] == k)]
        inside = ((rows["observed"] >= rows["low"]) & (rows["observed"] <= rows["high"])).sum()
        assert len(rows) == repeats
        assert abs(inside - 0.95 * repeats) < SIGMAS * np.sqrt(0.95 * 0.05 * repeats)


def test_three_trials_price_five(tmp_path):
    table = predict(read_trials(real_data("repeated_trials.csv.gz")))
    rows = table[(table["judged"] == "all") & (table["k"] == 5)]
    assert len(rows) == 6
    assert (rows["observed"] - rows["predicted"]).abs().mean() < 0.03
    assert (rows["observed"] - rows["independent"]).abs().mean() > 0.2
    with styled():
        assert_legible(draw_prediction(table))


def test_real_systems():
    """Against the published fit of the same trials: kappa near .73, and spreads between 2 and 12."""
    result = fit_reliability(read_trials(real_data("repeated_trials.csv.gz")))
    assert abs(result["kappa"] - 0.73) < 2 * result["kappa_se"]
    assert all(1.9 < m["spread"] < 12 for m in result["models"].values())
    counts = read_trials(real_data("repeated_counts.csv.gz")).counts
    table = predict_in_sample(counts[counts["domain"].isin(["execution", "airline"])])
    assert (table["observed"] - table["predicted"]).abs().mean() < 0.01


def test_default_preset_holds_the_fit_of_the_data():
    """Every number of conf/calibration/default.yaml is what the data give."""
    preset = yaml.safe_load((Path(__file__).parent.parent / "conf/calibration/default.yaml").read_text())
    counts = read_trials(real_data("repeated_counts.csv.gz")).counts
    folders = {"terminal-bench": "terminal-bench-core-0.1.1", "tau-bench": "airline"}
    for system in preset["systems"]:
        domain, model = system["name"].split("/", 1)
        rows = counts[counts["model"] == f"{folders.get(domain, domain)}/{model}"]
        found = fit(rows["c"].to_numpy(), rows["n"].to_numpy())
        assert system["ability"] == pytest.approx(float(ability(found.mu, found.spread)), abs=6e-4)
        assert system["spread"] == pytest.approx(found.spread, abs=6e-3)
    agents = counts[counts["domain"] == folders["terminal-bench"]]
    agents = agents.assign(lineage=np.where(agents["name"].str.contains("sonnet"), "sonnet-4", agents["model"]))
    fits = {m: fit(r["c"].to_numpy(), r["n"].to_numpy()) for m, r in agents.groupby("model")}
    shares = fit_sharing(agents, {m: (f.mu, f.spread) for m, f in fits.items()}, lineages=True)
    assert preset["kappa"] == pytest.approx(shares["kappa"], abs=2e-3)
    assert preset["xi"] == pytest.approx(shares["xi"], abs=2e-3)
