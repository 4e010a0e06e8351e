"""Decoders over a list of inputs, and networks of an encoder and a decoder."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

from stillflow.graph import dtypes, nest
from stillflow.layers.recurrent.static import static_rnn
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import stop_gradient
from stillflow.ops.nn.bias import xw_plus_b
from stillflow.ops.nn.embedding import embedding_lookup
from stillflow.ops.reduce import argmax
from stillflow.ops.variables.scope import get_variable_scope, variable_scope
from stillflow.platform.deprecation import silence

#: (outputs, a list of f[batch, size]; the last state)
Decoded = tuple[Any, Any]
LoopFunction = Callable[[Any, int], Any]


def rnn_decoder(
    decoder_inputs: Iterable[Any],
    initial_state: Any,
    cell: Any,
    loop_function: LoopFunction | None = None,
    scope: Any = None,
) -> Decoded:
    """Calls `cell` for each of the inputs: (outputs, the last state).

    Args:
      decoder_inputs: a list of f[batch, size].
      loop_function: (previous output, position) -> the next input, in place of those given.
      scope: of the variables, "rnn_decoder" by default.
    """
    with variable_scope(scope or "rnn_decoder"):
        state, outputs, previous = initial_state, [], None
        for position, given in enumerate(decoder_inputs):
            if loop_function is not None and previous is not None:
                with variable_scope("loop_function", reuse=True):
                    given = loop_function(previous, position)
            if position > 0:
                get_variable_scope().reuse_variables()
            output, state = cell(given, state)
            outputs.append(output)
            if loop_function is not None:
                previous = output
    return outputs, state


def basic_rnn_seq2seq(
    encoder_inputs: Any,
    decoder_inputs: Any,
    cell: Any,
    dtype: Any = dtypes.float32,
    scope: Any = None,
) -> Decoded:
    """A decoder that starts from the last state of an encoder, which has weights of its own.

    Both inputs are lists of f[batch, size].
    """
    with variable_scope(scope or "basic_rnn_seq2seq"):
        state = encoded(copy.deepcopy(cell), encoder_inputs, dtype)[1]
        return rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(
    encoder_inputs: Any,
    decoder_inputs: Any,
    cell: Any,
    loop_function: LoopFunction | None = None,
    dtype: Any = dtypes.float32,
    scope: Any = None,
) -> Decoded:
    """`basic_rnn_seq2seq` with the same weights for encoder and decoder.

    `loop_function` is that of `rnn_decoder`.
    """
    with variable_scope("combined_tied_rnn_seq2seq"):
        scope = scope or "tied_rnn_seq2seq"
        state = encoded(cell, encoder_inputs, dtype, scope)[1]
        get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function=loop_function, scope=scope)


def encoded(cell: Any, inputs: Any, dtype: Any, scope: Any = None) -> Decoded:
    """(outputs, last state) of a cell over a list of inputs."""
    with silence():
        return static_rnn(cell, inputs, dtype=dtype, scope=scope)


def argmax_and_embed(
    embedding: Any, output_projection: Any = None, update_embedding: bool = True
) -> LoopFunction:
    """A loop function: the embedding of what the previous output means.

    Args:
      output_projection: (weights, biases) that outputs go through first.
      update_embedding: whether gradients flow into the embedding through this.
    """

    def loop_function(previous: Any, _: int) -> Any:
        if output_projection is not None:
            previous = xw_plus_b(previous, output_projection[0], output_projection[1])
        embedded = embedding_lookup(embedding, argmax.argmax(previous, 1))
        return embedded if update_embedding else stop_gradient(embedded)

    return loop_function


def fed_either_way(
    feed_previous: Any, decode: Callable[[bool], Decoded], like: Callable[[], Any]
) -> Decoded:
    """`decode(True)` or `decode(False)` as the run says: feed_previous is bool[].

    Args:
      like: gives a state in the structure of the decoder's.
    """

    def flat(is_fed: bool) -> list[Any]:
        with variable_scope(get_variable_scope(), reuse=None if is_fed else True):
            outputs, state = decode(is_fed)
            counts.append(len(outputs))
            return outputs + (nest.flatten(state) if nest.is_nested(state) else [state])

    counts: list[int] = []
    found = cond(feed_previous, lambda: flat(True), lambda: flat(False))
    outputs, states = found[: counts[0]], found[counts[0] :]
    structure = like()
    if nest.is_nested(structure):
        return outputs, nest.pack_sequence_as(structure, states)
    return outputs, states[0]
