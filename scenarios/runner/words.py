"""Keys that a command which runs many configurations sets itself."""

from collections.abc import Iterable

from sim.errors import InputError


def check_keys(keys: Iterable[str]) -> None:
    """Refuse, of the keys that overrides set, those of the seed and of Hydra. Raises ``InputError``."""
    for key in keys:
        if key == "seed":
            raise InputError("seed: every point has seeds of its own; allowed is --seeds N")
        if key.replace("/", ".").partition(".")[0] == "hydra":
            raise InputError(
                f"{key}: is for turnstile run; allowed are keys of a configuration, and --out for the folder"
            )
