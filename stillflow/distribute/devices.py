"""Names of devices, whole: strategies compare them."""

from __future__ import annotations

from stillflow.graph.context import executing_eagerly, executing_eagerly_outside_functions
from stillflow.graph.device import DeviceSpec
from stillflow.graph.graph import get_default_graph

_HOST = DeviceSpec(replica=0, task=0, device_type="CPU", device_index=0)


def canonicalize(device: str, default: str | None = None) -> str:
    """The whole name; what `device` leaves out is that of `default`, else the first host's.

    Eagerly, devices are those of a job, though there is no other one.

    Raises:
      ValueError: it is no device's name.
    """
    spec = DeviceSpec.from_string(device)
    whole = _HOST
    if executing_eagerly_outside_functions():
        whole = whole.replace(job="localhost")
    if default:
        whole = whole.make_merged_spec(DeviceSpec.from_string(default))
    return whole.make_merged_spec(spec).to_string()


def current() -> str:
    """The device of an operation that would be built now."""
    name: str = get_default_graph()._current_device()
    return canonicalize(name) if name and executing_eagerly() else name


def resolve(device: str) -> str:
    """The whole name; what `device` leaves out is that of the open scopes."""
    return canonicalize(device, default=current())


def get_host_for_device(device: str) -> str:
    """The host that `device` belongs to."""
    spec = DeviceSpec.from_string(device)
    host = DeviceSpec(spec.job, spec.replica, spec.task, "CPU", 0)
    return host.to_string()


def local_devices_from_num_gpus(num_gpus: int | None) -> tuple[str, ...]:
    """So many GPUs; without any, the host."""
    return tuple(f"/device:GPU:{n}" for n in range(num_gpus or 0)) or ("/device:CPU:0",)
