"""Seeds that are drawn from one."""

from __future__ import annotations

import hashlib
from typing import Any


class SeedStream:
    """Gives another seed with each call, all of them decided by `seed` and `salt`.

    Args:
      seed: an integer, another stream, whose seed is taken, or None, which only gives None.
      salt: what tells this stream from others of the same seed, a string.
    """

    def __init__(self, seed: Any, salt: str):
        self._seed = seed.original_seed if isinstance(seed, SeedStream) else seed
        self._salt = salt
        self._counter = 0

    def __call__(self) -> int | None:
        self._counter += 1
        if self._seed is None:
            return None
        text = str((self._seed, self._counter, self._salt)).encode()
        return int(hashlib.sha512(text).hexdigest(), 16)

    @property
    def original_seed(self) -> Any:
        return self._seed

    @property
    def salt(self) -> str:
        return self._salt
