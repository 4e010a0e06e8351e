"""Contexts as the protos that meta graphs hold, and read from those."""

from __future__ import annotations

from typing import Any

from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.protos.control_flow import message_class
from stillflow.ops.control.contexts import ControlFlowContext
from stillflow.ops.control.nodes import is_loop_enter

# Written -----------------------------------------------------------------------------------------


def cond_def(context: Any, scope: str | None) -> Any:
    """The CondContextDef of a context; None where it is not in `scope`."""
    if not _is_below(context.name, scope):
        return None
    proto = message_class("CondContextDef")(
        context_name=_without(context.name, scope),
        pred_name=_without(context.pred.name, scope),
        pivot_name=_without(context.pivot.name, scope),
        branch=context.branch,
    )
    _write_inside(proto, context, scope)
    return proto


def while_def(context: Any, scope: str | None) -> Any:
    """The WhileContextDef of a context; None where it is not in `scope`."""
    if not _is_below(context.name, scope):
        return None
    limit = context.maximum_iterations
    proto = message_class("WhileContextDef")(
        context_name=_without(context.name, scope),
        parallel_iterations=context.parallel_iterations,
        maximum_iterations_name="" if limit is None else _without(limit.name, scope),
        back_prop=context.back_prop,
        swap_memory=context.swap_memory,
        pivot_for_pred_name=_without(context.pivot_for_pred.name, scope),
        pivot_for_body_name=_without(context.pivot_for_body.name, scope),
        pivot_name=_without(context.pivot.name, scope),
        loop_exit_names=[_without(tensor.name, scope) for tensor in context.loop_exits],
        loop_enter_names=[_without(tensor.name, scope) for tensor in context.loop_enters],
    )
    _write_inside(proto, context, scope)
    return proto


def _write_inside(proto: Any, context: ControlFlowContext, scope: str | None) -> None:
    """Writes what is known in a context, and what contexts are in it."""
    proto.values_def.CopyFrom(values_def(context, scope))
    for inner in context._nested_contexts:
        inner.to_control_flow_context_def(proto.nested_contexts.add(), scope)


def values_def(context: ControlFlowContext, scope: str | None) -> Any:
    """The ValuesDef of what is known in a context."""
    proto = message_class("ValuesDef")()
    proto.values.extend(_without(name, scope) for name in sorted(context._values))
    for name, tensor in context._external_values.items():
        proto.external_values[_without(name, scope)] = _without(tensor.name, scope)
    return proto


def _is_below(name: str, scope: str | None) -> bool:
    return scope is None or name.startswith(scope)


def _without(name: str, scope: str | None) -> str:
    return name if not scope else name.removeprefix(scope).removeprefix("/")


# Read --------------------------------------------------------------------------------------------


def read_cond(context: Any, proto: Any, scope: str | None) -> None:
    """Makes a new CondContext the one that `proto` describes."""
    graph = get_default_graph()
    context._pred = _element(graph, proto.pred_name, scope)
    context._pivot = _element(graph, proto.pivot_name, scope)
    context._branch = proto.branch
    ControlFlowContext.__init__(context, proto.values_def, scope)
    context._name = _within(proto.context_name, scope)


def read_while(context: Any, proto: Any, scope: str | None) -> None:
    """Makes a new WhileContext the one that `proto` describes."""
    graph = get_default_graph()
    limit = proto.maximum_iterations_name
    context._maximum_iterations = _element(graph, limit, scope) if limit else None
    context._parallel_iterations = proto.parallel_iterations
    context._back_prop = proto.back_prop
    context._swap_memory = proto.swap_memory
    context._pivot_for_pred = _element(graph, proto.pivot_for_pred_name, scope)
    context._pivot_for_body = _element(graph, proto.pivot_for_body_name, scope)
    context._pivot = _element(graph, proto.pivot_name, scope)
    context._loop_exits = [_element(graph, name, scope) for name in proto.loop_exit_names]
    context._loop_enters = [_element(graph, name, scope) for name in proto.loop_enter_names]
    context._graph = graph
    ControlFlowContext.__init__(context, proto.values_def, scope)
    context._name = _within(proto.context_name, scope)
    if scope:
        _rename_frame(graph, context)


def _rename_frame(graph: Graph, context: Any) -> None:
    """Two loops read from one proto must not share a frame."""
    for name in context._values:
        op = graph.as_graph_element(name).op
        if is_loop_enter(op):
            op._set_attr("frame_name", context.name)


def read_values(context: Any, proto: Any, scope: str | None) -> None:
    """Reads what is known in a context; the operations behind it are in the context."""
    graph = get_default_graph()
    context._values = {_within(name, scope) for name in proto.values}
    context._external_values = {
        _within(name, scope): _element(graph, inside, scope)
        for name, inside in proto.external_values.items()
    }
    for name in context._values - context._external_values.keys():
        graph.get_operation_by_name(name.split(":")[0])._set_control_flow_context(context)


def read_nested(context: Any, proto: Any, scope: str | None) -> Any:
    """Reads the contexts inside `context`, and returns it."""
    context.Enter()
    for inner in proto.nested_contexts:
        from_control_flow_context_def(inner, scope)
    context.Exit()
    return context


def from_control_flow_context_def(proto: Any, import_scope: str | None = None) -> Any:
    """The context that a ControlFlowContextDef describes, of nodes that are in the graph."""
    from stillflow.ops.control.cond_context import CondContext
    from stillflow.ops.control.while_context import WhileContext

    if proto.HasField("cond_ctxt"):
        return CondContext.from_proto(proto.cond_ctxt, import_scope)
    if proto.HasField("while_ctxt"):
        return WhileContext.from_proto(proto.while_ctxt, import_scope)
    kind = proto.WhichOneof("ctxt")
    raise NotImplementedError(f"Unknown ControlFlowContextDef field: {kind}")


def _within(name: str, scope: str | None) -> str:
    return f"{scope}/{name}" if scope else name


def _element(graph: Graph, name: str, scope: str | None) -> Any:
    return graph.as_graph_element(_within(name, scope))
