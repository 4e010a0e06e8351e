"""Attention by products (Luong) and by a small network (Bahdanau).

Luong et al., "Effective approaches to attention-based neural machine translation" (EMNLP 2015);
Bahdanau et al., "Neural machine translation by jointly learning to align and translate" (ICLR
2015); its normalised form: Salimans and Kingma, "Weight normalization" (NIPS 2016).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.layers.scoped import core
from stillflow.layers.seq2seq.mechanisms import BaseAttentionMechanism
from stillflow.ops.array import reshaping
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import elementwise
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.softmax import softmax
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.variables import initializers
from stillflow.ops.variables.scope import get_variable, variable_scope


class LuongAttention(BaseAttentionMechanism):
    """Scores are products of the query, f[batch, num_units], with the keys.

    Args:
      num_units: the size of keys, and of queries.
      memory, memory_sequence_length, score_mask_value, custom_key_value_fn: as for the base.
      scale: whether scores are multiplied by a number that is learned.
      probability_fn: makes alignments of scores; softmax by default.
      dtype: of the layer of the memory; float32 by default.
    """

    def __init__(
        self,
        num_units: Any,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        probability_fn: Callable[..., Any] | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable[..., Any] | None = None,
        name: str | None = "LuongAttention",
    ):
        super().__init__(
            query_layer=None,
            memory_layer=projection(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=of_score(probability_fn),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn,
            name=name,
        )
        self._num_units = num_units
        self._scale = scale
        self._name = name

    def __call__(self, query: Any, state: Any) -> tuple[Tensor, Tensor]:
        with variable_scope(None, "luong_attention", [query]):
            score = luong_score(query, self._keys, scale_of(query.dtype, self._scale))
        alignments = self._probability_fn(score, state)
        return alignments, alignments


class BahdanauAttention(BaseAttentionMechanism):
    """Scores are v · tanh(query + key), both behind layers of `num_units`.

    Args:
      num_units: the size of keys and processed queries.
      memory, memory_sequence_length, score_mask_value, custom_key_value_fn: as for the base.
      normalize: whether v has a norm of its own, and there is a bias.
      probability_fn: makes alignments of scores; softmax by default.
      dtype: of the layers; float32 by default.
    """

    def __init__(
        self,
        num_units: Any,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        probability_fn: Callable[..., Any] | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable[..., Any] | None = None,
        name: str | None = "BahdanauAttention",
    ):
        super().__init__(
            query_layer=projection(num_units, "query_layer", dtype),
            memory_layer=projection(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=of_score(probability_fn),
            custom_key_value_fn=custom_key_value_fn,
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units = num_units
        self._normalize = normalize
        self._name = name

    def __call__(self, query: Any, state: Any) -> tuple[Tensor, Tensor]:
        with variable_scope(None, "bahdanau_attention", [query]):
            processed = self.query_layer(query) if self.query_layer else query
            weights = bahdanau_weights(self._num_units, query.dtype, self._normalize)
            score = bahdanau_score(processed, self._keys, *weights)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


def projection(num_units: Any, name: str, dtype: Any) -> core.Dense:
    """A layer without bias."""
    return core.Dense(num_units, name=name, use_bias=False, dtype=dtype or dtypes.float32)


def of_score(probability_fn: Callable[..., Any] | None) -> Callable[..., Any]:
    """Alignments that follow from scores alone."""
    return lambda score, _: (probability_fn or softmax)(score)


def scale_of(dtype: Any, is_scaled: bool) -> Any:
    """The number that scores are multiplied by, or None."""
    if not is_scaled:
        return None
    return get_variable("attention_g", dtype=dtype, initializer=initializers.Ones, shape=())


def luong_score(query: Any, keys: Any, scale: Any) -> Tensor:
    """query: f[batch, units], keys: f[batch, time, units], scale: f[] or None -> f[batch, time]

    Raises:
      ValueError: their last sizes differ.
    """
    depth, units = query.shape[-1], keys.shape[-1]
    if depth != units:
        raise ValueError(
            "Incompatible or unknown inner dimensions between query and keys.  "
            f"Query ({query}) has units: {depth}.  Keys ({keys}) have units: {units}.  "
            f"Perhaps you need to set num_units to the keys' dimension ({units})?"
        )
    score = matmul(reshaping.expand_dims(query, 1), keys, transpose_b=True)
    score = reshaping.squeeze(score, [1])
    return score if scale is None else scale * score


def bahdanau_weights(num_units: Any, dtype: Any, is_normalized: bool) -> tuple[Any, Any, Any]:
    """v, f[num_units]; and if it is normalised its norm, f[], and a bias, f[num_units]."""
    v = get_variable("attention_v", [num_units], dtype=dtype)
    if not is_normalized:
        return v, None, None
    norm = initializers.Constant(math.sqrt(1.0 / num_units))
    g = get_variable("attention_g", dtype=dtype, initializer=norm, shape=())
    b = get_variable("attention_b", [num_units], dtype=dtype, initializer=initializers.Zeros())
    return v, g, b


def bahdanau_score(
    processed_query: Any,
    keys: Any,
    attention_v: Any,
    attention_g: Any = None,
    attention_b: Any = None,
) -> Tensor:
    """processed_query: f[batch, units], keys: f[batch, time, units] -> f[batch, time]"""
    query = reshaping.expand_dims(processed_query, 1)
    if attention_g is None or attention_b is None:
        return reduce_sum(attention_v * tanh(keys + query), [2])
    normed = attention_g * attention_v
    normed = normed * elementwise.rsqrt(reduce_sum(elementwise.square(attention_v)))
    return reduce_sum(normed * tanh(keys + query + attention_b), [2])
