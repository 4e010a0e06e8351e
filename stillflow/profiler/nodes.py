"""The nodes of a graph as a report counts them: sizes, arithmetic, and what runs took."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

_NOT_NODES = ("RecvTensor", "_SOURCE")
_HOST = re.compile(r".*/(device:gpu|gpu|device:cpu|cpu):\d+")
_STREAMS = "stream:all"

# What is shown of a node beside its parameters: names of GraphNodeProto's fields.
RUN_STATISTICS = (
    *("exec_micros", "accelerator_exec_micros", "cpu_exec_micros"),
    *("requested_bytes", "peak_bytes", "residual_bytes", "output_bytes"),
)


class Step:
    """What one step of a run took for a node."""

    def __init__(self) -> None:
        self.run_count = 0
        self.values = dict.fromkeys(RUN_STATISTICS, 0)

    def add_time(self, device: str, stats: Any) -> None:
        if stats.all_start_micros <= 0:
            return
        micros = stats.op_end_rel_micros or 1
        if _STREAMS in device:
            self.values["accelerator_exec_micros"] += micros
        elif _HOST.fullmatch(device):
            self.values["cpu_exec_micros"] += micros
            self.run_count += 1
        else:
            return
        self.values["exec_micros"] += micros

    def add_memory(self, stats: Any) -> None:
        if stats.all_start_micros <= 0:
            return
        kept = temporary = 0
        if stats.HasField("memory_stats"):
            kept = stats.memory_stats.persistent_memory_size
            temporary = stats.memory_stats.temp_memory_size
        values = self.values
        values["residual_bytes"] += sum(m.live_bytes for m in stats.memory) + kept
        values["requested_bytes"] += sum(m.total_bytes for m in stats.memory) + kept + temporary
        values["peak_bytes"] += sum(m.peak_bytes for m in stats.memory) + kept + temporary
        for output in stats.output:
            described = output.tensor_description.allocation_description
            values["output_bytes"] += max(described.allocated_bytes, described.requested_bytes)


class Node:
    """A node: what its definition says, what was logged of it, and its steps."""

    def __init__(self, name: str, op: str):
        self.name = name
        self.op = op
        self.types = {op}
        self.shape: list[int] = []
        self.output_shapes: list[list[int]] = []
        self.inputs: list[tuple[str, int]] = []
        self.input_shapes: list[list[int]] = []
        self.defined_float_ops = 0
        self.device = ""
        self.line = ""  # of the program
        self._steps: dict[int, Step] = {}

    @property
    def parameters(self) -> int:
        """How many numbers a variable has; 0 where a size is not known."""
        return 0 if not self.shape or min(self.shape) < 0 else math.prod(self.shape)

    def add_run(self, step: int, device: str, stats: Any) -> None:
        device = device.lower()
        if _HOST.fullmatch(device):
            if self.device and self.device != device:
                return
            self.device = device
            self.types.add(device)
        own = self._steps.setdefault(step, Step())
        own.add_time(device, stats)
        if device == self.device:
            own.add_memory(stats)

    def run_count(self, step: int) -> int:
        return self._mean(step, lambda own: own.run_count)

    def float_ops(self, step: int) -> int:
        if not self._steps:
            return self.defined_float_ops
        return self.defined_float_ops * self.run_count(step)

    def statistic(self, name: str, step: int) -> int:
        return self._mean(step, lambda own: own.values[name])

    def _mean(self, step: int, value: Any) -> int:
        """Of one step, or the mean of all."""
        if step >= 0:
            return value(self._steps[step]) if step in self._steps else 0
        if not self._steps:
            return 0
        return sum(map(value, self._steps.values())) // len(self._steps)


class Nodes:
    """The nodes of a graph by name, and the steps that were run."""

    def __init__(self) -> None:
        self.by_name: dict[str, Node] = {}
        self.steps: set[int] = set()

    def add_graph(self, graph_def: Any) -> None:
        """Adds the nodes of a GraphDef with shapes."""
        added = [node for node in graph_def.node if node.name not in self.by_name]
        for definition in added:
            self.by_name[definition.name] = _node(definition)
        for definition in added:
            node = self.by_name[definition.name]
            # Control inputs come by names, as in a GraphDef of TensorFlow's.
            names = sorted(definition.input, key=lambda name: name if name[0] == "^" else "")
            node.inputs = [_input(name) for name in names]
        for node in self.by_name.values():
            places = dict(node.inputs)  # of a node that is named twice, its last output
            node.input_shapes = [self._shape_of(name, places[name]) for name, _ in node.inputs]

    def _shape_of(self, name: str, place: int) -> list[int]:
        shapes = self.by_name[name].output_shapes if name in self.by_name else []
        return shapes[place] if place < len(shapes) else []

    def add_log(self, entries: Iterable[Any]) -> None:
        """Adds what OpLogEntry messages say."""
        for entry in entries:
            node = self.by_name.get(entry.name)
            if node is not None:
                node.types.update(entry.types)
                node.defined_float_ops = entry.float_ops or node.defined_float_ops

    def add_run(self, step: int, run_meta: Any) -> float:
        """Adds the RunMetadata of a step; returns which share of the nodes it had."""
        self.steps.add(step)
        seen = set()
        for device in run_meta.step_stats.dev_stats:
            for stats in device.node_stats:
                name = stats.node_name.partition(":")[0]
                if name not in self.by_name:
                    if name in _NOT_NODES or "MEMCPY" in name:
                        continue
                    self.by_name[name] = Node(name, name)
                seen.add(name)
                self.by_name[name].add_run(step, device.device, stats)
        return len(seen) / len(self.by_name) if self.by_name else 0.0

    def in_order(self) -> Sequence[Node]:
        return [self.by_name[name] for name in sorted(self.by_name)]


def _node(definition: Any) -> Node:
    node = Node(definition.name, definition.op)
    if definition.attr["shape"].HasField("shape"):
        node.shape = _sizes(definition.attr["shape"].shape)
    node.output_shapes = [_sizes(shape) for shape in definition.attr["_output_shapes"].list.shape]
    return node


def _sizes(shape: Any) -> list[int]:
    """The sizes; [1] of a scalar, [] where the rank is not known."""
    if not shape.dim and not shape.unknown_rank:
        return [1]
    return [size.size for size in shape.dim]


def _input(name: str) -> tuple[str, int]:
    name, _, place = name.removeprefix("^").partition(":")
    return name, int(place or 0)
