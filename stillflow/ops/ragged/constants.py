"""Ragged tensors of nested lists, and such as every run must feed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare.constants import constant as dense_constant
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.control import ordering
from stillflow.ops.ragged.ragged_tensor import RaggedTensor, is_ragged
from stillflow.ops.ragged.ragged_value import RaggedTensorValue


def constant(
    pylist: Any,
    dtype: Any = None,
    ragged_rank: int | None = None,
    inner_shape: Any = None,
    name: str | None = None,
    row_splits_dtype: Any = dtypes.int64,
) -> Any:
    """Returns nested lists as a RaggedTensor, or as a Tensor where no axis is ragged.

    Args:
      ragged_rank: how many axes are ragged; all but the outermost and those of `inner_shape` when
        it is None.
      inner_shape: the sizes of the axes within, which are not.

    Raises:
      TypeError: `pylist` is a RaggedTensor.
      ValueError: the values do not all lie at one depth, or not at that which is asked for.
    """

    def as_ragged(values: Any, row_splits: list[int]) -> RaggedTensor:
        ends = dense_constant(row_splits, dtype=row_splits_dtype)
        return RaggedTensor.from_row_splits(values, ends, validate=False)

    with name_scope(name, "RaggedConstant"):
        return _made(as_ragged, dense_constant, pylist, dtype, ragged_rank, inner_shape)


def constant_value(
    pylist: Any,
    dtype: Any = None,
    ragged_rank: int | None = None,
    inner_shape: Any = None,
    row_splits_dtype: Any = "int64",
) -> Any:
    """Returns nested lists as a RaggedTensorValue, or as an array; see `tf.ragged.constant`."""
    kind = dtype.as_numpy_dtype if isinstance(dtype, DType) else dtype
    splits_kind = dtypes.as_dtype(row_splits_dtype).as_numpy_dtype

    def as_ragged(values: Any, row_splits: list[int]) -> RaggedTensorValue:
        return RaggedTensorValue(values, np.array(row_splits, splits_kind))

    def as_dense(values: Any, dtype: Any, shape: Any, name: str | None = None) -> np.ndarray:
        return np.reshape(np.array(values, dtype), shape)

    return _made(as_ragged, as_dense, pylist, kind, ragged_rank, inner_shape)


def placeholder(
    dtype: Any, ragged_rank: int, value_shape: Any = None, name: str | None = None
) -> Any:
    """Returns a RaggedTensor that every run must feed, of values any[m, *value_shape].

    It is a Tensor where `ragged_rank` is 0.
    """
    if ragged_rank == 0:
        return ordering.placeholder(dtype, value_shape, name)
    with name_scope(name, "RaggedPlaceholder", []):
        sizes = TensorShape([None]).concatenate(value_shape)
        result: Any = ordering.placeholder(dtype, sizes, "flat_values")
        for axis in reversed(range(ragged_rank)):
            ends = ordering.placeholder(dtypes.int64, [None], f"row_splits_{axis}")
            result = RaggedTensor(result, ends, internal=True)
        return result


# Nested lists -----------------------------------------------------------------------------------


def _made(
    as_ragged: Callable[[Any, list[int]], Any],
    as_dense: Callable[..., Any],
    pylist: Any,
    dtype: Any,
    ragged_rank: int | None,
    inner_shape: Any,
) -> Any:
    if is_ragged(pylist):
        raise TypeError("pylist may not be a RaggedTensor or RaggedTensorValue.")
    if not _is_nested(pylist):
        _check_scalar(pylist, ragged_rank, inner_shape)
        return as_dense(pylist, dtype, ())
    if ragged_rank is not None and ragged_rank < 0:
        raise ValueError(f"Invalid ragged_rank={ragged_rank!r}: must be nonnegative")
    scalar_depth, depth = _depths(pylist)
    _check_depths(pylist, scalar_depth, depth, ragged_rank, inner_shape)
    within = 0 if inner_shape is None else len(inner_shape)
    if ragged_rank == 0 or (ragged_rank is None and depth - within < 2):
        return as_dense(pylist, dtype, inner_shape)
    if ragged_rank is None:
        deepest = depth if scalar_depth is None else scalar_depth - within
        ragged_rank, inner_shape = max(1, deepest - 1), inner_shape or ()
    elif inner_shape is None:
        inner_shape = _inner_shape(pylist, ragged_rank)
    nested: list[list[int]] = []
    values = pylist
    for _ in range(ragged_rank):
        nested.append([0, *itertools.accumulate(map(len, values))])
        values = list(itertools.chain.from_iterable(values))
    sizes = (len(values), *inner_shape)
    result = as_dense(values, dtype=dtype, shape=sizes, name="values")
    for row_splits in reversed(nested):
        result = as_ragged(result, row_splits)
    return result


def _is_nested(item: Any) -> bool:
    return isinstance(item, (list, tuple)) or np.ndim(item) != 0


def _check_scalar(value: Any, ragged_rank: int | None, inner_shape: Any) -> None:
    if ragged_rank:
        raise ValueError(f"Invalid pylist={value!r}: incompatible with ragged_rank={ragged_rank}")
    if inner_shape:
        raise ValueError(
            f"Invalid pylist={value!r}: incompatible with dim(inner_shape)={len(inner_shape)}"
        )


def _depths(item: Any) -> tuple[int | None, int]:
    """How deep the scalars lie, None where there are none; and how deep the lists do."""
    if not _is_nested(item):
        return 0, 0
    scalar_depth, depth = None, 1
    for child in item:
        scalars, lists = _depths(child)
        if scalars is not None:
            if scalar_depth not in (None, scalars + 1):
                raise ValueError("all scalar values must have the same nesting depth")
            scalar_depth = scalars + 1
        depth = max(depth, lists + 1)
    return scalar_depth, depth


def _check_depths(
    pylist: Any, scalar_depth: int | None, depth: int, ragged_rank: int | None, inner_shape: Any
) -> None:
    if scalar_depth is not None and depth > scalar_depth:
        raise ValueError(
            f"Invalid pylist={pylist!r}: empty list nesting is greater than scalar value nesting"
        )
    if inner_shape is None or ragged_rank is None:
        return
    wanted = ragged_rank + len(inner_shape) + 1
    if (wanted < depth) if scalar_depth is None else (wanted != scalar_depth):
        raise ValueError(
            f"Invalid pylist={pylist!r}: incompatible with ragged_rank={ragged_rank} and "
            f"dim(inner_shape)={len(inner_shape)}"
        )


def _inner_shape(pylist: Any, ragged_rank: int) -> tuple[int, ...]:
    """The sizes of what lies within the ragged axes, which is of one shape."""
    values = pylist
    for axis in range(ragged_rank):
        if not all(map(_is_nested, values)):
            raise ValueError(
                f"pylist has scalar values depth {axis + 1}, but ragged_rank={ragged_rank} requires"
                f" scalar value depth greater than {ragged_rank}"
            )
        values = list(itertools.chain.from_iterable(values))
    sizes = _sizes(values)
    _check_sizes(values, sizes)
    return sizes[1:]


def _sizes(item: Any) -> tuple[int, ...]:
    if not _is_nested(item):
        return ()
    return (len(item), *_sizes(item[0])) if len(item) else (0,)


def _check_sizes(item: Any, sizes: tuple[int, ...]) -> None:
    if _is_nested(item) != bool(sizes) or (sizes and len(item) != sizes[0]):
        raise ValueError("inner values have inconsistent shape")
    if sizes:
        for child in item:
            _check_sizes(child, sizes[1:])
