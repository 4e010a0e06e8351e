"""What is logged of operations: their arithmetic, where they were made, which are trained."""

from __future__ import annotations

import linecache
import os
import sys
from typing import Any

from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.tensor_shape import TensorShape
from stillflow.platform.files import GFile
from stillflow.profiler.messages import message
from stillflow.profiler.options import TRAINABLE_VARIABLES
from stillflow.profiler.statistics import get_stats_for_node_def

_FILE = "tfprof_log"


def merge_default_with_oplog(
    graph: Graph | None,
    op_log: Any = None,
    run_meta: Any = None,
    add_trace: bool = True,
    add_trainable_var: bool = True,
) -> Any:
    """The OpLogProto of a graph, with what a program's own says.

    Args:
      run_meta: RunMetadata, whose shapes are those of results that are not known otherwise.
      add_trace: whether it says where operations were made.
      add_trainable_var: whether it marks trainable variables.
    """
    graph = graph or get_default_graph()
    merged = message("OpLogProto")()
    ids = {"none": 0}
    entries = {}
    if op_log is not None:
        for entry in op_log.log_entries:
            entries[entry.name] = message("OpLogEntry").FromString(entry.SerializeToString())
    for entry in _logged(graph, run_meta, add_trace, add_trainable_var, ids):
        own = entries.get(entry.name)
        if own is None:
            entries[entry.name] = entry
            continue
        own.types.extend(entry.types)
        own.float_ops = own.float_ops or entry.float_ops
        if not own.code_def.traces:
            own.code_def.MergeFrom(entry.code_def)
    merged.log_entries.extend(entries.values())
    for text, number in ids.items():
        merged.id_to_string[number] = text
    return merged


def write_op_log(
    graph: Graph | None,
    log_dir: str,
    op_log: Any = None,
    run_meta: Any = None,
    add_trace: bool = True,
) -> None:
    """Writes the OpLogProto of a graph to the file `tfprof_log` in a folder."""
    merged = merge_default_with_oplog(graph, op_log, run_meta, add_trace)
    with GFile(os.path.join(log_dir, _FILE), "wb") as file:
        file.write(merged.SerializeToString())


def _logged(
    graph: Graph, run_meta: Any, add_trace: bool, add_trainable_var: bool, ids: dict[str, int]
) -> list[Any]:
    """An OpLogEntry for each operation of which there is something to say."""
    if run_meta is not None:
        fill_missing_shapes(graph, run_meta)
    entries: dict[str, Any] = {}
    unknown = 0
    for op in graph.get_operations():
        entry = message("OpLogEntry")(name=op.name)
        try:
            count = get_stats_for_node_def(graph, op.node_def, "flops").value
        except ValueError:
            count, unknown = None, unknown + 1
        if count:
            entry.float_ops = int(count)
        if add_trace:
            _add_trace(entry, op, ids)
        if count or add_trace:
            entries[op.name] = entry
    if add_trainable_var:
        for variable in graph.get_collection(GraphKeys.TRAINABLE_VARIABLES):
            name = variable.op.name
            entry = entries.setdefault(name, message("OpLogEntry")(name=name))
            entry.types.append(TRAINABLE_VARIABLES)
    if unknown and run_meta is None:
        sys.stderr.write(f"{unknown} ops no flops stats due to incomplete shapes.\n")
    return list(entries.values())


def _add_trace(entry: Any, op: Any, ids: dict[str, int]) -> None:
    for file, line, function, *_ in op.traceback:
        source = linecache.getline(file, line).strip() if line else ""
        entry.code_def.traces.add(
            file_id=ids.setdefault(file, len(ids)),
            lineno=line or -1,
            function_id=ids.setdefault(function, len(ids)) if function else 0,
            line_id=ids.setdefault(source, len(ids)) if source else 0,
            func_start_line=-1,
        )


def fill_missing_shapes(graph: Graph, run_meta: Any) -> Graph:
    """Gives results whose shapes are not known those that a run had; says which do not match."""
    for device in run_meta.step_stats.dev_stats:
        for stats in device.node_stats:
            try:
                op = graph.get_operation_by_name(stats.node_name)
            except KeyError:
                continue
            if len(stats.output) == len(op.outputs):
                for tensor, output in zip(op.outputs, stats.output, strict=True):
                    _fill(tensor, output.tensor_description.shape, stats.node_name)
    return graph


def _fill(tensor: Any, shape: Any, name: str) -> None:
    known = tensor.get_shape()
    if known.is_fully_defined():
        return
    try:
        tensor.set_shape(known.merge_with(TensorShape([size.size for size in shape.dim])))
    except ValueError as error:
        sys.stderr.write(f"Node {name} incompatible shapes: {error}.\n")
