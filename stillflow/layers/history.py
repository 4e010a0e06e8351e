"""Which tensors start from `tf.keras.Input`, and plain ops among them made into layers.

A tensor knows its layer by `_keras_history`. One that an op made of such a tensor does not, so that
what lies between becomes layers (`op_layer`) once a network asks for it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.graph.scopes import control_dependencies
from stillflow.layers.call_context import current_call
from stillflow.layers.default_session import get_session
from stillflow.layers.values import get_value
from stillflow.ops.control.ordering import group


def is_needed(tensors: Any, inside_of_calls: bool = False) -> bool:
    """Whether one of `tensors` starts from an Input and has no layer.

    Args:
      inside_of_calls: asks inside of the call of a layer too, where nothing needs layers.
    """
    if current_call().layer is not None and not inside_of_calls:
        return False
    leaves = nest.flatten(tensors)
    if all(_has_history(leaf) for leaf in leaves):
        return False
    return starts_from_input(leaves)


def starts_from_input(tensors: Any) -> bool:
    """Whether one of `tensors` depends on a tensor that has a layer."""
    leaves = nest.flatten(tensors)
    waiting, seen = list(leaves), set()
    while waiting:
        tensor = waiting.pop()
        if id(tensor) in seen or getattr(tensor, "_keras_history_checked", False):
            continue
        seen.add(id(tensor))
        if _has_history(tensor):
            return True
        waiting.extend(getattr(getattr(tensor, "op", None), "inputs", ()))
    mark_checked(leaves)
    return False


def create(tensors: Any) -> list[Any]:
    """Makes layers of the ops between the layers that there are and `tensors`; returns the new.

    What an op takes that starts from no Input is a constant of its layer, with the value of now.
    """
    created: list[Any] = []
    _create(tensors, set(), created)
    return created


def _create(tensors: Any, done: set[Any], created: list[Any]) -> None:
    from stillflow.layers.op_layer import TensorFlowOpLayer  # a layer, which needs this module

    for tensor in nest.flatten(tensors):
        if _has_history(tensor) or tensor.op in done:
            continue
        op = tensor.op
        layer_inputs, constants = [], {}
        for position, taken in enumerate(op.inputs):
            if starts_from_input(taken):
                layer_inputs.append(taken)
            else:
                constants[position] = _value_now(taken)
        _create(layer_inputs, done, created)
        layer = TensorFlowOpLayer(op.node_def, name=op.name, constants=constants)
        created.append(layer)
        layer._add_inbound_node(layer_inputs, list(op.outputs))
        done.add(op)


def _value_now(tensor: Any) -> Any:
    if executing_eagerly_outside_functions():
        return get_value(tensor)
    with control_dependencies([tensor]):
        group()  # without use, but TensorFlow's next unseeded op counts it
    return get_session([tensor]).run(tensor)


def _has_history(tensor: Any) -> bool:
    return getattr(tensor, "_keras_history", None) is not None


def mark_checked(tensors: Any) -> None:
    """Notes of tensors that they start from no Input: they never become outputs of layers."""
    for tensor in nest.flatten(tensors):
        with suppress(AttributeError):  # an object that keeps no marks is looked at again
            tensor._keras_history_checked = True
