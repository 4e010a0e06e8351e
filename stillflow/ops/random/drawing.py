"""Random tensors: what each op type draws, how far it moves its stream on; the public functions.

The numbers are `ops.random.philox`'s. TensorFlow reserves blocks of its stream by the size of the
output, many more than it uses; a session moves the stream on by as many.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import FLOATS, INDEX, WIDE_FLOATS, types
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, joining, ranging, reshaping, shape_of, slicing
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math import arithmetic, comparison, special
from stillflow.ops.random.common import (
    as_sizes,
    between,
    bounded_shape,
    chosen_shape,
    draw_categories,
    draw_int,
    drawn_shape,
    normal_arguments,
    op_seeds,
    scaled,
    uniform_arguments,
    uniform_type,
)
from stillflow.ops.random.philox import continuous, discrete, rejection
from stillflow.ops.reduce.reductions import reduce_all, reduce_sum

_RESERVED = 256  # blocks for each number


def _reserved(sizes: tuple[int, ...]) -> int:
    return _RESERVED * math.prod(sizes)


# Normal and uniform numbers ---------------------------------------------------------------------

_OF_FLOATS: dict[str, Any] = {
    "shape": drawn_shape,
    "static": ("shape",),
    "stream": _reserved,
    "types": {"T": INDEX, "dtype": FLOATS},
}


@op("RandomStandardNormal", "shape: T -> output: dtype", **_OF_FLOATS)
def random_standard_normal(xp, stream, shape, *, dtype: DType, seed: int = 0, seed2: int = 0):
    """shape: i[k] -> f[*shape] of mean 0 and standard deviation 1"""
    return continuous.standard_normal(xp, stream, as_sizes(xp, shape), dtype.stored_as)


random_standard_normal.not_differentiable()


@op("TruncatedNormal", "shape: T -> output: dtype", **_OF_FLOATS)
def truncated_normal_op(xp, stream, shape, *, dtype: DType, seed: int = 0, seed2: int = 0):
    """shape: i[k] -> f[*shape], normal numbers between -2 and 2"""
    return continuous.truncated_normal(xp, stream, as_sizes(xp, shape), dtype.stored_as)


truncated_normal_op.not_differentiable()


@op("RandomUniform", "shape: T -> output: dtype", **_OF_FLOATS)
def random_uniform_op(xp, stream, shape, *, dtype: DType, seed: int = 0, seed2: int = 0):
    """shape: i[k] -> f[*shape] in [0, 1)"""
    sizes = as_sizes(xp, shape)
    kind = dtype.stored_as
    draw = lambda: continuous.uniform(xp, stream, sizes, kind)
    return xp.drawn_once(draw, stream, sizes, kind)


random_uniform_op.not_differentiable()


@op(
    "RandomUniformInt",
    "shape: T, minval: Tout, maxval: Tout -> output: Tout",
    shape=bounded_shape,
    static=("shape",),
    stream=_reserved,
    types={"T": INDEX, "Tout": INDEX},
)
def random_uniform_int(xp, stream, shape, minval, maxval, *, seed: int = 0, seed2: int = 0):
    """shape: i[k], minval: i[], maxval: i[] -> i[*shape] in [minval, maxval)"""
    return draw_int(xp, stream, shape, minval, maxval)


def random_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns normal numbers, f[*shape]. `mean` and `stddev` broadcast to that shape."""
    with name_scope(name, "random_normal", [shape, mean, stddev]) as scope:
        shape, mean, stddev = normal_arguments(shape, mean, stddev, dtype)
        number = random_standard_normal(shape, dtype=dtype, **op_seeds(seed))
        return scaled(number, mean, stddev, scope)


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns normal numbers, f[*shape], less than two standard deviations from the mean."""
    with name_scope(name, "truncated_normal", [shape, mean, stddev]) as scope:
        shape, mean, stddev = normal_arguments(shape, mean, stddev, dtype)
        number = truncated_normal_op(shape, dtype=dtype, **op_seeds(seed))
        return scaled(number, mean, stddev, scope)


def random_uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns n[*shape] in [minval, maxval); `maxval` is 1 unless given.

    Raises:
      ValueError: `dtype` is none of the four floating types, int32 and int64; or an integer type
        and no `maxval`.
    """
    dtype, maxval = uniform_type(dtype, maxval)
    with name_scope(name, "random_uniform", [shape, minval, maxval]) as scope:
        shape, minval, maxval = uniform_arguments(shape, minval, maxval, dtype)
        if dtype.is_integer:
            return random_uniform_int(shape, minval, maxval, name=scope, **op_seeds(seed))
        number = random_uniform_op(shape, dtype=dtype, **op_seeds(seed))
        return between(number, minval, maxval, scope)


# Order and choice -------------------------------------------------------------------------------


def _shuffle_blocks(sizes: tuple[int, ...]) -> int:
    return -(-(sizes[0] - 1) // 4) if discrete.is_shuffled(sizes) else 0


@op("RandomShuffle", "value: T -> output: T", shape=shapes.same, stream=_shuffle_blocks)
def random_shuffle_op(xp, stream, value, *, seed: int = 0, seed2: int = 0):
    """value: any[n, ...] -> the same rows in random order"""
    return discrete.shuffle(xp, stream, value)


def random_shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """Returns `value` with the elements of its first axis in random order."""
    return random_shuffle_op(value, name=name, **op_seeds(seed))


def _multinomial_blocks(sizes: tuple[int, ...]) -> int:
    batch, count = sizes
    # Two words make one float64, and TensorFlow rounds the count up to a multiple of four.
    return _RESERVED * batch * (-(-count // 4) * 4) * 2


@op(
    "Multinomial",
    "logits: T, num_samples: int32 -> output: output_dtype",
    shape=chosen_shape,
    static=("num_samples",),
    stream=_multinomial_blocks,
    types={"T": FLOATS, "output_dtype": INDEX},
)
def multinomial_op(
    xp,
    stream,
    logits,
    num_samples,
    *,
    seed: int = 0,
    seed2: int = 0,
    output_dtype: DType = dtypes.int64,
):
    """logits: f[b, c], num_samples: i[] -> i[b, num_samples], classes drawn for each row"""
    return draw_categories(xp, stream, logits, num_samples, output_dtype)


multinomial_op.not_differentiable()


def multinomial(
    logits: Any,
    num_samples: Any,
    seed: int | None = None,
    name: str | None = None,
    output_dtype: Any = None,
) -> Tensor:
    """`categorical` by its older name and argument order."""
    with name_scope(name, "multinomial", [logits]):
        return _multinomial(logits, num_samples, output_dtype, seed)


def categorical(
    logits: Any,
    num_samples: Any,
    dtype: Any = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns classes, i64[b, num_samples], drawn with the log-probabilities `logits`, f[b, c]."""
    with name_scope(name, "categorical", [logits]):
        return _multinomial(logits, num_samples, dtype, seed)


def _multinomial(logits: Any, num_samples: Any, dtype: Any, seed: int | None) -> Tensor:
    logits = convert_to_tensor(logits, name="logits")
    return multinomial_op(logits, num_samples, output_dtype=dtype or dtypes.int64, **op_seeds(seed))


# Gamma and Poisson numbers ----------------------------------------------------------------------


def _parameter_shape(ctx: shapes.ShapeContext) -> shapes.Sizes:
    """Numbers of the shape that input 0 holds, for each element of input 1."""
    drawn, parameter = drawn_shape(ctx), ctx.shape(1)
    return None if drawn is None or parameter is None else drawn + parameter


@op(
    "RandomGamma",
    "shape: S, alpha: T -> output: T",
    shape=_parameter_shape,
    static=("shape",),
    stream=_reserved,
    types={"S": INDEX, "T": types("float16 float32 float64")},
)
def random_gamma_op(xp, stream, shape, alpha, *, seed: int = 0, seed2: int = 0):
    """shape: i[k], alpha: f[a...] -> f[*shape, a...], gamma numbers of scale 1"""
    return rejection.gamma(xp, stream, as_sizes(xp, shape), alpha).astype(alpha.dtype)


@op(
    "RandomGammaGrad",
    "alpha: T, sample: T -> output: T",
    shape=shapes.broadcast,
    types={"T": WIDE_FLOATS},
)
def random_gamma_grad(xp, alpha, sample):
    """alpha: f[...], sample: f[...] -> f[...], how far a number moves with alpha if its cumulative
    probability stays the same (Figurnov et al., "Implicit reparameterization gradients", 2018)."""
    a, x = xp.broadcast_arrays(alpha.astype(xp.float64), sample.astype(xp.float64))
    density = xp.exp((a - 1) * xp.log(x) - x - xp.special.gammaln(a))
    return (-special.igamma_grad_a.fn(xp, a, x) / density).astype(alpha.dtype)


@random_gamma_op.gradient
def random_gamma_gradient(op, dz):
    sizes, alpha = op.inputs
    with control_dependencies([dz]):
        drawn = shape_of.shape(sizes)[0]
        ones = filling.ones([drawn], dtype=dtypes.int32)
        spread = joining.concat([ones, shape_of.shape(alpha)], axis=0)
        slope = random_gamma_grad(reshaping.reshape(alpha, spread), op.outputs[0])
        return None, reduce_sum(dz * slope, axis=ranging.range_(drawn))


@op(
    "RandomPoissonV2",
    "shape: S, rate: R -> output: dtype",
    shape=_parameter_shape,
    static=("shape",),
    stream=_reserved,
    types={
        "S": INDEX,
        "R": types("float16 float32 float64 int32 int64"),
        "dtype": types("float16 float32 float64 int32 int64"),
    },
    defaults={"R": dtypes.float64},
)
def random_poisson_op(
    xp, stream, shape, rate, *, seed: int = 0, seed2: int = 0, dtype: DType = dtypes.int64
):
    """shape: i[k], rate: n[r...] -> n[*shape, r...]"""
    return rejection.poisson(xp, stream, as_sizes(xp, shape), rate).astype(dtype.stored_as)


def random_gamma(
    shape: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns gamma numbers, f[*shape, a...], of shape `alpha` and rate `beta`, which broadcast to
    f[a...]. A number too small for its type is the smallest normal one, never 0."""
    with name_scope(name, "random_gamma", [shape, alpha, beta]):
        shape = convert_to_tensor(shape, dtype=dtypes.int32, name="shape")
        alpha = convert_to_tensor(alpha, dtype=dtype, name="alpha")
        beta = convert_to_tensor(1 if beta is None else beta, dtype=dtype, name="beta")
        alpha = alpha + filling.zeros_like(beta)
        tiny = np.finfo(alpha.dtype.stored_as).tiny
        return arithmetic.maximum(tiny, random_gamma_op(shape, alpha, **op_seeds(seed)) / beta)


def random_poisson(
    lam: Any,
    shape: Any,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns Poisson numbers, n[*shape, r...], of rates `lam`, n[r...]."""
    with name_scope(name, "random_poisson", [lam, shape]):
        shape = convert_to_tensor(shape, dtype=dtypes.int32, name="shape")
        return random_poisson_op(shape, lam, dtype=dtype, **op_seeds(seed))


def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """Returns a part of `value`, n[...], of shape `size`, at a place drawn anew in each run.

    Raises:
      InvalidArgumentError: in a run, when `value` is smaller than `size`.
    """
    with name_scope(name, "random_crop", [value, size]) as scope:
        value = convert_to_tensor(value, name="value")
        size = convert_to_tensor(size, dtype=dtypes.int32, name="size")
        sizes = shape_of.shape(value)
        check = assert_that(
            reduce_all(comparison.greater_equal(sizes, size)),
            ["Need value.shape >= size, got ", sizes, size],
            summarize=1000,
        )
        sizes = with_dependencies([check], sizes)
        limit = sizes - size + 1
        places = random_uniform(
            shape_of.shape(sizes), maxval=dtypes.int32.max, dtype=dtypes.int32, seed=seed
        )
        return slicing.slice_(value, places % limit, size, name=scope)
