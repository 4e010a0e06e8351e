"""What all attention mechanisms do with the memory that they look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import dimension_value
from stillflow.layers import base
from stillflow.layers.recurrent.sizes import zero_state_tensors
from stillflow.ops.array import filling, joining, masking, reshaping, selecting, shape_of
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.debug.checks import assert_positive
from stillflow.ops.math import casts
from stillflow.ops.reduce import argmax


class AttentionMechanism:
    """What looks at a memory; called with (query, state), it gives (alignments, next state)."""

    @property
    def alignments_size(self) -> Any:
        """The size of alignments, without the batch."""
        raise NotImplementedError

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        raise NotImplementedError

    def _attend(self, query: Any, state: Any) -> Any:
        """(alignments, next state), however the mechanism is called."""
        return self(query, state=state)  # type: ignore[operator]


class RememberedAlignments(AttentionMechanism):
    """A mechanism whose state is its alignments, f[batch, time]."""

    _alignments_size: Any

    @property
    def alignments_size(self) -> Any:
        return self._alignments_size

    @property
    def state_size(self) -> Any:
        return self._alignments_size

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Tensor:
        """Alignments before the first step, f[batch, time]: zeros."""
        return zero_state_tensors(self._alignments_size, batch_size, dtype)

    def initial_state(self, batch_size: Any, dtype: Any) -> Any:
        """The state before the first step: the alignments."""
        return self.initial_alignments(batch_size, dtype)


class BaseAttentionMechanism(RememberedAlignments):
    """A mechanism whose keys are the memory behind a layer.

    Args:
      query_layer, memory_layer: `tf.layers.Layer` of queries and of the memory; either may be None.
      memory: f[batch, time, ...].
      probability_fn: (scores f[batch, time], state) -> alignments.
      memory_sequence_length: i32[batch]; what is behind it counts as zeros.
      check_inner_dims_defined: whether the sizes behind the time must be known.
      score_mask_value: the score of what is behind, minus infinity by default.
      custom_key_value_fn: (keys, values) -> (keys, values).

    Raises:
      TypeError: a layer is none, or the function cannot be called.
      ValueError: the inner sizes of the memory are unknown.
    """

    def __init__(
        self,
        query_layer: Any,
        memory: Any,
        probability_fn: Callable[..., Any],
        memory_sequence_length: Any = None,
        memory_layer: Any = None,
        check_inner_dims_defined: bool = True,
        score_mask_value: Any = None,
        custom_key_value_fn: Callable[..., Any] | None = None,
        name: str | None = None,
    ):
        for kind, layer in (("query_layer", query_layer), ("memory_layer", memory_layer)):
            if layer is not None and not isinstance(layer, base.Layer):
                raise TypeError(f"{kind} is not a Layer: {type(layer).__name__}")
        self._query_layer = query_layer
        self._memory_layer = memory_layer
        self.dtype = memory_layer.dtype
        if not callable(probability_fn):
            raise TypeError(
                f"probability_fn must be callable, saw type: {type(probability_fn).__name__}"
            )
        if score_mask_value is None:
            score_mask_value = dtypes.as_dtype(memory_layer.dtype).as_numpy_dtype(-np.inf)
        self._probability_fn = lambda score, state: probability_fn(
            masked_score(score, memory_sequence_length, None, score_mask_value), state
        )
        with name_scope(name, "BaseAttentionMechanismInit", nest.flatten(memory)):
            self._values = prepared(memory, memory_sequence_length, None, check_inner_dims_defined)
            self._keys = memory_layer(self._values) if memory_layer else self._values
            if custom_key_value_fn is not None:
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            self._batch_size = size_of(self._keys, 0)
            self._alignments_size = size_of(self._keys, 1)

    @property
    def memory_layer(self) -> Any:
        return self._memory_layer

    @property
    def query_layer(self) -> Any:
        return self._query_layer

    @property
    def values(self) -> Any:
        """The memory, with zeros behind each sequence: what alignments weigh."""
        return self._values

    @property
    def keys(self) -> Any:
        """What queries are compared with."""
        return self._keys

    @property
    def batch_size(self) -> Any:
        return self._batch_size


def size_of(x: Any, axis: int) -> Any:
    """The size of an axis, a number if it is known."""
    return dimension_value(x.shape[axis]) or shape_of.shape(x)[axis]


def hardmax(logits: Any, name: str | None = None) -> Tensor:
    """Returns 1 for the largest of `logits`, f[..., k], along the last axis, 0 for all others."""
    with name_scope(name, "Hardmax", [logits]):
        logits = convert_to_tensor(logits, name="logits")
        depth: Any = dimension_value(logits.shape[-1])
        if depth is None:
            depth = shape_of.shape(logits)[-1]
        return one_hot(argmax.argmax(logits, -1), depth, dtype=logits.dtype)


def prepared(
    memory: Any,
    memory_sequence_length: Any = None,
    memory_mask: Any = None,
    check_inner_dims_defined: bool = True,
) -> Any:
    """The memory with zeros behind each sequence, or where a mask, bool[batch, time], is False."""
    lengths = memory_sequence_length
    memory = nest.map_structure(lambda each: convert_to_tensor(each, name="memory"), memory)
    _check_one_of(lengths, memory_mask)
    if lengths is not None:
        lengths = convert_to_tensor(lengths, name="memory_sequence_length")
    if check_inner_dims_defined:
        nest.map_structure(_check_inner_sizes, memory)
    first = nest.flatten(memory)[0]
    if lengths is not None:
        mask = masking.sequence_mask(lengths, maxlen=shape_of.shape(first)[1], dtype=first.dtype)
    elif memory_mask is not None:
        mask = casts.cast(memory_mask, first.dtype)
    else:
        return memory
    return nest.map_structure(lambda each: _masked(each, mask), memory)


def _check_one_of(lengths: Any, mask: Any) -> None:
    if lengths is not None and mask is not None:
        raise ValueError(
            "memory_sequence_length and memory_mask can't be provided at same time.\n"
            "  A memory that has a mask needs no lengths."
        )


def _check_inner_sizes(memory: Tensor) -> None:
    if not memory.shape[2:].is_fully_defined():
        raise ValueError(
            f"Expected memory {memory.name} to have fully defined inner dims, but saw shape: "
            f"{memory.shape}"
        )


def _masked(x: Tensor, mask: Tensor) -> Tensor:
    rank = x.shape.ndims
    more = filling.ones((shape_of.rank(x) if rank is None else rank) - 2, dtype=dtypes.int32)
    sizes = joining.concat((shape_of.shape(mask), more), 0)
    return x * reshaping.reshape(mask, sizes)


def masked_score(
    score: Tensor,
    memory_sequence_length: Any = None,
    memory_mask: Any = None,
    score_mask_value: Any = None,
) -> Tensor:
    """Scores, f[batch, time], with another in place of those behind each sequence.

    memory_mask: bool[batch, time], in place of lengths: True where a score stays.
    """
    lengths = memory_sequence_length
    _check_one_of(lengths, memory_mask)
    if lengths is not None:
        message = "All values in memory_sequence_length must be greater than zero."
        with control_dependencies([assert_positive(lengths, message=message)]):
            memory_mask = masking.sequence_mask(lengths, maxlen=shape_of.shape(score)[1])
    if memory_mask is None:
        return score
    return selecting.where(memory_mask, score, score_mask_value * filling.ones_like(score))
