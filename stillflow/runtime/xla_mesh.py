"""Compiled runs spread over several devices, which compute together what one would.

What a run is given whose first axis the devices divide is split among them; all else, variables
above all, each has as a whole. XLA's partitioner keeps the meaning: a mean over a batch is that
over the whole batch, and what a run gives is whole again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from stillflow.platform import processes
from stillflow.runtime import accelerators, xla_processes
from stillflow.runtime.steps import Step
from stillflow.runtime.towers import with_towers
from stillflow.runtime.xla_memory import DeviceMemory
from stillflow.runtime.xla_together import OneByOne, Together

_AXIS = "devices"
_FORCED = "xla_force_host_platform_device_count"


def mesh(count: int | None) -> MeshMemory:
    """So many devices of each process of the group, or all where `count` is 0.

    A processor stands for as many devices as are asked for. Without a count, each process has one
    where several are on a machine, and all elsewhere.

    Raises:
      ValueError: there are not so many.
    """
    if not processes.are_together():
        return MeshMemory(_local_devices(count or 0))
    if count is None:
        count = 1 if accelerators.platform() == "cpu" else 0
    _stand_for(count)
    xla_processes.meet(count)
    with xla_processes.quiet_output():
        memory = GroupMemory(xla_processes.ordered(jax.devices(), count))
        memory.begin_to_speak()
    return memory


def _local_devices(count: int) -> list[jax.Device]:
    _stand_for(count)
    devices = jax.local_devices()
    if count > len(devices):
        raise ValueError(
            f"Runs cannot be spread over {count} devices: JAX has {', '.join(map(str, devices))}."
        )
    return devices[: count or None]


def _stand_for(count: int) -> None:
    """Has the processor stand for so many devices, where it is what runs are on."""
    is_said = _FORCED in os.environ.get("XLA_FLAGS", "")
    is_late = accelerators.has_started()
    if count and accelerators.platform() == "cpu" and not is_said and not is_late:
        jax.config.update("jax_num_cpu_devices", count)


class MeshMemory(DeviceMemory):
    """Compiled runs on several devices of one process."""

    is_one_device = False

    def __init__(self, devices: Sequence[jax.Device]):
        super().__init__(devices[0])
        self.devices = list(devices)
        self.mesh = Mesh(np.array(self.devices), (_AXIS,))
        self._whole = NamedSharding(self.mesh, PartitionSpec())
        self._split = NamedSharding(self.mesh, PartitionSpec(_AXIS))

    def arranged(self, steps: Sequence[Step], kept: Collection[int]) -> Sequence[Step]:
        return with_towers(steps, kept) if len(self.devices) > 1 else steps

    def compiled(self, function: Callable[..., Any], name: str) -> Any:
        return OneByOne(self._partitioned(function), self._waits)

    def _partitioned(self, function: Callable[..., Any]) -> Any:
        # What checks have seen is read where one fails alone: it stays split.
        whole = self._whole
        return jax.jit(function, donate_argnums=(0, 1), out_shardings=(whole, whole, whole, None))

    def lent(self, values: Sequence[Any], is_awaited: bool) -> Sequence[Any]:
        numbers = [n for n, v in enumerate(values) if isinstance(v, (np.ndarray, np.generic))]
        own = super().lent([values[n] for n in numbers], is_awaited or self._waits)
        placed = list(values)
        for n, value in zip(numbers, self._dealt(own), strict=True):
            placed[n] = value
        return placed

    def _dealt(self, values: Sequence[Any]) -> Sequence[jax.Array]:
        """What the devices get of `values`: each a part, or all."""
        return jax.device_put(values, list(map(self._sharding, values)))

    def _sharding(self, value: Any) -> NamedSharding:
        is_split = value.ndim and value.shape[0] and value.shape[0] % len(self.devices) == 0
        return self._split if is_split else self._whole

    def wait(self, results: Sequence[jax.Array]) -> None:
        """Does nothing: the compiled function has waited, where it must."""

    @property
    def _waits(self) -> bool:
        """Whether every run is waited for: on a processor, queued ones may wait for each other."""
        return self.device.platform == "cpu"

    def _put(self, values: list[np.ndarray]) -> list[jax.Array]:
        return jax.device_put(values, self._whole)


class GroupMemory(MeshMemory):
    """Compiled runs on the devices of all processes of a group."""

    def __init__(self, devices: Sequence[jax.Device]):
        super().__init__(devices)
        self._has_parts = processes.group().has_local_batches

    def begin_to_speak(self) -> None:
        """Opens the ways between the devices."""
        with jax.enable_x64(True):
            ones = self._made(np.ones(len(self.devices), np.float32), self._split)
            jax.jit(jnp.sum, out_shardings=self._whole)(ones).block_until_ready()

    def compiled(self, function: Callable[..., Any], name: str) -> Any:
        return Together(self._partitioned(function), name)

    def read(self, value: Any) -> np.ndarray:
        if isinstance(value, jax.Array) and not value.is_fully_addressable:
            value = jax.jit(lambda x: x, out_shardings=self._whole)(value)
        return np.asarray(value)

    def _dealt(self, values: Sequence[Any]) -> Sequence[jax.Array]:
        if self._has_parts:
            return [self._brought_together(value) for value in values]
        return [self._made(value, self._sharding(value)) for value in values]

    def _brought_together(self, part: Any) -> jax.Array:
        """The batch of which this process has a part, as all have; a number is the same for all."""
        if not part.ndim:
            return self._made(part, self._whole)
        return jax.make_array_from_process_local_data(self._split, part)

    def _put(self, values: list[np.ndarray]) -> list[jax.Array]:
        return [self._made(value, self._whole) for value in values]

    def _made(self, value: Any, sharding: NamedSharding) -> jax.Array:
        return jax.make_array_from_callback(value.shape, sharding, lambda index: value[index])
