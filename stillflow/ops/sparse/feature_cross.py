"""The crosses of `tf.contrib.layers`, which hash in an older way unless a key is given."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from stillflow.declare.opdef import op
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.ops.sparse.crossing import (
    buckets,
    columns_of,
    cross_arguments,
    crossed,
    fingerprints,
    hashed,
    joined,
    parted,
)
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.platform.deprecation import deprecated_arg_values

SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY = 956888297470

_SEED = 0xDECAFCAFFE
_ADDED = np.uint64(0x9E3779B97F4A7800).view(np.int64)
_SIGNATURE = (
    "indices: N * int64, values: [sparse_types], shapes: N * int64, dense: [dense_types] "
    "-> output_indices: int64, output_values: out_type, output_shape: int64"
)
_TYPES = (dtypes.int64, dtypes.string)


def _matrix(ctx: ShapeContext) -> list[Sizes]:
    return [(None, 2), (None,), (2,)]


_DECLARED: dict[str, Any] = {
    "shape": _matrix,
    "types": {"out_type": _TYPES, "internal_type": _TYPES},
    "limits": {"N": 0, "num_buckets": 0},
    "host": True,
    "folds": True,
}


@op("SparseFeatureCross", _SIGNATURE, **_DECLARED)
def sparse_feature_cross_op(
    xp,
    *inputs,
    hashed_output: bool,
    num_buckets: int,
    out_type: DType,
    internal_type: DType,
):
    """As SparseCross, but hashes are combined in another way."""
    columns = columns_of(*parted(inputs))
    if not hashed_output:
        return crossed(columns, joined)
    return crossed(columns, lambda parts: buckets(_combined(parts), num_buckets))


def _combined(parts: list[np.ndarray]) -> np.ndarray:
    found = np.full(len(parts[0]), _SEED, np.int64)
    with np.errstate(over="ignore"):
        for part in parts:
            own = fingerprints(part).view(np.int64)
            found = found ^ (own + _ADDED + (found << 10) + (found >> 4))
    return found.view(np.uint64)


@op("SparseFeatureCrossV2", _SIGNATURE, **_DECLARED)
def sparse_feature_cross_v2_op(
    xp,
    *inputs,
    hashed_output: bool,
    num_buckets: int,
    hash_key: int,
    out_type: DType,
    internal_type: DType,
):
    """As SparseCross."""
    columns = columns_of(*parted(inputs))
    if not hashed_output:
        return crossed(columns, joined)
    return crossed(columns, lambda parts: buckets(hashed(parts, hash_key), num_buckets))


sparse_feature_cross_op.not_differentiable()
sparse_feature_cross_v2_op.not_differentiable()


@deprecated_arg_values(
    "2016-11-20",
    "The default behavior of sparse_feature_cross is changing, the default value for hash_key will "
    "change to SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY.",
    hash_key=None,
)
def sparse_feature_cross(
    inputs: list[Any],
    hashed_output: bool = False,
    num_buckets: int = 0,
    name: str | None = None,
    hash_key: int | None = None,
) -> SparseTensor:
    """Returns all combinations of the values in each row, with `_X_` between them, or their hash.

    Args:
      inputs: tensors and SparseTensors of strings or integers, [rows, ...].
      hashed_output: whether they are hashed, modulo `num_buckets` if that is not 0.
      hash_key: what the hash begins with; without it, it is another one.

    Raises:
      TypeError: the inputs are no list of such.
    """
    arguments, internal_type = cross_arguments(inputs)
    build = sparse_feature_cross_op
    if hash_key:
        build = partial(sparse_feature_cross_v2_op, hash_key=hash_key)  # type: ignore[assignment]
    made: Any = build(
        *arguments,
        hashed_output=hashed_output,
        num_buckets=num_buckets,
        out_type=dtypes.int64 if hashed_output else dtypes.string,
        internal_type=internal_type,
        name=name,
    )
    return SparseTensor(*made)
