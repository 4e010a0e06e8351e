"""A run whose steps are timed one by one, for `tf.RunMetadata`.

It goes on the host, step after step: what XLA makes of many steps has no times of its own. A loop
or a choice is one step.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from stillflow.graph.operation import Operation
from stillflow.runtime.host import HostProgram
from stillflow.runtime.steps import Step

DEVICE = "/job:localhost/replica:0/task:0/device:CPU:0"


class Timed(NamedTuple):
    """A step that was done, from `start` to `end`, nanoseconds of the day's clock.

    `op` is its operation, or a name for what several steps did together.
    """

    op: Any
    start: int
    end: int
    results: tuple[Any, ...]


class _Inside(threading.local):
    """How long what is timed within the call at work took, of this thread."""

    took = 0


_inside = _Inside()
# Is told of what was done: when it began, how long it took, alone too, and what it gave.
Note = Callable[[Any, int, int, int, Any], None]


def timed(call: Callable[..., Any], what: Any, note: Note) -> Callable[..., Any]:
    """`call`, which tells `note` of each time that it did `what`, in nanoseconds."""

    def run(*inputs: Any) -> Any:
        around, _inside.took = _inside.took, 0
        start = time.time_ns()
        try:
            result = call(*inputs)
            took = time.time_ns() - start
            note(what, start, took, took - _inside.took, result)
            return result
        finally:
            _inside.took = around + time.time_ns() - start

    return run


def traced(program: HostProgram, into: list[Timed]) -> HostProgram:
    """`program`, of which each run adds what it does to `into`."""

    def note(step: Step, start: int, took: int, alone: int, result: Any) -> None:
        results = (result,) if len(step.outputs) == 1 else tuple(result or ())
        into.append(Timed(step.op, start, start + took, results))

    calls = [
        (timed(call, step, note), inputs, single, outputs)
        for (call, inputs, single, outputs), step in zip(program.calls, program.steps, strict=True)
    ]
    return HostProgram(program.constants, calls, program.steps, program.aliases)


def fill_step_stats(metadata: Any, steps: Iterable[Timed], device_name: str = DEVICE) -> None:
    """Writes the times of steps into a tf.RunMetadata."""
    device = metadata.step_stats.dev_stats.add(device=device_name)
    for op, start, end, results in steps:
        node = device.node_stats.add(
            node_name=op if isinstance(op, str) else op.name,
            all_start_micros=start // 1000,
            op_end_rel_micros=(end - start) // 1000,
            all_end_rel_micros=(end - start) // 1000,
            timeline_label=_label(op),
            scheduled_micros=start // 1000,
            all_start_nanos=start,
            op_end_rel_nanos=end - start,
            all_end_rel_nanos=end - start,
            scheduled_nanos=start,
        )
        taken = 0
        outputs = () if isinstance(op, str) else op.outputs
        for slot, (tensor, value) in enumerate(zip(outputs, results, strict=False)):
            if isinstance(value, (np.ndarray, np.generic)):
                _describe(node.output.add(slot=slot).tensor_description, tensor, value)
                taken += value.nbytes
        if taken:
            node.memory.add(
                allocator_name="cpu", total_bytes=taken, peak_bytes=taken, live_bytes=taken
            )


def _label(op: Operation | str) -> str:
    if isinstance(op, str):
        return op
    return f"{op.name} = {op.type}({', '.join(t.op.name for t in op.inputs)})"


def _describe(description: Any, tensor: Any, value: Any) -> None:
    description.dtype = tensor.dtype.base_dtype.as_datatype_enum
    for size in value.shape:
        description.shape.dim.add(size=size)
    description.shape.SetInParent()
    allocation = description.allocation_description
    allocation.requested_bytes = allocation.allocated_bytes = value.nbytes
    allocation.allocator_name = "cpu"


def fill_partition_graph(metadata: Any, ops: Iterable[Operation]) -> None:
    """Writes the part of the graph that a run needs into a tf.RunMetadata."""
    graph = metadata.partition_graphs.add()
    for op in ops:
        node = graph.node.add()
        node.CopyFrom(op.node_def)
        node.device = DEVICE
