"""Values that may be absent: what a branch leaves for its gradient is there if it was taken."""

from __future__ import annotations

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.optional import Optional
from stillflow.declare.refusing import refuse
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape


@op(
    "OptionalFromValue",
    "components: [Toutput_types] -> optional: variant",
    shape=shapes.scalar,
    host=True,
)
def optional_from_value(xp, *components):
    """Tensors of any types -> variant[], which has them."""
    return Optional(components)


@op("OptionalNone", "-> optional: variant", shape=shapes.scalar, host=True)
def optional_none(xp):
    """variant[], which has nothing."""
    return Optional(None)


@op("OptionalHasValue", "optional: variant -> has_value: bool", shape=shapes.scalar, host=True)
def optional_has_value(xp, optional):
    """optional: variant[] -> bool[]"""
    return np.asarray(optional.values is not None)


def _declared_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    return [shape.sizes for shape in ctx.attrs["output_shapes"]]


@op(
    "OptionalGetValue",
    "optional: variant -> components: [output_types]",
    shape=_declared_shapes,
    limits={"output_types": 1, "output_shapes": 1},
    host=True,
)
def optional_get_value(
    xp, optional, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """optional: variant[] -> the tensors that it has."""
    values = optional.values
    if values is None:
        refuse("The given optional does not have a value.")
    return values[0] if len(values) == 1 else values


@optional_from_value.gradient
def optional_from_value_gradient(op, grad):
    return optional_get_value(
        grad,
        output_types=[tensor.dtype for tensor in op.inputs],
        output_shapes=[tensor.shape for tensor in op.inputs],
    )


@optional_get_value.gradient
def optional_get_value_gradient(op, *grads):
    return optional_from_value(grads)
