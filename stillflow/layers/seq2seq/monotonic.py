"""Attention that moves on through the memory and never back.

Raffel et al., "Online and linear-time attention by enforcing monotonic alignments" (ICML 2017).
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import dimension_value
from stillflow.layers.seq2seq.attention import (
    bahdanau_score,
    bahdanau_weights,
    luong_score,
    projection,
    scale_of,
)
from stillflow.layers.seq2seq.mechanisms import BaseAttentionMechanism, RememberedAlignments
from stillflow.ops.array import filling, joining, reshaping, shape_of, transposing
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.math import casts, elementwise
from stillflow.ops.math.clip import clip_by_value
from stillflow.ops.math.scan import cumprod, cumsum
from stillflow.ops.random.drawing import random_normal
from stillflow.ops.tensor_array.scanning import scan
from stillflow.ops.variables.scope import get_variable, variable_scope


def safe_cumprod(x: Any, *args: Any, **kwargs: Any) -> Tensor:
    """Returns the cumulative products of `x`, f[...] in [0, 1], as sums of logarithms.

    `args` and `kwargs` are those of `tf.cumsum`. Zeros count as the least positive number.
    """
    with name_scope(None, "SafeCumprod", [x]):
        x = convert_to_tensor(x, name="x")
        tiny = np.finfo(x.dtype.as_numpy_dtype).tiny
        logs = elementwise.log(clip_by_value(x, tiny, 1))
        return elementwise.exp(cumsum(logs, *args, **kwargs))


def monotonic_attention(p_choose_i: Any, previous_attention: Any, mode: str) -> Tensor:
    """Returns f[batch, time], the chances of stopping at each place of a memory.

    Args:
      p_choose_i: f[batch, time], the chance of stopping at a place when one comes to it.
      previous_attention: f[batch, time], where one is.
      mode: 'recursive' is exact, 'parallel' quick but imprecise where chances are near 0 or 1,
        'hard' right for chances of 0 and 1 only.

    Raises:
      ValueError: another mode.
    """
    p = convert_to_tensor(p_choose_i, name="p_choose_i")
    previous = convert_to_tensor(previous_attention, name="previous_attention")
    if mode == "recursive":
        return p * transposing.transpose(_reaching(p, previous))
    if mode == "parallel":
        going_on = safe_cumprod(1 - p, axis=1, exclusive=True)
        chances = p * going_on
        return chances * cumsum(previous / clip_by_value(going_on, 1e-10, 1.0), axis=1)
    if mode == "hard":
        p = p * cumsum(previous, axis=1)
        return p * cumprod(1 - p, axis=1, exclusive=True)
    raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")


def _reaching(p: Tensor, previous: Tensor) -> Tensor:
    """f[time, batch], the chances of coming to each place."""
    batch = dimension_value(p.shape[0]) or shape_of.shape(p)[0]
    passed = joining.concat([filling.ones((batch, 1)), 1 - p[:, :-1]], 1)

    def step(reached: Tensor, row: Any) -> Tensor:
        return reshaping.reshape(row[0] * reached + row[1], (batch,))

    rows = [transposing.transpose(passed), transposing.transpose(previous)]
    return scan(step, rows, filling.zeros((batch,)))


def monotonic_probability(
    score: Any, previous: Any, sigmoid_noise: float, mode: str, seed: int | None = None
) -> Tensor:
    """Alignments of scores, f[batch, time]; noise makes chances be near 0 or 1 by and by."""
    if sigmoid_noise > 0:
        noise = random_normal(shape_of.shape(score), dtype=score.dtype, seed=seed)
        score = score + sigmoid_noise * noise
    p = casts.cast(score > 0, score.dtype) if mode == "hard" else elementwise.sigmoid(score)
    return monotonic_attention(p, previous, mode)


class FromFirstPlace(RememberedAlignments):
    """Starts at the first place."""

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Tensor:
        first = filling.zeros((batch_size,), dtype=dtypes.int32)
        return one_hot(first, self._alignments_size, dtype=dtype)


class BaseMonotonicAttentionMechanism(FromFirstPlace, BaseAttentionMechanism):
    """A mechanism that starts at the first place."""


class BahdanauMonotonicAttention(BaseMonotonicAttentionMechanism):
    """BahdanauAttention that never goes back.

    Args:
      num_units, memory, memory_sequence_length, normalize, score_mask_value, dtype: as there.
      sigmoid_noise: how much noise scores get while training.
      sigmoid_noise_seed: its seed.
      score_bias_init: what is added to scores at first; it is learned.
      mode: as for `monotonic_attention`.
    """

    def __init__(
        self,
        num_units: Any,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str | None = "BahdanauMonotonicAttention",
    ):
        super().__init__(
            query_layer=projection(num_units, "query_layer", dtype),
            memory_layer=projection(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=functools.partial(
                monotonic_probability,
                sigmoid_noise=sigmoid_noise,
                mode=mode,
                seed=sigmoid_noise_seed,
            ),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units = num_units
        self._normalize = normalize
        self._name = name
        self._score_bias_init = score_bias_init

    def __call__(self, query: Any, state: Any) -> tuple[Tensor, Tensor]:
        with variable_scope(None, "bahdanau_monotonic_attention", [query]):
            processed = self.query_layer(query) if self.query_layer else query
            weights = bahdanau_weights(self._num_units, query.dtype, self._normalize)
            score = bahdanau_score(processed, self._keys, *weights)
            score = _biased(score, processed.dtype, self._score_bias_init)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


class LuongMonotonicAttention(BaseMonotonicAttentionMechanism):
    """LuongAttention that never goes back.

    Args:
      num_units, memory, memory_sequence_length, scale, score_mask_value, dtype: as there.
      sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode: as for BahdanauMonotonicAttention.
    """

    def __init__(
        self,
        num_units: Any,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str | None = "LuongMonotonicAttention",
    ):
        super().__init__(
            query_layer=None,
            memory_layer=projection(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=functools.partial(
                monotonic_probability,
                sigmoid_noise=sigmoid_noise,
                mode=mode,
                seed=sigmoid_noise_seed,
            ),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units = num_units
        self._scale = scale
        self._score_bias_init = score_bias_init
        self._name = name

    def __call__(self, query: Any, state: Any) -> tuple[Tensor, Tensor]:
        with variable_scope(None, "luong_monotonic_attention", [query]):
            score = luong_score(query, self._keys, scale_of(query.dtype, self._scale))
            score = _biased(score, query.dtype, self._score_bias_init)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


def _biased(score: Tensor, dtype: Any, initial: float) -> Tensor:
    return score + get_variable("attention_score_bias", dtype=dtype, initializer=initial)
