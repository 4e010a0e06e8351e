"""Builds a node of an op type from the arguments of a call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stillflow.declare.attributes import check_limits
from stillflow.declare.binding import bind
from stillflow.declare.emitting import emit
from stillflow.declare.inputs import check_types, convert_inputs
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import graph_of

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef


def build(defn: OpDef, args: tuple, kwargs: dict[str, Any]) -> Any:
    """Builds a node in the graph of the inputs.

    Returns:
      The output tensor, or sparse tensor where the op maps one; a named tuple of them when the op
      has several; a list for a list output; the Operation when it has none.
    """
    values, attrs, name = bind(defn, args, kwargs)
    if defn.is_constant:
        # TensorFlow opens no scope for it, which shows when its name is not valid.
        check_types(defn, attrs)
        return _returned(defn, emit(defn, (), attrs, name or defn.type))
    graph = graph_of(_flat(values))
    if defn.maps_values and getattr(values[0], "_is_sparse_tensor", False):
        # TensorFlow comes to this once it has failed to build a node of that name.
        with graph.as_default(), graph.name_scope(name or defn.type):
            pass
        return values[0]._with_values(defn(values[0].values, name=name))
    with graph.building(name or defn.type) as scope:
        inputs = convert_inputs(defn, values, attrs)
        check_types(defn, attrs)
        check_limits(defn.type, defn.limits, attrs)
        return _returned(defn, emit(defn, inputs, attrs, scope))


def _flat(values: list[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from value
        else:
            yield value


def _returned(defn: OpDef, op: Operation) -> Any:
    if not defn.signature.outputs or (defn.stateful and not op.outputs):
        return op
    if len(defn.signature.outputs) == 1 and not defn.signature.outputs[0].is_list:
        return op.outputs[0]
    groups, start = [], 0
    for arg in defn.signature.outputs:
        stop = start + arg.length(op.attrs)
        group = op.outputs[start:stop]
        groups.append(group if arg.is_list else group[0])
        start = stop
    return groups[0] if len(groups) == 1 else defn.result_type(*groups)
