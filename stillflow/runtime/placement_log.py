"""What a session with `log_device_placement` prints: where the nodes of its graph are.

What compiled code can do is on the GPU where there is one, for that is where it goes once it is
worth compiling; all else is on the host.
"""

from __future__ import annotations

from collections.abc import Iterable

from stillflow.graph.device import DeviceSpec
from stillflow.graph.operation import Operation
from stillflow.runtime.devices import HOST, Gpu, gpus
from stillflow.runtime.steps import is_host_type


def print_mapping() -> None:
    """What a new session prints: the devices other than the host."""
    there = [f"{_name('GPU', gpu.number)} -> {gpu.description}" for gpu in gpus()]
    print("Device mapping:" if there else "Device mapping: no known devices.", *there, sep="\n")


def print_places(ops: Iterable[Operation]) -> None:
    """Prints a line for each operation: first those with inputs, as TensorFlow places them."""
    found = gpus()
    for op in sorted(ops, key=_is_source):
        print(f"{op.name}: ({op.type}): {_place(op, found)}")


def _is_source(op: Operation) -> bool:
    is_alone = not op.inputs and len(op.outputs) == 1
    return is_alone and not op.outputs[0].dtype._is_ref_dtype


def _place(op: Operation, found: list[Gpu]) -> str:
    asked = DeviceSpec.from_string(op._device)
    if found and not _needs_host(op):
        return _name("GPU", found[0].number)
    if asked.device_type in ("CPU", "XLA_CPU"):
        return _name(asked.device_type, asked.device_index or 0)
    return _name("CPU", 0)


def _needs_host(op: Operation) -> bool:
    types = [tensor.dtype for tensor in (*op.inputs, *op.outputs)]
    return bool(op.defn.host or op.defn.kept is not None or any(map(is_host_type, types)))


def _name(kind: str, number: int) -> str:
    return f"{HOST}/device:{kind}:{number}"
