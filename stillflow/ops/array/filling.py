"""Tensors of one value, and values repeated to a larger shape by broadcasting."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Iterable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.additive import Additive
from stillflow.declare.arrays import as_array
from stillflow.declare.composites import or_of_composites
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor, is_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import INDEX as INDEX_TYPES
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import Dimension, TensorShape, as_shape
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import shape, shape_internal

_MAX_CONSTANT = 1000  # elements; a larger constant would bloat the GraphDef


def _filled(ctx: shapes.ShapeContext) -> shapes.Sizes:
    shapes.with_rank(ctx.shape(1), 0)
    shapes.with_rank(ctx.shape(0), 1)
    sizes, dims = ctx.value_as_shape(0), ctx.value(0)
    if dims is not None and np.any(dims < 0):
        raise shapes.ShapeError("Fill dimensions must be >= 0")
    return sizes


@op(
    "Fill",
    "dims: index_type, value: T -> output: T",
    shape=_filled,
    static=("dims",),
    types={"index_type": INDEX_TYPES},
    defaults={"index_type": dtypes.int32},
    broadcasts=True,
)
def fill_op(xp, dims, value):
    """dims: i[k], value: n[] -> n[*dims]"""
    sizes = dims.tolist()
    if dims.ndim != 1:
        refuse(f"dims must be a vector, got shape {shapes.format_sizes(dims.shape)}")
    if value.ndim:
        refuse(f"value must be a scalar, got shape {shapes.format_sizes(value.shape)}")
    if any(size < 0 for size in sizes):
        refuse(f"Dimension {min(sizes)} must be >= 0")
    known = (size for size in sizes if isinstance(size, int))  # others are left open
    if math.prod(known) >= 2**63:
        refuse(f"Shape {shapes.format_sizes(sizes)} would have more than 2**63 - 1 elements")
    return xp.full(sizes, value, dtype=value.dtype)


@fill_op.gradient
def fill_gradient(op, dy):
    from stillflow.ops.reduce.reductions import reduce_sum  # whose gradient fills

    return None, reduce_sum(dy)


def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """Returns a tensor of shape `dims` whose elements are all `value`, a scalar."""
    return fill_op(dims, value, name=name)


# Zeros and ones ---------------------------------------------------------------------------------


@op("ZerosLike", "x: T -> y: T", shape=shapes.same, total=True)
def zeros_like_op(xp, x):
    """x: n[...] -> n[...], zeros; empty strings for strings, False for booleans."""
    if isinstance(x, Additive):
        return x.zeros(xp.zeros_like)
    return np.full(x.shape, b"", object) if x.dtype == object else xp.zeros_like(x)


zeros_like_op.not_differentiable()


_HAVING_ONE = types(
    "bfloat16 float16 float32 float64 int8 uint8 int16 uint16 int32 int64 complex64 complex128 bool"
)


@op("OnesLike", "x: T -> y: T", shape=shapes.same, types={"T": _HAVING_ONE}, total=True)
def ones_like_op(xp, x):
    """x: n[...] -> n[...], ones."""
    return xp.ones_like(x)


ones_like_op.not_differentiable()


def zeros(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """Returns zeros (False, empty strings) of the given shape: a constant when it is small."""
    dtype = dtypes.as_dtype(dtype).base_dtype
    zero = "" if dtype is dtypes.string else False if dtype is dtypes.bool else 0
    with name_scope(name, "zeros", [shape]) as scope:
        return _repeated(zero, shape, dtype, scope)


def ones(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """Returns ones (True) of the given shape: a constant when it is small."""
    dtype = dtypes.as_dtype(dtype).base_dtype
    with name_scope(name, "ones", [shape]) as scope:
        return _repeated(dtype is dtypes.bool or 1, shape, dtype, scope)


def _repeated(value: Any, shape: Any, dtype: DType, scope: str) -> Tensor:
    if not isinstance(shape, Tensor):
        if _is_small(shape):
            element = as_array(value, dtype)
            sizes = [int(size) for size in shape]
            return constant(np.full(sizes, element, element.dtype), dtype, name=scope)
        shape = _shape_tensor(shape)
    if not shape.shape.ndims:
        shape = reshape(shape, [-1])
    return fill_op(shape, constant(value, dtype=dtype), name=scope)


def _is_small(shape: Any) -> bool:
    if isinstance(shape, TensorShape):
        return shape.is_fully_defined() and (shape.num_elements() or 0) < _MAX_CONSTANT
    if not isinstance(shape, Iterable) or (isinstance(shape, np.ndarray) and not shape.ndim):
        return False
    sizes: list[Any] = [size.value if isinstance(size, Dimension) else size for size in shape]
    if any(is_tensor(size) for size in sizes):
        # TensorFlow builds these nodes before it finds that they have no value yet; an unseeded
        # random op's seed is the number of nodes, so they count.
        functools.reduce(operator.mul, sizes) < _MAX_CONSTANT  # noqa: B015
        return False
    if any(size is None or size < 0 for size in sizes):
        return False
    return int(np.prod(sizes, dtype=np.float64)) < _MAX_CONSTANT


def _shape_tensor(shape: Any) -> Tensor:
    try:
        return convert_to_tensor(as_shape(shape))
    except (TypeError, ValueError):  # it holds tensors, negative or unknown sizes
        return convert_to_tensor(shape, dtype=dtypes.int32)


@or_of_composites
def zeros_like(
    tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True
) -> Tensor:
    """Returns zeros of the shape of `tensor`, and of its type unless `dtype` is another."""
    with name_scope(name, "zeros_like", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        own = tensor.dtype.base_dtype
        wanted = own if dtype is None else dtypes.as_dtype(dtype).base_dtype
        if optimize and tensor.shape.is_fully_defined() and own is not dtypes.variant:
            return zeros(tensor.shape, wanted, name=scope)
        if wanted is not own:
            return zeros(shape_internal(tensor, optimize=optimize), wanted, name=scope)
        return zeros_like_op(tensor, name=scope)


@or_of_composites
def ones_like(
    tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True
) -> Tensor:
    """Returns ones of the shape of `tensor`, and of its type unless `dtype` is another."""
    with name_scope(name, "ones_like", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        sizes = shape_internal(tensor, optimize=optimize)
        result = ones(sizes, dtype=tensor.dtype if dtype is None else dtype, name=scope)
        result.set_shape(tensor.shape)
        return result


# Broadcasting -----------------------------------------------------------------------------------


def _broadcast_to(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes, target = ctx.shape(0), ctx.value_as_shape(1)
    if target is None or sizes is None:
        return target
    shapes.with_rank_at_most(sizes, len(target))
    leading = len(target) - len(sizes)
    # A size of 1 is repeated as often as the target says; any other must be the target's.
    fitted = [
        wanted if size in (None, 1) else shapes.merge_size(size, wanted)
        for size, wanted in zip(sizes[::-1], target[leading:][::-1], strict=True)
    ]
    return target[:leading] + tuple(fitted[::-1])


@op(
    "BroadcastTo",
    "input: T, shape: Tidx -> output: T",
    shape=_broadcast_to,
    static=("shape",),
    types={"Tidx": INDEX_TYPES},
    defaults={"Tidx": dtypes.int32},
    broadcasts=True,
)
def broadcast_to(xp, x, shape):
    """x: n[...], shape: i[k] -> n[*shape], repeating x along its axes of size 1 and new ones."""
    target = tuple(shape.tolist())
    if x.ndim > len(target):
        refuse(
            f"Rank of input ({x.ndim}) must be no greater than rank of output shape "
            f"({len(target)})."
        )
    try:
        return xp.broadcast_to(x, target)
    except ValueError:
        refuse(
            f"Incompatible shapes: {shapes.format_sizes(x.shape)} vs. {shapes.format_sizes(target)}"
        )


@broadcast_to.gradient
def broadcast_to_gradient(op, dy):
    from stillflow.ops.reduce.reductions import reduce_sum  # whose gradient fills

    x, full = op.inputs
    sizes = shape(x)
    _, axes = broadcast_gradient_args(full, sizes)
    return reshape(reduce_sum(dy, axis=axes, keepdims=True), sizes), None


@op(
    "BroadcastArgs",
    "s0: T, s1: T -> r0: T",
    shape=lambda ctx: (_longer(*ctx.shapes()),),
    static=("s0", "s1"),
    types={"T": INDEX_TYPES},
    defaults={"T": dtypes.int32},
)
def broadcast_args_op(xp, s0, s1):
    """s0: i[k0], s1: i[k1] -> i[max(k0, k1)], the shape that both broadcast to."""
    a, b = tuple(s0.tolist()), tuple(s1.tolist())
    try:
        return np.array(np.broadcast_shapes(a, b), dtype=s0.dtype)
    except ValueError:
        refuse(f"Incompatible shapes: {shapes.format_sizes(a)} vs. {shapes.format_sizes(b)}")


def _longer(a: shapes.Sizes, b: shapes.Sizes) -> int | None:
    lengths = [shapes.with_rank(sizes, 1)[0] for sizes in (a, b)]
    return None if None in lengths else max(lengths)  # type: ignore[type-var]


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """Returns the shape, i[k], that tensors of shapes `shape_x` and `shape_y` broadcast to."""
    return broadcast_args_op(shape_x, shape_y)


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """Returns the TensorShape that shapes `shape_x` and `shape_y` broadcast to.

    Raises:
      ValueError: they do not broadcast.
    """
    x, y = as_shape(shape_x), as_shape(shape_y)
    try:
        return TensorShape.of(shapes.broadcast_sizes(x.sizes, y.sizes))
    except shapes.ShapeError:
        raise ValueError(f"Incompatible shapes for broadcasting: {x} and {y}") from None


@op(
    "BroadcastGradientArgs",
    "s0: T, s1: T -> r0: T, r1: T",
    shape=lambda ctx: [(None,), (None,)],
    static=("s0", "s1"),
    types={"T": INDEX_TYPES},
    defaults={"T": dtypes.int32},
)
def broadcast_gradient_args(xp, s0, s1):
    """s0: i[k0], s1: i[k1] -> the axes that a gradient is summed over, for each of the shapes."""
    axes = axes_to_sum(tuple(s0.tolist()), tuple(s1.tolist()))
    return tuple(np.array(found, dtype=s0.dtype) for found in axes)


@functools.lru_cache(maxsize=1024)
def axes_to_sum(x: tuple[int, ...], y: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes that gradients of operands of shapes `x` and `y` are summed over.

    Those where an operand has size 1, or which it lacks; none where the shapes are equal.
    """
    if x == y:
        return (), ()
    rank = max(len(x), len(y))
    padded = (1,) * (rank - len(x)) + x, (1,) * (rank - len(y)) + y
    if any(a != b and 1 not in (a, b) for a, b in zip(*padded, strict=True)):
        refuse(f"Incompatible shapes: {shapes.format_sizes(x)} vs. {shapes.format_sizes(y)}")
    first, second = (tuple(i for i, size in enumerate(sizes) if size == 1) for sizes in padded)
    return first, second


broadcast_gradient_args.not_differentiable()
