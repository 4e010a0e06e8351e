"""Ragged tensors in another arrangement."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import gathering, ranging, reshaping, stacking
from stillflow.ops.ragged import gathers
from stillflow.ops.ragged.ragged_tensor import (
    RaggedTensor,
    convert_to_tensor_or_ragged_tensor,
    positive_axis,
)


def expand_dims(input: Any, axis: int, name: str | None = None) -> Any:
    """`input`, ragged or not, with an axis of size 1 more."""
    with name_scope(name, "RaggedExpandDims", [input]):
        ragged = convert_to_tensor_or_ragged_tensor(input, name="input")
        if isinstance(ragged, Tensor):
            return reshaping.expand_dims(ragged, axis)
        rank = ragged.shape.ndims
        axis = positive_axis(axis, None if rank is None else rank + 1)
        if axis == 0:
            values, splits = ragged, stacking.stack([0, ragged.nrows()])
        elif axis == 1:
            values, splits = ragged, ranging.range_(ragged.nrows() + 1)
        else:
            values, splits = expand_dims(ragged.values, axis - 1), ragged.row_splits
        return RaggedTensor.from_row_splits(values, splits, validate=False)


def gather(params: Any, indices: Any, name: str | None = None) -> Any:
    """The rows of `params` at `indices`, both of them ragged or not."""
    with name_scope(name, "RaggedGather", [params, indices]):
        params = convert_to_tensor_or_ragged_tensor(params, name="params")
        indices = convert_to_tensor_or_ragged_tensor(indices, name="indices")
        if isinstance(indices, RaggedTensor):
            return indices.with_values(gather(params, indices.values))
        if isinstance(params, Tensor):
            return gathering.gather(params, indices)
        if indices.shape.ndims is None:
            raise ValueError("indices.shape.ndims must be known statically")
        return gathers.gathered(params, indices)
