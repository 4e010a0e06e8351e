"""The view of nodes by the lines of the program that made them.

TensorFlow shows whole call stacks; here an operation knows the innermost line of the program, so
that lines are in no tree. What differentiates an operation is with the line of that, apart.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

from stillflow.profiler import text
from stillflow.profiler.nodes import Node, Nodes
from stillflow.profiler.op_types import LEAST, OpType, legend
from stillflow.profiler.options import Options
from stillflow.profiler.trees import ROOT, in_order, is_named, matches

_GRADIENT = re.compile(r"gradients/(.+?)_grad/")


def report(nodes: Nodes, options: Options) -> tuple[str, Any]:
    """(text, MultiGraphNodeProto)"""
    by_line: dict[str, list[Node]] = {}
    for node in nodes.in_order():
        if made_by := _line_of(node, nodes):
            by_line.setdefault(made_by, []).append(node)
    lines = [OpType(name, by_line[name], options) for name in sorted(by_line)]
    lines = [line for line in lines if line.nodes]
    root = OpType(ROOT, (), options)
    for line in lines:
        root.add(line)
    shown = in_order(
        [line for line in lines if _is_shown(line, options)],
        options,
        lambda line, name: line.own[name.removeprefix("total_")],
    )
    rows = [f"{ROOT} ({', '.join(_columns(root, options, is_root=True))})\n"]
    rows += [f"  {line.name} ({', '.join(_columns(line, options))})\n" for line in shown]
    proto = root.proto()
    proto.children.extend(line.proto() for line in shown)
    return "".join([legend(options), *rows]), proto


def _line_of(node: Node, nodes: Nodes) -> str:
    """The line that made a node, or what it differentiates; empty where there is none."""
    found = _GRADIENT.search(node.name)
    if found is None:
        return node.line
    forward = nodes.by_name.get(found[1])
    return f"{forward.line} (gradient)" if forward is not None and forward.line else ""


def add_lines(nodes: Nodes, log: Any) -> None:
    """Tells the nodes which lines made them, as an OpLogProto says."""
    for entry in log.log_entries:
        node = nodes.by_name.get(entry.name)
        if node is not None and entry.code_def.traces:
            trace = entry.code_def.traces[-1]
            file, function = (log.id_to_string[n] for n in (trace.file_id, trace.function_id))
            node.line = f"{os.path.basename(file)}:{trace.lineno}:{_short(function)}"


def _short(function: str) -> str:
    return function if len(function) < 20 else f"{function[:17]}..."


def _is_shown(line: OpType, options: Options) -> bool:
    starts = options.regexes["start_name_regexes"]
    return (
        options.numbers["max_depth"] >= 1
        and (not starts or matches(line.name, starts))
        and all(line.totals[name] >= options.numbers[least] for least, name in LEAST.items())
        and is_named(line.name, options)
    )


def _columns(line: OpType, options: Options, is_root: bool = False) -> Iterable[str]:
    def both(name: str, form: Any, unit: str = "") -> str:
        own = "--" if is_root else form(line.own[name])
        return f"{own}/{form(line.totals[name])}{unit}"

    select = options.select
    for name, (_, statistic) in text.MEMORY.items():
        if name in select:
            yield both(statistic, text.memory)
    for _, statistic in text.times(select):
        yield both(statistic, text.time)
    if "params" in select:
        yield both("parameters", text.number, " params")
    if "float_ops" in select:
        yield both("float_ops", text.number, " flops")
    made = [shown.node for shown in line.nodes]
    if "device" in select and (devices := {node.device for node in made} - {""}):
        yield "|".join(sorted(devices))
    if "op_types" in select:
        yield "|".join(sorted({kind for node in made for kind in node.types}))
    for name, column in (("occurrence", "occurrence"), ("input_shapes", "input_shapes")):
        if name in select:
            yield f"{column} N/A in code view"
