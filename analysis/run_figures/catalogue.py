"""The figures of a run, in the order in which they are drawn. Each has a TITLE and ``draw(run) -> Figure``."""

from analysis.run_figures import (
    confidence,
    hours,
    ideas,
    latency,
    network,
    presence,
    projects,
    queues,
    shares,
    stakes,
    tiers,
    traffic,
)

ALWAYS = (traffic, latency, shares, confidence, queues)
ECONOMY = (tiers, projects, stakes, ideas, hours, presence, network)
"""Where developers decide."""
