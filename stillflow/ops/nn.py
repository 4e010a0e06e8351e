"""Layers' arithmetic: biases, norms, moments, dropout, the best k of a row."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops import array, random, reduce, shapes
from stillflow.ops import math as math_ops
from stillflow.ops.activations import relu
from stillflow.ops.control import stop_gradient
from stillflow.ops.convert import convert_to_tensor
from stillflow.ops.linalg import matmul
from stillflow.ops.math import FLOATS, NUMBERS
from stillflow.ops.registry import op
from stillflow.ops.static import constant_value


def _biased(ctx: shapes.ShapeContext) -> shapes.Sizes:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 2)
    (bias,) = shapes.with_rank(ctx.shape(1), 1)
    if sizes is None:
        return None
    axis = _channel_axis(len(sizes), ctx.attrs["data_format"])
    return (*sizes[:axis], shapes.merge_size(sizes[axis], bias), *sizes[axis:][1:])


def _channel_axis(rank: int, data_format: str) -> int:
    return 1 if data_format.startswith("NC") else rank - 1


@op("BiasAdd", "value: T, bias: T -> output: T", shape=_biased, types={"T": NUMBERS})
def bias_add_op(xp, x, bias, *, data_format: str = "NHWC"):
    """x: n[..., c] (or n[n, c, ...] for NCHW), bias: n[c] -> x + bias"""
    axis = _channel_axis(x.ndim, data_format)
    spread = bias if axis == x.ndim - 1 else bias.reshape(-1, *(1,) * (x.ndim - 1 - axis))
    return xp.add(x, spread)


@op(
    "BiasAddGrad",
    "out_backprop: T -> output: T",
    shape=lambda ctx: (
        None
        if ctx.shape(0) is None
        else (ctx.shape(0)[_channel_axis(ctx.rank(0), ctx.attrs["data_format"])],)
    ),
    types={"T": NUMBERS},
)
def bias_add_grad(xp, dy, *, data_format: str = "NHWC"):
    """dy: n[..., c] -> n[c], its sum over every other axis."""
    channel = _channel_axis(dy.ndim, data_format)
    axes = tuple(axis for axis in range(dy.ndim) if axis != channel)
    return xp.sum(dy, axis=axes, dtype=dy.dtype)


@bias_add_op.gradient
def bias_add_gradient(op, dy):
    return dy, bias_add_grad(dy, data_format=op.attrs["data_format"])


@bias_add_grad.gradient
def bias_add_grad_gradient(op, d_bias):
    dy = op.inputs[0]
    rank, channel = dy.shape.ndims, _channel_axis(dy.shape.ndims, op.attrs["data_format"])
    sizes = [1] * rank
    sizes[channel] = -1
    column = array.reshape(d_bias, sizes)
    return math_ops.add(array.zeros_like(dy), column)


def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None):
    """Returns `value` with a bias for each channel: the last axis, or axis 1 for 'NC...'."""
    with name_scope(name, "BiasAdd", [value, bias]) as scope:
        if data_format is not None and data_format not in _DATA_FORMATS:
            raise ValueError(
                f"data_format must be of the form `N...C` or `NC...`, but is {data_format!r}"
            )
        value = convert_to_tensor(value, name="input")
        bias = convert_to_tensor(bias, dtype=value.dtype, name="bias")
        layout = "NCHW" if (data_format or "").startswith("NC") else "NHWC"
        return bias_add_op(value, bias, data_format=layout, name=scope)


_DATA_FORMATS = ("NHWC", "NCHW", "NWC", "NCW", "NDHWC", "NCDHW", "N...C", "NC...")


@op("L2Loss", "t: T -> output: T", shape=shapes.scalar, types={"T": FLOATS})
def l2_loss(xp, x):
    """x: f[...] -> f[], sum(x^2) / 2"""
    flat = x.reshape(-1)
    return xp.multiply(xp.vdot(flat, flat), xp.asarray(0.5, dtype=x.dtype)).astype(x.dtype)


@l2_loss.gradient
def l2_loss_gradient(op, d_loss):
    return math_ops.multiply(op.inputs[0], d_loss)


def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """Returns matmul(x, weights) + biases."""
    with name_scope(name, "xw_plus_b", [x, weights, biases]) as scope:
        return bias_add(matmul(x, weights), biases, name=scope)


def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """Returns relu(matmul(x, weights) + biases)."""
    with name_scope(name, "relu_layer", [x, weights, biases]) as scope:
        return relu(bias_add(matmul(x, weights), biases), name=scope)


def l2_normalize(
    x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Tensor:
    """Returns x / sqrt(max(sum(x^2), epsilon)), the sum along `axis`."""
    if axis is not None and dim is not None:
        raise ValueError("Cannot specify both 'axis' and 'dim'")
    axis = axis if axis is not None else dim
    with name_scope(name, "l2_normalize", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        square_sum = reduce.reduce_sum(math_ops.square(x), axis, keepdims=True)
        inverse = math_ops.rsqrt(math_ops.maximum(square_sum, epsilon))
        return math_ops.multiply(x, inverse, name=scope)


def moments(
    x: Any,
    axes: Any,
    shift: Any = None,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns mean and variance of `x` over `axes`. `shift` is accepted and not needed."""
    if keep_dims is not None and keepdims is not None:
        raise ValueError("Cannot specify both 'keep_dims' and 'keepdims'")
    keep = bool(keepdims if keepdims is not None else keep_dims)
    with name_scope(name, "moments", [x, axes]):
        x = convert_to_tensor(x)
        precise = math_ops.cast(x, dtypes.float32) if x.dtype is dtypes.float16 else x
        mean = reduce.reduce_mean(precise, axes, keepdims=True, name="mean")
        deviation = math_ops.squared_difference(precise, stop_gradient(mean))
        variance = reduce.reduce_mean(deviation, axes, keepdims=True, name="variance")
        if not keep:
            mean, variance = array.squeeze(mean, axes), array.squeeze(variance, axes)
        if x.dtype is dtypes.float16:
            return math_ops.cast(mean, x.dtype), math_ops.cast(variance, x.dtype)
        return mean, variance


def weighted_moments(
    x: Any,
    axes: Any,
    frequency_weights: Any,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns mean and variance of `x` over `axes`, each element weighing as given."""
    keep = bool(keepdims if keepdims is not None else keep_dims)
    with name_scope(name, "weighted_moments", [x, frequency_weights, axes]):
        x = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(frequency_weights, name="frequency_weights")
        weights = math_ops.cast(weights, x.dtype)
        total = reduce.reduce_sum(weights * x, axes, name="weighted_input_sum", keepdims=True)
        weight = reduce.reduce_sum(
            weights + array.zeros_like(x), axes, name="sum_of_weights", keepdims=True
        )
        inverse = math_ops.reciprocal(weight, name="inv_weight_sum")
        mean = math_ops.multiply(total, inverse)
        squares = reduce.reduce_sum(
            weights * math_ops.squared_difference(x, mean),
            axes,
            name="weighted_distsq",
            keepdims=True,
        )
        variance = math_ops.multiply(squares, inverse)
        if keep:
            return mean, variance
        return array.squeeze(mean, axes), array.squeeze(variance, axes)


def sufficient_statistics(
    x: Any,
    axes: Any,
    shift: Any = None,
    keep_dims: bool | None = None,
    name: str | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor, Tensor, Any]:
    """Returns (count, sum, sum of squares, shift) of `x` over `axes`, for normalize_moments."""
    keep = bool(keepdims if keepdims is not None else keep_dims)
    axes = list(dict.fromkeys(np.ravel(axes).tolist()))
    with name_scope(name, "sufficient_statistics", [x, shift]):
        x = convert_to_tensor(x, name="x")
        count = _count(x, axes)
        if shift is None:
            deviation, square = x, math_ops.square(x)
        else:
            shift = convert_to_tensor(shift, name="shift")
            deviation = math_ops.subtract(x, shift)
            square = math_ops.squared_difference(x, shift)
        mean_ss = reduce.reduce_sum(deviation, axes, keepdims=keep, name="mean_ss")
        var_ss = reduce.reduce_sum(square, axes, keepdims=keep, name="var_ss")
        return count, mean_ss, var_ss, shift


def _count(x: Tensor, axes: list[int]) -> Tensor:
    sizes = None if x.shape.sizes is None else [x.shape.sizes[axis] for axis in axes]
    if sizes is not None and None not in sizes:
        return convert_to_tensor(float(np.prod(sizes)), dtype=x.dtype, name="count")
    dims = array.gather(math_ops.cast(array.shape(x), x.dtype), axes)
    return reduce.reduce_prod(dims, name="count")


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns mean and variance from what sufficient_statistics gives."""
    with name_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        divisor = math_ops.reciprocal(counts, name="divisor")
        if shift is None:
            shifted = mean = math_ops.multiply(mean_ss, divisor, name="mean")
        else:
            shifted = math_ops.multiply(mean_ss, divisor, name="shifted_mean")
            mean = math_ops.add(shifted, shift, name="mean")
        variance = math_ops.subtract(
            math_ops.multiply(variance_ss, divisor), math_ops.square(shifted), name="variance"
        )
        return mean, variance


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: float,
    name: str | None = None,
) -> Tensor:
    """Returns scale * (x - mean) / sqrt(variance + epsilon) + offset (Ioffe and Szegedy, 2015)."""
    with name_scope(name, "batchnorm", [x, mean, variance, scale, offset]):
        inverse = math_ops.rsqrt(variance + variance_epsilon)
        if scale is not None:
            inverse *= scale
        scaled = x * math_ops.cast(inverse, x.dtype)
        shift = offset - mean * inverse if offset is not None else -mean * inverse
        return scaled + math_ops.cast(shift, x.dtype)


def dropout(
    x: Any,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
    rate: Any = None,
) -> Tensor:
    """Returns `x` with elements set to 0 with probability `rate`, the others scaled up to match.

    `keep_prob` is the older argument, 1 - rate. `noise_shape` says which elements fall together.

    Raises:
      ValueError: `x` is no float, or the rate is not in [0, 1).
    """
    if keep_prob is not None:
        if rate is not None:
            raise ValueError("Cannot specify both 'rate' and 'keep_prob'")
        try:
            rate = 1 - keep_prob
        except TypeError:
            raise ValueError(
                f"keep_prob must be a floating point number or Tensor (got {keep_prob!r})"
            ) from None
    if rate is None:
        raise ValueError("You must provide a rate to dropout.")
    with name_scope(name, "dropout", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_floating:
            raise ValueError(
                "x has to be a floating point tensor since it's going to be scaled. Got a "
                f"{x.dtype} tensor instead."
            )
        if isinstance(rate, numbers.Real) and not 0 <= rate < 1:
            raise ValueError(
                f"rate must be a scalar tensor or a float in the range [0, 1), got {rate:g}"
            )
        if isinstance(rate, numbers.Real) and rate == 0:
            return x
        rate = convert_to_tensor(rate, dtype=x.dtype, name="rate")
        rate.shape.assert_is_compatible_with(())
        if constant_value(rate) == 0:
            return x
        uniform = random.random_uniform(_noise_shape(x, noise_shape), seed=seed, dtype=x.dtype)
        scale = 1 / (1 - rate)
        kept = uniform >= rate
        dropped = x * scale * math_ops.cast(kept, x.dtype)
        dropped.set_shape(x.shape)
        return dropped


def _noise_shape(x: Tensor, noise_shape: Any) -> Any:
    if noise_shape is None:
        return array.shape(x)
    if isinstance(noise_shape, Tensor):
        return noise_shape
    given = list(noise_shape)
    if x.shape.sizes is not None and len(given) == len(x.shape.sizes):
        filled = zip(given, x.shape.sizes, strict=True)
        return [own if wanted is None else wanted for wanted, own in filled]
    return given


def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """Returns the fraction of zeros in `value`, f32[]."""
    with name_scope(name, "zero_fraction", [value]):
        value = convert_to_tensor(value, name="value")
        size = array.size(value, out_type=dtypes.int64)
        nonzero = reduce.count_nonzero(value, dtype=dtypes.int64)
        with name_scope("counts_to_fraction"):
            zeros = math_ops.cast(size - nonzero, dtypes.float32)
            return math_ops.real_divide(zeros, math_ops.cast(size, dtypes.float32), name="fraction")


def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None
) -> Tensor:
    """Returns exp(log_input) - log_input * targets, with Stirling's term when asked for all."""
    with name_scope(name, "log_poisson_loss", [log_input, targets]):
        log_input = convert_to_tensor(log_input, name="log_input")
        targets = convert_to_tensor(targets, name="targets")
        _ = log_input.shape.merge_with(targets.shape)
        loss = math_ops.exp(log_input) - log_input * targets
        if not compute_full_loss:
            return loss
        stirling = (
            targets * math_ops.log(targets) - targets + 0.5 * math_ops.log(2 * np.pi * targets)
        )
        small = math_ops.logical_and(targets >= 0.0, targets <= 1.0)
        return loss + array.where(small, array.zeros_like(targets), stirling)


# The best k -------------------------------------------------------------------------------------


def _top_k_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes, k = shapes.with_rank_at_least(ctx.shape(0), 1), ctx.value(1)
    if sizes is None:
        return [None, None]
    count = None if k is None else int(k)
    if count is not None and sizes[-1] is not None and sizes[-1] < count:
        raise shapes.ShapeError(f"input must have last dimension >= k = {count} but is {sizes[-1]}")
    return [(*sizes[:-1], count)] * 2


@op("TopKV2", "input: T, k: int32 -> values: T, indices: int32", shape=_top_k_shapes, static=("k",))
def top_k_op(xp, x, k, *, sorted: bool = True):
    """x: n[..., m], k: i32[] -> the k largest n[..., k], places i32[..., k]; ties in order."""
    count, size = int(k), x.shape[-1]
    xp.check(
        np.asarray(count <= size),
        lambda: f"input must have at least k columns. Had {size}, needed {count}",
    )
    # A stable ascending order of the mirrored row, read backwards, puts ties in their own order.
    order = (size - 1 - xp.argsort(x[..., ::-1], axis=-1, stable=True))[..., ::-1][..., :count]
    return xp.take_along_axis(x, order, axis=-1), order.astype(np.int32)


@top_k_op.gradient
def top_k_gradient(op, d_values, d_indices):
    x, indices = op.inputs[0], op.outputs[1]
    size = array.shape(x)[-1]
    rows = array.reshape(d_values, [-1, array.shape(d_values)[-1]])
    places = array.reshape(indices, [-1, array.shape(indices)[-1]])
    hot = array.one_hot(places, size, dtype=d_values.dtype)
    spread = reduce.reduce_sum(array.expand_dims(rows, -1) * hot, 1)
    return array.reshape(spread, array.shape(x)), None


def top_k(input: Any, k: Any = 1, sorted: bool = True, name: str | None = None):
    """Returns the `k` largest entries of the last axis, largest first, and their indices."""
    return top_k_op(input, k, sorted=sorted, name=name)


@op(
    "InTopKV2",
    "predictions: float32, targets: T, k: T -> precision: bool",
    shape=lambda ctx: shapes.merge(
        shapes.with_rank(ctx.shape(1), 1), (shapes.with_rank(ctx.shape(0), 2)[0],)
    ),
    types={"T": (dtypes.int32, dtypes.int64)},
    defaults={"T": dtypes.int32},
)
def in_top_k_op(xp, predictions, targets, k):
    """predictions: f32[n, m], targets: i[n] -> bool[n]: fewer than k entries beat the target's."""
    classes = predictions.shape[1]
    valid = xp.logical_and(xp.greater_equal(targets, 0), xp.less(targets, classes))
    place = xp.where(valid, targets, xp.zeros_like(targets))
    own = xp.take_along_axis(predictions, place[:, None], axis=1)
    better = xp.sum(xp.greater(predictions, own), axis=1)
    finite = xp.logical_and(xp.isfinite(own[:, 0]), xp.all(xp.isfinite(predictions), axis=1))
    return xp.logical_and(xp.logical_and(valid, finite), xp.less(better, k))


in_top_k_op.not_differentiable()


def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Tensor:
    """Returns whether each target is among the k best predictions of its row; ties count."""
    with name_scope(name, "in_top_k"):
        return in_top_k_op(predictions, targets, k)
