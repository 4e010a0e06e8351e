"""Parts of a graph taken off from the rest, put together, or left out."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph_editor import reroute, select, subgraph, util
from stillflow.graph_editor.subgraph import SubGraphView
from stillflow.ops.control.ordering import placeholder


def detach_control_inputs(sgv: Any) -> None:
    """Has the operations of a view wait for nothing outside."""
    view = subgraph.make_view(sgv)
    for op in view.ops:
        outside = [other for other in op.control_inputs if other not in view.ops]
        reroute.remove_control_inputs(op, outside)


def detach_control_outputs(sgv: Any, control_outputs: Any) -> None:
    """Has nothing outside wait for the operations of a view."""
    if not isinstance(control_outputs, util.ControlOutputs):
        raise TypeError(f"Expected a util.ControlOutputs, got: {type(control_outputs)}")
    control_outputs.update()
    view = subgraph.make_view(sgv)
    for op in view.ops:
        for other in list(control_outputs.get(op)):
            if other not in view.ops:
                reroute.remove_control_inputs(other, op)


def detach_inputs(sgv: Any, control_inputs: bool = False) -> tuple[SubGraphView, list[Tensor]]:
    """Puts placeholders in the place of a view's inputs; returns the view and them."""
    view = subgraph.make_view(sgv)
    with view.graph.as_default():
        stand_ins = [
            placeholder(tensor.dtype, name=util.placeholder_name(tensor)) for tensor in view.inputs
        ]
    reroute.swap_inputs(view, stand_ins)
    if control_inputs:
        detach_control_inputs(view)
    return view, stand_ins


def detach_outputs(sgv: Any, control_outputs: Any = None) -> tuple[SubGraphView, list[Tensor]]:
    """Has what takes a view's outputs take placeholders; returns the view and them."""
    view = subgraph.make_view(sgv)
    view = view.remap_outputs([i for i, tensor in enumerate(view.outputs) if tensor.consumers()])
    users = SubGraphView(view.consumers())
    outputs = list(view.outputs)
    users = users.remap_inputs([i for i, tensor in enumerate(users.inputs) if tensor in outputs])
    with view.graph.as_default():
        stand_ins = [util.make_placeholder_from_tensor(tensor) for tensor in users.inputs]
    reroute.swap_outputs(view, stand_ins)
    if control_outputs is not None:
        detach_control_outputs(view, control_outputs)
    return view, stand_ins


def detach(
    sgv: Any, control_inputs: bool = False, control_outputs: Any = None, control_ios: Any = None
) -> tuple[SubGraphView, list[Tensor], list[Tensor]]:
    """Takes a view off from the rest; returns it and the placeholders of inputs and outputs."""
    control_inputs, control_outputs = select.check_cios(
        control_inputs, control_outputs, control_ios
    )
    view = subgraph.make_view(sgv)
    _, inputs = detach_inputs(view, control_inputs)
    _, outputs = detach_outputs(view, control_outputs)
    return view, inputs, outputs


def connect(
    sgv0: Any, sgv1: Any, disconnect_first: bool = False
) -> tuple[SubGraphView, SubGraphView]:
    """Has the second view take the outputs of the first as its inputs."""
    first, second = subgraph.make_view(sgv0), subgraph.make_view(sgv1)
    util.check_graphs(first, second)
    if disconnect_first:
        detach_outputs(first)
    reroute.reroute_inputs(SubGraphView(passthrough_ts=list(first.outputs)), second)
    return first, second


def bypass(sgv: Any) -> tuple[SubGraphView, list[Tensor]]:
    """Has what takes a view's outputs take its inputs instead; returns it and its placeholders."""
    view = subgraph.make_view(sgv)
    inputs = list(view.inputs)
    view, stand_ins = detach_inputs(view)
    reroute.reroute_ts(inputs, view.outputs)
    return view, stand_ins
