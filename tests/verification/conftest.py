"""Forms of a law and the recorder that the table of `turnstile verify` is rendered from.

A law is a class: its docstring states the law, its source, and what would break it; ``FIGURE`` names its plot; a
fixture of class scope does the run, sized by ``form``; its tests are one line each. ``form`` is ``short`` (in ``make
test``) or ``long`` (marker ``long``): the same code with more of everything. Figures (tests named ``test_figure``) and
rows of the table come from the long form alone.

    def test_mean_wait(self, run, law):
        law.agrees("mean wait, ρ = .8", erlang_c(...), Estimate.of(run.waits), unit="s")
"""

import json
import math
from dataclasses import asdict, dataclass

import numpy as np
import pytest
from scipy import stats

from tests.verification.estimates import LEVEL, Estimate
from tests.verification.figures import folder

ROWS = pytest.StashKey()


@dataclass(frozen=True)
class Form:
    """How large a run is: ``form(short, long)`` chooses."""

    long: bool

    def __call__(self, short, long):
        return long if self.long else short


@dataclass(frozen=True)
class Row:
    """One comparison with theory, as the table shows it."""

    area: str  # first line of the docstring of the module
    name: str  # of the class
    law: str  # first paragraph of its docstring
    quantity: str
    theory: str
    simulated: str
    deviation: float | None  # in standard errors; None where the comparison is exact or a bound
    score: float | None  # the normal deviate that is as improbable
    figure: str | None


class Recorder:
    """Compares with theory, records the comparison for the table, and fails the test where theory is outside."""

    def __init__(self, area: str, name: str, law: str, figure: str | None, rows: list | None):
        self._about, self._figure, self._rows = (area, name, law), figure, rows

    def agrees(self, quantity: str, theory: float, estimate: Estimate, unit: str = "") -> None:
        """``theory`` must lie in the estimate's interval."""
        deviation = estimate.deviation(theory)
        simulated = f"{_figures(estimate.mean, estimate.error)} ± {estimate.error:.2g}"
        score = math.copysign(stats.norm.isf(stats.t.sf(abs(deviation), estimate.degrees)), deviation)
        self.note(quantity, f"{_figures(theory, estimate.error)} {unit}".strip(), simulated, deviation, score)
        low, high = estimate.interval()
        assert low <= theory <= high, f"{quantity}: {theory:.6g} outside [{low:.6g}, {high:.6g}], {deviation:+.2f} se"

    def occurs(self, quantity: str, theory: float, happened: np.ndarray) -> None:
        """Events, independent of one another, happen with probability ``theory``: an exact binomial test."""
        n, count = happened.size, int(np.count_nonzero(happened))
        error = math.sqrt(theory * (1 - theory) / n)
        deviation = (count / n - theory) / error
        self.note(quantity, _figures(theory, error), f"{_figures(count / n, error)} ± {error:.2g}", deviation)
        p_value = stats.binomtest(count, n, theory).pvalue
        assert p_value > 1 - LEVEL, f"{quantity}: theory {theory:.6g}, found {count / n:.6g}, {deviation:+.2f} se"

    def fits(self, quantity: str, theory: str, p_value: float) -> None:
        """A test of fit to ``theory`` must not reject it; its p-value is shown as the normal deviation of like size."""
        self.note(quantity, theory, f"p = {p_value:.2g}", float(stats.norm.isf(p_value / 2)))
        assert p_value > 1 - LEVEL, f"{quantity}: p = {p_value:.2g}"

    def counts(self, quantity: str, theory: str, found: np.ndarray, expected: np.ndarray) -> None:
        """Counts against those of ``theory`` (their sum is ``found``'s): χ², classes of less than 10 taken together."""
        found, expected = np.ravel(found), np.ravel(expected) * (np.sum(found) / np.sum(expected))
        many = expected >= 10
        rest = expected[~many].sum()
        if rest > 0:
            found, expected = np.append(found[many], found[~many].sum()), np.append(expected[many], rest)
        self.fits(quantity, f"{theory} (χ²)", float(stats.chisquare(found, expected).pvalue))

    def holds(self, quantity: str, theory: str, simulated: str, truth: bool) -> None:
        """A statement that is not about a mean: a bound, an order, an exact answer."""
        self.note(quantity, theory, simulated, None)
        assert truth, f"{quantity}: {theory}, found {simulated}"

    def note(self, quantity: str, theory: str, simulated: str, deviation: float | None, score: float | None = None):
        """Record a row without a verdict; ``score`` where it is not the deviation itself."""
        if self._rows is not None:
            score = deviation if score is None else score
            self._rows.append(Row(*self._about, quantity, theory, simulated, deviation, score, self._figure))


def _figures(value: float, error: float) -> str:
    """``value`` to one digit more than ``error`` shows."""
    digits = 1 - int(f"{error:e}".split("e")[1]) if error > 0 else 6
    return f"{value:.{max(0, min(digits, 9))}f}"


FORMS = [pytest.param(False, id="short"), pytest.param(True, id="long", marks=pytest.mark.long)]


@pytest.fixture(scope="class", params=FORMS)
def form(request) -> Form:
    """Short or long."""
    return Form(request.param)


@pytest.fixture
def law(request) -> Recorder:
    """The recorder of the law that the test belongs to."""
    marked_long = request.node.get_closest_marker("long") is not None
    about = request.cls or request.function
    law = " ".join((about.__doc__ or "").split("\n\n")[0].split())
    area = (request.module.__doc__ or "").split("\n")[0]
    rows = request.config.stash.setdefault(ROWS, []) if marked_long else None
    return Recorder(area, about.__name__, law, getattr(request.cls, "FIGURE", None), rows)


def pytest_collection_modifyitems(config, items):
    """Figures are drawn from the long form alone."""
    drawn = [item for item in items if item.name.startswith("test_figure[short")]
    if drawn:
        config.hook.pytest_deselected(items=drawn)
        items[:] = [item for item in items if item not in drawn]


def pytest_sessionfinish(session):
    """Leave the rows beside the figures."""
    if rows := session.config.stash.get(ROWS, []):
        (folder() / "laws.json").write_text(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False))
