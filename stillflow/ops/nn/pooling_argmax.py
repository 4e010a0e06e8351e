"""Pooling of images that also says where the largest were."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import FLOATS, INTEGERS
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.ops.nn.pooled import lies_within, places, seen_by
from stillflow.ops.nn.pooling import axes_of_images, sizes_over_any
from stillflow.ops.nn.windows import PADDINGS

_LIMITS: dict[str, Any] = {"padding": PADDINGS, "ksize": 4, "strides": 4}
_TYPES = {"T": FLOATS + INTEGERS, "Targmax": (dtypes.int32, dtypes.int64)}


def _pooled_twice(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes = sizes_over_any(
        ctx.shape(0), *(ctx.attrs[name] for name in ("ksize", "strides", "padding"))
    )
    return [sizes, sizes]


@op(
    "MaxPoolWithArgmax",
    "input: T -> output: T, argmax: Targmax",
    shape=_pooled_twice,
    types=_TYPES,
    limits=_LIMITS,
)
def max_pool_with_argmax_op(
    xp,
    x,
    *,
    ksize: list[int],
    strides: list[int],
    padding: str,
    Targmax: DType = dtypes.int64,
    include_batch_in_index: bool = False,
):
    """x: n[n, h, w, c] -> n[n, p, q, c], and where each was first: i[n, p, q, c].

    An index counts the elements of an image, or of the whole batch.
    """
    axes = axes_of_images(x.shape, ksize, strides, padding, "NHWC")
    seen = seen_by(xp, x, axes, "NHWC")
    largest, at = seen[0], np.full((), -1, np.int64)
    for part, within, (rows, columns) in zip(seen, lies_within(axes), places(axes), strict=True):
        here = (rows[:, None] * x.shape[2] + columns)[..., None]
        better = within & (xp.less(largest, part) | xp.equal(at, -1))
        largest, at = xp.where(better, part, largest), xp.where(better, here, at)
    index = at * x.shape[3] + np.arange(x.shape[3])
    if include_batch_in_index:
        index = index + (np.arange(x.shape[0]) * math.prod(x.shape[1:]))[:, None, None, None]
    index = xp.broadcast_to(index, largest.shape)
    return largest, index.astype(Targmax.stored_as)


@op(
    "MaxPoolGradWithArgmax",
    "input: T, grad: T, argmax: Targmax -> output: T",
    shape=lambda ctx: shapes.with_rank(ctx.shape(0), 4),
    types=_TYPES,
    limits=_LIMITS,
)
def max_pool_grad_with_argmax(
    xp,
    x,
    dy,
    argmax,
    *,
    ksize: list[int],
    strides: list[int],
    padding: str,
    include_batch_in_index: bool = False,
):
    """x: n[n, h, w, c], dy: n[n, p, q, c], argmax: i[n, p, q, c] -> n[n, h, w, c]"""
    index = argmax.astype(np.int64)
    if not include_batch_in_index:
        index = index + (np.arange(x.shape[0]) * math.prod(x.shape[1:]))[:, None, None, None]
    flat = xp.zeros(math.prod(x.shape), dy.dtype)
    return xp.reshape(xp.add_at(flat, xp.reshape(index, -1), xp.reshape(dy, -1)), x.shape)


@max_pool_with_argmax_op.gradient
def max_pool_with_argmax_gradient(op, dy, _):
    shared = ("ksize", "strides", "padding", "include_batch_in_index")
    attrs = {name: op.attrs[name] for name in shared}
    return max_pool_grad_with_argmax(op.inputs[0], dy, op.outputs[1], **attrs)


def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    Targmax: Any = None,
    name: str | None = None,
    output_dtype: Any = None,
    include_batch_in_index: bool = False,
) -> Any:
    """Returns the largest of what each window sees, and where it was.

    input: n[n, h, w, c] -> n[n, p, q, c], i[n, p, q, c]. An index is `(y * w + x) * c + channel`,
    to which `include_batch_in_index` adds `n * h * w * c`.
    """
    if data_format != "NHWC":
        raise ValueError("Data formats other than 'NHWC' are not yet supported")
    kind = renamed("Targmax", Targmax, "output_dtype", output_dtype)
    return max_pool_with_argmax_op(
        input,
        ksize=ksize,
        strides=strides,
        padding=padding,
        Targmax=dtypes.int64 if kind is None else kind,
        include_batch_in_index=include_batch_in_index,
        name=name,
    )
