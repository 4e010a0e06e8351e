"""Decoders that keep the likeliest sequences: one with its inputs, one that is called with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.layers.seq2seq.beam_search import BeamSearch
from stillflow.layers.seq2seq.decoding import BaseDecoder, Decoder
from stillflow.layers.seq2seq.helpers import embedding_of


class BeamSearchDecoder(BeamSearch, Decoder):
    """A decoder that goes on from the `beam_width` likeliest sequences of each row of a batch.

    What a cell remembers of a batch must be tiled by `tile_batch` first: states, and the memory of
    attention.

    Args:
      cell: the cell.
      embedding: a table, or a function of ids i32[batch, beams].
      start_tokens: i32[batch].
      end_token: i32[].
      initial_state: of the cell, [batch * beams, ...].
      beam_width: how many sequences are kept.
      output_layer: a layer that makes logits of the cell's outputs.
      length_penalty_weight: how much longer sequences are favoured.
      coverage_penalty_weight: how much it counts against a sequence that some memory was not
        attended to.
      reorder_tensor_arrays: whether a TensorArray of the state, the history of alignments say, is
        given in the end in the order of the sequences.

    Raises:
      TypeError: an argument is no cell or layer.
      ValueError: the start tokens are no vector, or the end token no scalar.
    """

    def __init__(
        self,
        cell: Any,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        initial_state: Any,
        beam_width: int,
        output_layer: Any = None,
        length_penalty_weight: Any = 0.0,
        coverage_penalty_weight: Any = 0.0,
        reorder_tensor_arrays: bool = True,
    ):
        super().__init__(
            cell,
            beam_width,
            output_layer,
            length_penalty_weight,
            coverage_penalty_weight,
            reorder_tensor_arrays,
        )
        self._embedding_fn = embedding_of(embedding)
        self._start(start_tokens, end_token, initial_state)

    def initialize(self, name: str | None = None) -> Any:
        return self._first_step()


class BeamSearchDecoderV2(BeamSearch, BaseDecoder):
    """A BeamSearchDecoder that is a layer of Keras.

    It is called with a table of embeddings, or None; by name follow `start_tokens`, `end_token` and
    `initial_state`.

    Args:
      cell, beam_width, output_layer, length_penalty_weight, coverage_penalty_weight,
        reorder_tensor_arrays: as for BeamSearchDecoder.
      embedding_fn: a function of ids i32[batch, beams], in place of a table.
      Others by name as for BaseDecoder.

    Raises:
      TypeError: an argument is no cell or layer.
      ValueError: `embedding_fn` cannot be called.
    """

    def __init__(
        self,
        cell: Any,
        beam_width: int,
        embedding_fn: Callable[..., Any] | None = None,
        output_layer: Any = None,
        length_penalty_weight: Any = 0.0,
        coverage_penalty_weight: Any = 0.0,
        reorder_tensor_arrays: bool = True,
        **kwargs: Any,
    ):
        super().__init__(
            cell,
            beam_width,
            output_layer,
            length_penalty_weight,
            coverage_penalty_weight,
            reorder_tensor_arrays,
            **kwargs,
        )
        if embedding_fn is not None and not callable(embedding_fn):
            raise ValueError(
                f"embedding_fn is expected to be a callable, got {type(embedding_fn)}\n"
                "  A table of embeddings is what the decoder is called with."
            )
        self._given_fn = embedding_fn

    def initialize(  # type: ignore[override]
        self, embedding: Any, start_tokens: Any, end_token: Any, initial_state: Any
    ) -> Any:
        if embedding is not None and self._given_fn is not None:
            raise ValueError(
                "embedding and embedding_fn cannot be provided at same time\n"
                "  Call a decoder that has an embedding_fn with None."
            )
        self._embedding_fn = self._given_fn or embedding_of(embedding)
        self._start(start_tokens, end_token, initial_state)
        return self._first_step()
