"""Sparse parts of sequences: numbers stand for them in the barrier, one for each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.input.queues.sequence_padding import is_sparse
from stillflow.ops.array.joining import concat
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.stacking import stack
from stillflow.ops.array.tiling import tile
from stillflow.ops.math.casts import cast
from stillflow.ops.math.division import floormod
from stillflow.ops.math.elementwise import floor
from stillflow.ops.sparse.rearranging import sparse_reshape
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.sparse.tensors_map import (
    add_many_sparse_to_tensors_map,
    take_many_sparse_from_tensors_map,
)

_OF_CONTEXT = "_context_in_seq_"


def _sparse_names(parts: dict[str, Any]) -> list[str]:
    return [name for name in sorted(parts) if is_sparse(parts[name])]


# What an example has once -----------------------------------------------------------------------


def move_out_of_context(
    context: dict[str, Any], sequences: dict[str, Any], num_unroll: int
) -> None:
    """Makes sequences of sparse parts of the context: each at the first step of every segment."""
    steps = cast(_steps(sequences), dtype=dtypes.int64)
    for name in _sparse_names(context):
        sequences[_OF_CONTEXT + name] = _repeated(context.pop(name), steps, num_unroll)


def _steps(sequences: dict[str, Any]) -> Tensor:
    alone = constant(1)
    if not sequences:
        return alone
    first = next(iter(sequences.values()))
    if not isinstance(first, Tensor):
        steps: Tensor = first.dense_shape[0]
        return steps
    with control_dependencies([first]):
        return shape(first)[0]


def _repeated(sparse: Any, steps: Tensor, num_unroll: int) -> SparseTensor:
    """[...] -> [steps, ...]"""
    count = cast(steps // num_unroll, dtype=dtypes.int32)
    values = tile(sparse.values, expand_dims(count, 0))
    sizes = concat([expand_dims(steps, 0), sparse.dense_shape], 0)
    inner = tile(expand_dims(sparse.indices, 0), stack([count, 1, 1]))
    rows, axes = shape(sparse.indices)[0], shape(sparse.indices)[1]
    starts = range_(start=0, limit=steps, delta=num_unroll)
    starts = expand_dims(expand_dims(starts, 1), 2)
    starts = tile(starts, [1, rows, 1])
    indices = concat([starts, inner], 2)
    return SparseTensor(reshape(indices, [rows * count, axes + 1]), values, sizes)


def move_into_context(context: dict[str, Any], sequences: dict[str, Any]) -> None:
    """Undoes `move_out_of_context` in a batch: [batch_size, num_unroll, ...] loses its steps."""
    for name in [name for name in sorted(sequences) if name.startswith(_OF_CONTEXT)]:
        sparse = sequences.pop(name)
        batch = sparse.dense_shape[0]
        one_step = concat([[batch], [1], sparse.dense_shape[2:]], 0)
        sparse = SparseTensor(sparse.indices, sparse.values, one_step)
        sizes = concat([[sparse.dense_shape[0]], sparse.dense_shape[2:]], 0)
        context[name.removeprefix(_OF_CONTEXT)] = sparse_reshape(sparse, sizes)


# Steps ------------------------------------------------------------------------------------------


def deconstructed(
    sequences: dict[str, Any], shared_name: str | None = None
) -> tuple[dict[str, Any], list[str] | None, list[Operation]]:
    """Sequences with numbers, i64[steps], for sparse ones; the names of these, and what put them
    away."""
    names = _sparse_names(sequences)
    if not names:
        return sequences, None, []
    numbers = [
        add_many_sparse_to_tensors_map(sequences[name], shared_name=shared_name) for name in names
    ]
    dense = {**sequences, **dict(zip(names, numbers, strict=True))}
    return dense, names, [each.op for each in numbers]


def reconstruct(
    sequences: dict[str, Any],
    names: Sequence[str] | None,
    maps: Sequence[Operation],
    batch_size: Any,
    num_unroll: int,
) -> None:
    """Puts sparse tensors, [batch_size, num_unroll, ...], in the place of their numbers."""
    if not names:
        return
    taken = [
        take_many_sparse_from_tensors_map(map_op, reshape(sequences[name], [-1]))
        for name, map_op in zip(names, maps, strict=True)
    ]
    steps = convert_to_tensor(num_unroll, dtype=dtypes.int64, name="num_unroll_int64")
    unflattened = [_with_steps(sparse, batch_size, steps) for sparse in taken]
    sequences.update(zip(names, unflattened, strict=True))


def _with_steps(sparse: SparseTensor, batch_size: Any, steps: Tensor) -> SparseTensor:
    """[batch_size * steps, ...] -> [batch_size, steps, ...]"""
    row = cast(floor(sparse.indices[:, 0] / steps), dtypes.int64)
    step = floormod(sparse.indices[:, 0], steps)
    indices = concat([expand_dims(row, 1), expand_dims(step, 1), sparse.indices[:, 1:]], axis=1)
    leading = [[cast(batch_size, dtype=dtypes.int64)], [cast(steps, dtype=dtypes.int64)]]
    sizes = concat([*leading, sparse.dense_shape[1:]], axis=0)
    return SparseTensor(indices, sparse.values, sizes)
