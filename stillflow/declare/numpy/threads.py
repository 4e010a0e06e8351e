"""Matrix products of middling size in one thread.

The threads of NumPy's BLAS wait for each other without sleeping. Where other programs need the
cores too, a product that takes a millisecond alone takes forty with two threads. A small product
has one thread anyway, and a large one gains from more however busy the machine is.
"""

from __future__ import annotations

import ctypes
import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

# Multiplications in a product: from which on a BLAS has threads, and from which on they pay always.
THREADED = 1 << 18
LARGE = 1 << 29


def matmul(a: np.ndarray, b: np.ndarray, **options: Any) -> np.ndarray:
    """NumPy's; a: n[..., k], b: n[..., k, m] -> n[..., m]."""
    work = a.size * b.shape[-1]
    if not THREADED <= work < LARGE:
        return np.matmul(a, b, **options)
    with _one_thread():
        return np.matmul(a, b, **options)


class _Users:
    """How many products have asked for one thread, and how many threads there are otherwise."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.count = 0
        self.threads = 1


_users = _Users()


@contextmanager
def _one_thread() -> Iterator[None]:
    blas = _blas()
    if blas is None:
        yield
        return
    with _users.lock:
        if not _users.count:
            _users.threads = blas.get_num_threads()
            blas.set_num_threads(1)
        _users.count += 1
    try:
        yield
    finally:
        with _users.lock:
            _users.count -= 1
            if not _users.count:
                blas.set_num_threads(_users.threads)


class _Blas(NamedTuple):
    """The library that NumPy multiplies with."""

    get_num_threads: Callable[[], int]
    set_num_threads: Callable[[int], Any]


@functools.cache
def _blas() -> _Blas | None:
    """NumPy's library, if it has threads that can be told."""
    from threadpoolctl import ThreadpoolController  # takes as long as a thousand small products

    library = _of_numpy(ThreadpoolController().lib_controllers)
    return None if library is None else _Blas(library.get_num_threads, _setter(library))


def _of_numpy(libraries: Sequence[Any]) -> Any | None:
    """Of the libraries that are loaded NumPy's own, where SciPy brings another one."""
    found = [library for library in libraries if library.user_api == "blas"]
    own = (lib for lib in found if "numpy" in lib.filepath.rpartition("site-packages")[2])
    return next(own, found[0] if found else None)


def _setter(library: Any) -> Callable[[int], Any]:
    """What tells a library its number of threads.

    For OpenBLAS that is its own function: threadpoolctl heeds one thread alone, for as long as that
    lives, and a product of another would have all the threads.
    """
    own = ctypes.CDLL(library.filepath)
    for name in ("openblas_set_num_threads", "scipy_openblas_set_num_threads"):
        for ending in ("", "64_", "_64"):
            if hasattr(own, name + ending):
                return getattr(own, name + ending)
    return library.set_num_threads
