"""Sizes that operators are told: numbers of rows, and shapes of batches."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug import checks
from stillflow.ops.known_values import constant_value
from stillflow.ops.variables.variable import Variable


def size_tensor(value: Any, name: str = "shape") -> Tensor:
    """`value` as a tensor.

    Raises:
      TypeError: it is a variable, which may change.
    """
    if isinstance(value, Variable):
        label = name.removesuffix("_arg")
        raise TypeError(f"Argument {label} cannot be reference type. Found: {type(value)}")
    is_empty = isinstance(value, (list, tuple)) and not value
    return convert_to_tensor(value, dtype=dtypes.int32 if is_empty else None, name=name)


def checked_size(tensor: Tensor, label: str, rank: int, asserts: bool) -> Tensor:
    """`tensor`, which a run refuses, when `asserts`, unless it is a size of a rank.

    Raises:
      TypeError: it holds no integers.
      ValueError: its value is known and is no size of that rank.
    """
    known = constant_value(tensor)
    if asserts:
        message = f"Argument {label} must be a {rank}-D Tensor."
        has_rank = checks.assert_rank(tensor, rank, message=message)
        message = f"Argument {label} must be non-negative."
        tensor = with_dependencies(
            [has_rank, checks.assert_non_negative(tensor, message=message)], tensor
        )
    if not tensor.dtype.is_integer:
        raise TypeError(f"Argument {label} must be integer type.  Found: {tensor}")
    if known is not None:
        if known.ndim != rank:
            raise ValueError(f"Argument {label} must be a {rank}-D Tensor.  Found: {known}")
        if (known < 0).any():
            raise ValueError(f"Argument {label} must be non-negative.  Found: {known}")
    return tensor
