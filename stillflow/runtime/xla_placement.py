"""Where compiled runs are. All that moves between the host and their device goes through here.

On the processor, compiled code works in the host's memory: arrays that are fed are read where they
lie, and a run waits until it has done so. On a device with memory of its own, what a run needs goes
there in one call, variables stay there once they have come, and what a run gives is copied back all
at once, after everything was begun. A run that gives nothing back is not waited for; it has its own
copy of what was fed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from stillflow.runtime import accelerators
from stillflow.runtime.packing import Pack, PackedValue

_PRECISIONS = ("float32", "tensorfloat32", "bfloat16")


class HostMemory:
    """Compiled runs on the processor."""

    is_away = False

    def arguments(
        self,
        slots: list[Any],
        packs: Sequence[Pack],
        updated: Sequence[int],
        inputs: Sequence[int],
        variables: Sequence[int],
        fed: Sequence[int],
    ) -> tuple[list, list, list]:
        """What a compiled function is called with: buffers of `packs`, `updated` and `inputs`.

        Of the inputs' slots, `variables` are those of variables, `fed` those of arrays that the
        caller may change when the run returns.
        """
        return (
            [_owned(pack.take(slots)) for pack in packs],
            [_owned(slots[slot]) for slot in updated],
            [_readable(slots[slot]) for slot in inputs],
        )

    def own(self, feeds: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
        """`feeds`, as they may be given to a run that is not waited for."""
        return feeds

    def begin(self, values: Iterable[Any]) -> None:
        """Begins to copy all of `values` that are on the device to the host."""

    def wait(self, results: Sequence[jax.Array]) -> None:
        """Waits for `results` of one call, where that is needed before it returns."""
        for first in results[:1]:
            first.block_until_ready()  # they are ready at once

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
        fed: Sequence[int],
    ) -> tuple[list, list, list]:
        """As for the host. `slots` have the variables as they are on the device afterwards."""
        whole = [pack for pack in packs if pack.holds(slots)]
        parts = [slot for pack in packs if pack not in whole for slot in pack.slots]
        self._bring(slots, [*updated, *variables, *parts])
        for slot in fed:
            (slots[slot],) = self.own([slots[slot]])
        buffers = [
            pack.buffer if pack in whole else _joined([slots[slot] for slot in pack.slots])
            for pack in packs
        ]
        return buffers, [slots[slot] for slot in updated], [slots[slot] for slot in inputs]

    def _bring(self, slots: list[Any], wanted: Sequence[int]) -> None:
        on_host = [s for s in wanted if not isinstance(slots[s], (jax.Array, PackedValue))]
        if on_host:
            values = [np.asarray(slots[slot]) for slot in on_host]
            if self.device.platform == "cpu":  # which might share the array
                values = [value.copy() for value in values]
            self.uploads.append(len(values))
            for slot, value in zip(on_host, jax.device_put(values, self.device), strict=True):
                slots[slot] = value
        for slot in wanted:
            if type(slots[slot]) is PackedValue:
                slots[slot] = _part(slots[slot])

    def own(self, feeds: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
        return [feed.copy() for feed in feeds]

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


def _chosen_device() -> jax.Device | None:
    """The device that STILLFLOW_DEVICE names; ValueError where there is none."""
    chosen = accelerators.chosen()
    if chosen is None:
        return None
    devices = jax.devices(chosen.kind)
    if chosen.number >= len(devices):
        raise ValueError(
            f"STILLFLOW_DEVICE is {os.environ['STILLFLOW_DEVICE']!r}; JAX has "
            f"{', '.join(map(str, devices))}."
        )
    jax.config.update("jax_default_device", devices[chosen.number])
    return devices[chosen.number]


def gpus() -> list[tuple[int, str, int, str]]:
    """Of each GPU: its number, its name, the bytes that are taken of it, its capability."""
    return [
        (
            number,
            device.device_kind,
            int((device.memory_stats() or {}).get("bytes_limit", 0)),
            str(getattr(device, "compute_capability", "")),
        )
        for number, device in enumerate(d for d in jax.local_devices() if d.platform != "cpu")
    ]


def _choose_precision() -> None:
    """TensorFlow 1.15 multiplies float32 in full; a GPU of today would leave bits out."""
    asked = os.environ.get("STILLFLOW_MATMUL_PRECISION")
    if asked is not None and asked not in _PRECISIONS:
        raise ValueError(
            f"STILLFLOW_MATMUL_PRECISION is {asked!r}; it may be {', '.join(_PRECISIONS)}."
        )
    chosen = jax.config.jax_default_matmul_precision  # type: ignore[attr-defined]
    if asked or chosen is None:
        jax.config.update("jax_default_matmul_precision", asked or "float32")


def _placed() -> HostMemory:
    visible = accelerators.visible()
    if visible is not None and not accelerators.has_started():
        jax.config.update("jax_cuda_visible_devices", visible)
        jax.config.update("jax_rocm_visible_devices", visible)
    device = _chosen_device() or jax.local_devices()[0]
    if device == jax.local_devices()[0] and device.platform == "cpu":
        return HostMemory()
    if device.platform != "cpu":
        _choose_precision()
    return DeviceMemory(device)


# A run waits for its results in any case. Computing them in this thread spares a small step the
# hand-over to another one, which costs several times what the step does when the cores are busy.
# JAX looks at it when it starts, as it does to tell its devices.
jax.config.update("jax_cpu_enable_async_dispatch", False)
placement = _placed()
