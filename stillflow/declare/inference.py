"""The types and static shapes of the outputs that a node will have."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from numpy.exceptions import AxisError

from stillflow.declare.shapes import ShapeContext, ShapeError
from stillflow.declare.static import Sizes
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
        said = context.describe(str(error), name.rstrip("/"), defn.type)
        raise ValueError(said + _from_where(inputs)) from None
    except (LookupError, ArithmeticError, AttributeError, AxisError, TypeError) as error:
        # No op should come here; a program that does is still told in words what is wrong.
        reason = "Its inputs and attributes do not fit together"
        raise ValueError(context.describe(reason, name.rstrip("/"), defn.type)) from error
    if not isinstance(shapes, list):
        shape = _wrapped(shapes, inputs)
        return [(dtype, shape) for dtype in types]
    return [(t, _wrapped(s, inputs)) for t, s in zip(types, shapes, strict=True)]


def _from_where(inputs: Sequence[Tensor]) -> str:
    """The lines that built the inputs, one for each tensor."""
    built = dict.fromkeys((tensor.name, tensor.op.built_at) for tensor in inputs)
    return "".join(f"\n  {name!r} was {where}." for name, where in built if where)


def _wrapped(sizes: Sizes, inputs: Sequence[Tensor]) -> TensorShape:
    """An input's own shape where an output has the same: most have, and a graph holds many."""
    for tensor in inputs:
        if tensor._shape.sizes is sizes:
            return tensor._shape
    return _shape_of(sizes)


@functools.lru_cache(4096)
def _shape_of(sizes: Sizes) -> TensorShape:
    """One object for all tensors of a shape, as far as they are many."""
    return TensorShape.of(sizes)
