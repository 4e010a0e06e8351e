"""Tensors put into other shapes and orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.graph.operation import Tensor
from stillflow.keras.backend.reducing import prod
from stillflow.keras.backend.tensors import ndim, to_dense
from stillflow.layers.custom_objects import is_sparse
from stillflow.ops.array import (
    gathering,
    joining,
    ranging,
    reshaping,
    reversing,
    shape_of,
    stacking,
    tiling,
    transposing,
)
from stillflow.ops.array import (
    one_hot as one_hot_op,
)
from stillflow.ops.math import casts
from stillflow.ops.sparse.concatenating import sparse_concat


def transpose(x: Any) -> Tensor:
    """Returns `x` with its axes in reverse."""
    return transposing.transpose(x)


def permute_dimensions(x: Any, pattern: Any) -> Tensor:
    """Returns `x` with its axes in the order of `pattern`."""
    return transposing.transpose(x, perm=pattern)


def gather(reference: Any, indices: Any) -> Tensor:
    """Returns the rows of `reference` that indices say."""
    return gathering.gather(reference, indices)


def concatenate(tensors: Sequence[Any], axis: int = -1) -> Any:
    """Returns tensors one behind the other; all sparse ones as a SparseTensor."""
    if axis < 0:
        rank = ndim(tensors[0])
        axis = axis % rank if rank else 0
    if all(is_sparse(x) for x in tensors):
        return sparse_concat(axis, tensors)
    return joining.concat([to_dense(x) for x in tensors], axis)


def reshape(x: Any, shape: Any) -> Tensor:
    """Returns `x` in another shape; one size may be -1, for what is left."""
    return reshaping.reshape(x, shape)


def repeat_elements(x: Any, rep: int, axis: int) -> Tensor:
    """Returns each element along an axis `rep` times in a row, as `np.repeat` does."""
    size = x.shape.as_list()[axis]
    if size is None:
        return _repeated_of_unknown(x, rep, axis)
    parts = joining.split(value=x, num_or_size_splits=size, axis=axis)
    return concatenate([part for part in parts for _ in range(rep)], axis)


def _repeated_of_unknown(x: Any, rep: int, axis: int) -> Any:
    behind = axis + 1
    sizes = shape_of.shape(x)
    times = np.ones(len(x.shape) + 1)
    times[behind] = rep
    tiled = tiling.tile(reshaping.expand_dims(x, axis=behind), times)
    times = np.delete(times, behind)
    times[axis] = rep
    sizes *= constant(times, dtype="int32")
    repeated: Any = reshaping.reshape(tiled, sizes)
    known = x.shape.as_list()
    repeated.set_shape(known)
    repeated._keras_shape = tuple(known)
    return repeated


def repeat(x: Any, n: int) -> Tensor:
    """Returns each row of a matrix `n` times: shape (rows, n, columns)."""
    assert ndim(x) == 2, "repeat takes a matrix: a tensor of two axes"
    return tiling.tile(reshaping.expand_dims(x, 1), stacking.stack([1, n, 1]))


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: str = "int32") -> Tensor:
    """Returns numbers from `start` to before `stop`; one number alone is `stop`."""
    if stop is None and start < 0:
        start = 0
    numbers = ranging.range_(start, limit=stop, delta=step, name="arange")
    return numbers if dtype == "int32" else casts.cast(numbers, dtype)


def tile(x: Any, n: Any) -> Tensor:
    """Returns `x` repeated `n` times along each axis."""
    return tiling.tile(x, [n] if isinstance(n, int) else n)


def flatten(x: Any) -> Tensor:
    """Returns all elements in one row."""
    return reshaping.reshape(x, [-1])


def batch_flatten(x: Any) -> Tensor:
    """Returns the elements of each row of a batch in one row."""
    return reshaping.reshape(x, stacking.stack([-1, prod(shape_of.shape(x)[1:])]))


def expand_dims(x: Any, axis: int = -1) -> Tensor:
    """Returns `x` with an axis of size 1 more."""
    return reshaping.expand_dims(x, axis)


def squeeze(x: Any, axis: int) -> Tensor:
    """Returns `x` without an axis of size 1."""
    return reshaping.squeeze(x, [axis])


def stack(x: Any, axis: int = 0) -> Tensor:
    """Returns tensors side by side, along a new axis."""
    return stacking.stack(x, axis=axis)


def one_hot(indices: Any, num_classes: int) -> Tensor:
    """Returns for each index a row of zeros with a one at its place."""
    return one_hot_op.one_hot(indices, depth=num_classes, axis=-1)


def reverse(x: Any, axes: int | Iterable[int]) -> Tensor:
    """Returns `x` in reverse along axes."""
    return reversing.reverse(x, [axes] if isinstance(axes, int) else axes)
