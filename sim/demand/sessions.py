"""What sessions ask: the draws of M1 that do not depend on when a session arrives.

Draws are keyed by session number, and by turn: session n has the same difficulty, domain, class, user and audit draw
in every arm, at every rate, and under every arrival process, a replayed trace included. They are made ``CHUNK``
sessions at a time, column by column, which compilers turn into vector instructions.
"""

import math

import numpy as np

from sim.compiling import entry, kernel
from sim.config import Demand as Settings
from sim.records import ADVERSARIAL, EDGE, PLAIN, SESSION, TURN
from sim.streams import ASKING, OPENING, normals, uniforms

CHUNK = 8192
"""Sessions that are drawn together."""

MOST_TOKENS = 1e9
"""Tokens of one turn are cut here, so that sums of them stay exact."""

_LOG_MOST = math.log(MOST_TOKENS)


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
        shares = self._domain_edges, d.adversarial, d.edge
        logs = np.log(turns)
        _open(normals(difficulty), logs, self._turn_scale, user, d.users, audit, domain, klass, *shares, rows)
        return rows

    def turns(self, sessions: np.ndarray, chunk: int) -> np.ndarray:
        """The TURN rows of ``sessions``, a whole chunk.

        The first context is the prompt; each later one adds the answer before it and a follow-up.
        """
        d, n = self.settings, int(sessions["turns"].sum())
        session, turn = np.empty(n, np.int64), np.empty(n, np.int64)
        _number(sessions["turns"].astype(np.int64), chunk * CHUNK, session, turn)
        drawn = normals(uniforms(self.seed, ASKING, session, turn)[:3].reshape(-1)).reshape(3, n)
        laws = (d.output_mu, d.output_sigma), (d.context_mu, d.context_sigma), (d.followup_mu, d.followup_sigma)
        _logs(turn, *laws, d.think_sigma, drawn)
        rows = np.empty(n, TURN)
        _ask(turn, *np.exp(drawn, out=drawn), d.think_median_s, 2.0**self.grid_bits, rows)
        return rows


@entry
def _open(difficulty, log_turns, turn_scale, user, users, audit, domain, klass, edges, adversarial, edge, rows):
    """Fill SESSION ``rows``, but for ``at``: ``difficulty`` and logs are made of uniform draws, others are draws."""
    first = 0
    for i in range(len(rows)):
        row = rows[i]
        row.difficulty, row.audit, row.user = difficulty[i], audit[i], np.int64(user[i] * users)
        at = 0
        for j in range(len(edges)):
            at += domain[i] >= edges[j]
        row.domain = at
        row.klass = ADVERSARIAL if klass[i] < adversarial else EDGE if klass[i] >= 1.0 - edge else PLAIN
        row.turns = np.int64(1.0 - log_turns[i] * turn_scale)  # geometric by the integer part of an exponential
        row.first_turn = first
        first += row.turns


@entry
def _number(turns, first, session, turn):
    """Fill in of every turn its session and its own number; ``turns`` of session ``first``, ``first`` + 1 and so on."""
    s, t = 0, 0
    for i in range(len(session)):
        session[i], turn[i] = first + s, t
        t += 1
        last = t == turns[s]  # no branch: it would be mispredicted
        t = 0 if last else t
        s += last


@entry
def _logs(turn, output, opening, later, think_sigma, drawn):
    """Turn normal draws (3, n) into logs: of the tokens of the answer and of what is asked, and of the think time."""
    for i in range(len(turn)):
        mu, sigma = opening if turn[i] == 0 else later
        drawn[0, i] = log_tokens(drawn[0, i], output[0], output[1])
        drawn[1, i] = log_tokens(drawn[1, i], mu, sigma)
        drawn[2, i] = think_sigma * drawn[2, i]


@entry
def _ask(turn, output, asked, think, think_s, grid, rows):
    """Fill TURN ``rows``: the context of a later turn holds the one before, the answer to it, and what is asked."""
    held = 0.0
    for i in range(len(rows)):
        row, later = rows[i], turn[i] > 0
        row.not_before, row.output = 0.0, np.rint(output[i])
        thought = np.rint(think_s * think[i] * grid) / grid  # of every turn, since a branch would be mispredicted
        row.think = thought if later else 0.0
        held = np.float32(np.rint(asked[i])) + (held if later else 0.0)
        row.context = held
        held += row.output


@kernel
def log_tokens(normal, mu, sigma):
    """The log of a lognormal number of tokens from 1 to ``MOST_TOKENS``, of a standard normal."""
    return min(max(mu + sigma * normal, 0.0), _LOG_MOST)


def tokens(normal: np.ndarray, mu: float, sigma: float) -> np.ndarray:
    """Lognormal whole numbers of tokens, from 1 to ``MOST_TOKENS``, of standard normals."""
    return np.rint(np.exp([log_tokens(z, mu, sigma) for z in normal.tolist()]))
