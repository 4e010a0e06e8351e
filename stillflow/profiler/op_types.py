"""The view of nodes by their op types, the largest first; totals are of those from there on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.profiler import text
from stillflow.profiler.messages import message
from stillflow.profiler.nodes import RUN_STATISTICS, Node, Nodes
from stillflow.profiler.options import Options
from stillflow.profiler.trees import (
    ROOT,
    Shown,
    in_order,
    input_shapes,
    is_named,
    matches,
    matches_type,
)

_SUMMED = (*RUN_STATISTICS, "parameters", "float_ops")
LEAST = {
    "min_bytes": "requested_bytes",
    "min_peak_bytes": "peak_bytes",
    "min_residual_bytes": "residual_bytes",
    "min_output_bytes": "output_bytes",
    "min_micros": "exec_micros",
    "min_accelerator_micros": "accelerator_exec_micros",
    "min_cpu_micros": "cpu_exec_micros",
    "min_params": "parameters",
    "min_float_ops": "float_ops",
}


class OpType:
    """The nodes of one type that count."""

    def __init__(self, name: str, nodes: Sequence[Node], options: Options):
        self.name = name
        self.nodes = [Shown(node) for node in nodes if matches_type(node, options)]
        is_any = list(options.regexes["account_type_regexes"]) == [".*"]
        self.is_counted = bool(self.nodes) or is_any
        for shown in self.nodes:
            shown.read(options.step)
            shown.restart()
        self.own = {name: sum(s.own[name] for s in self.nodes) for name in _SUMMED}
        self.totals = dict(self.own)

    def add(self, other: OpType) -> None:
        for name, value in other.totals.items():
            self.totals[name] += value

    def proto(self) -> Any:
        """The MultiGraphNodeProto, without what comes after."""
        return message("MultiGraphNodeProto")(
            name=self.name,
            graph_nodes=[shown.proto() for shown in self.nodes],
            **self.own,
            **{f"total_{name}": value for name, value in self.totals.items()},
        )


def report(nodes: Nodes, options: Options) -> tuple[str, Any]:
    """(text, MultiGraphNodeProto)"""
    by_type: dict[str, list[Node]] = {}
    for node in nodes.in_order():
        by_type.setdefault(node.op, []).append(node)
    types = [OpType(name, by_type[name], options) for name in sorted(by_type)]
    types = in_order(types, options, lambda kind, name: kind.own[name.removeprefix("total_")])
    counted = [kind for kind in types if kind.is_counted]
    root = OpType(ROOT, (), options)
    _accumulate(counted, root)
    shown = _shown(counted, options)
    if options.account_displayed_op_only:
        for kind in (root, *shown):
            kind.totals = dict(kind.own)
        _accumulate(shown, root)
    lines = [legend(options), *(_line(kind, root, options) for kind in shown)]
    return "".join(lines), _chain(root, shown)


def _accumulate(types: Sequence[OpType], root: OpType) -> None:
    """Each total is with those of all that come after."""
    after = None
    for kind in reversed(types):
        if after is not None:
            kind.add(after)
        after = kind
    if after is not None:
        root.add(after)


def _shown(types: Sequence[OpType], options: Options) -> list[OpType]:
    starts = options.regexes["start_name_regexes"]
    start = 0
    if starts and list(starts) != [".*"]:
        named = (n for n, kind in enumerate(types) if matches(kind.name, starts))
        start = next(named, len(types))
    found = []
    for depth, kind in enumerate(types[start:]):
        is_cut = matches(kind.name, options.regexes["trim_name_regexes"])
        if is_cut or depth > options.numbers["max_depth"]:
            break
        is_large = all(kind.totals[n] >= options.numbers[least] for least, n in LEAST.items())
        if is_large and is_named(kind.name, options):
            found.append(kind)
    return found


def _chain(root: OpType, shown: Sequence[OpType]) -> Any:
    """Each one is the child of the one before."""
    whole = last = root.proto()
    for kind in shown:
        last.children.append(kind.proto())
        last = last.children[0]
    return whole


def legend(options: Options) -> str:
    """The names of the columns."""
    select = options.select
    found = [legend for name, (legend, _) in text.MEMORY.items() if name in select]
    found += [legend for legend, _ in text.times(select)]
    last = {
        "params": "# parameters",
        "float_ops": "# float_ops",
        "device": "assigned devices",
        "op_types": "op types",
        "occurrence": "op occurrence (run|defined)",
        "input_shapes": "input shapes",
    }
    found += [legend for name, legend in last.items() if name in select]
    return f"node name | {' | '.join(found)}\n"


def _line(kind: OpType, root: OpType, options: Options) -> str:
    select, own = options.select, kind.own
    found = []
    for name, (_, statistic) in text.MEMORY.items():
        if name in select:
            # The share of all is left out, too, where the type itself has none.
            shares = _shares(kind, root, statistic, own[statistic])
            found.append(f"{text.memory(own[statistic])} {shares}".rjust(30))
    for _, statistic in text.times(select):
        found.append(f"{text.time(own[statistic])} {_shares(kind, root, statistic)}".rjust(30))
    for name, statistic, unit in (("params", "parameters", "params"), ("float_ops",) * 3):
        if name in select:
            shares = _shares(kind, root, statistic)
            found.append(f"{text.number(own[statistic])} {unit} {shares}".rjust(30))
    nodes = [shown.node for shown in kind.nodes]
    if "device" in select:
        found.append("|".join(sorted({node.device for node in nodes})))
    if "op_types" in select:
        found.append("|".join(sorted({t for node in nodes for t in node.types})))
    if "occurrence" in select:
        runs = sum(shown.own["run_count"] for shown in kind.nodes)
        found.append(f"{runs}|{len(nodes)}".rjust(10))
    line = f"{kind.name:<25}{', '.join(found)}\n"
    if "input_shapes" in select and kind.nodes:
        return f"{line}\n{_input_types(kind)}\n\n"
    return line


def _shares(kind: OpType, root: OpType, name: str, given: int | None = None) -> str:
    total, whole = kind.totals[name], root.totals[name]
    if (total if given is None else given) <= 0:
        return "(0.00%, 0.00%)"
    return f"({100 * total / whole:.2f}%, {100 * kind.own[name] / whole:.2f}%)"


def _input_types(kind: OpType) -> str:
    """A line for each kind of inputs, the most often run first."""
    counts: dict[str, list[int]] = {}
    for shown in kind.nodes:
        line = "input_type: " + ",\t".join(input_shapes(shown.node.input_shapes))
        count = counts.setdefault(line, [0, 0, 0])
        count[0] += 1
        count[1] += shown.own["run_count"]
        count[2] += shown.own["exec_micros"]
    lines = sorted(sorted(counts.items()), key=lambda entry: -entry[1][1])
    return "\n".join(
        f"{line}\t(run*{runs}|defined*{defined})\texec_time: {text.time(micros)}"
        for line, (defined, runs, micros) in lines
    )
