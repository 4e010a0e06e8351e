"""Facts about shapes: the shape, size and rank of tensors, as tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import rows, shapes
from stillflow.declare.composites import or_of_composites
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.math.casts import cast_op


def _is_sparse(x: Any) -> bool:
    """Whether a sparse tensor says its shape itself."""
    return getattr(x, "_is_sparse_tensor", False)


def _rank_vector(ctx: shapes.ShapeContext) -> shapes.Sizes:
    return (ctx.rank(0),)


def _sizes(sizes: tuple[Any, ...], out_type: DType) -> np.ndarray:
    """Sizes as an array; what is exported for any batch has one that is no number."""
    is_known = all(isinstance(size, int) for size in sizes)
    return np.array(sizes, dtype=out_type.stored_as if is_known else object)


@op(
    "Shape",
    "input: T -> output: out_type",
    shape=_rank_vector,
    of_shape=True,
    rows=rows.of_shape,
    types={"out_type": INDEX_TYPES},
)
def shape_op(xp, x, *, out_type: DType = dtypes.int32):
    """x: n[...] -> i[rank], its shape."""
    return _sizes(x.shape, out_type)


shape_op.not_differentiable()


def shape(input: Any, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    """Returns the shape of `input`, i[rank]; a constant where it is known while building."""
    return shape_internal(input, name, optimize=True, out_type=out_type)


def shape_internal(
    input: Any, name: str | None = None, optimize: bool = True, out_type: Any = dtypes.int32
) -> Tensor:
    """`shape`, which without `optimize` always builds a Shape op."""
    with name_scope(name, "Shape", [input]) as scope:
        if _is_sparse(input):
            return cast_op(input.dense_shape, DstT=dtypes.as_dtype(out_type))
        tensor = convert_to_tensor(input)
        if optimize and tensor.shape.is_fully_defined():
            return constant(tensor.shape.sizes, out_type, name=scope)
        return shape_op(input, out_type=out_type, name=scope)


@op(
    "ShapeN",
    "input: N * T -> output: N * out_type",
    shape=lambda ctx: [(None if sizes is None else len(sizes),) for sizes in ctx.shapes()],
    of_shape=True,
    carries_shapes=True,
    types={"out_type": INDEX_TYPES},
)
def shape_n_op(xp, *inputs, out_type: DType = dtypes.int32):
    """inputs: n[...] each -> i[rank] each, their shapes."""
    found: list[np.ndarray] = [np.array(x.shape, dtype=out_type.stored_as) for x in inputs]
    return found if len(found) > 1 else found[0]


shape_n_op.not_differentiable()


def shape_n(input: Any, out_type: Any = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """Returns the shapes of a list of tensors of one type, i[rank] each."""
    found: Any = shape_n_op(input, out_type=out_type, name=name)
    return found


@op(
    "Size",
    "input: T -> output: out_type",
    shape=shapes.scalar,
    of_shape=True,
    types={"out_type": INDEX_TYPES},
)
def size_op(xp, x, *, out_type: DType = dtypes.int32):
    """x: n[...] -> i[], how many elements it has."""
    return np.prod(x.shape, dtype=out_type.stored_as)


size_op.not_differentiable()


@or_of_composites
def size(input: Any, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    """Returns how many elements `input` has, i[]; a constant where it is known while building."""
    return size_internal(input, name, optimize=True, out_type=out_type)


def size_internal(
    input: Any, name: str | None = None, optimize: bool = True, out_type: Any = dtypes.int32
) -> Tensor:
    """`size`, which without `optimize` always builds a Size op."""
    with name_scope(name, "Size", [input]) as scope:
        if _is_sparse(input):
            from stillflow.ops.reduce.reducing import prod_op  # which needs shapes

            lengths = cast_op(input.dense_shape, DstT=dtypes.as_dtype(out_type))
            return prod_op(lengths, 0, name=scope)
        tensor = convert_to_tensor(input)
        sizes = tensor.shape.sizes
        if optimize and sizes is not None and (None not in sizes or 0 in sizes):
            total = 0 if 0 in sizes else tensor.shape.num_elements()
            return constant(total, out_type, name=scope)
        return size_op(input, out_type=out_type, name=scope)


@op("Rank", "input: T -> output: int32", shape=shapes.scalar, of_shape=True)
def rank_op(xp, x):
    """x: n[...] -> i32[], how many axes it has."""
    return np.array(x.ndim, dtype=np.int32)


rank_op.not_differentiable()


@or_of_composites
def rank(input: Any, name: str | None = None) -> Tensor:
    """Returns how many axes `input` has, i32[]; a constant where it is known while building."""
    return rank_internal(input, name, optimize=True)


def rank_internal(input: Any, name: str | None = None, optimize: bool = True) -> Tensor:
    """`rank`, which without `optimize` always builds a Rank op."""
    with name_scope(name, "Rank", [input]) as scope:
        if _is_sparse(input):
            return size_op(input.dense_shape, name=scope)
        tensor = convert_to_tensor(input)
        if optimize and tensor.shape.ndims is not None:
            return constant(tensor.shape.ndims, dtypes.int32, name=scope)
        return rank_op(input, name=scope)
