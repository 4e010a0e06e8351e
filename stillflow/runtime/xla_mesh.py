"""Compiled runs spread over several devices, which compute together what one would.

What a run is given whose first axis the devices divide is split among them; all else, variables
above all, each has as a whole. XLA's partitioner keeps the meaning: a mean over a batch is that
over the whole batch, and what a run gives is whole again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from stillflow.runtime import accelerators
from stillflow.runtime.xla_memory import DeviceMemory

_AXIS = "devices"
_FORCED = "xla_force_host_platform_device_count"


def local_devices(count: int) -> list[jax.Device]:
    """So many devices of this machine, or all where `count` is 0.

    A processor stands for as many devices as are asked for.

    Raises:
      ValueError: there are not so many.
    """
    if (
        count
        and accelerators.platform() == "cpu"
        and not accelerators.has_started()
        and _FORCED not in os.environ.get("XLA_FLAGS", "")
    ):
        jax.config.update("jax_num_cpu_devices", count)
    devices = jax.local_devices()
    if count > len(devices):
        raise ValueError(
            f"Runs cannot be spread over {count} devices: JAX has {', '.join(map(str, devices))}."
        )
    return devices[: count or None]


class MeshMemory(DeviceMemory):
    """Compiled runs on several devices."""

    is_one_device = False

    def __init__(self, devices: Sequence[jax.Device]):
        super().__init__(devices[0])
        mesh = Mesh(np.array(devices), (_AXIS,))
        self.devices = list(devices)
        self._whole = NamedSharding(mesh, PartitionSpec())
        self._split = NamedSharding(mesh, PartitionSpec(_AXIS))

    def compiled(self, function: Callable[..., Any]) -> Any:
        # What checks have seen is read where one fails alone: it stays split.
        whole = self._whole
        return jax.jit(function, donate_argnums=(0, 1), out_shardings=(whole, whole, whole, None))

    def lent(self, values: Sequence[Any], is_awaited: bool) -> Sequence[Any]:
        on_host = [
            n for n, value in enumerate(values) if isinstance(value, (np.ndarray, np.generic))
        ]
        own = super().lent([values[n] for n in on_host], is_awaited or self._waits)
        placed = list(values)
        shardings = [self._split if self._divide(value) else self._whole for value in own]
        for n, value in zip(on_host, jax.device_put(own, shardings), strict=True):
            placed[n] = value
        return placed

    def wait(self, results: Sequence[jax.Array]) -> None:
        if self._waits:
            jax.block_until_ready(results)

    @property
    def _waits(self) -> bool:
        """Whether every run is waited for: on a processor, queued ones may wait for each other."""
        return self.device.platform == "cpu"

    def _put(self, values: list[np.ndarray]) -> list[jax.Array]:
        return jax.device_put(values, self._whole)

    def _divide(self, value: Any) -> bool:
        return value.ndim > 0 and value.shape[0] > 0 and value.shape[0] % len(self.devices) == 0
