"""M11: what a project makes of a model: the row of the new version from the row of the one it starts from.

    offset = skill of the builder + what the data add + luck of the build

so luck is drawn anew with each build and never inherited. All but an experiment keep the lineage, and how mature their
parent is. Rows are LATENT and new; nothing that is given is changed.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.compiling import entry
from sim.config import Learning, Projects
from sim.config.developers import Cleanup
from sim.datasets import Datasets
from sim.developers.ideas import Idea
from sim.landscape import Landscape
from sim.learning import expit, left_live
from sim.models import KINDS
from sim.streams import BUILD, draw, normal


@entry
def _begin(rows, kind, developer, version, parent, day):
    """Copies of a row get a new name: not cleaned, nothing known of known tasks, not shown to anybody."""
    for i in range(len(rows)):
        row = rows[i]
        row.kind, row.developer, row.version, row.parent = kind, developer, version, parent
        row.idea = row.name = -1
        row.born_day = row.worked_day = day
        row.polish, row.familiarity, row.cleanup_hours, row.demo_score = 1.0, 0.0, 0.0, 0.0


@entry
def _build(rows, seed, place, offset, luck, demo):
    """Copies of a row become the first builds of its version; fewer of them are the first of more.

    ``place`` is the logit that the landscape gives the position, ``offset`` what skill and data add, and ``luck`` the
    standard deviation of what chance adds.
    """
    for build in range(len(rows)):
        row = rows[build]
        row.offset = offset + luck * normal(draw(seed, BUILD, row.version, build, 0, row.developer)[0])
        row.potential = expit(place + row.offset)
        row.demo = demo


@entry
def _clean(rows, hours, study, c0, study0, lasting):
    for i in range(len(rows)):
        row = rows[i]
        polish = math.exp(-hours / c0)
        live = left_live(polish, lasting)
        row.drift *= live
        row.e_edge *= live
        row.e_adv *= live
        row.polish, row.cleanup_hours = polish, hours
        row.familiarity = 1.0 - math.exp(-study / study0)


@entry
def _bit(seed, developer, version, bits):
    """Uniform on 0 ... bits - 1; 32 random bits leave no bias that could be seen."""
    return np.int64(draw(seed, BUILD, version, 0, 1, developer)[0]) % bits


class Birth(NamedTuple):
    """Whose new version it is, and when."""

    developer: int
    version: int  # among the developer's
    parent: int  # index of the model it starts from
    day: float
    skill: float  # logit: what the developer's skill adds to the potential of all its models


@dataclass(frozen=True)
class Workshop:
    """What projects do in one world."""

    seed: int
    learning: Learning
    projects: Projects
    landscape: Landscape
    datasets: Datasets

    def refine(self, parent: np.void, birth: Birth, bit: int) -> np.void:
        """One bit of one's own model flipped."""
        return self._flipped("refine", parent, birth, bit)

    def fork(self, leader: np.void, birth: Birth, bit: int) -> np.void:
        """One bit of somebody else's model flipped: all but skill and luck is the leader's."""
        return self._flipped("fork", leader, birth, bit)

    def experiment(self, own: np.void, birth: Birth, idea: Idea) -> np.void:
        """A long jump from one's ``own`` model to the position of ``idea``: raw, and a lineage of its own.

        Where ideas are worth nothing (placebo) all is as it would be, but the landscape gives what it gives ``own``.
        """
        settings, learning = self.landscape.settings, self.learning
        distance = (int(own["position"]) ^ idea.position).bit_count() / settings.n
        row = self._child("experiment", own, birth)
        row["lineage"], row["idea"], row["live"] = -1, idea.number, 0
        row["gap"], row["rawness"] = learning.gap + learning.gap_distance * distance, learning.rawness
        if settings.worth == "own":
            row["domain"], row["position"] = idea.domain, idea.position
        return self.builds(row, birth.skill, 1)[0]

    def harden(self, parent: np.void, birth: Birth) -> np.void:
        """Less hazard, drift and penalties, more spread, each by a share of what there is: returns diminish."""
        p = self.projects
        row = self._child("harden", parent, birth)
        for name in ("hazard", "drift"):
            row[name] *= p.harden_hazard
        for name in ("e_edge", "e_adv"):
            row[name] *= p.harden_penalty
        row["spread"] += p.harden_spread * max(p.spread_max - row["spread"], 0.0)
        return self.builds(row, birth.skill, 1)[0]

    def broaden(self, parent: np.void, birth: Birth, plan: int, polish: float = 1.0) -> np.void:
        """Data broadened by ``plan``, with the share ``polish`` of its wrong labels left."""
        row = self._child("data", parent, birth)
        row["dataset"] = self.datasets.broaden(int(parent["dataset"]), plan, polish)
        row["missing"] = self.datasets.rates(int(row["dataset"])).missing
        spread, hazard = self.datasets.thin(row["missing"])
        spread_before, hazard_before = self.datasets.thin(parent["missing"])
        row["spread"] *= spread / spread_before
        row["hazard"] = min(row["hazard"] * hazard / hazard_before, 1.0)
        return self.builds(row, birth.skill, 1)[0]

    def relabelled(self, row: np.void, parent: np.void, plan: int, polish: float, skill: float) -> np.void:
        """``row``, which ``broaden`` made of ``parent``, with the share ``polish`` of its new wrong labels left."""
        row = copies(row)[0]
        row["dataset"] = self.datasets.broaden(int(parent["dataset"]), plan, polish)
        return self.builds(row, skill, 1)[0]

    def builds(self, row: np.void, skill: float, count: int) -> np.ndarray:
        """LATENT (count,): builds of one version, the same model but for their luck; ``row`` is the first of them."""
        rows, dataset = copies(row, count), int(row["dataset"])
        place, offset = self.landscape.logit(int(row["domain"]), int(row["position"])), self.datasets.offset(dataset)
        _build(rows, self.seed, place, skill + offset, self.projects.luck, self.datasets.demo(dataset))
        return rows

    def bit(self, developer: int, version: int) -> int:
        """The bit that a refinement or a fork flips where nothing speaks for another: uniform."""
        return _bit(self.seed, developer, version, self.landscape.settings.n)

    def _flipped(self, kind: str, parent: np.void, birth: Birth, bit: int) -> np.void:
        row = self._child(kind, parent, birth)
        row["position"] = int(row["position"]) ^ (1 << bit)
        return self.builds(row, birth.skill, 1)[0]

    def _child(self, kind: str, parent: np.void, birth: Birth) -> np.void:
        """The parent's row under a new name."""
        rows = copies(parent)
        _begin(rows, KINDS.index(kind), birth.developer, birth.version, birth.parent, birth.day)
        return rows[0]


def copies(row: np.void, count: int = 1) -> np.ndarray:
    """(count,) of the row, by way of its bytes, since numpy copies records field by field."""
    return np.frombuffer(bytearray(row.tobytes() * count), row.dtype)


def cleaned(row: np.void, hours: float, study: float, cleanup: Cleanup) -> np.void:
    """``row`` after ``hours`` of cleanup and ``study`` hours on known tasks, before it is submitted.

    Live, drift and penalties keep 1 - lasting·(1 - exp(-c/c0)) of themselves, in this model and its descendants;
    evaluation sees exp(-c/c0) of them (sim.learning.show). Study gives familiarity 1 - exp(-study/study0).
    """
    rows = copies(row)
    _clean(rows, hours, study, cleanup.c0, cleanup.study0, cleanup.lasting)
    return rows[0]
