"""M9: the gauntlet. Prompts x repeats x turns through the response function of live traffic.

The tasks are the gauntlet's own. An evaluation is known by (model uid, number), and its prompts are fresh: no other
evaluation, of this model or another, meets one of them, so that neither a rehearsal nor a parent hands its luck on. The
three parts of a task's latent difficulty, √κ·z_r + √ξ·z_{lineage,r} + √(1-κ-ξ)·z_{m,r}, are then drawn afresh
together, and their sum is one standard normal whatever κ and ξ.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.compiling import entry, kernel
from sim.config import Config
from sim.records import CLASSES
from sim.response import succeeds, success
from sim.streams import PROMPT, TRIAL, draw, normal, uniform
from sim.trust.scores import Outcomes, Score, resolve

_PROMPTS = 2**17  # room for the prompts of one evaluation within the key of a draw
_BLOCK = 64  # prompts whose random words are drawn at once
_LATER = 2**15  # added to the turn: a second block of the same trial
_LOGNORMAL, _EXPONENTIAL, _FIXED, _NOBODY = range(4)
_LAWS = {"lognormal": _LOGNORMAL, "exponential": _EXPONENTIAL, "fixed": _FIXED, "none": _NOBODY}

# What an evaluation is like: the keys of the gauntlet, and what it shares with live traffic.
_RULES = np.dtype(
    [
        ("seed", "u8"),
        ("paraphrases", "i8"),
        ("paraphrase", "f8"),
        ("context_share", "f8"),
        ("gamma", "f8"),
        ("drift_hazard", "f8"),
        ("concurrency", "i8"),
        ("noise", "i8"),
        ("noise_sigma", "f8"),
        ("patience", "i8"),
        ("patience_s", "f8"),
        ("patience_sigma", "f8"),
    ]
)


class Prompts(NamedTuple):
    """The prompts of every evaluation, class by class in the order of CLASSES."""

    klass: np.ndarray  # int64 (P,)
    known: np.ndarray  # bool (P,): public, so that familiarity helps
    bounds: tuple[int, ...]  # prompts bounds[c] to bounds[c + 1] are of class c


def prompts(settings) -> Prompts:
    """The mix of classes and of known prompts is exact, so it adds no noise: shares of the prompts, rounded down.

    ``settings`` the gauntlet's section. What rounding leaves over is plain, and unknown.
    """
    edge, adversarial = (_part(share, settings.prompts) for share in (settings.edge, settings.adversarial))
    counts = (settings.prompts - edge - adversarial, edge, adversarial)
    known = [np.arange(n) < _part(settings.known, n) for n in counts]
    return Prompts(np.repeat(np.arange(len(CLASSES)), counts), np.concatenate(known), (0, *np.cumsum(counts).tolist()))


def _part(share: float, whole: int) -> int:
    return math.floor(share * whole + 1e-9)  # .29 · 100 is 29


class Evaluator:
    """Evaluates candidates under one configuration. Its arrays are allocated once."""

    def __init__(self, config: Config):
        settings, service, response = config.gauntlet, config.service, config.response
        self.prompts = prompts(settings)
        shape = (settings.prompts, settings.repeats, settings.turns)
        self._good, self._drifted = np.zeros(shape, np.int8), np.zeros(shape, np.int8)
        concurrency = min(settings.concurrency, settings.prompts * settings.repeats)
        self._busy = np.zeros((settings.turns, concurrency))
        self._tasks = np.zeros(_BLOCK, np.uint64)
        self._words = np.zeros((settings.repeats, settings.turns, 4, _BLOCK), np.uint64)
        self._outcomes = Outcomes(self._good, self._drifted, self.prompts.bounds)
        self._rule = resolve(settings.score)
        self._rules = np.zeros(1, _RULES)
        self._rules[0] = (
            config.seed,
            settings.paraphrases,
            settings.paraphrase,
            settings.context_share,
            response.gamma,
            response.drift_hazard,
            concurrency,
            _LAWS[service.noise],
            service.noise_sigma,
            _LAWS[service.patience],
            service.patience_s,
            service.patience_sigma,
        )

    def run(self, candidate: np.ndarray, number: int) -> Outcomes:
        """Evaluation ``number`` (from 0, below 2**39) of ``candidate``, a CANDIDATE array of one.

        The next call overwrites what this one returns.
        """
        klass, known, _ = self.prompts
        _evaluate(candidate, number, self._rules, klass, known, self._busy, self._tasks, self._words, self._good,
                  self._drifted)  # fmt: skip
        return self._outcomes

    def score(self, candidate: np.ndarray, number: int) -> Score:
        """The score of evaluation ``number``, by the rule that `gauntlet.score` names."""
        return self._rule(self.run(candidate, number))


@entry
def _evaluate(candidate, number, rules, klasses, known, busy, tasks, words, good, drifted):
    """Fill ``good``, ``drifted`` (P, repeats, turns); ``busy``, ``tasks`` and ``words`` are room to work in.

    Repeat j of a prompt is asked in wording j mod paraphrases, which redraws a share ϕ of the variance of the task:
    z = √(1-ϕ)·z_task + √ϕ·z_wording. Turn k > 1 derails the repeat for good with probability
    h·(context_share·(k-1))^γ·(1 + drift_hazard·drifted answers so far); nobody recaps.
    """
    c, x = candidate[0], rules[0]
    count, repeats, turns = good.shape
    share = min(1.0, x.paraphrase * c.fragility)
    kept, redrawn = math.sqrt(1.0 - share), math.sqrt(share)
    for prompt in range(count):
        klass = klasses[prompt]
        session = number * _PROMPTS + prompt
        lift = c.familiarity if known[prompt] else 0.0
        column = prompt % _BLOCK
        if column == 0:
            _draw(x.seed, session, c.uid, min(_BLOCK, count - prompt), tasks, words)
        task = normal(tasks[column])
        for repeat in range(repeats):
            z = task
            if share > 0.0:
                wording = 1 + repeat % x.paraphrases
                z = kept * task + redrawn * normal(draw(x.seed, PROMPT, session, wording, 0, c.uid)[0])
            derailed = drifts = 0
            for turn in range(1, turns + 1):
                word = words[repeat, turn - 1, :, column]
                if turn > 1 and derailed == 0:
                    load = (x.context_share * (turn - 1)) ** x.gamma
                    derailed = uniform(word[2]) < c.hazard * load * (1.0 + x.drift_hazard * drifts)
                in_time = True
                if x.concurrency > 1:
                    place = (prompt * repeats + repeat) % x.concurrency
                    took = _latency(busy[turn - 1], place, c.slots, service(x, c.service_s, word[1]))
                    in_time = took <= patience(x, x.seed, session, repeat, turn, c.uid)
                ok = in_time and _solves(uniform(word[0]), c.mu[2 * klass + derailed], c.spread[klass], z, lift)
                drift = ok and uniform(word[3]) < c.drift
                drifts += drift
                good[prompt, repeat, turn - 1] = ok
                drifted[prompt, repeat, turn - 1] = drift


@kernel
def _draw(seed, first, uid, many, tasks, words):
    """Fill ``tasks`` (B,) and ``words`` (repeats, turns, 4, B) with the random words of ``many`` prompts, ``first`` and
    those after it.

    Before they are needed: draws that nothing stands between are made several at a time.
    """
    for prompt in range(many):
        tasks[prompt] = draw(seed, PROMPT, first + prompt, 0, 0, uid)[0]
    for repeat in range(words.shape[0]):
        for turn in range(words.shape[1]):
            for prompt in range(many):
                a, b, c, d = draw(seed, TRIAL, first + prompt, repeat, turn + 1, uid)
                trial = words[repeat, turn]
                trial[0, prompt], trial[1, prompt], trial[2, prompt], trial[3, prompt] = a, b, c, d


@kernel
def _solves(u, mu, spread, z, lift):
    """Whether a uniform number ``u`` is below p + f·(1-p), f the ``lift``."""
    if lift > 0.0:
        p = success(mu, spread, z)
        return u < p + lift * (1.0 - p)
    return succeeds(u, mu, spread, z)


@kernel
def _latency(busy, place, slots, service_s):
    """Wait and service in s of the request at ``place`` (0, 1, ...) of those that come at once.

    First come, first served; ``busy`` holds until when each slot is taken. Work that is given up keeps its place.
    """
    slot = place
    if place >= slots:
        slot = 0
        for other in range(1, slots):
            if busy[other] < busy[slot]:
                slot = other
        service_s += busy[slot]
    busy[slot] = service_s
    return service_s


@kernel
def service(x, mean_s, word):
    """M5's service time in s, of mean ``mean_s``."""
    if x.noise == _LOGNORMAL:
        return mean_s * math.exp(x.noise_sigma * (normal(word) - 0.5 * x.noise_sigma))
    if x.noise == _EXPONENTIAL:
        return -mean_s * math.log(uniform(word))
    return mean_s


@kernel
def patience(x, seed, session, repeat, turn, uid):
    """M5's patience with one request, in s."""
    if x.patience == _NOBODY:
        return math.inf
    if x.patience == _FIXED:
        return x.patience_s
    word = draw(seed, TRIAL, session, repeat, turn + _LATER, uid)[0]
    if x.patience == _EXPONENTIAL:
        return -x.patience_s * math.log(uniform(word))
    return x.patience_s * math.exp(x.patience_sigma * normal(word))
