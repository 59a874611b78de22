"""M2: the models that serve, drawn once from a calibration preset, by draws keyed by (developer, version).

A model's ability and spread are those of a calibrated system, with a jitter on the logit and on the log; a fork takes
its parent's instead, and shares its lineage. The house models, one a domain, come first.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from sim.config import Config
from sim.records import ADVERSARIAL, CLASSES, EDGE, MODEL
from sim.response import median_logit, moment, penalised
from sim.router.views import Catalogue
from sim.streams import POPULATION, generator

HOUSE = -1
"""Developer of the house models."""

_VERSION_BITS = 12
_HOUSE_UID = 0xFFFFF

# The latent state of a model; nobody in the network reads it.
LATENT = np.dtype(
    [
        ("developer", "i4"),
        ("version", "i4"),
        ("parent", "i4"),  # model; -1 for none
        ("lineage", "i4"),  # the model it goes back to
        ("domain", "i4"),
        ("ability", "f8"),
        ("spread", "f8"),
        ("hazard", "f8"),
        ("drift", "f8"),
        ("e_edge", "f8"),
        ("e_adv", "f8"),
        ("ttft", "f8"),
        ("speed", "f8"),
        ("slots", "i4"),
        ("price", "f8"),
        ("demo_score", "f8"),
    ]
)


@dataclass(frozen=True)
class Population:
    """All M models."""

    latent: np.ndarray  # LATENT (M,): the truth about them
    service: np.ndarray  # MODEL (M,): what the data plane needs of it
    catalogue: Catalogue  # what is public


def build_population(config: Config) -> Population:
    """The static population of ``config``: its house models, then ``population.models`` models in turn over domains."""
    houses, models = config.demand.domains, config.population.models
    latent = np.zeros(houses + models, LATENT)
    for d in range(houses):
        latent[d] = _house(config, d)
    for k in range(models):
        latent[houses + k] = _model(config, latent, houses + k)
    return Population(latent, _service(config, latent), _catalogue(latent))


def _house(config: Config, domain: int) -> np.ndarray:
    """The house model: the mean of the population in all but ability, slots and price."""
    p = config.population
    row = np.zeros((), LATENT)
    row["developer"], row["version"], row["parent"], row["lineage"], row["domain"] = HOUSE, 0, -1, domain, domain
    row["ability"], row["spread"] = p.house_ability, np.median([s.spread for s in config.calibration.systems])
    row["hazard"], row["drift"], row["e_edge"], row["e_adv"] = p.hazard, p.drift, p.edge_penalty, p.adversarial_penalty
    row["ttft"], row["speed"], row["slots"] = p.ttft_s, p.tokens_per_s, p.house_slots
    row["demo_score"] = p.house_ability
    return row


def _model(config: Config, latent: np.ndarray, m: int) -> np.ndarray:
    p, houses = config.population, config.demand.domains
    k = m - houses
    row = np.zeros((), LATENT)
    developer, version, domain = k % p.developers, k // p.developers, k % houses
    rng = generator(config.seed, POPULATION, developer, version)
    fork, parent, system = rng.random(3)
    jitter = rng.standard_normal(6)
    earlier = (m - houses - domain) // houses  # models of the domain before this one
    row["developer"], row["version"], row["parent"], row["lineage"], row["domain"] = developer, version, -1, m, domain
    if earlier and fork < p.fork_share:
        row["parent"] = houses + domain + houses * int(parent * earlier)
        origin = latent[row["parent"]]
        row["lineage"] = origin["lineage"]
        ability, spread = float(origin["ability"]), float(origin["spread"])
    else:
        chosen = config.calibration.systems[int(system * len(config.calibration.systems))]
        ability, spread = chosen.ability, chosen.spread
    row["ability"] = expit(logit(ability) + p.ability_sd * jitter[0])
    row["spread"] = spread * np.exp(p.spread_sd * jitter[1])
    for name, mean in (
        ("hazard", p.hazard), ("drift", p.drift), ("e_edge", p.edge_penalty), ("e_adv", p.adversarial_penalty)
    ):  # fmt: skip
        row[name] = mean * _around(rng, p.variation)
    row["hazard"], row["drift"] = min(row["hazard"], 1.0), min(row["drift"], 1.0)
    row["ttft"] = p.ttft_s * np.exp(p.speed_sd * jitter[2])
    row["speed"] = p.tokens_per_s * np.exp(p.speed_sd * jitter[3])
    row["slots"] = 1 + rng.poisson(p.slots - 1)
    row["price"] = p.price * np.exp(p.price_sd * jitter[4])
    tasks = expit(median_logit(row["ability"], row["spread"]) + row["spread"] * rng.standard_normal(p.demo_prompts))
    row["demo_score"] = np.mean(rng.random(p.demo_prompts) < tasks)
    return row


def _around(rng: np.random.Generator, variation: float) -> float:
    """A gamma factor of mean 1 and the given coefficient of variation."""
    return rng.gamma(variation**-2, variation**2) if variation > 0 else 1.0


def _service(config: Config, latent: np.ndarray) -> np.ndarray:
    p, r = config.population, config.response
    service = np.zeros(len(latent), MODEL)
    house = latent["developer"] == HOUSE
    owner = np.where(house, _HOUSE_UID - latent["domain"], latent["developer"]).astype(np.int64)
    service["uid"] = (owner << _VERSION_BITS) | latent["version"]
    service["lineage"] = service["uid"][latent["lineage"]]
    for name in ("domain", "slots", "ttft", "speed", "hazard", "drift"):
        service[name] = latent[name]
    service["window"], service["brilliance"] = p.window_tokens, p.brilliance
    service["price"] = np.rint(latent["price"] * 1e6)
    for klass in range(len(CLASSES)):
        spread = latent["spread"] * (r.adversarial_dispersion if klass == ADVERSARIAL else 1.0)
        service["spread"][:, klass] = spread
        for derailed in range(2):
            penalty = derailed * r.derail_penalty
            if klass == EDGE:
                penalty = penalty + latent["e_edge"]
            elif klass == ADVERSARIAL:
                penalty = penalty + latent["e_adv"]
            service["mu"][:, 2 * klass + derailed] = median_logit(penalised(latent["ability"], penalty), spread)
    return service


def _catalogue(latent: np.ndarray) -> Catalogue:
    n = len(latent)
    return Catalogue(
        uid=np.arange(n),
        domain=latent["domain"],
        developer=latent["developer"],
        price=latent["price"],
        slots=latent["slots"],
        stake=np.zeros(n),
        demo_score=latent["demo_score"],
        admitted_day=np.full(n, np.nan),
    )


def reliability(population: Population, k: int) -> tuple[np.ndarray, np.ndarray]:
    """(pass^k, agreement^k) of each model on plain first turns: k repeats all good; all good and none drifted."""
    passed = moment(population.service["mu"][:, 0], population.service["spread"][:, 0], k)
    return passed, passed * (1.0 - population.latent["drift"]) ** k
