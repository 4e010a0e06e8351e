"""Shapes of samples: how many draws there are, and what is known of them while a graph is built."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling, joining, reshaping, selecting, shape_of, slicing
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import comparison
from stillflow.ops.reduce import reductions


def expanded_sample_shape(x: Tensor, name: str) -> tuple[Tensor, Any]:
    """A sample shape, i32[] or i32[s], as a vector; and how many draws it holds.

    Raises:
      ValueError: it has more than one axis.
    """
    known = constant_value(x)
    kind = x.dtype.as_numpy_dtype
    count = reductions.reduce_prod(x) if known is None else np.prod(known, dtype=kind)
    ndims = x.shape.ndims
    if ndims is None:
        is_scalar = comparison.equal(shape_of.rank(x), 0)
        one = np.array([1], np.int32)
        return reshaping.reshape(x, pick_vector(is_scalar, one, shape_of.shape(x))), count
    if ndims > 1:
        raise ValueError("Input is neither scalar nor vector.")
    if ndims == 1:
        return x, count
    if known is None:
        return reshaping.reshape(x, [1]), count
    return convert_to_tensor(np.array([known], kind), name=name), count


def static_sample_shape(
    x: TensorShape, sample: TensorShape, batch: TensorShape, event: TensorShape
) -> TensorShape:
    """What is known of the shape of samples, all in all."""
    parts = [sample, batch, event]
    ranks = [part.ndims for part in parts]
    rank = x.ndims
    if rank is None:
        if None in ranks:
            return x
        return TensorShape([]).concatenate(sample).concatenate(batch).concatenate(event)
    if ranks.count(None) == 1:
        unknown = ranks.index(None)
        left = rank - sum(r for r in ranks if r is not None)
        parts[unknown] = TensorShape([None] * left)
    if all(part.ndims is not None for part in parts):
        return x.merge_with(parts[0].concatenate(parts[1]).concatenate(parts[2]))
    if sample.ndims is not None:
        x = x.merge_with(sample.concatenate([None] * (rank - sample.ndims)))
    if event.ndims is not None:
        x = x.merge_with(TensorShape([None] * (rank - event.ndims)).concatenate(event))
    return x


def pick_vector(cond: Any, true_vector: Any, false_vector: Any, name: str = "pick_vector") -> Any:
    """Returns `true_vector` where `cond`, bool[], holds, else `false_vector`; sizes may differ.

    Raises:
      TypeError: `cond` is no bool, or the types of the vectors differ.
    """
    with name_scope(name, values=(cond, true_vector, false_vector)):
        cond = convert_to_tensor(cond, name="cond")
        if cond.dtype != dtypes.bool:
            raise TypeError(f"{cond}.dtype={cond.dtype} which is not {dtypes.bool}")
        known = constant_value(cond)
        if known is not None:
            return true_vector if known else false_vector
        first = convert_to_tensor(true_vector, name="true_vector")
        second = convert_to_tensor(false_vector, name="false_vector")
        if first.dtype != second.dtype:
            raise TypeError(
                f"{first}.dtype={first.dtype} does not match {second}.dtype={second.dtype}"
            )
        size = shape_of.shape(first)[0]
        both = joining.concat([first, second], 0)
        start = [selecting.where_v2(cond, 0, size)]
        return slicing.slice_(both, start, [selecting.where(cond, size, -1)])


def prefer_static_broadcast_shape(
    shape1: Any, shape2: Any, name: str = "prefer_static_broadcast_shape"
) -> Any:
    """Returns the broadcast shape: a TensorShape when both are known, else a tensor.

    Raises:
      ValueError: a TensorShape that is known in part beside one that a run alone knows.
    """
    with name_scope(name, values=[shape1, shape2]):
        known = [_known_shape(shape) for shape in (shape1, shape2)]
        if None not in known:
            return filling.broadcast_static_shape(*known)
        return filling.broadcast_dynamic_shape(*map(_as_tensor, (shape1, shape2)))


def _known_shape(shape: Any) -> TensorShape | None:
    if isinstance(shape, TensorShape):
        return shape
    value = constant_value(convert_to_tensor(shape, name="shape", dtype=dtypes.int32))
    return None if value is None else TensorShape(value)


def _as_tensor(shape: Any) -> Tensor:
    if isinstance(shape, TensorShape):
        if not shape.is_fully_defined():
            raise ValueError("Cannot broadcast from partially defined `TensorShape`.")
        shape = shape.as_list()
    return convert_to_tensor(shape, name="shape", dtype=dtypes.int32)


def prefer_static_value(x: Tensor) -> Any:
    """The value of `x` when it is known, else `x`."""
    known = constant_value(x)
    return x if known is None else known


def prefer_static_rank(x: Any) -> Any:
    return prefer_static_value(shape_of.rank(x))


def prefer_static_shape(x: Any) -> Any:
    return prefer_static_value(shape_of.shape(x))


def dimension_size(x: Tensor, axis: int) -> Any:
    """The size along `axis`, an int when it is known."""
    size = x.shape.with_rank_at_least(abs(axis))[axis].value
    return shape_of.shape(x)[axis] if size is None else size


def broadcast_shape(*tensors: Tensor) -> Any:
    """The shape that `tensors` broadcast to: a list where it is known, else i32[k]."""
    known = reduce(filling.broadcast_static_shape, [tensor.shape for tensor in tensors])
    if known.is_fully_defined():
        return known.as_list()
    sizes = shape_of.shape(tensors[0])
    for tensor in tensors[1:]:
        sizes = filling.broadcast_dynamic_shape(sizes, shape_of.shape(tensor))
    return sizes
