"""Logic on tensors whose values may be known while a graph is built: constants where they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling, joining, selecting, shape_of
from stillflow.ops.array.constants import constant
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import comparison
from stillflow.ops.reduce.reductions import reduce_all


def _known(x: Any) -> Any:
    return constant_value(convert_to_tensor(x))


def logical_and(*conditions: Any) -> Tensor:
    """Whether all hold: bool[]."""
    known = [_known(condition) for condition in conditions]
    if any(value is not None and not value for value in known):
        return constant(False)
    if all(value is not None for value in known):
        return constant(True)
    return comparison.logical_and(*conditions) if len(known) == 2 else reduce_all(conditions)


def logical_not(x: Any) -> Tensor:
    known = _known(x)
    return comparison.logical_not(x) if known is None else constant(np.logical_not(known))


def logical_equal(x: Any, y: Any) -> Tensor:
    first, second = _known(x), _known(y)
    if first is None or second is None:
        return comparison.equal(x, y)
    return constant(np.array_equal(first, second))


def concat_vectors(*vectors: Any) -> Tensor:
    """Vectors of sizes, one after another."""
    known = [_known(vector) for vector in vectors]
    if any(value is None for value in known):
        return joining.concat(vectors, 0)
    return constant([size for value in known for size in value])


def pick_scalar(condition: Any, if_true: Any, if_false: Any) -> Any:
    known = _known(condition)
    if known is None:
        return selecting.where_v2(condition, if_true, if_false)
    return if_true if known else if_false


def static_ones_like(x: Tensor) -> Tensor:
    """Ones in the shape of `x`, a constant when it is known."""
    if x.shape.is_fully_defined():
        return filling.ones(x.shape.as_list(), dtype=x.dtype)
    return filling.ones_like(x)


def ndims_of_shape(shape: Tensor) -> Tensor:
    """How many sizes a shape has: i32[].

    Raises:
      ValueError: it is known to be no vector.
      TypeError: it is not of integers.
    """
    if shape.shape.ndims not in (None, 1):
        raise ValueError("input is not a valid shape: not 1D")
    if not shape.dtype.is_integer:
        raise TypeError("input is not a valid shape: wrong dtype")
    if shape.shape.is_fully_defined():
        return constant(shape.shape.as_list()[0])
    return shape_of.shape(shape)[0]


def is_scalar_shape(shape: Tensor) -> Tensor:
    """Whether a shape is that of one number: bool[]."""
    return logical_equal(ndims_of_shape(shape), 0)
