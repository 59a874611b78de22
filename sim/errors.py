"""The one exception for what a user can mend, and how its single line is worded."""

import difflib
from collections.abc import Iterable, Sequence


class InputError(ValueError):
    """Bad input: a key, a file or an argument. The command line prints it as one line and exits with 2."""


class Terminated(SystemExit):
    """The system asks the process to end; unlike any other SystemExit, no function of the user's can have raised it."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of an error line: the nearest valid name, or all of them where none is near."""
    known = sorted(known)
    return meant(name, known) or f"known are {', '.join(known) or 'none'}"


def meant(name: str, known: Sequence[str]) -> str:
    """The end of an error line that says already what is valid: the nearest name, or nothing where none is near."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else ""


def shown(value: object) -> str:
    """A found value as an error line shows it: on one line, short, and as YAML names it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # Python refuses to print whole numbers of more than 4,300 digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."
