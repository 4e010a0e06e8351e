"""Weights and scores of mechanisms that are layers, by softmax or from place to place alike."""

from __future__ import annotations

import math
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.keras.layers.attention_mechanisms.mechanism import (
    BaseAttentionMechanismV2,
    projection,
)
from stillflow.layers import identifiers
from stillflow.layers.seq2seq.attention import bahdanau_score, luong_score
from stillflow.ops.variables import initializers


class _Scored(BaseAttentionMechanismV2):
    """Alignments that follow from scores, and are the next state."""

    def _score(self, query: Any) -> Tensor:
        """query: f[batch, units] -> f[batch, time]"""
        raise NotImplementedError

    def _build_bias(self) -> None:
        """Makes what is added to scores, where something is."""

    def _calculate_attention(self, query: Any, state: Any) -> tuple[Tensor, Tensor]:
        alignments = self.probability_fn(self._score(query), state)
        return alignments, alignments


class LuongScores(_Scored):
    """Products of queries and keys.

    Args:
      units: the size of keys, and of queries.
      scale: whether scores are multiplied by a number that is learned.
      memory_layer: a layer in place of one without bias.
      Others by name as for the base.
    """

    _described: tuple[str, ...] = ("units", "scale")
    # What holds the number, by which a checkpoint of objects knows it.
    _scale_attribute = "scale_weight"

    def __init__(
        self, units: Any, scale: bool, dtype: Any, memory_layer: Any = None, **kwargs: Any
    ):
        dtype = dtype or dtypes.float32
        self.units = units
        self.scale = scale
        setattr(self, self._scale_attribute, None)
        super().__init__(
            query_layer=None,
            memory_layer=memory_layer or projection(units, "memory_layer", dtype),
            dtype=dtype,
            **kwargs,
        )

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if self.scale and getattr(self, self._scale_attribute) is None:
            ones = initializers.Ones()
            weight = self.add_weight("attention_g", initializer=ones, shape=())
            setattr(self, self._scale_attribute, weight)
        self._build_bias()
        self.built = True

    def _score(self, query: Any) -> Tensor:
        return luong_score(query, self.keys, getattr(self, self._scale_attribute))


class BahdanauScores(_Scored):
    """v · tanh(query + key), both behind layers.

    Args:
      units: the size of keys and processed queries.
      normalize: whether v has a norm of its own, and there is a bias.
      kernel_initializer: of v.
      query_layer, memory_layer: layers in place of those without bias.
      Others by name as for the base.
    """

    _described: tuple[str, ...] = ("units", "normalize", "kernel_initializer")

    def __init__(
        self,
        units: Any,
        normalize: bool,
        kernel_initializer: Any,
        dtype: Any,
        query_layer: Any = None,
        memory_layer: Any = None,
        **kwargs: Any,
    ):
        dtype = dtype or dtypes.float32
        self.units = units
        self.normalize = normalize
        self.kernel_initializer = identifiers.initializer_of(kernel_initializer)
        self.attention_v: Any = None
        self.attention_g: Any = None
        self.attention_b: Any = None
        super().__init__(
            query_layer=query_layer or projection(units, "query_layer", dtype),
            memory_layer=memory_layer or projection(units, "memory_layer", dtype),
            dtype=dtype,
            **kwargs,
        )

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if self.attention_v is None:
            self.attention_v = self.add_weight(
                "attention_v", [self.units], initializer=self.kernel_initializer
            )
        self._build_bias()
        if self.normalize and self.attention_g is None:
            norm = initializers.Constant(math.sqrt(1.0 / self.units))
            self.attention_g = self.add_weight("attention_g", initializer=norm, shape=())
            self.attention_b = self.add_weight(
                "attention_b", [self.units], initializer=initializers.Zeros()
            )
        self.built = True

    def _score(self, query: Any) -> Tensor:
        processed = self.query_layer(query) if self.query_layer else query
        return bahdanau_score(
            processed, self.keys, self.attention_v, self.attention_g, self.attention_b
        )
