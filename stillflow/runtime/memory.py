"""Memory that a run has freed is kept for the next one, which would else get it page by page again.

The C library gives large blocks back to the system when they are freed, and what is free at the end
of its heap. XLA's code takes such a block for its temporary values in every run, and a run on the
host one for each array; to map and clear their pages anew costs a training step of a deep network
a quarter of its time on either tier. When a plan goes from one tier to the other, what it has used
is given back.
"""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import sys

# Parameters of glibc's mallopt. Threads other than the first can have large blocks only where they
# share the first one's heap.
_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8
_KEPT_BYTES = 1 << 30
_SETTINGS = ((_TRIM_THRESHOLD, _KEPT_BYTES), (_MMAP_MAX, 0), (_ARENA_MAX, 1))


@functools.cache
def keep_freed() -> bool:
    """Has the C library keep what is freed, up to 1 GiB; returns whether it does.

    It is left as it is where it is not glibc, or where the environment says how it shall work.
    """
    if sys.platform != "linux" or platform.libc_ver()[0] != "glibc" or _is_told():
        return False
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return all([set_option(name, value) for name, value in _SETTINGS])


def give_back() -> None:
    """Has the C library give back what is free, if it was told to keep it."""
    if keep_freed.cache_info().currsize and keep_freed():
        ctypes.CDLL(None).malloc_trim(0)


def _is_told() -> bool:
    return any(name.startswith("MALLOC_") for name in os.environ) or (
        "glibc.malloc" in os.environ.get("GLIBC_TUNABLES", "")
    )
