"""`tensorflow.python.client.timeline`: a traced run as chrome://tracing and Perfetto show it.

The format is Google's Trace Event Format: a process for each device, an event for each step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from stillflow.events import allocations
from stillflow.events.allocations import AllocationMaximum, Change

_LABEL = re.compile(r"(.*) = (.*)\((.*)\)")
_Event = dict[str, Any]


class ChromeTrace:
    """The events of a trace."""

    def __init__(self, events: list[_Event]):
        self._events = events

    def format_to_string(self, pretty: bool = False) -> str:
        """Returns the trace as JSON, a line for each value if `pretty`."""
        return json.dumps({"traceEvents": self._events}, indent=4 if pretty else None)


class StepStatsAnalysis(NamedTuple):
    """What a traced run took.

    Attributes:
      chrome_trace: its steps in time.
      allocator_maximums: {allocator: when it had given out the most}; None without memory.
    """

    chrome_trace: ChromeTrace
    allocator_maximums: dict[str, AllocationMaximum] | None


class Timeline:
    """The steps of a run in time; `step_stats` are those of a tf.RunMetadata."""

    def __init__(self, step_stats: Any, graph: Any = None):
        del graph
        self._step_stats = step_stats

    def analyze_step_stats(
        self, show_dataflow: bool = True, show_memory: bool = True
    ) -> StepStatsAnalysis:
        """Returns the trace, and how much memory it took at most.

        A tensor takes memory from the start of the step that makes it to the end of the last step
        that takes it.

        Args:
          show_dataflow: adds arrows from what makes a tensor to what takes it.
          show_memory: adds how many bytes tensors take, by allocator.
        """
        devices = self._step_stats.dev_stats
        events = [event for pid, device in enumerate(devices) for event in _device(device, pid)]
        if show_dataflow:
            events += _arrows(list(devices))
        if not show_memory:
            return StepStatsAnalysis(ChromeTrace(events), None)
        nodes = [node for device in devices for node in device.node_stats]
        changes = allocations.changes(allocations.lifetimes(nodes, _taken(nodes)))
        events += _memory(changes, len(devices))
        maximums = {name: allocations.maximum(series) for name, series in changes.items()}
        return StepStatsAnalysis(ChromeTrace(events), maximums)

    def generate_chrome_trace_format(
        self, show_dataflow: bool = True, show_memory: bool = False
    ) -> str:
        """Returns the trace of `analyze_step_stats` as JSON."""
        analysis = self.analyze_step_stats(show_dataflow, show_memory)
        return analysis.chrome_trace.format_to_string(pretty=True)


def _parsed(node: Any) -> tuple[str, str, list[str]]:
    """The name, the type and the inputs of a node, as its label tells them."""
    found = _LABEL.match(node.timeline_label)
    if found is None:
        name, _, kind = node.node_name.partition(":")
        return name, kind or node.node_name, []
    return found[1], found[2], [name for name in found[3].split(", ") if name]


def _lanes(nodes: Iterable[Any]) -> Iterator[int]:
    """Of each node the first lane that is free when it starts."""
    ends: list[int] = []
    for node in nodes:
        start = node.all_start_micros
        lane = next((n for n, end in enumerate(ends) if end <= start), len(ends))
        ends[lane : lane + 1] = [start + max(1, node.all_end_rel_micros)]
        yield lane


def _device(device: Any, pid: int) -> list[_Event]:
    """The name of a device and its steps."""
    title = f"{device.device} Compute"
    nodes = _in_time(device)
    return [
        {"name": "process_name", "ph": "M", "pid": pid, "args": {"name": title}},
        *(_step(node, pid, lane) for node, lane in zip(nodes, _lanes(nodes), strict=True)),
    ]


def _in_time(device: Any) -> list[Any]:
    return sorted(device.node_stats, key=lambda node: node.all_start_micros)


def _step(node: Any, pid: int, lane: int) -> dict[str, Any]:
    name, kind, inputs = _parsed(node)
    arguments = {"name": name, "op": kind}
    arguments.update((f"input{place}", source) for place, source in enumerate(inputs))
    return {
        "name": kind,
        "cat": "Op",
        "ph": "X",
        "pid": pid,
        "tid": lane,
        "ts": node.all_start_micros,
        "dur": node.all_end_rel_micros,
        "args": arguments,
    }


def _end(node: Any) -> int:
    return node.all_start_micros + node.all_end_rel_micros


def _arrows(devices: list[Any]) -> list[_Event]:
    """Of each input an arrow from where it was made, on whatever device."""
    placed = [
        (node, pid, lane)
        for pid, device in enumerate(devices)
        for node, lane in zip(_in_time(device), _lanes(_in_time(device)), strict=True)
    ]
    ends = {_parsed(node)[0]: (_end(node), pid, lane) for node, pid, lane in placed}
    found: list[_Event] = []
    for node, pid, lane in placed:
        for source in _parsed(node)[2]:
            name = source.lstrip("^")
            if name not in ends:
                continue
            end, from_pid, from_lane = ends[name]
            common = {"name": name, "cat": "DataFlow", "id": len(found) // 2}
            found.append({**common, "ph": "s", "pid": from_pid, "tid": from_lane, "ts": end})
            start = node.all_start_micros
            found.append({**common, "ph": "t", "pid": pid, "tid": lane, "ts": start})
    return found


def _taken(nodes: Iterable[Any]) -> Iterator[tuple[str, int]]:
    """(tensor, when the step ends that takes it) of each input."""
    for node in nodes:
        for name in _parsed(node)[2]:
            yield name, _end(node) - 1


def _memory(changes: Mapping[str, list[Change]], pid: int) -> list[_Event]:
    """A counter of bytes for each allocator."""
    found: list[_Event] = [
        {"name": "process_name", "ph": "M", "pid": pid, "args": {"name": "Allocators"}}
    ]
    for allocator, series in changes.items():
        common = {"name": allocator, "cat": "Memory", "ph": "C", "pid": pid, "tid": 0}
        found += [
            {**common, "ts": change.at, "args": {allocator: level}}
            for change, level in zip(series, allocations.levels(series), strict=True)
        ]
    return found
