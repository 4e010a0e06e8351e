"""Which device compiled runs are on, found without starting JAX, and what JAX is told at its start.

A program that compiles nothing never imports JAX; but whether it is worth compiling depends on the
device, and what its sessions say of GPUs counts only before JAX has opened them.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import sys
from functools import cache
from typing import Any, NamedTuple

_GPU_PLUGINS = ("xla_cuda", "xla_rocm")
# What the drivers of NVIDIA, of Windows' Linux and of AMD put there.
_DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
_GPU_NAMES = ("gpu", "cuda", "rocm")
_PREALLOCATE = "XLA_PYTHON_CLIENT_PREALLOCATE"
_FRACTION = "XLA_CLIENT_MEM_FRACTION"
_OLD_FRACTION = "XLA_PYTHON_CLIENT_MEM_FRACTION"  # JAX refuses both together
_VISIBLE = "visible_device_list"

_told: dict[str, str] = {}  # what JAX was or will be told: by variable of the environment, but one


class Device(NamedTuple):
    """A device that STILLFLOW_DEVICE names: `cpu` or `gpu`, and which of them."""

    kind: str
    number: int


def chosen() -> Device | None:
    """The device that STILLFLOW_DEVICE names, as `cpu`, `gpu` or `gpu:1`; None where it is not set.

    Raises:
      ValueError: it names none.
    """
    text = os.environ.get("STILLFLOW_DEVICE", "")
    if not text:
        return None
    kind, _, index = text.partition(":")
    if kind not in ("cpu", "gpu") or not (index or "0").isdecimal():
        raise ValueError(f"STILLFLOW_DEVICE is {text!r}; it may be cpu, gpu, or gpu:1 and so on.")
    return Device(kind, int(index or 0))


def spread() -> int | None:
    """Over how many devices STILLFLOW_DEVICES has runs spread, 0 for all; None where it is not set.

    Raises:
      ValueError: it is no such number, or STILLFLOW_DEVICE names the one device.
    """
    text = os.environ.get("STILLFLOW_DEVICES", "")
    if not text:
        return None
    if text != "all" and not (text.isdecimal() and int(text)):
        raise ValueError(f"STILLFLOW_DEVICES is {text!r}; it may be a number from 1 on, or all.")
    if ":" in os.environ.get("STILLFLOW_DEVICE", ""):
        raise ValueError(
            f"STILLFLOW_DEVICE={os.environ['STILLFLOW_DEVICE']} names one device, and "
            f"STILLFLOW_DEVICES={text} asks for several. Leave one of them out."
        )
    return 0 if text == "all" else int(text)


@cache
def platform() -> str:
    """`cpu` or `gpu`: where compiled runs are. JAX is asked if it has started, else foreseen."""
    device = chosen()
    if device is not None:
        return device.kind
    if has_started():
        return _kind(sys.modules["jax"].default_backend())
    named = os.environ.get("JAX_PLATFORMS", "").split(",")[0]
    if named:
        return _kind(named)
    return "gpu" if has_gpu_plugin() and has_gpu() else "cpu"


def _kind(backend: str) -> str:
    return "gpu" if backend in _GPU_NAMES else "cpu"


def has_gpu_plugin(*kinds: str) -> bool:
    """Whether what JAX needs for GPUs, or for one of `kinds`, is installed: `stillflow[cuda]`."""
    found = importlib.util.find_spec("jax_plugins")
    folders = [] if found is None else found.submodule_search_locations or []
    names = [name for folder in folders if os.path.isdir(folder) for name in os.listdir(folder)]
    return any(name.startswith(kinds or _GPU_PLUGINS) for name in names)


def has_gpu() -> bool:
    """Whether a GPU's driver is there, and the environment does not hide the GPU."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return visible not in ("", "-1") and any(map(os.path.exists, _DRIVERS))


def has_started() -> bool:
    """Whether JAX has opened its devices, after which their options are what they are."""
    bridge = sys.modules.get("jax._src.xla_bridge")
    return bridge is not None and bridge.backends_are_initialized()


# What sessions say of GPUs -----------------------------------------------------------------------


def take_options(options: Any) -> None:
    """Takes note of a session's `gpu_options`, for JAX to start with.

    Warns where JAX has started with others, or a session has asked for others before.
    """
    wanted = _wanted(options)
    if has_started():
        _warn_of({name: value for name, value in wanted.items() if _told.get(name) != value})
        return
    _warn_of({n: v for n, v in wanted.items() if _told.get(n, v) != v})
    for name, value in wanted.items():
        _told.setdefault(name, value)


def _wanted(options: Any) -> dict[str, str]:
    wanted = {}
    if options.allow_growth:
        wanted[_PREALLOCATE] = "false"
    if options.per_process_gpu_memory_fraction > 0:
        wanted[_FRACTION] = str(options.per_process_gpu_memory_fraction)
    if options.visible_device_list:
        wanted[_VISIBLE] = options.visible_device_list
    return wanted


def grow_memory() -> None:
    """Has JAX take a GPU's memory as it needs it."""
    _told[_PREALLOCATE] = "false"


def _warn_of(ignored: dict[str, str]) -> None:
    if not ignored or platform() != "gpu":
        return
    logging.getLogger("stillflow").warning(
        "These options of GPUs come too late, for the process has settled them: %s. Give them in "
        "the first tf.Session, before anything is compiled.",
        ", ".join(f"{name}={value}" for name, value in sorted(ignored.items())),
    )


def prepare() -> None:
    """Tells JAX, which has yet to start, what was asked for. What its user has set stays."""
    device = chosen()
    if device is not None and device.kind == "cpu":
        os.environ.setdefault("JAX_PLATFORMS", "cpu")  # else a GPU's memory is taken for nothing
    if os.environ.get("TF_FORCE_GPU_ALLOW_GROWTH") == "true":
        _told.setdefault(_PREALLOCATE, "false")
    for name in (_PREALLOCATE, _FRACTION):
        if name in _told and not (name == _FRACTION and _OLD_FRACTION in os.environ):
            os.environ.setdefault(name, _told[name])


def visible() -> str | None:
    """The numbers of the GPUs that JAX, which is imported and has yet to start, is to open."""
    return _told.get(_VISIBLE)
