"""`tf.profiler.profile` and `Profiler`: reports of graphs and of their runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from stillflow.graph.errors import InvalidArgumentError, UnimplementedError
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.platform.files import GFile
from stillflow.profiler import code_lines, op_types, text
from stillflow.profiler.code_lines import add_lines
from stillflow.profiler.logging_ops import merge_default_with_oplog
from stillflow.profiler.messages import message
from stillflow.profiler.nodes import Nodes
from stillflow.profiler.options import Options, ProfileOptionBuilder, read
from stillflow.profiler.trees import Report, graph_view, scope_view

DEFAULT: Any = 0
_VIEWS = {
    **dict.fromkeys(("scope", "graph"), "GraphNodeProto"),
    **dict.fromkeys(("op", "code"), "MultiGraphNodeProto"),
}
_RULE = {"Options": 25, "Model Analysis Report": 18, "End of Report": 22}


def profile(
    graph: Graph | None = None,
    run_meta: Any = None,
    op_log: Any = None,
    cmd: str = "scope",
    options: Mapping[str, Any] = DEFAULT,
) -> Any:
    """Reports what a graph holds, and what a run took.

    Args:
      graph: the default one by default.
      run_meta: the RunMetadata of a traced run.
      op_log: an OpLogProto with further types and counts of operations.
      cmd: "scope", "graph", "op" or "code": by names, by inputs, by op types, by the lines of the
        program that made them.
      options: as of a ProfileOptionBuilder; the sizes of trainable variables by default.

    Returns:
      A GraphNodeProto, or for "op" and "code" a MultiGraphNodeProto.

    Raises:
      tf.errors.InvalidArgumentError: there is no such view.
      tf.errors.UnimplementedError: an output that is not there.
    """
    graph = graph or get_default_graph()
    if options == DEFAULT:
        options = ProfileOptionBuilder.trainable_variables_parameter()
    log = merge_default_with_oplog(graph, op_log, run_meta, add_trace=cmd == "code")
    if cmd not in _VIEWS:
        raise InvalidArgumentError(None, None, f"unknown cmd: {cmd}\n")
    nodes = Nodes()
    nodes.add_graph(graph.as_graph_def(add_shapes=True))
    if run_meta is not None and run_meta.HasField("step_stats"):
        nodes.add_run(0, run_meta)
    nodes.add_log(log.log_entries)
    add_lines(nodes, log)
    print("Parsing Inputs...")
    return _reported(nodes, cmd, read(options))


def _reported(nodes: Nodes, cmd: str, options: Options) -> Any:
    """Writes a report where the options say; returns its message."""
    whole, proto = _report(nodes, cmd, options)
    if options.output == "stdout":
        print(f"\n{_rule('Options')}\n{options.text()}\n{_rule('Model Analysis Report')}")
        print(f"{whole}\n{_rule('End of Report')}", flush=True)
    elif options.output == "file":
        with GFile(options.outfile, "w") as file:
            file.write(whole)
    return proto


def _report(nodes: Nodes, cmd: str, options: Options) -> tuple[str, Any]:
    """(text, message), both empty for a step that there is not."""
    if options.step >= 0 and options.step not in nodes.steps:
        steps = "".join(f"{step} " for step in sorted(nodes.steps))
        sys.stderr.write(f"Options -step={options.step} not found.\nAvailable steps: {steps}\n")
        return "", message(_VIEWS[cmd])()
    if cmd == "op":
        lines, proto = op_types.report(nodes, options)
    elif cmd == "code":
        lines, proto = code_lines.report(nodes, options)
    else:
        root = graph_view(nodes) if cmd == "graph" else scope_view(nodes)
        lines, proto = Report(root, options, is_graph=cmd == "graph").make()
    return text.introduction(cmd, options.select) + lines, proto


def _rule(title: str) -> str:
    width = _RULE[title]
    after = {"Options": 29, "Model Analysis Report": 22, "End of Report": 26}[title]
    return f"{'=' * width}{title}{'=' * after}"


class Profiler:
    """Reports of several steps of a graph.

    Args:
      graph: the default one by default.
      op_log: an OpLogProto with further types and counts of operations.
    """

    def __init__(self, graph: Graph | None = None, op_log: Any = None):
        self._graph = graph or get_default_graph()
        self._coverage = 0.0
        self._nodes = Nodes()
        self._nodes.add_graph(self._graph.as_graph_def(add_shapes=True))
        log = merge_default_with_oplog(self._graph, op_log, add_trace=False)
        self._nodes.add_log(log.log_entries)
        print("Parsing Inputs...")

    def add_step(self, step: int, run_meta: Any) -> None:
        """Adds the RunMetadata of a traced run as step number `step`."""
        log = merge_default_with_oplog(self._graph, run_meta=run_meta, add_trace=False)
        self._nodes.add_graph(self._graph.as_graph_def(add_shapes=True))
        self._coverage = self._nodes.add_run(step, run_meta)
        self._nodes.add_log(log.log_entries)

    def profile_python(self, options: Mapping[str, Any]) -> Any:
        """Reports by lines of the program; returns a MultiGraphNodeProto."""
        add_lines(self._nodes, merge_default_with_oplog(self._graph))
        return _reported(self._nodes, "code", read(options))

    def profile_operations(self, options: Mapping[str, Any]) -> Any:
        """Reports by op types; returns a MultiGraphNodeProto."""
        return _reported(self._nodes, "op", read(options))

    def profile_name_scope(self, options: Mapping[str, Any]) -> Any:
        """Reports by names; returns a GraphNodeProto."""
        return _reported(self._nodes, "scope", read(options))

    def profile_graph(self, options: Mapping[str, Any]) -> Any:
        """Reports by inputs; returns a GraphNodeProto."""
        return _reported(self._nodes, "graph", read(options))

    def advise(self, options: Mapping[str, Any]) -> Any:
        """UnimplementedError: advice on a run is not there."""
        return advise(self._graph)

    def serialize_to_string(self) -> Any:
        """UnimplementedError: profiles in files are not there."""
        raise UnimplementedError(
            None,
            None,
            "Profiles in files are not in Stillflow.\n  Write reports with with_file_output().",
        )


def advise(
    graph: Graph | None = None, run_meta: Any = None, options: Mapping[str, Any] = DEFAULT
) -> Any:
    """UnimplementedError: advice on a run is not there."""
    raise UnimplementedError(
        None,
        None,
        "The profiler's advice is not in Stillflow."
        "\n  Look at the largest operations: tf.profiler.profile(graph, run_meta, cmd='op', "
        "options=tf.profiler.ProfileOptionBuilder.time_and_memory()).",
    )
