"""Where compiled runs have what they read and write: the host's memory, or a device's own.

On the processor, compiled code works in the host's memory: arrays that are fed are read where they
lie, and a run waits until it has done so. On a device with memory of its own, what a run needs goes
there in one call, variables stay there once they have come, and what a run gives is copied back all
at once, after everything was begun. A run that gives nothing back is not waited for; it has its own
copy of what was fed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh

from stillflow.runtime.packing import Pack, PackedValue
from stillflow.runtime.steps import Step


class HostMemory:
    """Compiled runs on the processor."""

    is_away = False
    is_one_device = True
    mesh: Mesh | None = None

    def compiled(self, function: Callable[..., Any], name: str) -> Any:
        """`function(buffers, updated, inputs)` compiled; it gives buffers, results, flags and seen.

        The buffers and what is updated are given up. `name` is for people.
        """
        return jax.jit(function, donate_argnums=(0, 1))

    def arranged(self, steps: Sequence[Step], kept: Collection[int]) -> Sequence[Step]:
        """`steps`, as they are best traced; `kept` are the slots that others read."""
        return steps

    def arguments(
        self,
        slots: list[Any],
        packs: Sequence[Pack],
        updated: Sequence[int],
        inputs: Sequence[int],
        variables: Sequence[int],
        given: Sequence[int],
        is_awaited: bool,
    ) -> tuple[list, list, list]:
        """What a compiled function is called with: buffers of `packs`, `updated` and `inputs`.

        Of the inputs' slots, `variables` are those of variables, `given` those of what was fed, or
        computed by the host. Where the run `is_awaited`, nobody changes that before it has ended.
        """
        return (
            [_owned(pack.take(slots)) for pack in packs],
            [_owned(slots[slot]) for slot in updated],
            [_readable(slots[slot]) for slot in inputs],
        )

    def lent(self, values: Sequence[Any], is_awaited: bool) -> Sequence[Any]:
        """`values` of the host as they may be given to a run, which `is_awaited` or not."""
        return values

    def begin(self, values: Iterable[Any]) -> None:
        """Begins to copy all of `values` that are on the device to the host."""

    def wait(self, results: Sequence[jax.Array]) -> None:
        """Waits for `results` of one call, where that is needed before it returns."""
        for first in results[:1]:
            first.block_until_ready()  # they are ready at once

    def read(self, value: Any) -> np.ndarray:
        """What a compiled run has seen of its feeds, on the host."""
        return np.asarray(value)

    def settled(self, value: PackedValue) -> Any:
        """`value`, in memory that stays as it is while the state has readers."""
        return np.asarray(value)

    def copied(self, value: Any) -> Any:
        """`value` for a run that gives its buffer up, while another one reads it."""
        if not isinstance(value, jax.Array):
            return value
        with jax.enable_x64(True):
            return jnp.copy(value)


class DeviceMemory(HostMemory):
    """Compiled runs on a device with memory of its own.

    `uploads` and `downloads` have an entry for each time that variables are moved there, or that
    values are copied from there: how many at once. Tests read them.
    """

    is_away = True

    def __init__(self, device: jax.Device):
        self.device = device
        self.uploads: list[int] = []
        self.downloads: list[int] = []

    def arguments(
        self,
        slots: list[Any],
        packs: Sequence[Pack],
        updated: Sequence[int],
        inputs: Sequence[int],
        variables: Sequence[int],
        given: Sequence[int],
        is_awaited: bool,
    ) -> tuple[list, list, list]:
        """As for the host. `slots` have the variables as they are on the device afterwards."""
        whole = [pack for pack in packs if pack.holds(slots)]
        parts = [slot for pack in packs if pack not in whole for slot in pack.slots]
        self._bring(slots, [*updated, *variables, *parts])
        lent = self.lent([slots[slot] for slot in given], is_awaited)
        own = dict(zip(given, lent, strict=True))
        buffers = [
            pack.buffer if pack in whole else _joined([slots[slot] for slot in pack.slots])
            for pack in packs
        ]
        read = [own[slot] if slot in own else slots[slot] for slot in inputs]
        return buffers, [slots[slot] for slot in updated], read

    def _bring(self, slots: list[Any], wanted: Sequence[int]) -> None:
        on_host = [s for s in wanted if not isinstance(slots[s], (jax.Array, PackedValue))]
        if on_host:
            values = [np.asarray(slots[slot]) for slot in on_host]
            if self.device.platform == "cpu":  # which might share the array
                values = [value.copy() for value in values]
            self.uploads.append(len(values))
            for slot, value in zip(on_host, self._put(values), strict=True):
                slots[slot] = value
        for slot in wanted:
            if type(slots[slot]) is PackedValue:
                slots[slot] = _part(slots[slot])

    def _put(self, values: list[np.ndarray]) -> list[jax.Array]:
        """Variables, on the device."""
        return jax.device_put(values, self.device)

    def lent(self, values: Sequence[Any], is_awaited: bool) -> Sequence[Any]:
        if is_awaited:
            return values
        return [value.copy() if type(value) is np.ndarray else value for value in values]

    def begin(self, values: Iterable[Any]) -> None:
        buffers = (v.pack.buffer if type(v) is PackedValue else v for v in values)
        arrays = {id(value): value for value in buffers if isinstance(value, jax.Array)}
        for array in arrays.values():
            array.copy_to_host_async()
        if arrays:
            self.downloads.append(len(arrays))

    def wait(self, results: Sequence[jax.Array]) -> None:
        pass

    def settled(self, value: PackedValue) -> Any:
        return PackedValue(value.pack.frozen(), value.start, value.shape)

    def copied(self, value: Any) -> Any:
        return _part(value) if type(value) is PackedValue else super().copied(value)


def _part(value: PackedValue) -> jax.Array:
    return value.pack.frozen().part(value, _cut)


def _owned(value: Any) -> jax.Array:
    """`value` in a buffer of XLA's own, which may be given up; a NumPy array's may be shared."""
    return value if isinstance(value, jax.Array) else jnp.array(np.asarray(value), copy=True)


def _readable(value: Any) -> Any:
    return np.asarray(value) if type(value) is PackedValue else value


@partial(jax.jit, static_argnums=1)
def _cut(buffer: jax.Array, places: tuple[tuple[int, int, tuple[int, ...]], ...]) -> list:
    """The values in `buffer`, each given by where it begins and ends, and its shape."""
    return [buffer[start:stop].reshape(shape) for start, stop, shape in places]


@jax.jit
def _joined(values: list[jax.Array]) -> jax.Array:
    return jnp.concatenate([jnp.ravel(value) for value in values])
