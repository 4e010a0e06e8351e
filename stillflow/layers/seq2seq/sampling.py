"""Samples by TensorFlow's nodes: of one probability, and of the classes that logits weigh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import joining, padding, reshaping, shape_of, transposing
from stillflow.ops.math import casts, comparison
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.random import drawing
from stillflow.ops.reduce.reductions import reduce_prod


def bernoulli_sample(
    probs: Any = None,
    logits: Any = None,
    dtype: Any = dtypes.int32,
    sample_shape: Any = (),
    seed: int | None = None,
) -> Tensor:
    """Returns dtype[*sample_shape, ...], 1 with the probabilities `probs`, f[...], else 0.

    `logits` may be given in their place.
    """
    probs = (
        sigmoid(logits, name="probs") if probs is None else convert_to_tensor(probs, name="probs")
    )
    batch_shape = shape_of.shape(probs)

    def drawn(count: Tensor) -> Tensor:
        sizes = joining.concat([[count], batch_shape], 0)
        uniform = drawing.random_uniform(sizes, seed=seed, dtype=probs.dtype)
        return casts.cast(comparison.less(uniform, probs), dtype)

    return _called(drawn, sample_shape)


def categorical_sample(
    logits: Any, dtype: Any = dtypes.int32, sample_shape: Any = (), seed: int | None = None
) -> Tensor:
    """Returns dtype[*sample_shape, ...], classes with the log probabilities `logits`, f[..., k]."""
    logits = convert_to_tensor(logits, name="logits")
    classes = shape_of.shape(logits)[-1]
    batch_shape = shape_of.shape(logits)[:-1]

    def drawn(count: Tensor) -> Tensor:
        rows = logits if logits.shape.ndims == 2 else reshaping.reshape(logits, [-1, classes])
        drawn_as = dtypes.int64 if logits.dtype.size > 4 else dtypes.int32
        draws = drawing.multinomial(rows, count, seed=seed, output_dtype=drawn_as)
        draws = transposing.transpose(draws)
        sizes = joining.concat([[count], batch_shape], 0)
        return casts.cast(reshaping.reshape(draws, sizes), dtype)

    return _called(drawn, sample_shape)


def _called(drawn: Callable[[Tensor], Tensor], sample_shape: Any) -> Tensor:
    """`drawn(n)`, [n, ...], in the shape [*sample_shape, ...]."""
    with name_scope(None, "call_sampler", values=[sample_shape]):
        sizes = convert_to_tensor(sample_shape, dtypes.int32, "sample_shape")
        missing = casts.cast(comparison.equal(shape_of.rank(sizes), 0), dtypes.int32)
        padded = padding.pad(shape_of.shape(sizes), paddings=[[missing, 0]], constant_values=1)
        sizes = reshaping.reshape(sizes, padded)
        samples = drawn(reduce_prod(sizes))
        event_shape = shape_of.shape(samples)[1:]
        return reshaping.reshape(samples, joining.concat([sizes, event_shape], 0))
