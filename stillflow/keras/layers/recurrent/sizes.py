"""Sizes of states, and states of zeros."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import filling, shape_of


def is_multiple_state(state_size: Any) -> bool:
    """Whether there are several states, not one of a size or shape."""
    return hasattr(state_size, "__len__") and not isinstance(state_size, TensorShape)


def list_of_sizes(state_size: Any) -> list[Any]:
    """The size of each state."""
    return list(state_size) if is_multiple_state(state_size) else [state_size]


def output_size_of(cell: Any) -> Any:
    """The size of a cell's output: that of the first state where the cell does not say it."""
    if getattr(cell, "output_size", None) is not None:
        return cell.output_size
    return list_of_sizes(cell.state_size)[0]


def zero_state(cell: Any, inputs: Any, batch_size: Any, dtype: Any) -> Any:
    """`zeros_of_sizes` for a cell; `inputs`, n[batch, ...], tell batch and type where given."""
    if inputs is not None:
        batch_size, dtype = shape_of.shape(inputs)[0], inputs.dtype
    return zeros_of_sizes(batch_size, cell.state_size, dtype)


def zeros_of_sizes(batch_size: Any, state_size: Any, dtype: Any) -> Any:
    """Zeros, [batch_size, size...] for each of a nest of sizes.

    Raises:
      ValueError: batch or type is None.
    """
    if batch_size is None or dtype is None:
        raise ValueError(
            "batch_size and dtype cannot be None while constructing initial state: "
            f"batch_size={batch_size}, dtype={dtype}"
        )

    def zeros(size: Any) -> Tensor:
        return filling.zeros([batch_size, *as_shape(size).as_list()], dtype=dtype)

    return nest.map_structure(zeros, state_size)
