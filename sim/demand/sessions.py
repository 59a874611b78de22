"""What sessions ask: the draws of M1 that do not depend on when a session arrives.

Sessions are drawn in blocks of ``CHUNK`` by session number, so session n has the same difficulty, domain, class,
user and audit draw in every arm, at every rate, and under every arrival process, a replayed trace included.
"""

import numpy as np

from sim.compiling import entry
from sim.config import Demand as Settings
from sim.records import ADVERSARIAL, EDGE, PLAIN, SESSION, TURN
from sim.streams import SESSIONS, generator

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

    def sessions(self, chunk: int) -> tuple[np.ndarray, np.random.Generator]:
        """The SESSION rows of chunk ``chunk`` without ``at``, and the generator that goes on to their turns.

        Every row is drawn before any setting is applied, so a setting changes its own column and no other.
        """
        rng = generator(self.seed, SESSIONS, chunk)
        s = np.empty(CHUNK, SESSION)
        s["difficulty"] = rng.standard_normal(CHUNK, np.float32)
        # Geometric by the integer part of an exponential.
        s["turns"] = 1 + rng.standard_exponential(CHUNK, np.float32) * self._turn_scale
        s["user"] = rng.random(CHUNK) * self.settings.users
        audit, domain, klass = rng.random((3, CHUNK), np.float32)
        s["audit"] = audit
        s["domain"] = np.searchsorted(self._domain_edges, domain, side="right")
        s["klass"] = self._classes(klass)
        s["first_turn"] = first_turns(s["turns"])
        return s, rng

    def _classes(self, uniform: np.ndarray) -> np.ndarray:
        adversarial = uniform < self.settings.adversarial
        edge = uniform >= 1 - self.settings.edge
        return np.where(adversarial, ADVERSARIAL, np.where(edge, EDGE, PLAIN))

    def turns(self, sessions: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The TURN rows of a whole chunk of sessions.

        The first context is the prompt; each later one adds the answer before it and a follow-up.
        """
        d, total = self.settings, int(sessions["first_turn"][-1] + sessions["turns"][-1])
        later = total - CHUNK
        output = tokens(rng, total, d.output_mu, d.output_sigma)
        prompt = tokens(rng, CHUNK, d.context_mu, d.context_sigma)
        followup = tokens(rng, later, d.followup_mu, d.followup_sigma)
        think = d.think_median_s * np.exp(d.think_sigma * rng.standard_normal(later, np.float32).astype(float))
        rows = np.zeros(total, TURN)
        _assemble(sessions["turns"], prompt, followup, output, on_grid(think, self.grid_bits), rows)
        return rows


@entry
def _assemble(turns, prompt, followup, output, think, rows):
    row = later = 0
    for session in range(len(turns)):
        context = prompt[session]
        for turn in range(turns[session]):
            if turn > 0:
                context += output[row - 1] + followup[later]
                rows[row].think = think[later]
                later += 1
            rows[row].context, rows[row].output = context, output[row]
            row += 1


def tokens(rng: np.random.Generator, size: int, mu: float, sigma: float) -> np.ndarray:
    """Lognormal whole numbers of tokens, from 1 to ``MOST_TOKENS``."""
    logs = np.float32(mu) + np.float32(sigma) * rng.standard_normal(size, dtype=np.float32)
    return np.rint(np.exp(np.clip(logs, 0, np.float32(np.log(MOST_TOKENS))))).astype(float)


def first_turns(turns: np.ndarray) -> np.ndarray:
    """Where each session's turns start in its chunk's turn table."""
    return np.cumsum(turns) - turns
