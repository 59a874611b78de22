"""``turnstile sensitivity``: known answers through the whole command, with functions in place of the simulator."""

import hashlib
import io
import math
import re
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.report.folder import report
from analysis.sensitivity import tree as trees
from analysis.sensitivity.analysing import analyse
from analysis.sensitivity.morris import moving
from analysis.sensitivity.noise import own_variance
from analysis.sensitivity.result import Result
from analysis.sensitivity.signs import sure
from analysis.sensitivity_pages.__main__ import write
from scenarios.sensitivity import command
from scenarios.sensitivity.definition import read
from scenarios.sensitivity.design import design
from tests.sensitivities import STUDY, X, said, written

ANALYTIC = {"S1": (0.3139, 0.4424, 0.0), "ST": (0.5576, 0.4424, 0.2437)}
"""Of Ishigami's function with a = 7, b = .1: Saltelli et al. 2008, eq. 4.34 ff."""

VARIANCE = 13.84
"""Of the function."""

NOISE = 3.0
"""Standard deviation of what a seed adds."""


def unit(config) -> list[float]:
    """Where a configuration lies in the ranges `X`."""
    held = (config.learning.v0, config.evidence.visibility, config.response.detect)
    return [(value - low) / (high - low) for value, (low, high) in zip(held, X.values(), strict=True)]


def luck(config, *about) -> float:
    """Noise that depends on seed and all of the configuration, as a run does."""
    digest = hashlib.sha256(repr((config.seed, *unit(config), *about)).encode()).digest()
    return float(np.random.default_rng(int.from_bytes(digest[:8])).normal())


def result(**summary):
    return SimpleNamespace(summary=summary, tables={"timeline": pd.DataFrame({"day": [1.0]})})


def turning(config):
    """In the arm ``high`` more welfare where visibility is below .6, else less; user_value follows luck alone."""
    high = config.stake.sigma == 0.75
    effect = -1.0 if config.evidence.visibility > 0.6 else 1.0
    return result(welfare=high * effect + 0.1 * luck(config), user_value=high * (0.1 + luck(config, 1)))


def run(monkeypatch, simulate, folder: Path, name: str, *, overrides=(), method=None, only=(), after=None, worlds=None,
        seeds=None) -> tuple[Result, str]:  # fmt: skip
    """The result of a call of the command, and what it printed."""
    monkeypatch.setattr("sim.simulation.simulate", simulate)
    asked, printed = command.asked_for(name, overrides, method, only, after), io.StringIO()
    with redirect_stdout(printed):
        assert command.run_sensitivity(asked, worlds, seeds, folder, 1, None) == 0
    return Result.read(folder), printed.getvalue()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Fewer shuffles than a user gets, and no figures: they have tests of their own."""
    monkeypatch.setattr(trees, "SHUFFLES", 19)
    monkeypatch.setattr(command, "draw_sensitivity", lambda folder: {})


def surely(values: np.ndarray) -> np.ndarray:
    """Of which worlds the mean of ``values`` (worlds, seeds) is surely not 0."""
    return sure(values.mean(1), own_variance(values))


def by_name(indices: pd.DataFrame, index: str) -> pd.DataFrame:
    return indices[indices["index"] == index].set_index("parameter")


def analysed(function, method: str, parameters: int, worlds: int, seeds: int, noise: float) -> dict[str, pd.DataFrame]:
    """The tables of a design, from a function of the unit cube (worlds, parameters) and noise.

    Half of the noise is a seed's own, the same in all worlds that share it, and half is each run's.
    """
    made, rng = design(method, parameters, worlds), np.random.default_rng(4)
    shared = rng.normal(0, noise / math.sqrt(2), (made.luck.max() + 1, seeds))[made.luck]
    values = function(made.unit[:, :-1].T)[:, None] + shared + rng.normal(0, noise / math.sqrt(2), shared.shape)
    number = np.arange(1, len(values) + 1)
    names = [f"x{i + 1}" for i in range(parameters)]
    table = pd.DataFrame({"world": number, "block": made.block, **dict(zip(names, made.unit.T, strict=False))})
    outputs = pd.DataFrame(
        {"output": "y", "world": np.repeat(number, seeds), "replicate": np.tile(np.arange(seeds), len(values)),
         "value": values.ravel()}
    )  # fmt: skip
    return analyse(method, table.assign(dummy=made.unit[:, -1]), made.unit, outputs)


def ishigami(x):
    a, b, c = np.pi * (2 * x - 1)
    return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


class TestSobol:
    @pytest.mark.parametrize("noise", [0.0, NOISE])
    def test_ishigami_has_its_analytic_indices_and_the_dummy_none(self, noise):
        found = analysed(ishigami, "sobol", 3, 6 * 512, 2, noise)
        for index, expected in ANALYTIC.items():
            held = by_name(found["indices"], index)
            assert held.index[-1] == "dummy"
            for value, row in zip((*expected, 0.0), held.itertuples(), strict=True):
                assert row.low <= value <= row.high, row
        share = noise**2 / 2 / (noise**2 / 2 + VARIANCE)
        assert found["spread"]["noise_share"].item() == pytest.approx(share, abs=0.03)

    def test_noise_taken_off_is_what_the_dummy_would_have(self):
        """Without it the dummy would be said to matter: its total index would be the share of noise."""
        found = by_name(analysed(ishigami, "sobol", 3, 6 * 512, 2, NOISE)["indices"], "ST")
        assert found.loc["dummy", "high"] < NOISE**2 / 2 / (NOISE**2 / 2 + VARIANCE)

    def test_intervals_shrink_with_the_design(self):
        found = analysed(ishigami, "sobol", 3, 6 * 128, 2, 0.0)
        held = found["convergence"]
        assert sorted(set(held["worlds"])) == [6 * 16, 6 * 32, 6 * 64, 6 * 128]
        widths = (held["high"] - held["low"]).groupby(held["worlds"]).sum()
        assert widths.iloc[-1] < 0.6 * widths.iloc[0]
        last = held[held["worlds"] == 6 * 128].drop(columns="worlds").reset_index(drop=True)
        pd.testing.assert_frame_equal(last, found["indices"])

    def test_where_nothing_varies_there_is_no_index(self):
        found = analysed(lambda x: 0 * x[0], "sobol", 2, 5 * 8, 2, 0.0)
        assert found["indices"]["estimate"].isna().all()


class TestMorris:
    @pytest.mark.parametrize("noise", [0.0, 0.5])
    def test_a_linear_function_has_its_slopes_and_no_sigma_but_luck(self, noise):
        found = analysed(lambda x: 5 * x[0] - 2 * x[1], "morris", 3, 5 * 40, 2, noise)["indices"]
        mu, sigma, luck = (by_name(found, index)["estimate"] for index in ("mu", "sigma", "luck"))
        assert mu.to_numpy() == pytest.approx([5, -2, 0, 0], abs=0.6 * noise + 1e-9)
        assert sigma.to_numpy() == pytest.approx(luck.to_numpy() * math.sqrt(math.pi / 2), rel=0.35, abs=1e-9)

    def test_what_does_nothing_has_what_luck_makes_of_it(self):
        found = analysed(lambda x: 5 * x[0] - 2 * x[1], "morris", 3, 5 * 40, 2, 1.0)["indices"]
        star, luck = by_name(found, "mu_star"), by_name(found, "luck")["estimate"]
        for name in ("x3", "dummy"):
            assert star.loc[name, "low"] <= luck[name] <= star.loc[name, "high"]
        within = by_name(found, "luck").loc["dummy"]
        assert within["low"] <= star.loc["dummy", "estimate"] <= within["high"]
        assert luck["dummy"] > luck["x3"]  # who shares its seeds shares a part of its luck
        assert moving(found.assign(output="y")) == ["x1", "x2"]

    def test_sobol_goes_on_with_what_is_left(self, tmp_path, monkeypatch):
        name = written(tmp_path / "one.yaml", said(worlds=5 * 4))
        one = lambda config: result(welfare=unit(config)[1])  # noqa: E731
        run(monkeypatch, one, tmp_path / "screened", name, method="morris")
        found, _ = run(monkeypatch, one, tmp_path / "out", name, method="sobol", after=tmp_path / "screened", worlds=32)
        assert found.parameters == ["evidence.visibility"]
        assert by_name(found.indices, "S1").loc["evidence.visibility", "high"] >= 0.99
        for folder in (tmp_path / "screened", tmp_path / "out"):
            assert "`evidence.visibility`" in write(folder, tmp_path / "docs").read_text()
        assert (tmp_path / "docs" / "sensitivity" / "README.md").read_text().count("](one_") == 2


class TestSigns:
    @pytest.fixture(scope="class")
    @classmethod
    def found(cls, tmp_path_factory):
        """What was found, and what was printed."""
        folder = tmp_path_factory.mktemp("signs")
        study = written(folder / "study.yaml", STUDY)
        name = written(folder / "signs.yaml", {"study": study, "parameters": X, "worlds": 40})
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(trees, "SHUFFLES", 19)
            patched.setattr(command, "draw_sensitivity", lambda folder: {})
            return run(patched, turning, folder / "out", name)

    def test_the_share_of_worlds_is_that_of_the_plant(self, found):
        rows = found[0].tables["signs"].set_index("output")
        planted, null = rows.iloc[0], rows.iloc[1]
        assert planted["estimate"] == pytest.approx(1.0, abs=0.2)
        assert planted["share"] == pytest.approx(0.6, abs=0.05)  # worlds fill the ranges evenly
        assert planted["share_low"] < 0.6 < planted["share_high"]
        assert planted["surely_kept"] + planted["surely_turned"] == 40
        assert null["surely_kept"] + null["surely_turned"] < 15

    @pytest.mark.parametrize("spread", [0.0, 1.0, 2.0])
    def test_few_worlds_without_an_effect_are_sure_even_of_the_noisiest(self, spread):
        """``spread``: of the logarithms of how noisy worlds are."""
        rng = np.random.default_rng(3)
        scale = np.exp(rng.normal(0, spread, (200, 64, 1)))
        values = scale * rng.normal(size=(200, 64, 2))
        found = np.array([surely(each) for each in values])
        assert found.mean() < 0.05
        assert found[scale[..., 0] >= np.quantile(scale, 0.9)].mean() < 0.25

    def test_a_world_whose_seeds_disagree_is_not_sure(self):
        quiet = np.tile([0.01, 0.02], (40, 1))
        noisy = np.array([[3.0, -1.0]])
        assert not surely(np.vstack([quiet, noisy]))[-1]

    def test_the_tree_finds_where_it_turns(self, found):
        nodes = found[0].tables["tree"]
        root = nodes[nodes["parent"] < 0].iloc[0]
        assert root["parameter"] == "evidence.visibility"
        assert root["threshold"] == pytest.approx(0.6, abs=0.05)
        leaf = re.search(r"evidence\.visibility ≤ \S+: kept in (\d+) of (\d+)", found[1])
        assert leaf[1] == leaf[2]

    def test_where_there_is_no_structure_it_says_so(self, found):
        nodes = found[0].tables["tree"]
        assert set(nodes["output"]) == {found[0].labels[0]}
        assert "no structure found" in found[1]

    def test_its_page_and_its_report_come_from_its_tables(self, found, tmp_path):
        text = write(found[0].folder, tmp_path).read_text()
        assert "kept in 24 of 40" in text and "no structure found" in text.lower()
        assert len(list(tmp_path.rglob("*.png"))) == text.count("![") == 3
        assert "kept in 24 of 40" in report(found[0].folder)

    def test_only_arms_that_the_findings_need_are_run(self, tmp_path):
        study = STUDY | {"arms": STUDY["arms"] | {"other": ["stake=none"]}}
        name = written(tmp_path / "signs.yaml", {"study": written(tmp_path / "study.yaml", study), "findings": [2]})
        asked = read(name)
        assert list(asked.arms) == ["low", "high"]
        assert [output.measure for output in asked.outputs] == ["user_value"]


@pytest.mark.parametrize(("method", "worlds"), [("morris", 5), ("sobol", 48), ("signs", 11)])
def test_a_larger_design_continues_a_smaller_one(method, worlds):
    small, large = design(method, 3, 2 * worlds), design(method, 3, 4 * worlds)
    rows = len(small.unit)
    assert rows < len(large.unit)
    assert (small.unit == large.unit[:rows]).all() and (small.luck == large.luck[:rows]).all()


def test_more_worlds_or_seeds_run_what_is_missing_and_leave_the_same_bytes(tmp_path, monkeypatch):
    done, name = [], written(tmp_path / "s.yaml", said(method="morris"))

    def counted(config):
        done.append(config)
        return result(welfare=unit(config)[0] + luck(config))

    for worlds, seeds in ((10, 2), (20, 2), (20, 3)):
        run(monkeypatch, counted, tmp_path / "stepped", name, worlds=worlds, seeds=seeds)
    assert len(done) == 20 * 3
    run(monkeypatch, counted, tmp_path / "stepped", name, worlds=20, seeds=3)
    assert len(done) == 20 * 3
    run(monkeypatch, counted, tmp_path / "once", name, worlds=20, seeds=3)
    held = [{path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.suffix in
             (".parquet", ".yaml")} for folder in (tmp_path / "stepped", tmp_path / "once")]  # fmt: skip
    assert held[0] == held[1]


def test_a_world_without_a_value_is_left_out_and_said(tmp_path, monkeypatch):
    study = written(tmp_path / "study.yaml", STUDY)
    name = written(tmp_path / "s.yaml", {"study": study, "parameters": X, "findings": [1], "worlds": 20})

    def partly(config):
        found = turning(config)
        found.summary["welfare"] = math.nan if config.evidence.visibility > 0.9 else found.summary["welfare"]
        return found

    found, _ = run(monkeypatch, partly, tmp_path / "out", name)
    spread = found.tables["spread"].iloc[0]
    assert spread["left_out"] in (1, 2, 3) and spread["worlds"] + spread["left_out"] == 20


def test_an_output_that_is_never_finite_is_one_line(tmp_path, monkeypatch):
    from analysis.errors import InputError as TableError

    name = written(tmp_path / "s.yaml", said(method="morris", worlds=10))
    with pytest.raises(TableError, match=r"welfare: finite in 0 of 10 worlds.*allowed are at least 2") as error:
        run(monkeypatch, lambda config: result(welfare=math.nan), tmp_path / "out", name)
    assert "\n" not in str(error.value)
