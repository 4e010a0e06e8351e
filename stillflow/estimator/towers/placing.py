"""Which device the operations of a tower are on: variables on a shared one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.device import DeviceSpec
from stillflow.runtime.local_devices import list_local_devices

_VARIABLES = ("Variable", "VariableV2", "VarHandleOp")


def local_devices(kind: str) -> list[str]:
    """The names of this machine's devices of a kind: "CPU" or "GPU"."""
    return [each.name for each in list_local_devices() if each.device_type == kind]


def setter(worker: str, shared: str) -> Callable[[Any], str]:
    """A function from an operation to its device; what the operation says itself comes first."""

    def chosen(op: Any) -> str:
        kind = getattr(op, "type", None) or op.op
        spec = DeviceSpec.from_string(shared if kind in _VARIABLES else worker)
        spec.merge_from(DeviceSpec.from_string(op.device or ""))
        return spec.to_string()

    return chosen
