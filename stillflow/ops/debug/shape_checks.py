"""Tensors with a shape that a run makes sure of: `tf.contrib.framework.with_shape` and its kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.graph import dtypes
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import reshaping, shape_of
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.debug.checks import assert_scalar
from stillflow.ops.math import arithmetic, comparison
from stillflow.ops.reduce import reductions


def assert_scalar_int(tensor: Any, name: str | None = None) -> Tensor:
    """Returns `tensor`; ValueError unless it is an integer scalar."""
    with name_scope(name, "assert_scalar_int", [tensor]) as scope:
        tensor = convert_to_tensor(tensor)
        if not tensor.dtype.base_dtype.is_integer:
            raise ValueError(
                f"Expected integer type for {tensor._shown_name}, received type: {tensor.dtype}."
            )
        return assert_scalar(tensor, name=scope)


def reduce_sum_n(tensors: list[Tensor], name: str | None = None) -> Tensor:
    """Returns the sum of all elements of all tensors; ValueError without any."""
    if not tensors:
        raise ValueError("No tensors provided.")
    with name_scope(name, "reduce_sum_n", tensors) as scope:
        sums = [reductions.reduce_sum(t, name=f"{t.op.name}/sum") for t in tensors]
        return sums[0] if len(sums) == 1 else arithmetic.add_n(sums, name=scope)


def with_same_shape(expected_tensor: Tensor, tensor: Any) -> Tensor:
    """`with_shape` of the shape of another tensor."""
    with name_scope(f"{tensor.op.name}/", values=[expected_tensor, tensor]):
        shape = expected_tensor.get_shape()
        if shape.is_fully_defined():
            return with_shape(shape.as_list(), tensor)
        return with_shape(shape_of.shape(expected_tensor, name="expected_shape"), tensor)


def with_shape(expected_shape: Any, tensor: Any) -> Tensor:
    """Returns `tensor`, checked to have a shape: while building if that is known, else in each run.

    A scalar is made of a tensor of one element where a scalar is expected.

    expected_shape: sizes, an i32[rank] array or tensor.

    Raises:
      ValueError: the shape is another, or is given in another way; or the tensor is sparse.
    """
    if isinstance(tensor, CompositeTensor):
        raise ValueError("SparseTensor not supported.")
    is_dynamic = is_tensor(expected_shape)
    sizes = _dynamic(expected_shape, tensor) if is_dynamic else _static(expected_shape, tensor)
    actual = tensor.get_shape()
    is_scalar = not is_dynamic and len(sizes) == 0
    if is_dynamic or not actual.is_fully_defined():
        with name_scope(f"{tensor.op.name}/", values=[tensor]):
            if is_scalar:
                return reshaping.reshape(tensor, [])
            with control_dependencies([_assert_shape(sizes, tensor)]):
                checked = identity(tensor)
            if not is_dynamic:
                checked.set_shape(sizes)
            return checked
    if actual.is_compatible_with(sizes):
        return tensor
    if is_scalar and actual.is_compatible_with([1]):
        with name_scope(f"{tensor.op.name}/", values=[tensor]):
            return reshaping.reshape(tensor, [])
    raise ValueError(
        f"Invalid shape for tensor {tensor._shown_name}, expected {sizes}, got {actual}."
    )


def _dynamic(shape: Any, tensor: Any) -> Any:
    if shape.dtype.base_dtype != dtypes.int32:
        raise ValueError(
            f"Invalid dtype {shape.dtype} for shape {shape} expected of tensor "
            f"{tensor._shown_name}."
        )
    return shape


def _static(shape: Any, tensor: Any) -> Any:
    sizes = shape
    if isinstance(shape, (list, tuple)):
        sizes = np.asarray(shape, None if shape else np.int32)
        sizes = sizes.astype(np.int32) if sizes.dtype == np.int64 else sizes
    if isinstance(sizes, np.ndarray):
        expected = f"for shape {sizes} expected of tensor {tensor._shown_name}."
        if sizes.ndim > 1:
            raise ValueError(f"Invalid rank {sizes.ndim} {expected}")
        if sizes.dtype != np.int32:
            raise ValueError(f"Invalid dtype {sizes.dtype} {expected}")
    return sizes


def _assert_shape(expected: Any, tensor: Tensor) -> Operation:
    """What fails in a run unless the shape is the expected one; -1 stands for any size."""
    with name_scope(None, "assert_shape", values=[tensor]) as scope:
        actual = shape_of.shape(tensor, name="actual")
        if hasattr(expected, "as_list"):  # a TensorShape
            expected = [-1 if size is None else size for size in expected.as_list()]
        fits = _is_shape(expected, tensor, actual)
        message = f"Wrong shape for {tensor._shown_name} [expected] [actual]."
        return assert_that(fits, [message, expected, actual], name=scope)


def _is_shape(expected: Any, tensor: Tensor, actual: Tensor) -> Tensor:
    with name_scope(None, "is_shape", values=[tensor]) as scope:
        rank = shape_of.size(expected)
        with name_scope(None, "is_rank", values=[tensor]) as inner:
            wanted = convert_to_tensor(rank, name="expected")
            is_rank = comparison.equal(wanted, shape_of.rank(tensor, name="actual"), name=inner)
        with name_scope(None, "shape_tensor_equal", values=[expected, actual]) as inner:
            is_any = comparison.equal(expected, -1)
            same = comparison.logical_or(
                is_any, comparison.equal(expected, actual, "equal"), name="exclude_partial_shape"
            )
            is_equal = reductions.reduce_all(same, name=inner)
        return comparison.logical_and(is_rank, is_equal, name=scope)
