"""The types and static shapes of the outputs that a node will have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from numpy.exceptions import AxisError

from stillflow.declare.shapes import ShapeContext, ShapeError
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef


def infer(
    defn: OpDef, inputs: Sequence[Tensor], attrs: dict[str, Any], name: str
) -> list[tuple[DType, TensorShape]]:
    """The types and shapes of the outputs; ValueError when the inputs' shapes do not fit."""
    types = [dtype for arg in defn.signature.outputs for dtype in arg.types(attrs)]
    if defn.shape is None:
        return [(dtype, TensorShape.of(None)) for dtype in types]
    context = ShapeContext(inputs, attrs, defn.signature)
    try:
        shapes = defn.shape(context)
    except ShapeError as error:
        raise ValueError(context.describe(str(error), name.rstrip("/"), defn.type)) from None
    except (LookupError, ArithmeticError, AttributeError, AxisError, TypeError) as error:
        # No op should come here; a program that does is still told in words what is wrong.
        reason = "Its inputs and attributes do not fit together"
        raise ValueError(context.describe(reason, name.rstrip("/"), defn.type)) from error
    if not isinstance(shapes, list):
        return [(dtype, TensorShape.of(shapes)) for dtype in types]
    return [(t, TensorShape.of(s)) for t, s in zip(types, shapes, strict=True)]
