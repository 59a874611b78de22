"""M2: the models at the start, drawn by draws keyed by (developer, version).

From a calibration: a model's ability and spread are those of a calibrated system, with a jitter on the logit and on
the log; a fork takes its parent's instead. From the landscape: a model stands on a random position, a fork one bit
away from its parent. A fork shares its parent's lineage. The house models, one a domain, come first.
"""

import numpy as np
from scipy.special import expit, logit

from sim.config import Config
from sim.datasets import Datasets
from sim.endowment import Endowments
from sim.landscape import Landscape
from sim.models import HOUSE, LATENT
from sim.response import median_logit
from sim.streams import POPULATION, generator


def build_population(config: Config, landscape: Landscape, datasets: Datasets, endowments: Endowments) -> np.ndarray:
    """LATENT (M,): the house models, then ``population.models`` models in turn over developers and domains."""
    houses, models = config.demand.domains, config.population.models
    rows = np.zeros(houses + models, LATENT)
    for d in range(houses):
        rows[d] = _house(config, d)
    for m in range(houses, houses + models):
        rows[m] = _founder(config, rows, m, landscape, endowments)
    rows["missing"] = datasets.rates(datasets.start()).missing
    rows["demo"] = datasets.demo(datasets.start())
    rows["came_with"] = rows["slots"]
    return rows


def newcomer(
    config: Config, developer: int, landscape: Landscape, datasets: Datasets, endowments: Endowments
) -> np.void:
    """LATENT: the model that ``developer`` would begin with, on a random position; nobody has built it."""
    rng = generator(config.seed, POPULATION, developer, 0)
    _, _, system, place = rng.random(4)
    row = _blank(developer, 0, int(endowments.domain[developer]))
    row["position"] = int(place * 2**config.landscape.n)
    _draw(config, row, landscape.logit(int(row["domain"]), int(row["position"])), _system(config, system)[1], rng)
    row["missing"], row["demo"] = datasets.rates(datasets.start()).missing, datasets.demo(datasets.start())
    row["came_with"] = row["slots"]
    return row[()]


def _blank(developer: int, version: int, domain: int) -> np.ndarray:
    row = np.zeros((), LATENT)
    row["developer"], row["version"], row["domain"] = developer, version, domain
    row["parent"] = row["lineage"] = row["idea"] = row["position"] = row["name"] = -1
    row["polish"] = 1.0
    return row


def _house(config: Config, domain: int) -> np.ndarray:
    """The house model: the mean of the population in all but ability, slots and price."""
    p = config.population
    row = _blank(HOUSE, 0, domain)
    row["potential"], row["offset"] = p.house_ability, logit(p.house_ability)
    row["spread"] = np.median([s.spread for s in config.calibration.systems]) if p.spread is None else p.spread
    row["hazard"], row["drift"], row["e_edge"], row["e_adv"] = p.hazard, p.drift, p.edge_penalty, p.adversarial_penalty
    row["ttft"], row["speed"], row["slots"] = p.ttft_s, p.tokens_per_s, p.house_slots
    row["demo_score"] = p.house_ability
    return row


def _founder(config: Config, rows: np.ndarray, m: int, landscape: Landscape, endowments: Endowments) -> np.ndarray:
    p, houses = config.population, config.demand.domains
    k = m - houses
    developer, version, domain = k % p.developers, k // p.developers, k % houses
    row = _blank(developer, version, domain)
    row["name"] = developer * config.developers.names
    rng = generator(config.seed, POPULATION, developer, version)
    fork, parent, system, place = rng.random(4)
    earlier = (m - houses - domain) // houses  # models of the domain before this one
    row["lineage"] = m
    base, spread = _system(config, system)
    if p.origin == "landscape":
        row["position"] = int(place * 2**config.landscape.n)
    if earlier and fork < p.fork_share:
        row["parent"] = houses + domain + houses * int(parent * earlier)
        origin = rows[row["parent"]]
        row["lineage"], spread, base = origin["lineage"], float(origin["spread"]), logit(origin["potential"])
        if p.origin == "landscape":
            row["position"] = origin["position"] ^ (1 << int(place * config.landscape.n))
    if p.origin == "landscape":
        row["offset"] = endowments.skill[developer]
        base = landscape.logit(domain, int(row["position"]))
    _draw(config, row, base, spread, rng)
    return row


def _system(config: Config, uniform: float) -> tuple[float, float]:
    """Logit ability and spread of a calibrated system."""
    chosen = config.calibration.systems[int(uniform * len(config.calibration.systems))]
    return logit(chosen.ability), chosen.spread if config.population.spread is None else config.population.spread


def _draw(config: Config, row: np.ndarray, base: float, spread: float, rng: np.random.Generator) -> None:
    """What differs between models: everything but where they stand."""
    p = config.population
    jitter = rng.standard_normal(6)
    row["offset"] += p.ability_sd * jitter[0]
    row["potential"] = expit(base + row["offset"])
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
    tasks = expit(median_logit(row["potential"], row["spread"]) + row["spread"] * rng.standard_normal(p.demo_prompts))
    row["demo_score"] = np.mean(rng.random(p.demo_prompts) < tasks)


def _around(rng: np.random.Generator, variation: float) -> float:
    """A gamma factor of mean 1 and the given coefficient of variation."""
    return rng.gamma(variation**-2, variation**2) if variation > 0 else 1.0
