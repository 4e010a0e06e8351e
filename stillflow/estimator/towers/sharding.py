"""Batches divided among towers."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.scopes import device, name_scope
from stillflow.ops.array.joining import split
from stillflow.ops.sparse.cutting import sparse_split
from stillflow.ops.sparse.sparse_tensor import SparseTensor


def shards(features: Any, labels: Any, count: int, where: str) -> tuple[list[Any], Any]:
    """Features and labels, each a list of `count` parts; no labels stay none.

    Raises:
      ValueError: the batch cannot be divided.
    """
    with name_scope("split_inputs"), device(where):
        return _parts(features, count), None if labels is None else _parts(labels, count)


def _parts(values: Any, count: int) -> list[Any]:
    if not isinstance(values, dict):
        _check_size(values, count)
        return split(values, count)
    found: list[dict[str, Any]] = [{} for _ in range(count)]
    for name, tensor in values.items():
        if isinstance(tensor, SparseTensor):
            parts = sparse_split(sp_input=tensor, num_split=count, axis=0)
        else:
            _check_size(tensor, count)
            parts = split(tensor, count)
        for part, own in zip(parts, found, strict=True):
            own[name] = part
    return found


def _check_size(tensor: Any, count: int) -> None:
    size = convert_to_tensor(tensor).get_shape()[0]
    if size % count != 0:
        raise ValueError(
            f"Batch size {size} needs to be divisible by the number of GPUs, which is {count}."
        )
