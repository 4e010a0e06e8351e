"""What mechanisms that are layers do with the memory that they look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.keras.layers import serialization
from stillflow.layers import configs, core
from stillflow.layers.base_layer import Layer
from stillflow.layers.history import mark_checked
from stillflow.layers.seq2seq.mechanisms import (
    RememberedAlignments,
    hardmax,
    masked_score,
    prepared,
    size_of,
)
from stillflow.ops.nn.softmax import softmax

_PROBABILITY_FUNCTIONS: dict[str, Callable[..., Any]] = {"softmax": softmax, "hardmax": hardmax}
_INNER_LAYERS = ("query_layer", "memory_layer")


class BaseAttentionMechanismV2(RememberedAlignments, Layer):
    """A mechanism that is called twice: with its memory, then with [query, state].

    The first call is made here where there is a memory; else a program makes it, with
    `setup_memory=True`. Weights may be made in either: `build` runs for both.

    Args:
      memory: f[batch, time, ...], or None.
      probability_fn: (scores f[batch, time], state) -> alignments.
      query_layer, memory_layer: layers of queries and of the memory; either may be None.
      memory_sequence_length: i32[batch]; the memory behind it counts as zeros. (Scores there stay
        as they are; a mask of the memory hides them.)
      Others by name as for `Layer`.

    Raises:
      TypeError: a layer is none, or the function cannot be called.
    """

    def __init__(
        self,
        memory: Any,
        probability_fn: Callable[..., Any],
        query_layer: Any = None,
        memory_layer: Any = None,
        memory_sequence_length: Any = None,
        **kwargs: Any,
    ):
        for kind, layer in (("query_layer", query_layer), ("memory_layer", memory_layer)):
            if layer is not None and not isinstance(layer, Layer):
                raise TypeError(f"{kind} is not a Layer: {type(layer).__name__}")
        self.query_layer = query_layer
        self.memory_layer = memory_layer
        if memory_layer is not None:
            kwargs.setdefault("dtype", memory_layer.dtype)
        super().__init__(**kwargs)
        if not callable(probability_fn):
            raise TypeError(
                f"probability_fn must be callable, saw type: {type(probability_fn).__name__}"
            )
        self.probability_fn = probability_fn
        self.keys: Any = None
        self.values: Any = None
        self.batch_size: Any = None
        self._memory_initialized = False
        self._check_inner_dims_defined = True
        self.supports_masking = True
        self.score_mask_value = dtypes.as_dtype(self.dtype).as_numpy_dtype(-np.inf)
        if memory is not None:
            lengths = memory_sequence_length
            inputs = memory if lengths is None else [memory, lengths]
            self.values = super().__call__(inputs, setup_memory=True)

    def build(self, input_shape: Any) -> None:
        if self._memory_initialized:
            layer, shape = self.query_layer, input_shape[0]
        else:
            layer = self.memory_layer
            shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        if layer is not None and not layer.built:
            layer.build(shape)

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Looks at the memory, which joins the inputs so that models see the layer's first call.

        Raises:
          ValueError: not two inputs, or three.
        """
        if self._memory_initialized:
            if len(inputs) not in (2, 3):
                raise ValueError(f"Expect the inputs to have 2 or 3 tensors, got {len(inputs)}")
            if len(inputs) == 2:
                inputs = [*inputs, self.values]
        return super().__call__(inputs, *args, **kwargs)

    def _attend(self, query: Any, state: Any) -> Any:
        return self([query, state])

    def call(self, inputs: Any, mask: Any = None, setup_memory: bool = False, **kwargs: Any) -> Any:
        """(alignments, next state) of [query, state]; the values, of [memory, lengths] or a memory.

        Args:
          mask: bool[batch, time], of the memory.
          setup_memory: whether the inputs are the memory.

        Raises:
          ValueError: there is no memory yet, or there was one; or not that many inputs.
        """
        if setup_memory:
            self._setup_memory(*_memory_and_lengths(inputs), mask)
            self.built = False  # the weights of queries are made in the next call
            return self.values
        if not self._memory_initialized:
            raise ValueError(
                "Cannot query the attention before the setup of memory\n"
                "  Call the layer with the memory and setup_memory=True first."
            )
        if len(inputs) not in (2, 3):
            raise ValueError(
                "Expect the inputs to have query, state, and optional processed memory, got "
                f"{len(inputs)} items"
            )
        return self._calculate_attention(inputs[0], inputs[1])

    def _setup_memory(
        self, memory: Any, memory_sequence_length: Any = None, memory_mask: Any = None
    ) -> None:
        if self._memory_initialized:
            raise ValueError("The memory for the attention has already been setup.")
        if memory_sequence_length is not None and memory_mask is not None:
            raise ValueError(
                "memory_sequence_length and memory_mask cannot be used at same time for attention."
            )
        with name_scope(self.name, "BaseAttentionMechanismInit", nest.flatten(memory)):
            self.values = prepared(
                memory, memory_sequence_length, memory_mask, self._check_inner_dims_defined
            )
            mark_checked(self.values)
            self.keys = self.memory_layer(self.values) if self.memory_layer else self.values
            self.batch_size = size_of(self.keys, 0)
            self._alignments_size = size_of(self.keys, 1)
        if memory_mask is not None:
            self._hide(memory_mask)
        self._memory_initialized = True

    def _hide(self, mask: Any) -> None:
        probability_fn, hidden = self.probability_fn, self.score_mask_value
        self.probability_fn = lambda score, state: probability_fn(
            masked_score(score, memory_mask=mask, score_mask_value=hidden), state
        )

    def _calculate_attention(self, query: Any, state: Any) -> tuple[Tensor, Tensor]:
        """(alignments, next state), both f[batch, time]."""
        raise NotImplementedError("_calculate_attention need to be implemented by subclasses.")

    def compute_mask(self, inputs: Any, mask: Any = None) -> tuple[None, None]:
        """Alignments have none."""
        return None, None

    def get_config(self) -> dict[str, Any]:
        """The arguments; the memory, which is a tensor, is told as None."""
        config = configs.of_layer(self)
        for kind in _INNER_LAYERS:
            if getattr(self, kind) is not None:
                config[kind] = serialization.serialize(getattr(self, kind))
        return {**config, "memory": None}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        return cls(**cls.deserialize_inner_layer_from_config(config, custom_objects))

    @classmethod
    def deserialize_inner_layer_from_config(
        cls, config: dict[str, Any], custom_objects: Any
    ) -> dict[str, Any]:
        """A copy of a configuration that has the layers themselves."""
        inner = {
            kind: serialization.deserialize(config[kind], custom_objects=custom_objects)
            for kind in _INNER_LAYERS
            if config.get(kind)
        }
        return {**config, **inner}


def _memory_and_lengths(inputs: Any) -> tuple[Any, Any]:
    if not isinstance(inputs, list):
        return inputs, None
    if len(inputs) not in (1, 2):
        raise ValueError(f"Expect inputs to have 1 or 2 tensors, got {len(inputs)}")
    return inputs[0], inputs[1] if len(inputs) == 2 else None


def projection(units: Any, name: str, dtype: Any) -> core.Dense:
    """A layer without bias."""
    return core.Dense(units, name=name, use_bias=False, dtype=dtype)


def named_probability(name: str) -> Callable[..., Any]:
    """Alignments by "softmax" or "hardmax" of scores alone; ValueError for another name."""
    if name not in _PROBABILITY_FUNCTIONS:
        raise ValueError(
            f"Invalid probability function: {name}, options are {list(_PROBABILITY_FUNCTIONS)}"
        )
    return lambda score, _: _PROBABILITY_FUNCTIONS[name](score)
