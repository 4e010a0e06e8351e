"""The accelerators that XLA finds in this machine."""

from __future__ import annotations

import functools


@functools.cache
def accelerators() -> int:
    """How many devices there are besides the host."""
    import jax

    return sum(device.platform != "cpu" for device in jax.devices())
