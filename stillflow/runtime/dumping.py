"""Tensors of a run written to files, as `RunOptions.debug_options` asks: what tfdbg reads.

The files are laid out as TensorFlow's: below the folder of a device, a file for each tensor and
each time that it was computed, an Event whose summary has the value.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from stillflow.graph import dtypes, errors
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.protos.tensor_proto import content_proto_of, tensor_proto_of
from stillflow.runtime.tracing import Timed
from stillflow.runtime.variables import first_of_its_name

PREFIX = "_tfdbg_"
DEVICE_FOLDER = f"{PREFIX}device_,job_localhost,replica_0,task_0,device_CPU_0"


class Dump:
    """What is to be written of a run; the variables' values are those of before it."""

    def __init__(self, debug_options: Any, variables: Any, fed: list[str]):
        self._watches = list(debug_options.debug_tensor_watch_opts)
        self._global_step = debug_options.global_step
        self._variables = dict(variables.items())
        self._fed = fed
        self._folders: set[str] = set()
        self._written: set[tuple[str, str, str]] = set()

    def write(self, needed: list[Operation], steps: list[Timed], fetched: list[str]) -> None:
        """Writes the watched tensors of the operations that a run needed."""
        times = dict(_computed(needed, steps, self._variables))
        for watch in self._watches:
            chosen = times if watch.node_name == "*" else [f"{watch.node_name}:{watch.output_slot}"]
            for name in chosen:
                for url in watch.debug_urls:
                    self._begin(_folder(url), needed, fetched)
                    for debug_op in watch.debug_ops:
                        if (url, name, debug_op) in self._written:
                            continue
                        self._written.add((url, name, debug_op))
                        for moment, value in times.get(name, ()):
                            _write_tensor(_folder(url), name, debug_op, moment, value)

    def _begin(self, folder: str, needed: list[Operation], fetched: list[str]) -> None:
        """Writes what is told of the run as a whole, once in each folder."""
        if folder in self._folders:
            return
        self._folders.add(folder)
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.graph_pb2 import GraphDef

        graph = GraphDef(node=[op.node_def for op in needed])
        event = Event(graph_def=graph.SerializeToString())
        _write(os.path.join(folder, DEVICE_FOLDER, f"{PREFIX}graph_hash0_{_now()}"), event)
        told = {
            "global_step": self._global_step,
            "session_run_index": 0,
            "executor_step_index": 0,
            "input_names": self._fed,
            "output_names": [name for name in fetched if ":" in name],
            "target_nodes": [name for name in fetched if ":" not in name],
        }
        event = Event()
        event.log_message.message = json.dumps(told)
        _write(os.path.join(folder, f"{PREFIX}core_metadata_{_now()}"), event)


def _computed(
    needed: Iterable[Operation], steps: Iterable[Timed], variables: dict[Operation, Any]
) -> Iterator[tuple[str, list[tuple[int, Any]]]]:
    """By the names of tensors, when they were computed and what they were."""
    values: dict[Tensor, list[tuple[int, Any]]] = {}  # in microseconds
    for step in steps:
        for tensor, value in zip(step.op.outputs, step.results, strict=False):
            values.setdefault(tensor, []).append((step.end // 1000, value))
    begun = _now()
    for op in needed:
        if op.defn.is_constant:
            values[op.outputs[0]] = [(begun, op.attrs["value"])]
        elif op.defn.is_variable:
            values[op.outputs[0]] = [(begun, variables.get(first_of_its_name(op)))]
        elif op.defn.forwards and op.outputs[0] not in values and op.inputs[0] in values:
            values[op.outputs[0]] = values[op.inputs[0]]
    for op in needed:
        for tensor in op.outputs:
            if tensor in values:
                dtype = tensor.dtype.base_dtype
                yield tensor.name, [(at, (value, dtype)) for at, value in values[tensor]]


def _now() -> int:
    return time.time_ns() // 1000


def _folder(url: str) -> str:
    if not url.startswith("file://"):
        raise errors.UnimplementedError(
            None,
            None,
            f"Tensors cannot be sent to {url} by Stillflow.\n"
            "  Write them to files: debug_urls='file:///a/folder'.",
        )
    return url.removeprefix("file://")


def _write_tensor(folder: str, name: str, debug_op: str, moment: int, value: Any) -> None:
    from tensorboard.compat.proto.event_pb2 import Event

    array, dtype = value
    if dtype in (dtypes.resource, dtypes.variant):
        return
    kind = debug_op.partition("(")[0]
    if array is None and kind != "DebugIdentity":
        return
    node, _, slot = name.partition(":")
    event = Event(wall_time=float(moment))
    added = event.summary.value.add(tag=node, node_name=f"{name}:{kind}")
    if kind != "DebugIdentity":
        array, dtype = _described(kind, np.asarray(array), dtype)
    if array is None:  # a variable without a value
        added.tensor.dtype = dtype.as_datatype_enum
        added.tensor.tensor_shape.dim.add(size=1)
    else:
        stored = tensor_proto_of if dtype is dtypes.string else content_proto_of
        added.tensor.CopyFrom(stored(np.asarray(array), dtype))
    path = os.path.join(folder, DEVICE_FOLDER, f"{node}_{slot}_{kind}_{moment}")
    times = 0
    while os.path.exists(path + f"-{times}" * bool(times)):
        times += 1
    _write(path + f"-{times}" * bool(times), event)


def _described(debug_op: str, array: np.ndarray, dtype: DType) -> tuple[np.ndarray, DType]:
    """What a debug op gives of a tensor, and its type."""
    if debug_op == "DebugNanCount":
        is_float = array.dtype.kind in "fc"
        return np.array(np.isnan(array).sum() if is_float else 0, np.int64), dtypes.int64
    if debug_op == "DebugNumericSummary":
        return _numeric_summary(array, dtype), dtypes.float64
    raise errors.UnimplementedError(
        None,
        None,
        f"The debug op {debug_op} is not in Stillflow.\n"
        "  Use DebugIdentity, DebugNanCount or DebugNumericSummary.",
    )


def _numeric_summary(array: np.ndarray, dtype: DType) -> np.ndarray:
    """f64[14 + rank]: how many elements are of which kind, statistics, the type and the sizes."""
    numbers = array.astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    counts = [
        *(1.0, numbers.size, np.isnan(numbers).sum(), np.isneginf(numbers).sum()),
        *((finite < 0).sum(), (finite == 0).sum(), (finite > 0).sum()),
        np.isposinf(numbers).sum(),
    ]
    if finite.size:
        statistics = [finite.min(), finite.max(), finite.mean(), finite.var()]
    else:
        statistics = [np.inf, -np.inf, np.nan, np.nan]
    return np.array([*counts, *statistics, dtype.as_datatype_enum, array.ndim, *array.shape])


def _write(path: str, event: Any) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(event.SerializeToString())
