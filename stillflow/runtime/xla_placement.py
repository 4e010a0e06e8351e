"""Where compiled runs are, by what the environment and sessions say and what JAX has.

All that moves between the host and devices goes through the `placement` that is chosen here.
"""

from __future__ import annotations

import os

import jax

from stillflow.platform import processes
from stillflow.runtime import accelerators, xla_processes
from stillflow.runtime.xla_memory import DeviceMemory, HostMemory
from stillflow.runtime.xla_mesh import mesh

_PRECISIONS = ("float32", "tensorfloat32", "bfloat16")


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
    count = accelerators.spread()
    if count is not None or processes.are_together():
        memory = mesh(count)
        if memory.device.platform != "cpu":
            _choose_precision()
        return memory
    if processes.group().is_apart:
        xla_processes.meet(1)
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
