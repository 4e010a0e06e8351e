"""How many elements a stack gets at most, which TensorFlow's XLA wants to know."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.static import constant_value
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.ops.control.nodes import containing_while_context, is_containing


def most_iterations(value: Tensor, loop: Any) -> Tensor:
    """The product of the `maximum_iterations` of `loop`, which `value` is in, and of those around.

    It is built in the context in which tf.gradients was called, and ends there.

    Raises:
      ValueError: a loop has none, or one that is known inside of that context only.
    """
    asked_in = get_default_graph()._get_control_flow_context()
    product: Any = constant(1)
    while loop is not None and loop is not asked_in:
        product *= _known_limit(value, loop, asked_in)
        loop = containing_while_context(loop.outer_context, stop=asked_in)
    return product


def _known_limit(value: Tensor, loop: Any, asked_in: Any) -> Any:
    limit = loop.maximum_iterations
    if limit is None:
        raise ValueError(
            f"Cannot create a gradient accumulator for tensor '{value.name}' inside XLA while_loop "
            "because maximum_iterations was not passed to the tf.while_loop call "
            f"('{loop.name}')."
        )
    context = limit.op._control_flow_context
    if is_containing(asked_in, context):
        return limit
    known = constant_value(limit)
    if known is None:
        raise ValueError(
            f"Cannot create a gradient accumulator for tensor '{value.name}' inside XLA "
            f"while_loop. maximum_iterations tensor '{limit.name}' for while_loop context "
            f"'{loop.name}' must be statically known (e.g. a constant value or known shape "
            "dimension), or be defined at or outside the while loop context "
            f"'{'' if asked_in is None else asked_in.name}' (currently defined in "
            f"'{context.name}')."
        )
    return known
