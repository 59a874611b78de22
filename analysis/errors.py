"""The one exception for what a user can mend in a table or a log, and how its single line is worded."""

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Bad input: ``file:line: what was found; what is allowed``. The command line prints it and exits with 2."""


def at(file: object, line: int, found: str, allowed: str) -> InputError:
    """The error for one place of a file; ``line`` counts from 1, and the header is line 1."""
    return InputError(f"{file}:{line}: {found}; allowed is {allowed}")


def nearest(name: str, known: Iterable[str]) -> str:
    """The name in ``known`` most like ``name``, worded as a question; empty where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" (is {near[0]!r} meant to be it?)" if near else ""
