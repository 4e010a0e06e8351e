"""Denormal numbers count as zero, as in TensorFlow's kernels and in XLA's code.

NumPy keeps them unless the processor is told otherwise, which is done here around a run, for the
thread that runs. Where the C library's floating-point environment is not known nothing is done.
"""

from __future__ import annotations

import ctypes
import functools
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

# On x86-64 the control word of the vector unit is at this place in glibc's fenv_t; these two bits
# of it have denormal results and denormal operands count as zero.
_MXCSR = slice(28, 32)
_FLUSH = 0x8040
_FENV_BYTES = 32


class _Switch(NamedTuple):
    """`set_environment(flushing)` and `set_environment(keeping)`."""

    set_environment: Callable[[Any], int]
    flushing: Any
    keeping: Any


@functools.cache
def _switch() -> _Switch | None:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return None
    try:
        library = ctypes.CDLL(None)
        get_environment, set_environment = library.fegetenv, library.fesetenv
    except (OSError, AttributeError):
        return None
    now = ctypes.create_string_buffer(_FENV_BYTES)
    if platform.libc_ver()[0] != "glibc" or get_environment(now):
        return None
    word = int.from_bytes(now.raw[_MXCSR], "little")
    return _Switch(
        set_environment,
        _environment(now.raw, word | _FLUSH),
        _environment(now.raw, word & ~_FLUSH),
    )


def _environment(content: bytes, word: int) -> Any:
    start, stop = _MXCSR.start, _MXCSR.stop
    changed = content[:start] + word.to_bytes(4, "little") + content[stop:]
    return ctypes.create_string_buffer(changed, _FENV_BYTES)


@contextmanager
def flushed() -> Iterator[None]:
    """A `with` block in which this thread takes denormal numbers for zero."""
    switch = _switch()
    if switch is None:
        yield
        return
    switch.set_environment(switch.flushing)
    try:
        yield
    finally:
        switch.set_environment(switch.keeping)


def flush_from_now_on() -> None:
    """Has this thread take denormal numbers for zero for good."""
    switch = _switch()
    if switch is not None:
        switch.set_environment(switch.flushing)


def flushing(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, called inside of `flushed`."""
    switch = _switch()
    if switch is None:
        return function
    set_environment, on, off = switch

    def call(*arguments: Any) -> Any:
        set_environment(on)
        try:
            return function(*arguments)
        finally:
            set_environment(off)

    return call
