"""Decoders with attention over the encoder's outputs.

Vinyals et al., "Grammar as a foreign language" (NIPS 2015).
"""

from __future__ import annotations

import copy
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.layers.legacy_seq2seq.plain import (
    Decoded,
    LoopFunction,
    argmax_and_embed,
    encoded,
    fed_either_way,
)
from stillflow.layers.recurrent.linear import Linear
from stillflow.layers.recurrent.projections import EmbeddingWrapper, OutputProjectionWrapper
from stillflow.ops.array import filling, joining, reshaping, shape_of, stacking
from stillflow.ops.math import casts
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.convolution import conv2d
from stillflow.ops.nn.embedding import embedding_lookup
from stillflow.ops.nn.softmax import softmax
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.variables.scope import get_variable, get_variable_scope, variable_scope


def attention_decoder(
    decoder_inputs: Any,
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    output_size: int | None = None,
    num_heads: int = 1,
    loop_function: LoopFunction | None = None,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> Decoded:
    """A decoder that looks at `attention_states` after each step: (outputs, the last state).

    Args:
      decoder_inputs: a list of f[batch, size].
      attention_states: f[batch, length, size].
      output_size: of the outputs, that of the cell by default.
      num_heads: how often it looks each time.
      loop_function: (previous output, position) -> the next input, in place of those given.
      initial_state_attention: whether it looks before the first step as well.

    Raises:
      ValueError: no inputs, no heads, or an unknown size.
    """
    if not decoder_inputs:
        raise ValueError("Must provide at least 1 input to attention decoder.")
    if num_heads < 1:
        raise ValueError("With less than 1 heads, use a non-attention decoder.")
    if attention_states.shape.as_list()[2] is None:
        raise ValueError(f"Shape[2] of attention_states must be known: {attention_states.shape}")
    if output_size is None:
        output_size = cell.output_size
    with variable_scope(scope or "attention_decoder", dtype=dtype) as entered:
        batch_size = shape_of.shape(decoder_inputs[0])[0]
        heads = _Heads(attention_states, num_heads, entered.dtype)
        state, outputs, previous = initial_state, [], None
        found = heads.nothing(batch_size)
        if initial_state_attention:
            found = heads.look(initial_state)
        for position, given in enumerate(decoder_inputs):
            if position > 0:
                get_variable_scope().reuse_variables()
            if loop_function is not None and previous is not None:
                with variable_scope("loop_function", reuse=True):
                    given = loop_function(previous, position)
            given_size = given.shape.with_rank(2)[1]
            if given_size.value is None:
                raise ValueError(f"Could not infer input size from input: {given.name}")
            inputs = [casts.cast(each, entered.dtype) for each in [given, *found]]
            x = Linear(inputs, given_size.value, True)(inputs)
            cell_output, state = cell(x, state)
            if position == 0 and initial_state_attention:
                with variable_scope(get_variable_scope(), reuse=True):
                    found = heads.look(state)
            else:
                found = heads.look(state)
            with variable_scope("AttnOutputProjection"):
                inputs = [casts.cast(cell_output, entered.dtype), *found]
                output = Linear(inputs, output_size, True)(inputs)
            if loop_function is not None:
                previous = output
            outputs.append(output)
    return outputs, state


class _Heads:
    """What looks at states, f[batch, length, size]."""

    def __init__(self, states: Any, num_heads: int, dtype: Any):
        self._dtype = dtype
        length, self._size = states.shape.as_list()[1:]
        self._length = shape_of.shape(states)[1] if length is None else length
        self._hidden = reshaping.reshape(states, [-1, self._length, 1, self._size])
        self._features, self._v = [], []
        for head in range(num_heads):
            kernel = get_variable(f"AttnW_{head}", [1, 1, self._size, self._size], dtype=dtype)
            self._features.append(conv2d(self._hidden, kernel, [1, 1, 1, 1], "SAME"))
            self._v.append(get_variable(f"AttnV_{head}", [self._size], dtype=dtype))

    def nothing(self, batch_size: Any) -> list[Tensor]:
        """What was found before anything was looked at."""
        sizes = stacking.stack([batch_size, self._size])
        zeros = [filling.zeros(sizes, dtype=self._dtype) for _ in self._v]
        for each in zeros:
            each.set_shape([None, self._size])
        return zeros

    def look(self, query: Any) -> list[Tensor]:
        """What each head finds for a state, f[batch, size]."""
        if nest.is_nested(query):
            parts = nest.flatten(query)
            if any(part.shape.ndims not in (None, 2) for part in parts):
                raise AssertionError("All parts of a state must be of rank 2.")
            query = joining.concat(parts, 1)
        return [self._look(query, head) for head in range(len(self._v))]

    def _look(self, query: Any, head: int) -> Tensor:
        with variable_scope(f"Attention_{head}"):
            y = Linear(query, self._size, True)(query)
            y = casts.cast(reshaping.reshape(y, [-1, 1, 1, self._size]), self._dtype)
            scores = reduce_sum(self._v[head] * tanh(self._features[head] + y), [2, 3])
            weights = softmax(casts.cast(scores, dtypes.float32))
            weights = casts.cast(weights, self._dtype)
            weighted = reshaping.reshape(weights, [-1, self._length, 1, 1]) * self._hidden
            return reshaping.reshape(reduce_sum(weighted, [1, 2]), [-1, self._size])


def embedding_attention_decoder(
    decoder_inputs: Any,
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_size: int | None = None,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> Decoded:
    """`attention_decoder` over numbers, i32[batch], which are embedded.

    The other arguments are those of `embedding_rnn_decoder`.
    """
    if output_size is None:
        output_size = cell.output_size
    if output_projection is not None:
        biases = convert_to_tensor(output_projection[1], dtype=dtype)
        biases.shape.assert_is_compatible_with([num_symbols])
    with variable_scope(scope or "embedding_attention_decoder", dtype=dtype):
        embedding = get_variable("embedding", [num_symbols, embedding_size])
        loop_function = None
        if feed_previous:
            loop_function = argmax_and_embed(
                embedding, output_projection, update_embedding_for_previous
            )
        inputs = [embedding_lookup(embedding, each) for each in decoder_inputs]
        return attention_decoder(
            inputs,
            initial_state,
            attention_states,
            cell,
            output_size=output_size,
            num_heads=num_heads,
            loop_function=loop_function,
            initial_state_attention=initial_state_attention,
        )


def embedding_attention_seq2seq(
    encoder_inputs: Any,
    decoder_inputs: Any,
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> Decoded:
    """`embedding_rnn_seq2seq` with attention over the encoder's outputs."""
    with variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as entered:
        dtype = entered.dtype
        encoder = EmbeddingWrapper(copy.deepcopy(cell), num_encoder_symbols, embedding_size)
        outputs, state = encoded(encoder, encoder_inputs, dtype)
        tops = [reshaping.reshape(each, [-1, 1, cell.output_size]) for each in outputs]
        attention_states = joining.concat(tops, 1)
        output_size = None
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
            output_size = num_decoder_symbols

        def decode(is_fed: bool, **options: Any) -> Decoded:
            return embedding_attention_decoder(
                decoder_inputs,
                state,
                attention_states,
                cell,
                num_decoder_symbols,
                embedding_size,
                num_heads=num_heads,
                output_size=output_size,
                output_projection=output_projection,
                feed_previous=is_fed,
                initial_state_attention=initial_state_attention,
                **options,
            )

        if isinstance(feed_previous, bool):
            return decode(feed_previous)
        return fed_either_way(
            feed_previous,
            lambda is_fed: decode(is_fed, update_embedding_for_previous=False),
            lambda: state,
        )
