"""`tensorflow.python.client.timeline`: a traced run as chrome://tracing and Perfetto show it.

The format is Google's Trace Event Format: a process for each device, an event for each step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

_LABEL = re.compile(r"(.*) = (.*)\((.*)\)")


class Timeline:
    """The steps of a run in time; `step_stats` are those of a tf.RunMetadata."""

    def __init__(self, step_stats: Any, graph: Any = None):
        del graph
        self._step_stats = step_stats

    def generate_chrome_trace_format(
        self, show_dataflow: bool = True, show_memory: bool = False
    ) -> str:
        """Returns the trace as JSON.

        Args:
          show_dataflow: adds arrows from what makes a tensor to what takes it.
          show_memory: adds how many bytes the results of the steps take.
        """
        events: list[dict[str, Any]] = []
        for pid, device in enumerate(self._step_stats.dev_stats):
            title = f"{device.device} Compute"
            events.append({"name": "process_name", "ph": "M", "pid": pid, "args": {"name": title}})
            nodes = sorted(device.node_stats, key=lambda node: node.all_start_micros)
            lanes = list(_lanes(nodes))
            events += [_step(node, pid, lane) for node, lane in zip(nodes, lanes, strict=True)]
            if show_dataflow:
                events += _arrows(nodes, pid, lanes)
            if show_memory:
                events += _memory(nodes, pid)
        return json.dumps({"traceEvents": events}, indent=4)


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


def _arrows(nodes: list[Any], pid: int, lanes: list[int]) -> list[dict[str, Any]]:
    ends = {
        _parsed(node)[0]: (node.all_start_micros + node.all_end_rel_micros, lane)
        for node, lane in zip(nodes, lanes, strict=True)
    }
    found: list[dict[str, Any]] = []
    for node, lane in zip(nodes, lanes, strict=True):
        for source in _parsed(node)[2]:
            name = source.lstrip("^")
            if name not in ends:
                continue
            end, from_lane = ends[name]
            common = {"name": name, "cat": "DataFlow", "id": len(found) // 2, "pid": pid}
            found.append({**common, "ph": "s", "tid": from_lane, "ts": end})
            found.append({**common, "ph": "t", "tid": lane, "ts": node.all_start_micros})
    return found


def _memory(nodes: Iterable[Any], pid: int) -> list[dict[str, Any]]:
    """How many bytes results take, each from the end of its step on."""
    found, total = [], 0
    for node in nodes:
        for output in node.output:
            total += output.tensor_description.allocation_description.requested_bytes
        at = node.all_start_micros + node.all_end_rel_micros
        found.append(
            {
                "name": "cpu",
                "cat": "Memory",
                "ph": "C",
                "pid": pid,
                "ts": at,
                "args": {"cpu": total},
            }
        )
    return found
