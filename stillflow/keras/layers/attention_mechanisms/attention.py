"""Attention by softmax, or by the largest score alone, of mechanisms that are layers."""

from __future__ import annotations

from typing import Any

from stillflow.keras.layers.attention_mechanisms.mechanism import named_probability
from stillflow.keras.layers.attention_mechanisms.scores import BahdanauScores, LuongScores


class LuongAttentionV2(LuongScores):
    """LuongAttention that is a layer of Keras.

    Args:
      units: the size of keys, and of queries.
      memory, memory_sequence_length: as for BaseAttentionMechanismV2.
      scale: whether scores are multiplied by a number that is learned.
      probability_fn: "softmax" or "hardmax".
      dtype: of the layer; float32 by default.
      memory_layer: by name: a layer of the memory in place of one without bias.

    Raises:
      ValueError: another name of a function.
    """

    def __init__(
        self,
        units: Any,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        probability_fn: str = "softmax",
        dtype: Any = None,
        name: str = "LuongAttention",
        **kwargs: Any,
    ):
        self.probability_fn_name = probability_fn
        super().__init__(
            units,
            scale,
            dtype,
            memory=memory,
            memory_sequence_length=memory_sequence_length,
            probability_fn=named_probability(probability_fn),
            name=name,
            **kwargs,
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "probability_fn": self.probability_fn_name}


class BahdanauAttentionV2(BahdanauScores):
    """BahdanauAttention that is a layer of Keras.

    Args:
      units: the size of keys and processed queries.
      memory, memory_sequence_length: as for BaseAttentionMechanismV2.
      normalize: whether v has a norm of its own, and there is a bias.
      probability_fn: "softmax" or "hardmax".
      kernel_initializer: of v.
      dtype: of the layers; float32 by default.
      query_layer, memory_layer: by name: layers in place of those without bias.

    Raises:
      ValueError: another name of a function.
    """

    def __init__(
        self,
        units: Any,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        probability_fn: str = "softmax",
        kernel_initializer: Any = "glorot_uniform",
        dtype: Any = None,
        name: str = "BahdanauAttention",
        **kwargs: Any,
    ):
        self.probability_fn_name = probability_fn
        super().__init__(
            units,
            normalize,
            kernel_initializer,
            dtype,
            memory=memory,
            memory_sequence_length=memory_sequence_length,
            probability_fn=named_probability(probability_fn),
            name=name,
            **kwargs,
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "probability_fn": self.probability_fn_name}
