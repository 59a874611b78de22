"""The page of ``turnstile verify``: each law, its theory and what was simulated, as the suite recorded them."""

import json
import re
from itertools import groupby
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image
from scipy import stats

LAWS = "laws.json"
OVERALL = "overall"


def write_page(out: Path, figures: Path, expression: str | None = None) -> Path | None:
    """Render ``out``/verification.md from the rows that the suite left in ``out``/``figures``; None without rows."""
    recorded = out / figures / LAWS
    if not recorded.exists():
        return None
    rows = json.loads(recorded.read_text(encoding="utf-8"))
    recorded.unlink()
    scores = np.array([row["score"] for row in rows if row["score"] is not None])
    _draw_overall(scores, out / figures / f"{OVERALL}.png")
    for path in (out / figures).glob("*.png"):
        _few_colours(path)
    page = out / "verification.md"
    page.write_text("\n".join(_page(rows, scores, out, figures, expression)) + "\n", encoding="utf-8")
    return page


def _page(rows: list[dict], scores: np.ndarray, out: Path, figures: Path, expression: str | None):
    selected = f" -k '{expression}'" if expression else ""
    yield "# Verification"
    yield ""
    yield f"Rendered by `turnstile verify --out docs{selected}`, never typed. Each law is compared with the"
    yield "simulation inside an interval from the runs' own variance (± is one standard error). The deviation is in"
    yield "standard errors; for tests of fit it is the normal deviate of the same p-value, and where it is blank the"
    yield "statement is exact or a bound. Short forms of the same tests run in `make test`."
    yield ""
    if scores.size:
        yield f"{len(rows)} comparisons; {scores.size} have a deviation. As normal deviates (few replications make a"
        yield f"wide t) their root mean square is {np.sqrt(np.mean(scores**2)):.2f} and the largest"
        yield f"{np.abs(scores).max():.2f}. If every law holds they are standard normal, though comparisons of one law"
        yield "share their runs."
        yield ""
        yield f"![deviations of all comparisons]({figures.as_posix()}/{OVERALL}.png)"
        yield ""
    yield "| law | comparisons | largest deviation |"
    yield "|---|--:|--:|"
    for _, name, own in _laws(rows):
        found = [abs(row["deviation"]) for row in own if row["deviation"] is not None]
        yield f"| [{name}](#{_anchor(name)}) | {len(own)} | {f'{max(found):.1f}' if found else ''} |"
    yield ""
    area = None
    for now, name, own in _laws(rows):
        if now != area:
            area = now
            yield f"## {area.rstrip('.')}"
            yield ""
        yield from _law(name, own, figures)
    shown = {row["figure"] for row in rows} | {OVERALL}
    others = sorted(path.stem for path in (out / figures).glob("*.png") if path.stem not in shown)
    if others:
        yield "## Further plots of the suite"
        yield ""
        for name in others:
            yield f"![{name.replace('_', ' ')}]({figures.as_posix()}/{name}.png)"
            yield ""


def _laws(rows: list[dict]):
    for (area, name), own in groupby(rows, lambda row: (row["area"], row["name"])):
        yield area, _spoken(name), list(own)


def _law(name: str, rows: list[dict], figures: Path):
    yield f"### {name}"
    yield ""
    yield rows[0]["law"]
    yield ""
    yield "| quantity | theory | simulated | deviation |"
    yield "|---|--:|--:|--:|"
    for row in rows:
        deviation = "" if row["deviation"] is None else f"{row['deviation']:+.1f}"
        cells = (row["quantity"], row["theory"], row["simulated"], deviation)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""
    if rows[0]["figure"]:
        yield f"![{name}]({figures.as_posix()}/{rows[0]['figure']}.png)"
        yield ""


def _spoken(name: str) -> str:
    """``TestErlangC`` as "Erlang C", ``test_a_law`` as "A law"."""
    words = re.sub(r"^[Tt]est_?", "", name).replace("_", " ")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words)
    words = re.sub(r"\b(Of|The|A|An|In|And|On|By)\b", lambda small: small[0].lower(), words)
    return words[:1].upper() + words[1:]


def _anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")


def _few_colours(path: Path) -> None:
    """Write the plot again with a small palette: a third of the size, and the page's folder is kept in docs."""
    with Image.open(path) as drawn:
        few = drawn.convert("RGB").quantize(64)
    few.save(path, optimize=True)


def _draw_overall(scores: np.ndarray, path: Path) -> None:
    made = Figure(figsize=(5.0, 3.8), layout="constrained")
    ax = made.subplots()
    n = scores.size
    theory = stats.norm.ppf((np.arange(n) + 0.5) / n)
    ax.plot([-4, 4], [-4, 4], "k", lw=0.8)
    ax.plot(theory, np.sort(scores), "o", ms=3)
    ax.set(xlabel="standard normal", ylabel="deviations, as normal deviates", title="on the line: all laws hold")
    made.savefig(path, dpi=80)
