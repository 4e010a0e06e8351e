"""Networks over lists of numbers, i32[batch], which are embedded first."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.layers.legacy_seq2seq.plain import (
    Decoded,
    argmax_and_embed,
    encoded,
    fed_either_way,
    rnn_decoder,
    tied_rnn_seq2seq,
)
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.layers.recurrent.projections import EmbeddingWrapper, OutputProjectionWrapper
from stillflow.ops.array import shape_of
from stillflow.ops.nn.embedding import embedding_lookup
from stillflow.ops.variables.scope import get_variable, variable_scope


def embedding_rnn_decoder(
    decoder_inputs: Any,
    initial_state: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    scope: Any = None,
) -> Decoded:
    """`rnn_decoder` over numbers.

    Args:
      decoder_inputs: a list of i32[batch].
      num_symbols, embedding_size: of the variable "embedding".
      output_projection: (weights, biases) that make logits of outputs, which are fed back.
      feed_previous: whether the inputs are what the previous outputs mean, but for the first.
      update_embedding_for_previous: whether gradients flow through these.

    Raises:
      ValueError: the projection is of other sizes.
    """
    with variable_scope(scope or "embedding_rnn_decoder") as entered:
        if output_projection is not None:
            check_projection(output_projection, num_symbols, entered.dtype)
        embedding = get_variable("embedding", [num_symbols, embedding_size])
        loop_function = None
        if feed_previous:
            loop_function = argmax_and_embed(
                embedding, output_projection, update_embedding_for_previous
            )
        inputs = (embedding_lookup(embedding, each) for each in decoder_inputs)
        return rnn_decoder(inputs, initial_state, cell, loop_function=loop_function)


def embedding_rnn_seq2seq(
    encoder_inputs: Any,
    decoder_inputs: Any,
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> Decoded:
    """An encoder and a decoder over numbers: (logits, or outputs with a projection; last state).

    Args:
      encoder_inputs, decoder_inputs: lists of i32[batch].
      output_projection: (weights, biases) that make logits; without it they are made here.
      feed_previous: whether the decoder's inputs are its own outputs, a bool or bool[].
    """
    with variable_scope(scope or "embedding_rnn_seq2seq") as entered:
        if dtype is not None:
            entered.set_dtype(dtype)
        else:
            dtype = entered.dtype
        encoder = EmbeddingWrapper(copy.deepcopy(cell), num_encoder_symbols, embedding_size)
        _, state = encoded(encoder, encoder_inputs, dtype)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)

        def decode(is_fed: bool, **options: Any) -> Decoded:
            return embedding_rnn_decoder(
                decoder_inputs,
                state,
                cell,
                num_decoder_symbols,
                embedding_size,
                output_projection=output_projection,
                feed_previous=is_fed,
                **options,
            )

        if isinstance(feed_previous, bool):
            return decode(feed_previous)
        return fed_either_way(
            feed_previous,
            lambda is_fed: decode(is_fed, update_embedding_for_previous=False),
            lambda: state,
        )


def embedding_tied_rnn_seq2seq(
    encoder_inputs: Any,
    decoder_inputs: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_decoder_symbols: int | None = None,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> Decoded:
    """`embedding_rnn_seq2seq` with one embedding and one cell for encoder and decoder.

    `num_decoder_symbols` is the number of logits, `num_symbols` by default.
    """
    with variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as entered:
        dtype = entered.dtype
        if output_projection is not None:
            check_projection(output_projection, num_symbols, dtype)
        embedding = get_variable("embedding", [num_symbols, embedding_size], dtype=dtype)
        inputs = [embedding_lookup(embedding, each) for each in encoder_inputs]
        outputs = [embedding_lookup(embedding, each) for each in decoder_inputs]
        if output_projection is None:
            cell = OutputProjectionWrapper(
                cell, num_symbols if num_decoder_symbols is None else num_decoder_symbols
            )

        def decode(is_fed: bool, updates: bool) -> Decoded:
            loop_function = None
            if is_fed:
                loop_function = argmax_and_embed(embedding, output_projection, updates)
            return tied_rnn_seq2seq(inputs, outputs, cell, loop_function=loop_function, dtype=dtype)

        if isinstance(feed_previous, bool):
            return decode(feed_previous, True)
        return fed_either_way(
            feed_previous,
            lambda is_fed: decode(is_fed, False),
            lambda: cell.zero_state(_batch_size(encoder_inputs), dtype),
        )


def one2many_rnn_seq2seq(
    encoder_inputs: Any,
    decoder_inputs_dict: Mapping[Any, Any],
    enc_cell: Any,
    dec_cells_dict: Mapping[Any, Any],
    num_encoder_symbols: int,
    num_decoder_symbols_dict: Mapping[Any, int],
    embedding_size: int,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """One encoder and a decoder for each key: ({key: logits}, {key: last state}).

    Raises:
      TypeError: a cell is no RNNCell.
      ValueError: the cells have other keys than the inputs.
    """
    if not isinstance(enc_cell, RNNCell):
        raise TypeError(f"enc_cell is not an RNNCell: {type(enc_cell)}")
    if set(dec_cells_dict) != set(decoder_inputs_dict):
        raise ValueError("keys of dec_cells_dict != keys of decodre_inputs_dict")
    for cell in dec_cells_dict.values():
        if not isinstance(cell, RNNCell):
            raise TypeError(f"dec_cell is not an RNNCell: {type(cell)}")
    outputs_of, state_of = {}, {}
    with variable_scope(scope or "one2many_rnn_seq2seq", dtype=dtype) as entered:
        encoder = EmbeddingWrapper(enc_cell, num_encoder_symbols, embedding_size)
        _, state = encoded(encoder, encoder_inputs, entered.dtype)
        for key, decoder_inputs in decoder_inputs_dict.items():
            with variable_scope(f"one2many_decoder_{key}"):
                symbols = num_decoder_symbols_dict[key]
                cell = OutputProjectionWrapper(dec_cells_dict[key], symbols)
                outputs_of[key], state_of[key] = _decoded(
                    decoder_inputs, state, cell, symbols, embedding_size, feed_previous
                )
    return outputs_of, state_of


def _decoded(
    inputs: Any, state: Any, cell: Any, symbols: int, embedding_size: int, feed_previous: Any
) -> Decoded:
    def decode(is_fed: bool) -> Decoded:
        return embedding_rnn_decoder(
            inputs, state, cell, symbols, embedding_size, feed_previous=is_fed
        )

    if isinstance(feed_previous, bool):
        return decode(feed_previous)
    return fed_either_way(feed_previous, decode, lambda: state)


def check_projection(output_projection: Any, num_symbols: int, dtype: Any) -> None:
    """ValueError unless (weights, biases) make `num_symbols` logits."""
    weights = convert_to_tensor(output_projection[0], dtype=dtype)
    weights.shape.assert_is_compatible_with([None, num_symbols])
    biases = convert_to_tensor(output_projection[1], dtype=dtype)
    biases.shape.assert_is_compatible_with([num_symbols])


def _batch_size(inputs: Any) -> Any:
    size = inputs[0].shape[0]
    for each in inputs[1:]:
        size.merge_with(each.shape[0])
    return shape_of.shape(inputs[0])[0] if size.value is None else size.value
