"""What sessions ask: the draws of M1 that do not depend on when a session arrives.

Draws are keyed by session number, and by turn: session n has the same difficulty, domain, class, user and audit draw
in every arm, at every rate, and under every arrival process, a replayed trace included. They are made ``CHUNK``
sessions at a time, column by column, which compilers turn into vector instructions.
"""

import numpy as np

from sim.compiling import entry
from sim.config import Demand as Settings
from sim.records import ADVERSARIAL, EDGE, PLAIN, SESSION, TURN
from sim.streams import ASKING, OPENING, normals, uniforms

CHUNK = 8192
"""Sessions that are drawn together."""

MOST_TOKENS = 1e9
"""Tokens of one turn are cut here, so that sums of them stay exact."""


def on_grid(times: np.ndarray, bits: int) -> np.ndarray:
    """Times in s, rounded to multiples of 2**-bits s; order is kept."""
    return np.ldexp(np.rint(np.ldexp(times, bits)), -bits)


def domain_shares(domains: int, exponent: float) -> np.ndarray:
    """Zipf: the share of domain d = 1..D is proportional to d**-exponent."""
    weights = np.arange(1, domains + 1, dtype=float) ** -exponent
    return weights / weights.sum()


class Mix:
    """Draws what sessions are and ask, chunk by chunk, under the ``demand`` settings."""

    def __init__(self, settings: Settings, seed: int, grid_bits: int):
        self.settings, self.seed, self.grid_bits = settings, seed, grid_bits
        self._domain_edges = np.cumsum(domain_shares(settings.domains, settings.zipf))[:-1]
        stay = 1 - 1 / settings.turns_mean
        self._turn_scale = -1 / np.log(stay) if stay else 0.0

    def sessions(self, chunk: int) -> np.ndarray:
        """The SESSION rows of chunk ``chunk`` without ``at``.

        Every column has a draw of its own, so a setting changes its own column and no other.
        """
        d, number = self.settings, chunk * CHUNK + np.arange(CHUNK)
        difficulty, turns, user, audit = uniforms(self.seed, OPENING, number, np.zeros(CHUNK, int))
        domain, klass, _, _ = uniforms(self.seed, OPENING, number, np.ones(CHUNK, int))
        rows = np.empty(CHUNK, SESSION)
        rows["difficulty"] = normals(difficulty)
        # Geometric by the integer part of an exponential.
        rows["turns"] = 1 - np.log(turns) * self._turn_scale
        rows["user"] = user * d.users
        rows["audit"] = audit
        rows["domain"] = np.searchsorted(self._domain_edges, domain, side="right")
        rows["klass"] = self._classes(klass)
        rows["first_turn"] = first_turns(rows["turns"])
        return rows

    def _classes(self, uniform: np.ndarray) -> np.ndarray:
        adversarial = uniform < self.settings.adversarial
        edge = uniform >= 1 - self.settings.edge
        return np.where(adversarial, ADVERSARIAL, np.where(edge, EDGE, PLAIN))

    def turns(self, sessions: np.ndarray, chunk: int) -> np.ndarray:
        """The TURN rows of ``sessions``, a whole chunk.

        The first context is the prompt; each later one adds the answer before it and a follow-up.
        """
        d = self.settings
        session = np.repeat(np.arange(CHUNK), sessions["turns"])
        turn = np.arange(len(session)) - sessions["first_turn"][session]
        output, added, think, _ = uniforms(self.seed, ASKING, chunk * CHUNK + session, turn)
        mu = np.where(turn == 0, d.context_mu, d.followup_mu)
        sigma = np.where(turn == 0, d.context_sigma, d.followup_sigma)
        later = np.flatnonzero(turn > 0)
        rows = np.zeros(len(session), TURN)
        rows["output"] = tokens(normals(output), d.output_mu, d.output_sigma)
        rows["context"] = tokens(normals(added), mu, sigma)
        rows["think"][later] = self._think(normals(think[later]))
        _add_up(turn, rows)
        return rows

    def _think(self, normal: np.ndarray) -> np.ndarray:
        d = self.settings
        return on_grid(d.think_median_s * np.exp(d.think_sigma * normal), self.grid_bits)


@entry
def _add_up(turn, rows):
    """Add to the tokens that a later turn brings what its context already holds."""
    held = 0.0
    for i in range(len(rows)):
        held = rows[i].context + (turn[i] > 0) * (held + rows[i - 1].output)
        rows[i].context = held


def tokens(normal: np.ndarray, mu: np.ndarray | float, sigma: np.ndarray | float) -> np.ndarray:
    """Lognormal whole numbers of tokens, from 1 to ``MOST_TOKENS``, of standard normals. Shapes broadcast."""
    return np.rint(np.exp(np.clip(mu + sigma * normal, 0.0, np.log(MOST_TOKENS))))


def first_turns(turns: np.ndarray) -> np.ndarray:
    """Where each session's turns start in its chunk's turn table."""
    return np.cumsum(turns) - turns
