"""How every command ends: one line for bad input (exit code 2), one for Ctrl-C (130), a traceback only for a fault."""

import os
import sys
from collections.abc import Callable

from sim.errors import InputError

BAD_INPUT, INTERRUPTED = 2, 130


def guarded(action: Callable[[], int | None]) -> int:
    """Run ``action``; the exit code of the command."""
    try:
        code = action() or 0
        sys.stdout.flush()
        return code
    except InputError as error:
        if not getattr(error, "told", False):  # a run of a multirun complains at once, and again when all have ended
            complain(error)
        return BAD_INPUT
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except MemoryError:
        complain("out of memory: fewer turns or models at a time, such as a lower demand.rate, need less")
        return BAD_INPUT
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # Ctrl-C in the midst of a library that then stumbles over what it left half-done
        if _of_interrupt(error):
            return _interrupted()
        raise


def _interrupted() -> int:
    complain("interrupted: what was finished is kept, what was not left nothing behind")
    return INTERRUPTED


def _of_interrupt(error: BaseException | None) -> bool:
    """Whether ``error`` came while Ctrl-C was on its way up."""
    return error is not None and (isinstance(error, KeyboardInterrupt) or _of_interrupt(error.__context__))


def complain(error: object) -> None:
    """Print an error as exactly one line on stderr."""
    line = " ".join(str(error).split())
    print("error:", "".join(c if c.isprintable() else "?" for c in line), file=sys.stderr, flush=True)
