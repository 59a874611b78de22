"""What is measured of retry storms: the hysteresis loop of a slow ramp, and the band of two stable states by remedy."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tests.verification.estimates import Estimate
from tests.verification.storms import AWS, CANCEL, ENVOY, FINAGLE, FINAGLE_UNFLOORED, GRPC, HIGHEST, Setup

FIXED = {"service__noise": "fixed"}
LOGNORMAL = {"service__noise": "lognormal", "service__noise_sigma": 0.3}
DOUBLING = {"retry__backoff": "exponential", "retry__base_s": 1.0, "retry__cap_s": 20.0, "retry__jitter": "full"}

# By name: the station, and the budget as its theory takes it; None where the theory has no formula for it.
BY_RETRIES = {f"R = {r}": (Setup(retries=r), {}) for r in (1, 2, 3, 4, 6)}
REMEDIES = {
    "no remedy": (Setup(), {}),
    "backoff ten times as long": (Setup(backoff=100.0), {}),
    "exponential backoff": (Setup(remedy=DOUBLING), {}),
    "one retry": (Setup(retries=1), {}),
    "no retries": (Setup(retries=0), {}),
    "Finagle's budget": (Setup(remedy=FINAGLE), dict(ratio=0.2, floor=10.0)),
    "Finagle's, no floor": (Setup(remedy=FINAGLE_UNFLOORED), dict(ratio=0.2)),
    "Envoy's budget": (Setup(remedy=ENVOY), dict(ratio=0.2, floor=3.0, active=True)),
    "gRPC's throttle": (Setup(remedy=GRPC), None),
    "AWS's quota": (Setup(remedy=AWS), None),
    "cancel": (Setup(remedy=CANCEL), None),
    "cancel, lognormal": (Setup(remedy=CANCEL | LOGNORMAL), None),
    "cancel, fixed": (Setup(remedy=CANCEL | FIXED), None),
    "fixed service alone": (Setup(remedy=FIXED), None),
    "queue of 50": (Setup(room=50), {}),
    "queue of 50, fixed": (Setup(room=50, remedy=FIXED), None),
}
UP = [round(0.1 + 0.05 * k, 2) for k in range(21)]  # loads of the ramp, in units of capacity


@dataclass(frozen=True)
class Band:
    """The band of one setup: edges in units of capacity, one a seed, and theory's."""

    name: str
    lower: list[float]  # started overloaded, it ends badly above
    upper: list[float]  # started empty, it ends badly above
    theory: tuple[float, float] | None  # None: one state only, or no formula
    formula: bool  # whether there is a formula

    @classmethod
    def measure(cls, name: str, setup: Setup, budget: dict | None, seeds: int, span_s: float) -> "Band":
        """Edges by bisection, each run ``span_s`` long, the same demand for both."""
        lower, upper = ([setup.edge(kicked, 1 + k, span_s) for k in range(seeds)] for kicked in (True, False))
        return cls(name, lower, upper, None if budget is None else setup.band(**budget), budget is not None)

    @property
    def width(self) -> Estimate:
        """Upper less lower edge, by seed."""
        return Estimate.of(np.subtract(self.upper, self.lower))

    @property
    def beyond(self) -> bool:
        """Whether no start turns bad up to the highest load tried."""
        return min(self.lower + self.upper) >= HIGHEST

    @property
    def exists(self) -> bool:
        """Whether the two starts end differently anywhere, at 99 %."""
        return self.width.error > 0 and self.width.interval(0.99)[0] > 0


@dataclass(frozen=True)
class Results:
    """All that the page and its figures are made of."""

    seeds: int
    span_s: float  # of each run of a bisection
    step_s: float  # of each step of the ramp
    up: list  # (seeds, loads, 2): share answered and attempts per turn, second half of every step
    down: list  # the same, on the way down, by rising load
    retries: list[Band]
    remedies: list[Band]

    def write(self, path: Path) -> None:
        """As JSON."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> "Results":
        """What ``write`` wrote."""
        raw = json.loads(path.read_text())
        bands = {key: [Band(**band) for band in raw[key]] for key in ("retries", "remedies")}
        return cls(**raw | bands)


def measure(seeds: int = 12, span_s: float = 3000.0, step_s: float = 2000.0) -> Results:
    """Run everything, a few minutes on one core."""
    ramp = np.array([Setup().success(UP + UP[::-1], step_s, 1 + k) for k in range(seeds)])
    steps = len(UP)
    return Results(
        seeds, span_s, step_s, ramp[:, :steps].tolist(), ramp[:, steps:][:, ::-1].tolist(),
        [Band.measure(name, *case, seeds, span_s) for name, case in BY_RETRIES.items()],
        [Band.measure(name, *case, seeds, span_s) for name, case in REMEDIES.items()],
    )  # fmt: skip
