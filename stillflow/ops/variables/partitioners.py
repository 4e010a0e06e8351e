"""Partitioners for `tf.get_variable`: into how many parts a variable goes, on each axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.variables.scope import variable_scope
from stillflow.ops.variables.store import default_variable_store
from stillflow.ops.variables.variable import Variable
from stillflow.platform.deprecation import deprecated

Partitioner = Callable[..., list[int]]


def fixed_size_partitioner(num_shards: int, axis: int = 0) -> Partitioner:
    """As many parts along `axis` as `num_shards`, or as it has elements."""

    def partitioner(shape: TensorShape, **_: Any) -> list[int]:
        return _along(axis, shape, min(num_shards, _size(shape, axis)))

    return partitioner


def variable_axis_size_partitioner(
    max_shard_bytes: int,
    axis: int = 0,
    bytes_per_string_element: int = 16,
    max_shards: int | None = None,
) -> Partitioner:
    """Parts along `axis` that take at most `max_shard_bytes`, as far as one axis can do that.

    Args:
      bytes_per_string_element: what a string is taken for.
      max_shards: there are never more parts.

    Raises:
      ValueError: a number is not positive; or later, a shape is not known.
    """
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError("Both max_shard_bytes and bytes_per_string_element must be positive.")
    if max_shards and max_shards < 1:
        raise ValueError("max_shards must be positive.")

    def partitioner(shape: TensorShape, dtype: DType) -> list[int]:
        _check_arguments(shape, dtype)
        size = _size(shape, axis)
        row_bytes = _bytes_of(dtype, bytes_per_string_element) * _elements(shape) / size
        rows = max(1, math.floor(max_shard_bytes / row_bytes))
        count = math.ceil(size / rows)
        return _along(axis, shape, min(max_shards, count) if max_shards else count)

    return partitioner


def min_max_variable_partitioner(
    max_partitions: int = 1,
    axis: int = 0,
    min_slice_size: int = 256 << 10,
    bytes_per_string_element: int = 16,
) -> Partitioner:
    """At most `max_partitions` parts along `axis`, which take at least `min_slice_size` bytes.

    Raises:
      ValueError, later: the variable has no such axis.
    """

    def partitioner(shape: TensorShape, dtype: DType) -> list[int]:
        if axis >= len(shape):
            raise ValueError(
                f"Can not partition variable along axis {axis} when shape is only {shape}"
            )
        whole = _bytes_of(dtype, bytes_per_string_element) * _elements(shape)
        wanted = math.ceil(whole / min_slice_size)
        return _along(axis, shape, max(1, min(_size(shape, axis), max_partitions, wanted)))

    return partitioner


@deprecated(None, "Use `tf.get_variable` with a partitioner set.")
def create_partitioned_variables(
    shape: Sequence[int],
    slicing: Sequence[int],
    initializer: Any,
    dtype: Any = dtypes.float32,
    trainable: bool = True,
    collections: Any = None,
    name: str | None = None,
    reuse: bool | None = None,
) -> list[Variable]:
    """Returns the parts of a variable of `shape`, as many on each axis as `slicing` says.

    Args:
      initializer: a tensor of the whole, or an initializer that is called for each part.
      name: of a variable scope; "PartitionedVariable", made unique, by default.

    Raises:
      ValueError: `shape` and `slicing` do not fit, or a variable cannot be divided so.
    """
    if len(shape) != len(slicing):
        raise ValueError(
            "The 'shape' and 'slicing' of a partitioned Variable must have the length: shape: "
            f"{shape}, slicing: {slicing}"
        )
    if not shape:
        raise ValueError(f"A partitioned Variable must have rank at least 1: shape: {shape}")
    with variable_scope(name, "PartitionedVariable", reuse=reuse) as scope:
        variable = scope.get_in_parts(
            default_variable_store(),
            None,
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            trainable=trainable,
            collections=collections,
            partitioner=lambda **_: slicing,
        )
    return list(variable)


def _check_arguments(shape: Any, dtype: Any) -> None:
    if not isinstance(shape, TensorShape):
        raise ValueError(f"shape is not a TensorShape: {shape}")
    if not shape.is_fully_defined():
        raise ValueError(f"shape is not fully defined: {shape}")
    if not isinstance(dtype, DType):
        raise ValueError(f"dtype is not a DType: {dtype}")


def _bytes_of(dtype: DType, of_string: int) -> int:
    return of_string if dtype.base_dtype is dtypes.string else dtype.size


def _size(shape: TensorShape, axis: int) -> int:
    return shape.as_list()[axis]  # type: ignore[return-value]


def _elements(shape: TensorShape) -> int:
    return shape.num_elements()  # type: ignore[return-value]


def _along(axis: int, shape: TensorShape, count: int) -> list[int]:
    partitions = [1] * len(shape)
    partitions[axis] = count
    return partitions
