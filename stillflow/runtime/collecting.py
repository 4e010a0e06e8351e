"""Python's collector of cycles, put off while much is made that stays.

Importing JAX, and tracing with it, make some hundred thousand objects of which few are ever freed.
The collector looks through all of them time and again, for nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def put_off() -> Iterator[None]:
    """Has no cycles collected within the block, unless the program collects them itself."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
