"""The one way Turnstile compiles: two decorators over Numba, and a cache that notices edits.

``kernel`` compiles a function that is inlined into its callers, without reference counting: it must not
allocate, and its arrays must outlive it. ``entry`` compiles a function that Python calls often or that
runs a loop of kernels. Both write to a cache folder named by the hash of every kernel source, because
Numba's own cache does not notice an edit in an imported file.
"""

import hashlib
import os
import struct
import tempfile
from functools import cache
from pathlib import Path

import numba
import numpy as np
from numba import types

_ROOT = Path(__file__).parent
_SOURCES = ("*.py", "demand/*.py", "traffic/*.py", "trust/*.py", "network/*.py", "developers/**/*.py", "economy/*.py")
"""Where kernels lie, and the constants that they take from elsewhere."""

_PACKED = {"f8": "d", "i8": "q", "b1": "?"}
"""The numbers of a ``record``: what numpy calls them, and what struct does."""


def _cache_folder() -> str:
    digest = hashlib.sha256(f"{numba.__version__}".encode())
    for pattern in _SOURCES:
        for source in sorted(_ROOT.glob(pattern)):
            digest.update(source.read_bytes())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "turnstile"
    try:
        home.mkdir(parents=True, exist_ok=True)
        writable = os.access(home, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        home = Path(tempfile.gettempdir()) / f"turnstile-{os.getuid()}"
    return str(home / digest.hexdigest()[:16])


CACHE = _cache_folder()


def _compile(function, **options):
    # Numba reads its cache folder when a function is decorated, so the setting of whoever imports us is put back.
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = CACHE
    try:
        dispatcher = numba.njit(cache=True, error_model="numpy", _nrt=False, no_cfunc_wrapper=True, **options)(function)
    finally:
        numba.config.CACHE_DIR = before
    # Numba would compile a function anew for each constant that it is called with; inlining folds them just as well.
    template = dispatcher.get_call_template
    dispatcher.get_call_template = lambda args, kws: template(tuple(types.unliteral(a) for a in args), kws)
    return dispatcher


def record(dtype: np.dtype, *values) -> np.ndarray:
    """(1,) of a structured ``dtype``: many numbers for a compiled function at the price of one argument."""
    return np.frombuffer(bytearray(_packing(dtype).pack(*values)), dtype)  # numpy would fill it field by field


@cache
def _packing(dtype):
    return struct.Struct("=" + "".join(_PACKED[dtype[name].str[1:]] for name in dtype.names))


def kernel(function):
    """Compile ``function`` to be inlined into compiled callers; Python may call it too."""
    return _compile(function, forceinline=True)


def entry(function):
    """Compile ``function`` to be called from Python; like a kernel, it must not allocate."""
    return _compile(function)


@kernel
def nth(i):
    """Integer ``i`` >= 0 as an index into an array, for what each event looks up.

    Of a signed index Numba asks, each time, whether it counts from the end. Nothing is asked of this one: a negative
    number would be an address outside the array, so what may be ``NONE`` is compared with it before.
    """
    return np.uint64(i)
