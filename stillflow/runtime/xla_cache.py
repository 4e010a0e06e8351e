"""Compiled code kept on disk, so that the next process does not compile it again.

JAX writes and reads the entries. Here is what keeps their folder within its bound, and a bad one
from doing harm: one that cannot be used is not, and one that cannot be read is emptied.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import jax

from stillflow.runtime.cache_folder import MAX_BYTES, cache_folder

_TROUBLE = "persistent compilation cache entry"  # in JAX's warnings, whatever was wrong


def start() -> None:
    """Has JAX keep what it compiles, unless the program has chosen a folder of its own."""
    folder = cache_folder()
    if folder is None or _chosen() is not None:
        return
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        _bound(folder)
    except OSError:
        return  # no place to keep it
    jax.config.update("jax_compilation_cache_dir", folder)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)


@contextmanager
def harmless() -> Iterator[None]:
    """A block that compiles: a cache that fails costs time, and nobody hears of it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        if _TROUBLE not in str(warning.message):
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
        elif "reading" in str(warning.message):
            _empty()  # a damaged entry is never replaced


def _chosen() -> str | None:
    """The folder that JAX uses."""
    return jax.config.jax_compilation_cache_dir  # type: ignore[attr-defined]  # made at run time


def _bound(folder: str) -> None:
    """Removes the oldest entries beyond MAX_BYTES. Another process may be doing the same."""
    with os.scandir(folder) as files:
        entries = [(entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in files]
    left = MAX_BYTES
    for _, size, path in sorted(entries, reverse=True):
        left -= size
        if left < 0:
            with suppress(OSError):
                os.unlink(path)


def _empty() -> None:
    """Removes all entries; but a folder that is not ours is left alone."""
    folder = cache_folder()
    if folder is None or folder != _chosen():
        return
    with suppress(OSError):
        for name in os.listdir(folder):
            with suppress(OSError):
                os.unlink(os.path.join(folder, name))
