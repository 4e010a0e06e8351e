"""Tensors whose shapes and values the saver of sequences counts on: each knows, or is checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array.shape_of import rank, shape, size
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.known_values import constant_value
from stillflow.ops.math.comparison import equal, logical_and, not_equal
from stillflow.ops.math.division import floormod
from stillflow.ops.reduce.reductions import reduce_all
from stillflow.ops.strings.joining import string_join
from stillflow.ops.strings.numbers import as_string


def multiple_checked(value: Tensor, unit: int) -> Tensor:
    """`value`, i32[], which fails unless it is a multiple of `unit`, and not 0."""
    is_multiple = logical_and(equal(floormod(value, unit), 0), not_equal(value, 0))
    said = [
        f"Tensor {value.name} should be a multiple of: ",
        as_string(unit),
        ", but saw value: ",
        as_string(value),
        ". Consider setting pad=True.",
    ]
    with control_dependencies([assert_that(is_multiple, [string_join(said)])]):
        return identity(value, name="multiple_of_checked")


def rank_checked(value: Tensor, expected: Any) -> Tensor:
    """`value`, of so many axes, an int or i32[].

    Raises:
      ValueError: it is known to have others.
    """
    has_rank = equal(expected, rank(value))
    said = string_join(
        [f"Rank of tensor {value.name} should be: ", as_string(expected), ", shape received:"]
    )
    with control_dependencies([assert_that(has_rank, [said, shape(value)])]):
        checked = identity(value, name="rank_checked")
    known = constant_value(expected)
    if known is not None:
        try:
            checked.set_shape(checked.shape.with_rank(int(known)))
        except ValueError as error:
            raise ValueError(f"Rank check failed for {value.name}: {error}") from None
    return checked


def shape_checked(value: Tensor, expected: Any) -> Tensor:
    """`value`, of this shape, a list of ints or i32[rank].

    Raises:
      ValueError: it is known to have another.
    """
    if isinstance(expected, Tensor):
        known = constant_value(expected)
        expected = expected if known is None else [int(length) for length in known]
    is_dynamic = isinstance(expected, Tensor)
    value = rank_checked(value, size(expected) if is_dynamic else len(expected))
    has_shape = reduce_all(equal(expected, shape(value)))
    said = [
        f"Shape of tensor {value.name} should be: ",
        as_string(expected),
        ", shape received: ",
        as_string(shape(value)),
    ]
    with control_dependencies([assert_that(has_shape, [string_join(said)])]):
        checked = identity(value, name="shape_checked")
    if not is_dynamic:
        try:
            checked.set_shape(checked.shape.merge_with(expected))
        except ValueError as error:
            raise ValueError(f"Shape check failed for {value.name}: {error}") from None
    return checked


def dimensions_checked(
    value: Tensor, axes: Sequence[int], expected: Sequence[Any], label: str
) -> Tensor:
    """`value`, whose lengths along `axes` are `expected`, ints or i32[] each.

    Raises:
      ValueError: it is known to have others.
    """
    _know_lengths(value, axes, expected, label)
    checks = [
        _length_check(value, axis, length, label)
        for axis, length in zip(axes, expected, strict=True)
    ]
    with control_dependencies(checks):
        return identity(value, name=f"dims_checked_{label}")


def _know_lengths(value: Tensor, axes: Sequence[int], expected: Sequence[Any], label: str) -> None:
    if value.shape.ndims is None:
        return
    if value.shape.ndims <= max(axes):
        raise ValueError(
            f"{label}: rank of input is not greater than max(dimensions): "
            f"{value.shape.ndims} vs. {max(axes)}"
        )
    lengths = value.shape.as_list()
    for axis, length in zip(axes, expected, strict=True):
        if not isinstance(length, Tensor):
            lengths[axis] = length
    try:
        value.set_shape(value.shape.merge_with(TensorShape(lengths)))
    except ValueError as error:
        raise ValueError(f"Dimensions check failed for {label}: {error}") from None


def _length_check(value: Tensor, axis: int, length: Any, label: str) -> Any:
    has_length = equal(length, shape(value)[axis])
    said = [
        f"Dimension {axis} of tensor labeled {label} should be: ",
        as_string(length),
        ", shape received: ",
        as_string(shape(value)),
    ]
    return assert_that(has_length, [string_join(said)])
