"""Seeds made of a seed, for distributions that draw more than once."""

from __future__ import annotations

import hashlib
from typing import Any


def gen_new_seed(seed: Any, salt: str) -> int | None:
    """Returns another seed for each `salt`; None when there is no seed."""
    if seed is None:
        return None
    return int(hashlib.md5(f"{seed}{salt}".encode()).hexdigest()[:8], 16) & 0x7FFFFFFF
