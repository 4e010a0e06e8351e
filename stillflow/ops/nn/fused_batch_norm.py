"""Batch normalisation of images as one op, in the three forms that TensorFlow has had.

They compute the same. The second form knows images of other types than the statistics', the third
has one more output, for accelerators.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import reshaping
from stillflow.ops.array.transposing import transpose
from stillflow.ops.math import casts, elementwise
from stillflow.ops.nn.windows import LAYOUTS, channels
from stillflow.ops.reduce import reductions

_TYPES = {
    "T": (dtypes.float16, dtypes.bfloat16, dtypes.float32),
    "U": (dtypes.float32,),
}


def _over(rank: int, data_format: str) -> tuple[int, ...]:
    """The axes of images other than the channels'."""
    return (0, 2, 3) if data_format == "NCHW" else tuple(range(rank - 1))


def _by_channel(x: Any, data_format: str) -> Any:
    """x: f[c] -> such that it is broadcast along the channels of images."""
    return x[:, None, None] if data_format == "NCHW" else x


def _fused_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    data_format = ctx.attrs["data_format"]
    images = shapes.with_rank(ctx.shape(0), 4)
    depth = channels(images, data_format)
    for i in range(1, 3 if ctx.attrs["is_training"] else 5):
        depth = shapes.merge_size(depth, shapes.with_rank(ctx.shape(i), 1)[0])
    places = list(images)
    places[1 if data_format == "NCHW" else 3] = depth
    return [tuple(places), (depth,), (depth,), (depth,), (depth,), None]


def _normalised(
    xp: Any,
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any,
    variance: Any,
    epsilon: float,
    data_format: str,
    is_training: bool,
) -> tuple[Any, Any, Any, Any, Any]:
    """x: f[n, h, w, c], the others f32[c] -> y f[n, h, w, c], mean, variance, and two reserves.

    In training the mean and the variance are those of x, and those given are not used; the variance
    that is returned is then that of what x is a sample of.
    """
    _check_rank(4, input=x)
    _check_rank(1, scale=scale, offset=offset, estimated_mean=mean, estimated_variance=variance)
    if is_training and mean.size:
        refuse(f"estimated_mean must be empty for training{shapes.format_sizes(mean.shape)}")
    axes = _over(x.ndim, data_format)
    wide = x.astype(np.float32, copy=False)
    unbiased = variance
    if is_training:
        count = math.prod(x.shape[axis] for axis in axes)
        mean = _mean(xp, wide, axes)
        deviation = xp.square(xp.subtract(wide, _by_channel(mean, data_format)))
        variance = _mean(xp, deviation, axes)
        unbiased = xp.multiply(variance, np.float32(count / max(count - 1, 1)))
    rate = xp.multiply(scale, _inverse(xp, variance, epsilon))
    shift = xp.subtract(offset, xp.multiply(mean, rate))
    y = xp.add(xp.multiply(wide, _by_channel(rate, data_format)), _by_channel(shift, data_format))
    return y.astype(x.dtype, copy=False), mean, unbiased, mean, variance


def _check_rank(rank: int, **values: Any) -> None:
    for name, value in values.items():
        if value.ndim != rank:
            what = name.replace("_", " ") if name.startswith("saved") else name
            refuse(f"{what} must be {rank}-dimensional{shapes.format_sizes(value.shape)}")


def _mean(xp: Any, values: Any, axes: tuple[int, ...]) -> Any:
    """f32[c], NaN for no values, of which NumPy's own would warn."""
    if not values.size:
        depth = [size for axis, size in enumerate(values.shape) if axis not in axes]
        return xp.full(depth, np.nan, np.float32)
    return xp.mean(values, axis=axes, dtype=np.float32)


def _inverse(xp: Any, variance: Any, epsilon: float) -> Any:
    """1 / sqrt(variance + epsilon)"""
    return xp.reciprocal(xp.sqrt(xp.add(variance, np.float32(epsilon))))


def _fused_gradient_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    data_format = ctx.attrs["data_format"]
    images, given = (shapes.with_rank(ctx.shape(i), 4) for i in (0, 1))
    size = shapes.merge_size(channels(images, data_format), channels(given, data_format))
    for i in range(2, 5):
        size = shapes.merge_size(size, shapes.with_rank(ctx.shape(i), 1)[0])
    places = list(images)
    places[1 if data_format == "NCHW" else 3] = size
    images, depth = tuple(places), (size,)
    unused: shapes.Sizes = (0,) if ctx.attrs["is_training"] else depth
    return [images, depth, depth, unused, unused]


def _gradients(
    xp: Any,
    dy: Any,
    x: Any,
    scale: Any,
    mean: Any,
    variance: Any,
    epsilon: float,
    data_format: str,
    is_training: bool,
) -> tuple[Any, Any, Any, Any, Any]:
    """dy, x: f[n, h, w, c], scale, mean, variance: f32[c] -> the gradients of x, scale, offset.

    In training the mean and the variance depend on x as well. Two more are not used.
    """
    _check_rank(4, input=dy)
    _check_rank(4, input=x)
    _check_rank(1, scale=scale, saved_mean=mean, saved_variance=variance)
    axes = _over(x.ndim, data_format)
    dy, wide = (value.astype(np.float32, copy=False) for value in (dy, x))
    inverse = _inverse(xp, variance, epsilon)
    centred = xp.subtract(wide, _by_channel(mean, data_format))
    normal = xp.multiply(centred, _by_channel(inverse, data_format))
    d_offset = xp.sum(dy, axis=axes, dtype=np.float32)
    d_scale = xp.sum(xp.multiply(dy, normal), axis=axes, dtype=np.float32)
    unused = d_scale
    if is_training:
        count = np.float32(max(math.prod(x.shape[axis] for axis in axes), 1))
        through_mean = _by_channel(xp.divide(d_offset, count), data_format)
        through_variance = _by_channel(xp.divide(d_scale, count), data_format)
        dy = xp.subtract(xp.subtract(dy, through_mean), xp.multiply(normal, through_variance))
        unused = xp.zeros((0,), np.float32)
    dx = xp.multiply(dy, _by_channel(xp.multiply(scale, inverse), data_format))
    return dx.astype(x.dtype, copy=False), d_scale, d_offset, unused, unused


# The forms --------------------------------------------------------------------------------------


@op(
    "FusedBatchNorm",
    "x: T, scale: T, offset: T, mean: T, variance: T -> y: T, batch_mean: T, batch_variance: T, "
    "reserve_space_1: T, reserve_space_2: T",
    shape=lambda ctx: _fused_shapes(ctx)[:5],
    limits={"data_format": LAYOUTS},
    types={"T": (dtypes.float32,)},
)
def fused_batch_norm_v1_op(
    xp,
    x,
    scale,
    offset,
    mean,
    variance,
    *,
    epsilon: float = 1e-4,
    data_format: str = "NHWC",
    is_training: bool = True,
):
    return _normalised(xp, x, scale, offset, mean, variance, epsilon, data_format, is_training)


@op(
    "FusedBatchNormGrad",
    "y_backprop: T, x: T, scale: T, reserve_space_1: T, reserve_space_2: T -> x_backprop: T, "
    "scale_backprop: T, offset_backprop: T, reserve_space_3: T, reserve_space_4: T",
    shape=_fused_gradient_shapes,
    limits={"data_format": LAYOUTS},
    types={"T": (dtypes.float32,)},
)
def fused_batch_norm_v1_grad(
    xp,
    dy,
    x,
    scale,
    mean,
    variance,
    *,
    epsilon: float = 1e-4,
    data_format: str = "NHWC",
    is_training: bool = True,
):
    return _gradients(xp, dy, x, scale, mean, variance, epsilon, data_format, is_training)


@op(
    "FusedBatchNormV2",
    "x: T, scale: U, offset: U, mean: U, variance: U -> y: T, batch_mean: U, batch_variance: U, "
    "reserve_space_1: U, reserve_space_2: U",
    shape=lambda ctx: _fused_shapes(ctx)[:5],
    limits={"data_format": LAYOUTS},
    types=_TYPES,
)
def fused_batch_norm_v2_op(
    xp,
    x,
    scale,
    offset,
    mean,
    variance,
    *,
    epsilon: float = 1e-4,
    data_format: str = "NHWC",
    is_training: bool = True,
):
    return _normalised(xp, x, scale, offset, mean, variance, epsilon, data_format, is_training)


@op(
    "FusedBatchNormGradV2",
    "y_backprop: T, x: T, scale: float32, reserve_space_1: U, reserve_space_2: U -> x_backprop: T, "
    "scale_backprop: U, offset_backprop: U, reserve_space_3: U, reserve_space_4: U",
    shape=_fused_gradient_shapes,
    limits={"data_format": LAYOUTS},
    types=_TYPES,
)
def fused_batch_norm_v2_grad(
    xp,
    dy,
    x,
    scale,
    mean,
    variance,
    *,
    epsilon: float = 1e-4,
    data_format: str = "NHWC",
    is_training: bool = True,
):
    return _gradients(xp, dy, x, scale, mean, variance, epsilon, data_format, is_training)


@op(
    "FusedBatchNormV3",
    "x: T, scale: U, offset: U, mean: U, variance: U -> y: T, batch_mean: U, batch_variance: U, "
    "reserve_space_1: U, reserve_space_2: U, reserve_space_3: U",
    shape=_fused_shapes,
    limits={"data_format": LAYOUTS},
    types=_TYPES,
)
def fused_batch_norm_op(
    xp,
    x,
    scale,
    offset,
    mean,
    variance,
    *,
    epsilon: float = 1e-4,
    data_format: str = "NHWC",
    is_training: bool = True,
):
    outputs = _normalised(xp, x, scale, offset, mean, variance, epsilon, data_format, is_training)
    return *outputs, xp.zeros((), np.float32)


@op(
    "FusedBatchNormGradV3",
    "y_backprop: T, x: T, scale: float32, reserve_space_1: U, reserve_space_2: U, "
    "reserve_space_3: U -> x_backprop: T, scale_backprop: U, offset_backprop: U, "
    "reserve_space_4: U, reserve_space_5: U",
    shape=_fused_gradient_shapes,
    limits={"data_format": LAYOUTS},
    types=_TYPES,
)
def fused_batch_norm_grad(
    xp,
    dy,
    x,
    scale,
    mean,
    variance,
    reserve,
    *,
    epsilon: float = 1e-4,
    data_format: str = "NHWC",
    is_training: bool = True,
):
    return _gradients(xp, dy, x, scale, mean, variance, epsilon, data_format, is_training)


def _gradient(grad: Any, op: Any, dy: Any) -> Any:
    """The gradients by the inputs, which `grad` computes."""
    x, scale, _, mean, variance = op.inputs
    attrs = {name: op.attrs[name] for name in op.defn.attr_names}
    third = op.outputs[5:]  # a reserve that the first forms have not
    if op.attrs["is_training"]:
        return list(grad(dy, x, scale, *op.outputs[3:5], *third, **attrs))
    channels_first = attrs["data_format"] == "NCHW"
    if channels_first:
        x, dy = transpose(x, [0, 2, 3, 1]), transpose(dy, [0, 2, 3, 1])
        attrs["data_format"] = "NHWC"
    dx, d_scale, d_offset, _, _ = grad(dy, x, scale, mean, variance, *third, **attrs)
    return transpose(dx, [0, 3, 1, 2]) if channels_first else dx, d_scale, d_offset, None, None


@fused_batch_norm_v1_op.gradient
def fused_batch_norm_v1_gradient(op, dy, *unused):
    return _gradient(fused_batch_norm_v1_grad, op, dy)


@fused_batch_norm_v2_op.gradient
def fused_batch_norm_v2_gradient(op, dy, *unused):
    return _gradient(fused_batch_norm_v2_grad, op, dy)


@fused_batch_norm_op.gradient
def fused_batch_norm_gradient(op, dy, *unused):
    return _gradient(fused_batch_norm_grad, op, dy)


@fused_batch_norm_v1_grad.gradient
@fused_batch_norm_v2_grad.gradient
def fused_batch_norm_v2_grad_gradient(op, ddx, dd_scale, dd_offset, *unused):
    return *_second_gradient(op, ddx, dd_scale, dd_offset), None, None


@fused_batch_norm_grad.gradient
def fused_batch_norm_grad_gradient(op, ddx, dd_scale, dd_offset, *unused):
    return *_second_gradient(op, ddx, dd_scale, dd_offset), None, None, None


def _second_gradient(op: Any, ddx: Any, dd_scale: Any, dd_offset: Any) -> tuple[Any, Any, Any]:
    """By y = scale n + offset, where n = (x - mean) inverse, channel by channel.

    In training dx = scale inverse P(dy), with the projection P(v) = v - mean(v) - n mean(v n);
    otherwise dx = scale inverse dy.
    """
    dy, x, *by_channel = op.inputs[:5]
    kinds, is_training = (dy.dtype, x.dtype), op.attrs["is_training"]
    dy, x, ddx = (casts.cast(tensor, dtypes.float32) for tensor in (dy, x, ddx))
    shape = [1, -1, 1, 1] if op.attrs["data_format"] == "NCHW" else [-1]
    scale, mean, variance, dd_scale, dd_offset = (
        reshaping.reshape(v, shape) for v in (*by_channel, dd_scale, dd_offset)
    )
    axes = list(_over(4, op.attrs["data_format"]))
    averaged = lambda v: reductions.reduce_mean(v, axes, keepdims=True)
    if is_training:
        mean = averaged(x)
        variance = averaged(elementwise.square(x - mean))
    inverse = elementwise.rsqrt(variance + op.attrs["epsilon"])
    n = (x - mean) * inverse
    projected = lambda v: v - averaged(v) - n * averaged(v * n) if is_training else v
    of_dy, of_ddx = projected(dy), projected(ddx)
    d_dy = scale * inverse * of_ddx + dd_scale * n + dd_offset
    d_x = dd_scale * inverse * of_dy
    if is_training:  # the mean and the variance bend with x
        bent = averaged(ddx * of_dy) * n + averaged(dy * n) * of_ddx + averaged(ddx * n) * of_dy
        d_x -= scale * elementwise.square(inverse) * bent
    d_scale = reductions.reduce_sum(ddx * inverse * of_dy, axes)
    return casts.cast(d_dy, kinds[0]), casts.cast(d_x, kinds[1]), d_scale


_LEAST_EPSILON = 1.001e-5  # cuDNN's, which TensorFlow keeps to on every device


def fused_batch_norm(
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any = None,
    variance: Any = None,
    epsilon: float = 0.001,
    data_format: str = "NHWC",
    is_training: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Returns images normalised channel by channel, and the mean and variance of each channel.

    x: f[n, h, w, c] (f[n, c, h, w] for 'NCHW'), the others f32[c]. In training they are computed
    from x, otherwise `mean` and `variance` are used.

    Raises:
      ValueError: mean and variance are given in training, or missing otherwise.
    """
    x = convert_to_tensor(x, name="input")
    scale = convert_to_tensor(scale, name="scale")
    offset = convert_to_tensor(offset, name="offset")
    if is_training and (mean is not None or variance is not None):
        raise ValueError("Both 'mean' and 'variance' must be None if is_training is True.")
    mean = constant([], dtypes.float32) if mean is None else mean
    variance = constant([], dtypes.float32) if variance is None else variance
    outputs = fused_batch_norm_op(
        x,
        scale,
        offset,
        mean,
        variance,
        epsilon=max(epsilon, _LEAST_EPSILON),
        data_format=data_format,
        is_training=is_training,
        name=name,
    )
    return outputs[0], outputs[1], outputs[2]
