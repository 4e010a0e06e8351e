"""The combinations of the values that several sparse tensors have in each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.ops.math.casts import cast
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.strings.hashes import farm

_SEPARATOR = b"_X_"
_FACTOR = np.uint64(0xC6A4A7935BD1E995)
_SHIFT = np.uint64(47)
_HASH_KEY = 956888297470


class Column(NamedTuple):
    """The values of one input, and how many each row has; they lie row after row."""

    values: np.ndarray
    counts: np.ndarray


def parted(inputs: Sequence[np.ndarray]) -> list[Sequence[np.ndarray]]:
    """Indices, values and shapes of the sparse inputs of an op, and the dense ones."""
    # Indices are matrices, values vectors.
    count = next((at for at, each in enumerate(inputs) if each.ndim == 1), 0)
    return [inputs[at * count : (at + 1) * count] for at in range(3)] + [inputs[3 * count :]]


def columns_of(
    indices: Sequence[np.ndarray],
    values: Sequence[np.ndarray],
    sizes: Sequence[np.ndarray],
    dense: Sequence[np.ndarray],
) -> list[Column]:
    """The inputs of an op, sparse ones before dense ones; refuses what has other rows."""
    for at, (places, own) in enumerate(zip(indices, values, strict=False)):
        _check_sparse(places, own, at)
    rows = 0
    if len(sizes):
        rows = int(sizes[0].ravel()[0])
    elif len(dense):
        rows = dense[0].shape[0]
    for at, own in enumerate(sizes):
        if own.shape != (2,):
            refuse(
                f"shape should imply a 2D tensor, but got {format_sizes(own.shape)} at position "
                f"{at}"
            )
        if own[0] != rows:
            refuse(f"Expected batch size {rows} got {own[0]} at position {at}")
    for at, each in enumerate(dense):
        if each.ndim != 2:
            refuse(
                f"Dense inputs should be a matrix but received shape {format_sizes(each.shape)} at "
                f"position {at}"
            )
        if len(each) != rows:
            refuse(f"Expected batch size {rows} got {len(each)} at dense tensor {at}")
    sparse = [
        Column(own, np.bincount(places[:, 0], minlength=rows)[:rows])
        for places, own in zip(indices, values, strict=True)
    ]
    return sparse + [Column(each.ravel(), np.full(rows, each.shape[1])) for each in dense]


def _check_sparse(places: np.ndarray, values: np.ndarray, at: int) -> None:
    if places.ndim != 2:
        refuse(
            f"Input indices should be a matrix but received shape {format_sizes(places.shape)} at "
            f"position {at}"
        )
    if places.shape[1] != 2:
        refuse(f"Expected D2 of index to be 2 got {places.shape[1]} at position {at}")
    if values.ndim != 1:
        refuse(
            "Input values should be a std::vector but received shape "
            f"{format_sizes(values.shape)} at position {at}"
        )
    if len(places) != len(values):
        refuse(f"Expected size of values to be {len(places)} got {len(values)} at position {at}")


def crossed(
    columns: Sequence[Column], combine: Callable[[list[np.ndarray]], np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A sparse tensor of the combinations in each row; the last column's values change fastest.

    `combine` is given the values of each column, any[k], for all combinations.
    """
    counts = np.stack([column.counts for column in columns])
    totals = np.prod(counts, axis=0, dtype=np.int64)
    row = np.repeat(np.arange(len(totals)), totals)
    place = np.arange(len(row)) - np.repeat(np.cumsum(totals) - totals, totals)
    rest, parts = place, []
    for column, own in zip(reversed(columns), counts[::-1], strict=True):
        starts = np.cumsum(own) - own
        parts.append(column.values[starts[row] + rest % own[row]])
        rest = rest // own[row]
    indices = np.stack([row, place], axis=1).astype(np.int64)
    sizes = np.array([len(totals), totals.max(initial=0)], np.int64)
    return indices, combine(parts[::-1]), sizes


def _as_text(values: np.ndarray) -> list[bytes]:
    if values.dtype == object:
        return values.tolist()
    return [b"%d" % value for value in values.tolist()]


def joined(parts: list[np.ndarray]) -> np.ndarray:
    """The values of a combination with `_X_` between them."""
    texts = map(_SEPARATOR.join, zip(*map(_as_text, parts), strict=True))
    return np.array([*texts, None], np.object_)[:-1]


def fingerprints(values: np.ndarray) -> np.ndarray:
    """u64[k]: strings by their hash, integers themselves."""
    if values.dtype == object:
        return farm.fingerprint(values.tolist())
    return values.astype(np.int64).view(np.uint64)


def buckets(hashes: np.ndarray, count: int) -> np.ndarray:
    """u64[k] -> i64[k], modulo `count`; without one, below the largest there is."""
    limit = count if count > 0 else np.iinfo(np.int64).max
    return (hashes % np.uint64(limit)).astype(np.int64)


def hashed(parts: list[np.ndarray], key: int) -> np.ndarray:
    """u64[k], the fingerprints of a combination taken together, from `key` on."""
    found = np.full(len(parts[0]), np.int64(key).view(np.uint64))
    for part in parts:
        mixed = found ^ _FACTOR ^ _mixed(fingerprints(part) * _FACTOR) * _FACTOR
        found = _mixed(_mixed(mixed * _FACTOR) * _FACTOR)
    return found


def _mixed(x: np.ndarray) -> np.ndarray:
    return x ^ (x >> _SHIFT)


def _matrix(ctx: ShapeContext) -> list[Sizes]:
    return [(None, 2), (None,), (2,)]


_TYPES = (dtypes.int64, dtypes.string)


@op(
    "SparseCross",
    "indices: N * int64, values: [sparse_types], shapes: N * int64, dense_inputs: [dense_types] "
    "-> output_indices: int64, output_values: out_type, output_shape: int64",
    shape=_matrix,
    types={"out_type": _TYPES, "internal_type": _TYPES},
    limits={"N": 0, "num_buckets": 0},
    host=True,
    folds=True,
)
def sparse_cross_op(
    xp,
    *inputs,
    hashed_output: bool,
    num_buckets: int,
    hash_key: int,
    out_type: DType,
    internal_type: DType,
):
    """Sparse any[rows, ...] and any[rows, k] -> sparse any[rows, ...], all combinations in a row.

    A combination is the words with `_X_` between them, or their hash modulo `num_buckets`.
    """
    columns = columns_of(*parted(inputs))
    if not hashed_output:
        return crossed(columns, joined)
    return crossed(columns, lambda parts: buckets(hashed(parts, hash_key), num_buckets))


sparse_cross_op.not_differentiable()


def sparse_cross(inputs: list[Any], name: str | None = None) -> SparseTensor:
    """Returns all combinations of the values in each row, with `_X_` between them.

    Args:
      inputs: tensors and SparseTensors of strings or integers, [rows, ...].

    Raises:
      TypeError: they are no such list.
    """
    return _sparse_cross(inputs, dtypes.string, name)


def sparse_cross_hashed(
    inputs: list[Any], num_buckets: int = 0, hash_key: int | None = None, name: str | None = None
) -> SparseTensor:
    """Returns the hash of all combinations of the values in each row, modulo `num_buckets`, i64.

    Args:
      inputs: as for `sparse_cross`.
      hash_key: what the hash begins with.
    """
    return _sparse_cross(inputs, dtypes.int64, name, num_buckets, hash_key)


def _sparse_cross(
    inputs: list[Any],
    out_type: DType,
    name: str | None,
    num_buckets: int = 0,
    hash_key: int | None = None,
) -> SparseTensor:
    arguments, internal_type = cross_arguments(inputs)
    made: Any = sparse_cross_op(
        *arguments,
        hashed_output=out_type is dtypes.int64,
        num_buckets=num_buckets,
        hash_key=hash_key or _HASH_KEY,
        out_type=out_type,
        internal_type=internal_type,
        name=name,
    )
    return SparseTensor(*made)


def cross_arguments(inputs: list[Any]) -> tuple[list[list[Tensor]], DType]:
    """Indices, values and shapes of the sparse inputs, and the dense ones; and int64, if any is.

    Raises:
      TypeError: they are no list of tensors.
    """
    if not isinstance(inputs, list):
        raise TypeError("Inputs must be a list")
    if not all(isinstance(each, (SparseTensor, Tensor)) for each in inputs):
        raise TypeError("All inputs must be SparseTensors")
    sparse = [each for each in inputs if isinstance(each, SparseTensor)]
    dense = [each for each in inputs if not isinstance(each, SparseTensor)]
    values = [_word(each.values) for each in sparse]
    dense = [_word(each) for each in dense]
    are_words = all(each.dtype is dtypes.string for each in values + dense)
    arguments = [[each.indices for each in sparse], values, [e.dense_shape for e in sparse], dense]
    return arguments, dtypes.string if are_words else dtypes.int64


def _word(tensor: Tensor) -> Tensor:
    return tensor if tensor.dtype is dtypes.string else cast(tensor, dtypes.int64)
