"""The state of the data plane: record arrays, gathered in one named tuple that both planes hand to the shared laws."""

from typing import NamedTuple

import numpy as np

from sim.growth import overwrite, roomy
from sim.records import ATTEMPT, LATENCY_BINS, MODEL, C, N

NONE = -1

# Integers are all of one size, so that every law is compiled once.

# One session in the network, or work that its session has abandoned.
REQUEST = np.dtype(
    [
        ("session", "i8"),
        ("user", "i8"),
        ("client", "i8"),  # the gateway that the user goes through
        ("difficulty", "f8"),
        ("z", "f8"),  # latent difficulty on the current model
        ("domain", "i8"),
        ("klass", "i8"),
        ("audited", "i8"),
        ("turn", "i8"),  # 1, 2, ...; 0 before the first
        ("turns", "i8"),
        ("attempt", "i8"),
        ("model", "i8"),  # that served last or serves now; NONE before the first pick
        ("first", "i8"),  # of the turn's first attempt
        ("derailed", "i8"),  # on the current model
        ("left", "i8"),  # the last model left behind derailed; NONE
        ("drifts", "i8"),  # drifted answers so far
        ("outcome", "i8"),  # of the attempt, decided when its service starts
        ("drifted", "i8"),
        ("value", "i8"),  # micro-units, of a good answer
        ("retrying", "i8"),  # 1 while a retry of the turn is outstanding
        ("context", "f8"),
        ("output", "f8"),
        ("begun", "f8"),  # s: start of the turn
        ("started", "f8"),  # s: start of the attempt
        ("served", "f8"),  # s: start of service
        ("deadline", "f8"),  # s: end of patience with the attempt
        ("wait", "f8"),  # s: last backoff
        ("paid", "i8"),  # budget tokens of the last retry
        ("cluster_n", "i8"),  # audited first attempts on the current model, and how many were good
        ("cluster_g", "i8"),
        # mechanics of the compiled plane
        ("state", "i8"),
        ("next", "i8"),  # in a model's queue, or in the free list
        ("previous", "i8"),
        ("row", "i8"),  # next turn's row in the pool
        ("sequence", "i8"),  # of its pending event; others are stale
    ]
)
# One model's queue and health.
STATION = np.dtype(
    [
        ("busy", "i8"),
        ("queued", "i8"),
        ("head", "i8"),
        ("tail", "i8"),
        ("healthy", "i8"),
        ("streak", "i8"),  # failures in a row
        ("ejections", "i8"),  # that make the next one longer
        ("ejected", "i8"),  # ejections ever
        ("requests", "i8"),  # in the health rule's window
        ("good", "i8"),
        ("window", "f8"),  # s: start of that window
        ("ewma", "f8"),  # s: peak EWMA of latency
        ("ewma_at", "f8"),
    ]
)
DOMAIN = np.dtype([("ejected", "i8"), ("panic", "i8"), ("threshold", "f8")])  # threshold: of the last sweep
BUDGET_SLOTS = 10
CLIENT = np.dtype(
    [("tokens", "i8"), ("slot", "i8"), ("slots", "i8", (BUDGET_SLOTS,)), ("active", "i8"), ("retrying", "i8")]
)
USER = np.dtype([("streak", "i8"), ("away_until", "f8")])


class Routes(NamedTuple):
    """The weights published at a tick, arranged for picking. P = models with weight, in domain order."""

    weight: np.ndarray  # f8 (M,): 0 where the model gets no traffic
    start: np.ndarray  # i8 (D + 1,): positions of domain d are start[d] .. start[d + 1]
    model: np.ndarray  # i8 (P,): by position, in model order, so that like draws pick like models in every arm
    cumulative: np.ndarray  # f8 (P,): of the weights within the domain, the last exactly 1
    guide: np.ndarray  # i8 (cells, some for each model): first position whose cumulative exceeds j / (the domain's)
    ranked: np.ndarray  # i8 (P,): models by falling weight
    rank: np.ndarray  # i8 (M,): position in ranked; NONE without weight
    tree: np.ndarray  # i8 (2 * leaves of all domains,): tournament over ranked positions (see dispatch)
    root: np.ndarray  # i8 (D + 1,): where the domain's tree starts; its leaves fill the upper half


class World(NamedTuple):
    """Everything the laws of traffic read and write."""

    params: np.ndarray  # PARAMS (1,)
    models: np.ndarray  # MODEL (M,); the first D are the house models
    stations: np.ndarray  # STATION (M,)
    domains: np.ndarray  # DOMAIN (D,)
    clients: np.ndarray  # CLIENT (clients,)
    users: np.ndarray  # USER (users,)
    requests: np.ndarray  # REQUEST (grows)
    counters: np.ndarray  # i8 (M, len(C))
    network: np.ndarray  # i8 (len(N),)
    latency: np.ndarray  # i8 (LATENCY_BINS,)
    log: np.ndarray  # ATTEMPT (capacity,)
    logged: np.ndarray  # i8 (1,): rows of the log in use
    routes: Routes


def new_world(params: np.ndarray, domains: int, users: int, clients: int, log: int) -> World:
    """An empty network without models: ``grow`` adds them, ``arrange`` publishes their weights."""
    world = World(
        params=params,
        models=np.zeros(0, MODEL),
        stations=np.zeros(0, STATION),
        domains=np.zeros(domains, DOMAIN),
        clients=np.zeros(clients, CLIENT),
        users=np.zeros(users, USER),
        requests=np.zeros(0, REQUEST),
        counters=np.zeros((0, len(C)), np.int64),
        network=np.zeros(len(N), np.int64),
        latency=np.zeros(LATENCY_BINS, np.int64),
        log=np.zeros(log, ATTEMPT),
        logged=np.zeros(1, np.int64),
        routes=None,
    )
    world.clients["tokens"] = params["budget_capacity"][0]
    world.users["away_until"] = -np.inf
    return world


def grow(world: World, models: np.ndarray) -> World:
    """The same network with ``models`` in place of the old ones; models are only ever appended."""
    before, count = len(world.models), len(models)
    tables = {name: _lengthened(getattr(world, name), count) for name in ("models", "stations", "counters")}
    overwrite(tables["models"], models)
    fresh = tables["stations"][before:]
    fresh["head"] = fresh["tail"] = NONE
    fresh["healthy"] = 1
    return world._replace(**tables)


def _lengthened(array: np.ndarray, rows: int) -> np.ndarray:
    """``array``, the first rows of a room, with zeros behind them up to ``rows``."""
    room = array if array.base is None else array.base
    return roomy(room, rows)[:rows]
