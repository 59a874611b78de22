"""Calibration recovers what was planted, its quadrature is exact, and real agents' pass^k is predicted.

Tests on real data read the folder named by the environment variable TURNSTILE_DATA and skip without it.
"""

import gzip
import json
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.integrate import quad
from scipy.special import expit, log_expit

from analysis.calibration.figure import draw_prediction
from analysis.calibration.hazard import fit_hazard
from analysis.calibration.maximum_likelihood import SPREAD_MAX, fit, score_and_information
from analysis.calibration.prediction import predict, predict_in_sample
from analysis.calibration.quadrature import ability, count_probability, moment, pass_k, pass_k_gradient
from analysis.calibration.reliability import fit_reliability, pass_k_observed
from analysis.calibration.sharing import SharedTasks, fit_sharing
from analysis.calibration.trials import read_trials
from analysis.calibration.writing import write_reliability
from analysis.errors import InputError

SIGMAS = 4  # a planted number lies within 4 of its own standard errors


def counts_of(rng, mu, spread, tasks, n):
    return rng.binomial(n, expit(mu + spread * rng.normal(size=tasks)))


def write(path, text):
    path.write_text(text)
    return path


# --- quadrature -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spread", [0.0, 0.1, 1.0, 2.0, 6.2, 12.0, 15.0, 30.0])
@pytest.mark.parametrize(("c", "n"), [(1, 1), (2, 5), (5, 5), (0, 10), (50, 100)])
def test_moments_equal_adaptive_quadrature(spread, c, n):
    for mu in (-8.0, 0.0, 1.2):

        def integrand(z, mu=mu):
            u = mu + spread * z
            return np.exp(n * log_expit(u) - (n - c) * u - z * z / 2) / np.sqrt(2 * np.pi)

        # scipy must be told where the integrand lives: around the point where p = 1/2, and in the bulk of z
        edge = np.clip(-mu / spread, -9, 9) if spread else 0.0
        cuts = np.unique(np.clip([-12, edge - 1, edge - 0.1, edge, edge + 0.1, edge + 1, 0, 12], -12, 12))
        pairs = pairwise(cuts)
        exact = sum(quad(integrand, a, b, epsabs=0, epsrel=1e-11, limit=300)[0] for a, b in pairs)
        assert moment(mu, spread, c, n - c) == pytest.approx(exact, rel=1e-9)


def test_counts_of_a_task_sum_to_one_at_every_spread():
    c = np.arange(11)
    for spread in np.linspace(0, 15, 31):
        assert count_probability(0.7, spread, c, 10).sum() == pytest.approx(1, abs=1e-12)


def test_pass_k_limits():
    """s -> 0: independent trials, a^k. s -> infinity: every task always or never, a."""
    ks = np.arange(1, 6)
    assert pass_k(0.4, 0.0, ks) == pytest.approx(expit(0.4) ** ks)
    wide = pass_k(0.0, 3000.0, ks)
    assert wide == pytest.approx(np.full(5, 0.5), abs=1e-3)
    assert np.all(np.diff(pass_k(0.4, 6.0, ks)) < 0)


def test_gradients_equal_differences():
    ks, h = np.arange(1, 5), 1e-5
    by_mu = (pass_k(1 + h, 4.0, ks) - pass_k(1 - h, 4.0, ks)) / (2 * h)
    by_spread = (pass_k(1.0, 4 + h, ks) - pass_k(1.0, 4 - h, ks)) / (2 * h)
    assert pass_k_gradient(1.0, 4.0, ks) == pytest.approx(np.stack([by_mu, by_spread], 1), abs=1e-8)
    c, n = np.arange(6), np.full(6, 5)
    _, score, information = score_and_information(1.0, 4.0, c, n)
    up, down = (score_and_information(1.0, 4.0 + e, c, n) for e in (h, -h))
    assert score[:, 1] == pytest.approx((up[0] - down[0]) / (2 * h), abs=1e-7)
    assert -information[:, 1] == pytest.approx((up[1] - down[1]) / (2 * h), abs=1e-6)


# --- one model ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mu", "spread"), [(-0.5, 2.0), (1.2, 6.0), (-3.0, 3.0), (0.0, 0.7)])
def test_planted_mu_and_spread_are_recovered(mu, spread):
    rng = np.random.default_rng(1)
    found = fit(counts_of(rng, mu, spread, 800, 5), np.full(800, 5))
    errors = np.sqrt(np.diag(found.covariance))
    assert abs(found.mu - mu) < SIGMAS * errors[0]
    assert abs(found.spread - spread) < SIGMAS * errors[1]
    assert errors[1] < 0.5


def test_standard_errors_are_the_scatter_of_repeated_fits():
    """The mean squared standardised error of R fits is 1 with standard deviation sqrt(2/R)."""
    rng, repeats = np.random.default_rng(2), 60
    fits = [fit(counts_of(rng, 0.5, 2.0, 200, 5), np.full(200, 5)) for _ in range(repeats)]
    for i, planted in enumerate((0.5, 2.0)):
        standardised = [((f.mu, f.spread)[i] - planted) / np.sqrt(f.covariance[i, i]) for f in fits]
        assert abs(np.mean(np.square(standardised)) - 1) < SIGMAS * np.sqrt(2 / repeats)


def test_edges_of_the_model_say_so():
    n = np.full(40, 4)
    coin = fit(np.tile([1, 2, 2, 3], 10), n)  # less variable between tasks than chance
    assert coin.spread == 0
    assert coin.mu == pytest.approx(0)
    assert "0" in coin.note
    always_or_never = fit(np.tile([0, 4], 20), n)
    assert always_or_never.spread == SPREAD_MAX
    assert "always or never" in always_or_never.note
    for c in (n, 0 * n):
        assert np.isnan(fit(c, n).mu)
    assert "twice" in fit(np.tile([0, 1], 20), np.ones(40, int)).note


def test_pass_k_observed_is_the_share_of_k_subsets_that_all_succeed():
    assert pass_k_observed([3, 0, 5], [5, 5, 5]) == pytest.approx(
        np.mean([[0.6, 0.3, 0.1, 0, 0], [0] * 5, [1] * 5], axis=0)
    )


# --- several models -------------------------------------------------------------------------------------------------


def shared_world(rng, kappa, xi, tasks=300, n=5):
    """Six models, of which three are one lineage; returns counts and their true (mu, s)."""
    truth = {"a": (1.2, 6.2), "b": (0.0, 5.3), "c": (-1.5, 7.0), "d": (-1.3, 3.2), "e": (-3.0, 2.9), "f": (0.5, 2.0)}
    lineage = dict(zip(truth, "xxxyzw", strict=True))
    common = rng.normal(size=tasks)
    kin = {name: rng.normal(size=tasks) for name in "xyzw"}
    frames = []
    for m, (mu, spread) in truth.items():
        own = rng.normal(size=tasks)
        z = np.sqrt(kappa) * common + np.sqrt(xi) * kin[lineage[m]] + np.sqrt(1 - kappa - xi) * own
        c = rng.binomial(n, expit(mu + spread * z))
        frames.append(pd.DataFrame({"model": m, "task": np.arange(tasks), "lineage": lineage[m], "n": n, "c": c}))
    return pd.concat(frames), truth


def test_planted_shares_are_recovered():
    counts, truth = shared_world(np.random.default_rng(3), kappa=0.6, xi=0.2)
    found = fit_sharing(counts, truth, lineages=True)
    assert abs(found["kappa"] - 0.6) < SIGMAS * found["kappa_se"]
    assert abs(found["xi"] - 0.2) < SIGMAS * found["xi_se"]
    assert found["kappa_se"] < 0.1


def test_nothing_shared_is_found_as_nothing():
    counts, truth = shared_world(np.random.default_rng(4), kappa=0.0, xi=0.0)
    assert fit_sharing(counts, truth, lineages=False)["kappa"] < 0.1


def test_shared_likelihood_equals_nested_quadrature():
    """Two models on one task, both levels: the fast sums against the integral over (common, kin) by brute force."""
    counts = pd.DataFrame({"model": ["a", "b", "e"], "task": 0, "lineage": ["x", "x", "y"], "n": 5, "c": [2, 4, 1]})
    truth = {"a": (1.0, 4.0), "b": (-0.5, 2.0), "e": (0.3, 3.0)}
    kappa, xi = 0.5, 0.3
    z = np.linspace(-9, 9, 241)
    weight = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    own = np.sqrt(1 - kappa - xi) * z[None, None, :]
    shared = np.sqrt(kappa) * z[:, None, None] + np.sqrt(xi) * z[None, :, None]
    given = {}
    for row in counts.itertuples():
        p = expit(truth[row.model][0] + truth[row.model][1] * (shared + own))
        given[row.model] = (p**row.c * (1 - p) ** (row.n - row.c)) @ weight
    exact = np.log((((given["a"] * given["b"]) @ weight) * (given["e"] @ weight)) @ weight)
    assert SharedTasks(counts, truth).loglik(kappa, xi) == pytest.approx(exact, abs=1e-9)


# --- turns ----------------------------------------------------------------------------------------------------------


def sessions(rng, tasks, trials, turns, mu, spread, hazard, penalty):
    """The generating process of the derail hazard, as a log."""
    derailed = rng.geometric(hazard, size=(tasks, trials, 1)) <= np.arange(turns) if hazard else 0
    ok = rng.random((tasks, trials, turns)) < expit(mu + spread * rng.normal(size=(tasks, 1, 1)) - penalty * derailed)
    task, trial, turn = (i.ravel() for i in np.indices(ok.shape))
    return pd.DataFrame({"task": task, "trial": trial, "turn": turn + 1, "success": ok.ravel().astype(int)})


def test_planted_hazard_is_recovered():
    planted = np.array([1.0, 2.0, 0.15, 2.5])
    found = fit_hazard(sessions(np.random.default_rng(5), 300, 2, 6, *planted))
    errors = np.sqrt(np.diag(found.covariance))
    assert np.all(np.abs(found.theta - planted) < SIGMAS * errors)
    assert errors[2] < 0.05


def test_planted_context_exponent_is_recovered():
    """h·(context/window)^γ, with contexts that grow by a random amount each turn."""
    rng = np.random.default_rng(10)
    tasks, trials, turns = 400, 3, 6
    planted = np.array([1.0, 2.0, 0.5, 3.0, 1.5])
    mu, spread, hazard, penalty, gamma = planted
    fullness = np.minimum(rng.gamma(1.0, 0.2, size=(tasks, trials, turns)).cumsum(axis=2), 1)
    now = rng.random(fullness.shape) < hazard * fullness**gamma
    now[:, :, 0] = False
    derailed = np.maximum.accumulate(now, axis=2)
    p = expit(mu + spread * rng.normal(size=(tasks, 1, 1)) - penalty * derailed)
    task, trial, turn = (i.ravel() for i in np.indices(p.shape))
    ok = (rng.random(p.shape) < p).astype(int)
    columns = {"task": task, "trial": trial, "turn": turn + 1, "success": ok.ravel(), "fullness": fullness.ravel()}
    found = fit_hazard(pd.DataFrame(columns))
    assert np.all(np.abs(found.theta - planted) < SIGMAS * np.sqrt(np.diag(found.covariance)))
    assert found.covariance[4, 4] < 1


def test_no_derailing_leaves_no_significant_hazard():
    found = fit_hazard(sessions(np.random.default_rng(6), 200, 2, 5, 0.5, 1.5, 0.0, 0.0))
    mean_cost = found.theta[2] * np.nan_to_num(found.theta[3])  # lost logit per turn
    assert mean_cost < 0.05 or found.theta[2] < SIGMAS * np.sqrt(found.covariance[2, 2])


# --- files ----------------------------------------------------------------------------------------------------------

HEADER = "model,task_id,trial,success\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty file"),
        (HEADER, 2, "no rows"),
        ("model,task_id,trial,sucess\na,t,0,1\n", 1, "'sucess'"),
        ("model,task_id,n\na,t,3\n", 1, "'c'"),
        (HEADER + "a,t,0,1\na,t,1,2\n", 3, "'2'"),
        (HEADER + "a,t,0,nan\n", 2, "0 or 1"),
        (HEADER + "a,t,-1,1\n", 2, "'-1'"),
        (HEADER + "a,t,x,1\n", 2, "'x'"),
        (HEADER + "a,t,0,1\na,t,0,0\n", 3, "again"),
        (HEADER + "a,t,0\n", 2, "3 fields"),
        (HEADER + ",t,0,1\n", 2, "model"),
        ("model,task_id,n,c\na,t,3,4\n", 2, "0 to n"),
        ("model,task_id,n,c\na,t,0,0\n", 2, "'0'"),
        ("model,task_id,n,c\na,t,inf,0\n", 2, "'inf'"),
        ("model,model,n,c\na,t,3,4\n", 1, "twice"),
        ("model,task_id,trial,turn,success\na,t,0,1,1\na,t,0,3,1\n", 2, "none missing"),
    ],
)
def test_bad_files_get_one_line(tmp_path, text, line, words):
    path = write(tmp_path / "log.csv", text)
    with pytest.raises(InputError) as error:
        read_trials(path)
    message = str(error.value)
    assert message.startswith(f"{path}:{line}: ")
    assert words in message
    assert "allowed" in message
    assert "\n" not in message


def test_broken_and_missing_files(tmp_path):
    whole = gzip.compress((HEADER + "".join(f"a,t{i},0,{i % 2}\n" for i in range(5000))).encode())
    for name, data in (("cut.csv.gz", whole[: len(whole) // 2]), ("no.csv.gz", b"plain"), ("b.csv", b"\xff\xfe\x00")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError):
            read_trials(tmp_path / name)
    with pytest.raises(InputError):
        read_trials(tmp_path / "absent.csv")
    once = read_trials(write(tmp_path / "once.csv", HEADER + "a,t,0,1\na,u,0,0\n"))
    with pytest.raises(InputError, match="one trial per task"):
        fit_reliability(once)


def log_text(rng, with_turns=False):
    """Two domains, a model of the same name in both, one that always succeeds."""
    lines = ["domain,model,task_id,trial,success" + (",turn" if with_turns else "")]
    for domain, model, mu in (("d", "a", 0.0), ("e", "a", 1.0), ("e", "b", -1.0), ("e", "sure", 60.0)):
        for task, p in enumerate(expit(mu + 2 * rng.normal(size=40))):
            for trial in range(4):
                for turn in range(1, 3 if with_turns else 2):
                    lines.append(f"{domain},{model},{task},{trial},{int(rng.random() < p)}" + f",{turn}" * with_turns)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("with_turns", [False, True])
def test_calibration_is_written_whole(tmp_path, with_turns):
    trials = read_trials(write(tmp_path / "log.csv", log_text(np.random.default_rng(7), with_turns)))
    result = fit_reliability(trials)
    paths = write_reliability(result, tmp_path / "out", "mine")
    read = json.loads(paths[0].read_text(), parse_constant=pytest.fail)
    assert set(read["models"]) == {"d/a", "e/a", "b", "sure"}
    assert read["models"]["b"]["tasks"] == 40
    assert read["models"]["b"]["trials"] == 160
    assert len(read["models"]["b"]["pass_k_predicted"]) == 4
    assert read["models"]["sure"]["ability"] == 1
    assert read["models"]["sure"]["mu"] is None
    assert 0 <= read["kappa"] <= 1
    assert ("hazard" in read) == with_turns
    preset = yaml.safe_load(paths[1].read_text())
    assert set(preset) == {"name", "source", "kappa", "xi", "systems"}
    assert [s["name"] for s in preset["systems"]] == ["d/a", "e/a", "b"]
    assert preset["systems"][2]["ability"] == pytest.approx(read["models"]["b"]["ability"], rel=1e-3)
    assert sorted(p.name for p in (tmp_path / "out").rglob("*")) == ["calibration", "calibration.json", "mine.yaml"]
    with pytest.raises(InputError):
        write_reliability(result, tmp_path / "out", "../mine")


def test_counts_and_trials_of_the_same_log_agree(tmp_path):
    trials = read_trials(write(tmp_path / "log.csv", log_text(np.random.default_rng(8))))
    counts = trials.counts.rename(columns={"task": "task_id"}).assign(model=trials.counts["name"])
    counts.to_csv(tmp_path / "counts.csv.gz", index=False)
    again = fit_reliability(read_trials(tmp_path / "counts.csv.gz"))
    assert again["models"] == fit_reliability(trials)["models"]


def test_one_model_has_no_kappa(tmp_path):
    text = "model,task_id,n,c\n" + "".join(f"a,t{i},5,{i % 6}\n" for i in range(30))
    assert fit_reliability(read_trials(write(tmp_path / "c.csv", text)))["kappa"] is None


# --- prediction -----------------------------------------------------------------------------------------------------


def test_prediction_intervals_cover(tmp_path):
    """Of R independent 95 % intervals a binomial(R, .95) number covers."""
    rng, repeats = np.random.default_rng(9), 60
    lines = [HEADER]
    for model in range(repeats):
        ok = rng.random((60, 5)) < expit(2.5 * rng.normal(size=(60, 1)))
        lines += [f"m{model},t{t},{trial},{int(ok[t, trial])}\n" for t in range(60) for trial in range(5)]
    table = predict(read_trials(write(tmp_path / "log.csv", "".join(lines))), first=3)
    for judged, k in (("all", 5), ("all", 2), ("later", 1), ("later", 2)):
        rows = table[(table["judged"] == judged) & (table["k"] == k)]
        inside = ((rows["observed"] >= rows["low"]) & (rows["observed"] <= rows["high"])).sum()
        assert len(rows) == repeats
        assert abs(inside - 0.95 * repeats) < SIGMAS * np.sqrt(0.95 * 0.05 * repeats)


@pytest.fixture(scope="module")
def data():
    folder = os.environ.get("TURNSTILE_DATA")
    if not folder or not (Path(folder) / "repeated_trials.csv.gz").is_file():
        pytest.skip("no repeated trials: TURNSTILE_DATA names no folder that holds them")
    return Path(folder)


def test_three_trials_price_five(data, tmp_path):
    table = predict(read_trials(data / "repeated_trials.csv.gz"))
    rows = table[(table["judged"] == "all") & (table["k"] == 5)]
    assert len(rows) == 6
    assert (rows["observed"] - rows["predicted"]).abs().mean() < 0.03
    assert (rows["observed"] - rows["independent"]).abs().mean() > 0.2
    assert draw_prediction(table, tmp_path / "prediction.png").stat().st_size > 5000


def test_real_systems(data):
    """Against the published fit of the same trials: kappa near .73, and spreads between 2 and 12."""
    result = fit_reliability(read_trials(data / "repeated_trials.csv.gz"))
    assert abs(result["kappa"] - 0.73) < 2 * result["kappa_se"]
    assert all(1.9 < m["spread"] < 12 for m in result["models"].values())
    counts = read_trials(data / "repeated_counts.csv.gz").counts
    table = predict_in_sample(counts[counts["domain"].isin(["execution", "airline"])])
    assert (table["observed"] - table["predicted"]).abs().mean() < 0.01


def test_default_preset_holds_the_fit_of_the_data(data):
    """Every number of conf/calibration/default.yaml is what the data give."""
    preset = yaml.safe_load((Path(__file__).parent.parent / "conf/calibration/default.yaml").read_text())
    counts = read_trials(data / "repeated_counts.csv.gz").counts
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
