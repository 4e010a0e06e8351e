"""Edges laid anew: who takes a tensor takes another instead; what waits for what."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Operation, Tensor
from stillflow.graph_editor import util
from stillflow.graph_editor.subgraph import SubGraphView, make_view

# Which consumers change: of the second take the first's, or the other way round, or both.
_FIRST, _SECOND, _BOTH = (True, False), (False, True), (True, True)
Mode = tuple[bool, bool]


# Tensors ----------------------------------------------------------------------------------------


def reroute_ts(ts0: Any, ts1: Any, can_modify: Any = None, cannot_modify: Any = None) -> int:
    """Has the consumers of `ts1` take `ts0` instead, one by one; returns how many inputs changed.

    `can_modify` and `cannot_modify` are operations that may change, or may not.

    Raises:
      ValueError: there are not as many, or a type or a shape does not fit.
    """
    return _reroute(ts0, ts1, _FIRST, can_modify, cannot_modify)


def swap_ts(ts0: Any, ts1: Any, can_modify: Any = None, cannot_modify: Any = None) -> int:
    """Exchanges the consumers of `ts0` and of `ts1`, one by one, as reroute_ts does."""
    return _reroute(ts0, ts1, _BOTH, can_modify, cannot_modify)


def _reroute(
    ts0: Any, ts1: Any, mode: Mode, can_modify: Any = None, cannot_modify: Any = None
) -> int:
    firsts, seconds = util.make_list_of_t(ts0), util.make_list_of_t(ts1)
    _check_compatible(firsts, seconds)
    allowed = None if can_modify is None else set(util.make_list_of_op(can_modify))
    refused = set() if cannot_modify is None else set(util.make_list_of_op(cannot_modify))
    may = lambda op: (allowed is None or op in allowed) and op not in refused
    pairs = list(zip(firsts, seconds, strict=True))
    # Before anything changes: a tensor may be on both sides.
    users = [tuple(list(dict.fromkeys(t.consumers())) for t in pair) for pair in pairs]
    changed = 0
    for (first, second), (of_first, of_second) in zip(pairs, users, strict=True):
        if first is second:
            continue
        changes = []
        if mode[0]:
            changes += [(op, i, first) for op in of_second for i in _uses(op, second) if may(op)]
        if mode[1]:
            changes += [(op, i, second) for op in of_first for i in _uses(op, first) if may(op)]
        for op, index, tensor in changes:
            op._update_input(index, tensor)
        changed += len(changes)
    return changed


def _uses(op: Operation, tensor: Tensor) -> list[int]:
    return [i for i, source in enumerate(op.inputs) if source is tensor]


def _check_compatible(firsts: list[Tensor], seconds: list[Tensor]) -> None:
    if len(firsts) != len(seconds):
        raise ValueError(f"ts0 and ts1 have different sizes: {len(firsts)} != {len(seconds)}")
    for first, second in zip(firsts, seconds, strict=True):
        if not first.dtype.is_compatible_with(second.dtype):
            raise ValueError(f"Dtypes {first.dtype} and {second.dtype} are not compatible.")
        if not first.shape.is_compatible_with(second.shape):
            raise ValueError(f"Shapes {first.shape} and {second.shape} are not compatible.")


# Views ------------------------------------------------------------------------------------------


def swap_inputs(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, SubGraphView]:
    """Exchanges the inputs of two views."""
    return _reroute_inputs(sgv0, sgv1, _BOTH)


def reroute_inputs(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, SubGraphView]:
    """Gives the second view the inputs of the first."""
    return _reroute_inputs(sgv0, sgv1, _FIRST)


def swap_outputs(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, SubGraphView]:
    """Exchanges what takes the outputs of two views."""
    return _reroute_outputs(sgv0, sgv1, _BOTH)


def reroute_outputs(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, SubGraphView]:
    """Has what takes the outputs of the second view take those of the first."""
    return _reroute_outputs(sgv0, sgv1, _FIRST)


def swap_ios(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, SubGraphView]:
    """Exchanges the outputs and then the inputs of two views."""
    _reroute_outputs(sgv0, sgv1, _BOTH)
    return _reroute_inputs(sgv0, sgv1, _BOTH)


def reroute_ios(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, SubGraphView]:
    """Puts the first view in the place of the second."""
    _reroute_outputs(sgv0, sgv1, _FIRST)
    return _reroute_inputs(sgv0, sgv1, _FIRST)


def _reroute_inputs(sgv0: Any, sgv1: Any, mode: Mode) -> tuple[SubGraphView, SubGraphView]:
    first, second = make_view(sgv0), make_view(sgv1)
    util.check_graphs(first, second)
    can_modify = first.ops + second.ops
    for view in (first, second):
        can_modify += util.get_consuming_ops(view.passthroughs)
    _reroute(first.inputs, second.inputs, mode, can_modify=can_modify)
    _remap(first, second, mode)
    return first, second


def _remap(first: SubGraphView, second: SubGraphView, mode: Mode) -> None:
    """Lets the views know of the inputs that they have now."""
    before = first.copy(), second.copy()
    for view, source, changes in (
        (second, before[0], mode[0]),
        (first, before[1], mode[1]),
    ):
        if changes:
            view._input_ts = list(source._input_ts)
            view._passthrough_ts = list(source._passthrough_ts)
    for own, other, changes in ((first, second, mode[0]), (second, first, mode[1])):
        if changes:
            for i, tensor in enumerate(other._output_ts):
                if tensor in own._passthrough_ts:
                    other._output_ts[i] = other._input_ts[own._input_ts.index(tensor)]


def _reroute_outputs(sgv0: Any, sgv1: Any, mode: Mode) -> tuple[SubGraphView, SubGraphView]:
    first, second = make_view(sgv0), make_view(sgv1)
    util.check_graphs(first, second)
    _reroute(first.outputs, second.outputs, mode, cannot_modify=first.ops + second.ops)
    return first, second


# What is waited for -----------------------------------------------------------------------------


def add_control_inputs(op: Any, cops: Any) -> None:
    """Has an operation run after others, too; ValueError when it does already."""
    before = _waited_for(op, cops)
    for other in before:
        if other in op.control_inputs:
            raise ValueError(f"{other.name} is already a control_input of {op.name}")
    op._add_control_inputs(before)


def remove_control_inputs(op: Any, cops: Any) -> None:
    """Has an operation no longer wait for others; ValueError when it does not."""
    before = _waited_for(op, cops)
    for other in before:
        if other not in op.control_inputs:
            raise ValueError(f"{op.name} is not a control_input of {other.name}")
    rest = [other for other in op.control_inputs if other not in before]
    op._remove_all_control_inputs()
    op._add_control_inputs(rest)


def _waited_for(op: Any, cops: Any) -> list[Operation]:
    if not isinstance(op, Operation):
        raise TypeError(f"Expected a tf.Operation, got: {type(op)}")
    return util.make_list_of_op(cops, allow_graph=False)
