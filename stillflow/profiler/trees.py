"""The views of nodes as trees: by their names' scopes, or by their inputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from stillflow.profiler import text
from stillflow.profiler.messages import message
from stillflow.profiler.nodes import RUN_STATISTICS, Node, Nodes
from stillflow.profiler.options import ORDERS, Options
from stillflow.profiler.ordering import largest_first

ROOT = "_TFProfRoot"
_SCOPE = "_kTFScopeParent"
SUMMED = (*RUN_STATISTICS, "parameters", "float_ops", "run_count")
_LEAST = {
    "min_bytes": "total_requested_bytes",
    "min_peak_bytes": "total_peak_bytes",
    "min_residual_bytes": "total_residual_bytes",
    "min_output_bytes": "total_output_bytes",
    "min_micros": "total_exec_micros",
    "min_accelerator_micros": "total_accelerator_exec_micros",
    "min_cpu_micros": "total_cpu_exec_micros",
    "min_params": "parameters",
    "min_float_ops": "float_ops",
    "min_occurrence": "run_count",
}


class Shown:
    """A node in a view: its own statistics, totals with those below, and what is shown below."""

    def __init__(self, node: Node):
        self.node = node
        self.name = node.name
        self.children: list[Shown] = []
        self.shown: list[Shown] = []
        self.is_counted = False
        self.line = ""
        self.own: dict[str, int] = {}
        self.read(-1)
        self.totals = dict.fromkeys(("definition_count", *SUMMED), 0)

    def read(self, step: int) -> None:
        node = self.node
        self.own = {name: node.statistic(name, step) for name in RUN_STATISTICS}
        self.own["parameters"] = node.parameters
        self.own["float_ops"] = node.float_ops(step)
        self.own["run_count"] = node.run_count(step)

    def restart(self) -> None:
        """Totals are those of the node itself."""
        self.totals = {"definition_count": 1, **self.own}

    def add(self, other: Shown) -> None:
        for name, value in other.totals.items():
            self.totals[name] += value

    def statistic(self, name: str) -> int:
        total = name.removeprefix("total_")
        return self.own[name] if total == name else self.totals[total]

    def proto(self) -> Any:
        """The GraphNodeProto, with what is shown below."""
        shapes = message("TensorShapeProto")
        proto = message("GraphNodeProto")(
            name=self.name,
            devices=[self.node.device] if self.node.device else [],
            **{name: value for name, value in self.own.items()},
            **{f"total_{name}": value for name, value in self.totals.items()},
        )
        for place, sizes in enumerate(self.node.input_shapes):
            dims = [{"size": size} for size in sizes]
            proto.input_shapes[place].CopyFrom(shapes(dim=dims, unknown_rank=not sizes))
        proto.children.extend(child.proto() for child in self.shown)
        return proto


def scope_view(nodes: Nodes) -> Shown:
    """The root of the tree of scopes."""
    found = {name: Shown(node) for name, node in nodes.by_name.items()}
    for name in list(found):
        while "/" in name:
            name = name.rpartition("/")[0]
            if name not in found:
                found[name] = Shown(Node(name, _SCOPE))
    root = Shown(Node(ROOT, _SCOPE))
    for name in sorted(found):
        parent = name.rpartition("/")[0] if "/" in name else None
        (root if parent is None else found[parent]).children.append(found[name])
    return root


def graph_view(nodes: Nodes) -> Shown:
    """The root above the nodes that are no input; below each node are its inputs."""
    found = {node.name: Shown(node) for node in nodes.in_order()}
    inputs = set()
    for shown in found.values():
        for name, _ in shown.node.inputs:
            inputs.add(name)
            if name in found:
                shown.children.append(found[name])
    root = Shown(Node(ROOT, "_TFGraphParent"))
    root.children = [shown for name, shown in found.items() if name not in inputs]
    return root


class Report:
    """A tree as text and as a message, by options."""

    def __init__(self, root: Shown, options: Options, is_graph: bool):
        self._root = root
        self._options = options
        self._is_graph = is_graph
        self._seen: set[str] = set()

    def make(self) -> tuple[str, Any]:
        """(text, GraphNodeProto)"""
        root, options = self._root, self._options
        roots = self._counted(root.children)
        root.totals = dict.fromkeys(root.totals, 0)
        for shown in roots:
            root.add(shown)
        if list(options.regexes["start_name_regexes"]) != [".*"]:
            self._seen.clear()
            roots = self._started(roots)
        root.shown = roots
        self._seen.clear()
        self._show([root], 1, 0)
        lines = [self._legend()]
        _collect(root, lines)
        return "".join(lines), root.proto()

    def _unseen(self, nodes: Iterable[Shown]) -> Iterable[Shown]:
        """In a graph each node comes once, where it is met first."""
        for shown in nodes:
            if self._is_graph:
                if shown.name in self._seen:
                    continue
                self._seen.add(shown.name)
            yield shown

    def _counted(self, nodes: Sequence[Shown]) -> list[Shown]:
        """Nodes that count or have such below, with their totals."""
        found = []
        for shown in self._unseen(nodes):
            below = self._counted(shown.children)
            shown.read(self._options.step)
            shown.is_counted = matches_type(shown.node, self._options)
            if shown.is_counted or (below and not self._is_graph):
                shown.restart()
                for child in below:
                    shown.add(child)
                shown.shown = below
                found.append(shown)
            elif self._is_graph:
                found.extend(below)
        return found

    def _started(self, nodes: Sequence[Shown]) -> list[Shown]:
        found = []
        for shown in self._unseen(nodes):
            if matches(shown.name, self._options.regexes["start_name_regexes"]):
                found.append(shown)
            else:
                found.extend(self._started(shown.shown))
        return found

    def _show(self, nodes: Sequence[Shown], depth: int, indent: int) -> list[Shown]:
        """The nodes to show, or what is below those that are not."""
        options = self._options
        found = []
        for shown in self._unseen(nodes):
            is_shown = self._is_shown(shown, depth)
            below: list[Shown] = []
            is_cut = matches(shown.name, options.regexes["trim_name_regexes"])
            if not is_cut and depth <= options.numbers["max_depth"]:
                below = self._show(shown.shown, depth + 1, indent + 2 * is_shown)
            if not is_shown:
                found.extend(below)
                continue
            if options.account_displayed_op_only:
                shown.restart()
            shown.shown = in_order(below, options, lambda node, name: node.statistic(name))
            if options.account_displayed_op_only:
                for child in shown.shown:
                    shown.add(child)
            shown.line = f"{' ' * indent}{shown.name} ({', '.join(self._columns(shown))})\n"
            found.append(shown)
        return found

    def _is_shown(self, shown: Shown, depth: int) -> bool:
        numbers = self._options.numbers
        if shown.name == ROOT:
            return True
        if depth > numbers["max_depth"]:
            return False
        if any(shown.statistic(name) < numbers[least] for least, name in _LEAST.items()):
            return False
        return is_named(shown.name, self._options)

    def _legend(self) -> str:
        select = self._options.select
        names = {"params": "# parameters", "float_ops": "# float_ops"}
        found = [legend for name, legend in names.items() if name in select]
        found += [legend for name, (legend, _) in text.MEMORY.items() if name in select]
        found += [legend for legend, _ in text.times(select)]
        last = {
            "device": "assigned devices",
            "op_types": "op types",
            "occurrence": "op count (run|defined)",
            "input_shapes": "input shapes",
        }
        found += [legend for name, legend in last.items() if name in select]
        return f"node name | {' | '.join(found)}\n"

    def _columns(self, shown: Shown) -> list[str]:
        select, node = self._options.select, shown.node
        found = []
        if "params" in select:
            if node.shape:
                found.append(text.shape(node.shape))
            found.append(f"{_both(shown, 'parameters', text.number)} params")
        if "float_ops" in select:
            found.append(f"{_both(shown, 'float_ops', text.number)} flops")
        for name, (_, statistic) in text.MEMORY.items():
            if name in select:
                found.append(_both(shown, statistic, text.memory))
        found += [_both(shown, statistic, text.time) for _, statistic in text.times(select)]
        if "device" in select and node.device:
            found.append(node.device)
        if "op_types" in select:
            found.append("|".join(sorted(node.types)))
        if "occurrence" in select:
            own = "1" if shown.is_counted else "--"
            defined = text.number(shown.totals["definition_count"])
            found.append(f"{_both(shown, 'run_count', text.number)}|{own}/{defined}")
        if "input_shapes" in select:
            found.append("|".join(input_shapes(node.input_shapes)))
        return found


def _collect(shown: Shown, lines: list[str]) -> None:
    lines.append(shown.line)
    for child in shown.shown:
        _collect(child, lines)


def _both(shown: Shown, name: str, form: Callable[[int], str]) -> str:
    own = form(shown.own[name]) if shown.is_counted else "--"
    return f"{own}/{form(shown.totals[name])}"


def input_shapes(shapes: Sequence[Sequence[int]]) -> list[str]:
    return [f"{n}:{text.shape(sizes) or 'unknown'}" for n, sizes in enumerate(shapes)]


def matches(name: str, regexes: Sequence[str]) -> bool:
    return any(re.fullmatch(regex, name) for regex in regexes)


def matches_type(node: Node, options: Options) -> bool:
    """Whether a node counts."""
    regexes = options.regexes["account_type_regexes"]
    return list(regexes) == [".*"] or any(matches(kind, regexes) for kind in node.types)


def is_named(name: str, options: Options) -> bool:
    """Whether names say that it is shown."""
    regexes = options.regexes
    return matches(name, regexes["show_name_regexes"]) and not matches(
        name, regexes["hide_name_regexes"]
    )


def in_order(nodes: Sequence[Any], options: Options, statistic: Callable[[Any, str], int]) -> list:
    """By name, or the largest total first."""
    total = ORDERS.get(options.order_by, "")
    if not total:
        return sorted(nodes, key=lambda node: node.name)
    return largest_first(nodes, lambda node: statistic(node, total))
