"""Attention that never goes back, of mechanisms that are layers."""

from __future__ import annotations

import functools
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.keras.layers.attention_mechanisms.mechanism import BaseAttentionMechanismV2
from stillflow.keras.layers.attention_mechanisms.scores import BahdanauScores, LuongScores
from stillflow.layers.seq2seq.monotonic import FromFirstPlace, monotonic_probability
from stillflow.ops.variables import initializers


class BaseMonotonicAttentionMechanismV2(FromFirstPlace, BaseAttentionMechanismV2):
    """A mechanism that starts at the first place."""


class _Monotonic(BaseMonotonicAttentionMechanismV2):
    """Adds a number that is learned to scores; it is mixed into what has them.

    Args:
      sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode: as for BahdanauMonotonicAttention.
      args, kwargs: those of the scores.
    """

    _described: tuple[str, ...] = (
        "sigmoid_noise",
        "sigmoid_noise_seed",
        "score_bias_init",
        "mode",
    )

    def __init__(
        self,
        *args: Any,
        sigmoid_noise: float,
        sigmoid_noise_seed: int | None,
        score_bias_init: float,
        mode: str,
        **kwargs: Any,
    ):
        self.sigmoid_noise = sigmoid_noise
        self.sigmoid_noise_seed = sigmoid_noise_seed
        self.score_bias_init = score_bias_init
        self.mode = mode
        self.attention_score_bias: Any = None
        probability_fn = functools.partial(
            monotonic_probability, sigmoid_noise=sigmoid_noise, mode=mode, seed=sigmoid_noise_seed
        )
        super().__init__(*args, probability_fn=probability_fn, **kwargs)  # type: ignore[misc]

    def _build_bias(self) -> None:
        if self.attention_score_bias is None:
            initial = initializers.Constant(self.score_bias_init, dtype=self.dtype)
            self.attention_score_bias = self.add_weight(
                "attention_score_bias", shape=(), initializer=initial
            )

    def _score(self, query: Any) -> Tensor:
        return super()._score(query) + self.attention_score_bias  # type: ignore[misc]


class LuongMonotonicAttentionV2(_Monotonic, LuongScores):
    """LuongMonotonicAttention that is a layer of Keras.

    Args:
      units, memory, memory_sequence_length, scale, dtype, memory_layer: as for LuongAttentionV2.
      sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode: as for BahdanauMonotonicAttention.
    """

    _scale_attribute = "attention_g"

    def __init__(
        self,
        units: Any,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str = "LuongMonotonicAttention",
        **kwargs: Any,
    ):
        super().__init__(
            units,
            scale,
            dtype,
            memory=memory,
            memory_sequence_length=memory_sequence_length,
            sigmoid_noise=sigmoid_noise,
            sigmoid_noise_seed=sigmoid_noise_seed,
            score_bias_init=score_bias_init,
            mode=mode,
            name=name,
            **kwargs,
        )


class BahdanauMonotonicAttentionV2(_Monotonic, BahdanauScores):
    """BahdanauMonotonicAttention that is a layer of Keras.

    Args:
      units, memory, memory_sequence_length, normalize, kernel_initializer, dtype, query_layer,
        memory_layer: as for BahdanauAttentionV2.
      sigmoid_noise, sigmoid_noise_seed, score_bias_init, mode: as for BahdanauMonotonicAttention.
    """

    def __init__(
        self,
        units: Any,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        kernel_initializer: Any = "glorot_uniform",
        dtype: Any = None,
        name: str = "BahdanauMonotonicAttention",
        **kwargs: Any,
    ):
        super().__init__(
            units,
            normalize,
            kernel_initializer,
            dtype,
            memory=memory,
            memory_sequence_length=memory_sequence_length,
            sigmoid_noise=sigmoid_noise,
            sigmoid_noise_seed=sigmoid_noise_seed,
            score_bias_init=score_bias_init,
            mode=mode,
            name=name,
            **kwargs,
        )
