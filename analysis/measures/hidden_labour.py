"""Hidden labour: what developers do before anybody sees their work, and who does it."""

import math

from analysis.measure import measure
from analysis.run import Run


@measure(
    unit="share of hours",
    formula="Σ hours_cleanup / Σ hours over developers",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M12",
    recipe="developers.hours_cleanup.sum() / developers.filter(like='hours_').sum().sum()",
)
def cleanup_share(run: Run) -> float:
    """Share of all hours that goes into cleaning up before a submission. NaN where nobody worked."""
    developers = run["developers"]
    total = math.fsum(developers[name].sum() for name in developers if name.startswith("hours_"))
    return developers["hours_cleanup"].sum() / total if total else math.nan
