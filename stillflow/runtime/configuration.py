"""`tf.config`: what a program says of devices, threads and optimizations, all of it at once.

Stillflow decides these by itself: what is said is checked, kept and given back. Sessions take what
counts for them from a ConfigProto.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.runtime.accelerators import grow_memory
from stillflow.runtime.devices import gpus

_HOST = "/job:localhost/replica:0/task:0"
_POLICIES = ("silent", "silent_for_int32", "warn", "explicit")


class PhysicalDevice(NamedTuple):
    """A device of this machine."""

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device that operations may be on."""

    name: str
    device_type: str


class VirtualDeviceConfiguration(NamedTuple):
    """A part of a device: how much memory, in megabytes, it may use."""

    memory_limit: int | None = None


_CPU = PhysicalDevice("/physical_device:CPU:0", "CPU")


def _known() -> list[PhysicalDevice]:
    """The devices of this machine; GPUs, as JAX opens them to tell."""
    names = (f"/physical_device:GPU:{gpu.number}" for gpu in gpus())
    return [_CPU, *(PhysicalDevice(name, "GPU") for name in names)]


class _Settings:
    """What was said so far; some of it may not change once devices were asked for."""

    def __init__(self) -> None:
        self.is_initialized = False
        self.visible: list[PhysicalDevice] | None = None  # all of them
        self.virtual: dict[PhysicalDevice, list[VirtualDeviceConfiguration]] = {}
        self.threads = {"Inter": 0, "Intra": 0}
        self.is_soft = False
        self.policy = "silent"
        self.is_synchronous = True
        self.jit = False
        self.grows = False
        self.options: dict[str, Any] = {}


_settings = _Settings()


def _check_changeable(what: str) -> None:
    if _settings.is_initialized:
        raise RuntimeError(f"{what} cannot be modified after being initialized")


def _check_known(device: Any) -> None:
    if device != _CPU and device not in _known():
        raise ValueError(f"Unrecognized device: {device!r}")


# Devices ------------------------------------------------------------------------------------------


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """Returns the devices of this machine, of one type if that is given.

    Unlike TensorFlow, it opens a GPU to tell whether it is there; `set_memory_growth` is to be
    called by then, or TF_FORCE_GPU_ALLOW_GROWTH to be set.
    """
    return [device for device in _known() if device_type in (None, device.device_type)]


def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """Returns the devices that operations may be on, of one type if that is given."""
    _settings.is_initialized = True
    visible = get_visible_devices(device_type)
    hosts = max(1, len(_settings.virtual.get(_CPU, ()))) if _CPU in visible else 0
    found = [LogicalDevice(f"{_HOST}/device:CPU:{number}", "CPU") for number in range(hosts)]
    others = (device for device in visible if device != _CPU)
    return found + [
        LogicalDevice(device.name.replace("/physical_device", f"{_HOST}/device"), "GPU")
        for device in others
    ]


def experimental_list_devices() -> list[str]:
    """Returns the names of the devices that operations may be on."""
    return [device.name for device in list_logical_devices()]


def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """Returns the devices that the program may use, of one type if that is given."""
    visible = _known() if _settings.visible is None else _settings.visible
    return [device for device in visible if device_type in (None, device.device_type)]


def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """Sets which devices the program may use, of one type if that is given.

    Raises:
      ValueError: there is no such device, or it is of another type.
      RuntimeError: devices are in use already.
    """
    wanted = devices if isinstance(devices, list) else [devices]
    for device in wanted:
        _check_known(device)
        if device_type not in (None, device.device_type):
            raise ValueError(f"Unrecognized device: {device!r}")
    visible = get_visible_devices()
    others = [d for d in visible if device_type not in (None, d.device_type)]
    if others + wanted != visible:
        _check_changeable("Visible devices")
        _settings.visible = others + wanted


def get_memory_growth(device: Any) -> bool:
    """Returns whether a GPU's memory is taken as it is needed; KeyError for another device."""
    _check_known(device)
    if device == _CPU:
        raise KeyError(device)
    return _settings.grows


def set_memory_growth(device: Any, enable: bool) -> None:
    """Sets whether GPUs' memory is taken as it is needed, which counts before one is opened.

    Raises:
      ValueError: the device is no GPU.
    """
    _check_known(device)
    if device == _CPU:
        raise ValueError("Cannot set memory growth on non-GPU devices")
    _settings.grows = enable
    if enable:
        grow_memory()


def get_virtual_device_configuration(device: Any) -> list[VirtualDeviceConfiguration] | None:
    """Returns the parts of a device; None where it is one."""
    _check_known(device)
    return _settings.virtual.get(device)


def set_virtual_device_configuration(
    device: Any, virtual_devices: list[VirtualDeviceConfiguration]
) -> None:
    """Divides a device into several.

    Raises:
      ValueError: a part of the host has a limit of memory.
      RuntimeError: devices are in use already.
    """
    _check_known(device)
    if any(part.memory_limit is not None for part in virtual_devices):
        raise ValueError("Setting memory limit on CPU virtual devices is currently not supported")
    if _settings.virtual.get(device) != virtual_devices:
        _check_changeable("Virtual devices")
        _settings.virtual[device] = virtual_devices


def get_soft_device_placement() -> bool:
    """Returns what was set. A session asks `ConfigProto.allow_soft_placement`."""
    return _settings.is_soft


def set_soft_device_placement(enabled: bool) -> None:
    """Sets whether the host stands for devices that are not there."""
    _settings.is_soft = enabled


def get_device_policy() -> str:
    """Returns what was set."""
    return _settings.policy


def set_device_policy(device_policy: str | None) -> None:
    """Sets what happens when an operation's inputs are elsewhere; here nothing.

    Raises:
      ValueError: there is no such policy.
    """
    policy = "silent" if device_policy is None else device_policy
    if policy not in _POLICIES:
        raise ValueError(f"Not a valid device policy: {device_policy!r}")
    _settings.policy = policy


def get_synchronous_execution() -> bool:
    """Returns what was set."""
    return _settings.is_synchronous


def set_synchronous_execution(enable: bool | None) -> None:
    """Sets whether eager operations are waited for."""
    _settings.is_synchronous = enable is None or enable


# Threads and optimizations ------------------------------------------------------------------------


def get_inter_op_parallelism_threads() -> int:
    """Returns what was set, 0 by default."""
    return _settings.threads["Inter"]


def set_inter_op_parallelism_threads(num_threads: int) -> None:
    """Sets how many operations run at a time; RuntimeError once devices are in use."""
    _set_threads("Inter", num_threads)


def get_intra_op_parallelism_threads() -> int:
    """Returns what was set, 0 by default."""
    return _settings.threads["Intra"]


def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """Sets how many threads one operation has; RuntimeError once devices are in use."""
    _set_threads("Intra", num_threads)


def _set_threads(kind: str, count: int) -> None:
    if _settings.threads[kind] == count:
        return
    if _settings.is_initialized:
        raise RuntimeError(f"{kind} op parallelism cannot be modified after initialization.")
    _settings.threads[kind] = count


def get_jit() -> bool:
    """Returns what was set; Stillflow compiles what is hot in any case."""
    return _settings.jit


def set_jit(enabled: bool) -> None:
    """Sets whether TensorFlow would compile."""
    _settings.jit = enabled


def get_experimental_options() -> dict[str, Any]:
    """Returns the options that were set, and two that always are."""
    return {"disable_model_pruning": False, "disable_meta_optimizer": False, **_settings.options}


def set_experimental_options(options: dict[str, Any]) -> None:
    """Sets options of TensorFlow's graph optimizer, by name; they are kept."""
    _settings.options.update(options)
