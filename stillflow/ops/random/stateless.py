"""Random tensors that are functions of a seed tensor: equal seeds give equal numbers."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import FLOATS, INDEX
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.random.common import (
    as_sizes,
    between,
    bounded_shape,
    chosen_shape,
    draw_categories,
    draw_int,
    drawn_shape,
    normal_arguments,
    scaled,
    uniform_arguments,
    uniform_type,
)
from stillflow.ops.random.philox import continuous
from stillflow.ops.random.philox.generator import scrambled_stream


def _seeded(shape: Any, position: int) -> Any:
    """Shape function `shape` of an op whose input `position` is a seed, i[2]."""

    def checked(ctx: shapes.ShapeContext) -> shapes.Sizes:
        (size,) = shapes.with_rank(ctx.shape(position), 1)
        if size not in (2, None):
            raise shapes.ShapeError(f"Dimension must be 2 but is {size}")
        return shape(ctx)

    return checked


def _stream(xp: Any, seed: Any) -> Any:
    sizes = ",".join(map(str, seed.shape))
    xp.check(seed.shape == (2,), lambda: f"seed must have shape [2], not [{sizes}]")
    return scrambled_stream(xp, seed)


_OF_FLOATS: dict[str, Any] = {
    "shape": _seeded(drawn_shape, 1),
    "static": ("shape",),
    "types": {"T": INDEX, "Tseed": INDEX, "dtype": FLOATS},
    "defaults": {"T": dtypes.int32, "Tseed": dtypes.int64},
}


@op("StatelessRandomNormal", "shape: T, seed: Tseed -> output: dtype", **_OF_FLOATS)
def stateless_normal_op(xp, shape, seed, *, dtype: DType = dtypes.float32):
    """shape: i[k], seed: i[2] -> f[*shape] of mean 0 and standard deviation 1"""
    sizes = as_sizes(xp, shape)
    return continuous.standard_normal(xp, _stream(xp, seed), sizes, dtype.stored_as)


@op("StatelessTruncatedNormal", "shape: T, seed: Tseed -> output: dtype", **_OF_FLOATS)
def stateless_truncated_normal_op(xp, shape, seed, *, dtype: DType = dtypes.float32):
    """shape: i[k], seed: i[2] -> f[*shape], normal numbers between -2 and 2"""
    sizes = as_sizes(xp, shape)
    return continuous.truncated_normal(xp, _stream(xp, seed), sizes, dtype.stored_as)


@op("StatelessRandomUniform", "shape: T, seed: Tseed -> output: dtype", **_OF_FLOATS)
def stateless_uniform_op(xp, shape, seed, *, dtype: DType = dtypes.float32):
    """shape: i[k], seed: i[2] -> f[*shape] in [0, 1)"""
    sizes = as_sizes(xp, shape)
    return continuous.uniform(xp, _stream(xp, seed), sizes, dtype.stored_as)


@op(
    "StatelessRandomUniformInt",
    "shape: T, seed: Tseed, minval: dtype, maxval: dtype -> output: dtype",
    shape=_seeded(bounded_shape, 1),
    static=("shape",),
    types={"T": INDEX, "Tseed": INDEX, "dtype": INDEX},
    defaults={"Tseed": dtypes.int64},
)
def stateless_uniform_int_op(xp, shape, seed, minval, maxval):
    """shape: i[k], seed: i[2], minval: i[], maxval: i[] -> i[*shape] in [minval, maxval)"""
    return draw_int(xp, _stream(xp, seed), shape, minval, maxval)


@op(
    "StatelessMultinomial",
    "logits: T, num_samples: int32, seed: Tseed -> output: output_dtype",
    shape=_seeded(chosen_shape, 2),
    static=("num_samples",),
    types={"T": FLOATS, "Tseed": INDEX, "output_dtype": INDEX},
    defaults={"Tseed": dtypes.int64},
)
def stateless_multinomial_op(xp, logits, num_samples, seed, *, output_dtype: DType = dtypes.int64):
    """logits: f[b, c], num_samples: i[], seed: i[2] -> i[b, num_samples]"""
    return draw_categories(xp, _stream(xp, seed), logits, num_samples, output_dtype)


for _defn in (
    stateless_normal_op,
    stateless_truncated_normal_op,
    stateless_uniform_op,
    stateless_uniform_int_op,
    stateless_multinomial_op,
):
    _defn.not_differentiable()


def stateless_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Returns normal numbers, f[*shape], that `seed`, i[2], determines."""
    with name_scope(name, "stateless_random_normal", [shape, seed, mean, stddev]) as scope:
        shape, mean, stddev = normal_arguments(shape, mean, stddev, dtype)
        return scaled(stateless_normal_op(shape, seed, dtype=dtype), mean, stddev, scope)


def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Returns what `truncated_normal` does, f[*shape], as `seed`, i[2], determines."""
    with name_scope(name, "stateless_truncated_normal", [shape, seed, mean, stddev]) as scope:
        shape, mean, stddev = normal_arguments(shape, mean, stddev, dtype)
        number = stateless_truncated_normal_op(shape, seed, dtype=dtype)
        return scaled(number, mean, stddev, scope)


def stateless_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Returns n[*shape] in [minval, maxval) that `seed`, i[2], determines.

    Raises:
      ValueError: as `random_uniform`.
    """
    dtype, maxval = uniform_type(dtype, maxval)
    with name_scope(name, "stateless_random_uniform", [shape, seed, minval, maxval]) as scope:
        shape, minval, maxval = uniform_arguments(shape, minval, maxval, dtype)
        if dtype.is_integer:
            return stateless_uniform_int_op(shape, seed, minval, maxval, name=scope)
        return between(stateless_uniform_op(shape, seed, dtype=dtype), minval, maxval, scope)


def stateless_multinomial(
    logits: Any,
    num_samples: Any,
    seed: Any,
    output_dtype: Any = dtypes.int64,
    name: str | None = None,
) -> Tensor:
    """`stateless_categorical` by its older name."""
    with name_scope(name, "stateless_multinomial", [logits, seed]):
        return _multinomial(logits, num_samples, output_dtype, seed)


def stateless_categorical(
    logits: Any,
    num_samples: Any,
    seed: Any,
    dtype: Any = dtypes.int64,
    name: str | None = None,
) -> Tensor:
    """Returns classes, i[b, num_samples], of log-probabilities `logits`, f[b, c], that `seed`,
    i[2], determines."""
    with name_scope(name, "stateless_categorical", [logits, seed]):
        return _multinomial(logits, num_samples, dtype, seed)


def _multinomial(logits: Any, num_samples: Any, dtype: Any, seed: Any) -> Tensor:
    logits = convert_to_tensor(logits, name="logits")
    return stateless_multinomial_op(logits, num_samples, seed, output_dtype=dtype)
