"""Going on from the likeliest sequences: what decoders by beam search have in common."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.layers import base_layer
from stillflow.layers.recurrent.likeness import assert_like_rnncell
from stillflow.layers.seq2seq.basic import size_behind
from stillflow.layers.seq2seq.beam_step import (
    BeamSearchDecoderOutput,
    BeamSearchDecoderState,
    attention_probs,
    beam_search_step,
    check_rank,
)
from stillflow.layers.seq2seq.beams import assert_beams, gather_tree_from_array, may_have_beams
from stillflow.ops.array import filling, joining, reshaping, shape_of, tiling
from stillflow.ops.array.gather_tree import gather_tree
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.control.cond import cond
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import casts
from stillflow.ops.reduce.reductions import reduce_all, reduce_max
from stillflow.ops.tensor_array.tensor_array import TensorArray
from stillflow.platform.logging import warning


class FinalBeamSearchDecoderOutput(NamedTuple):
    """What a search gives: words, i32[batch, time, beams], the best beam first; and each step."""

    predicted_ids: Any
    beam_search_decoder_output: Any


class BeamSearch:
    """What goes on from the `beam_width` likeliest sequences of each row of a batch.

    It is mixed into a decoder.

    Args:
      cell, beam_width, output_layer, length_penalty_weight, coverage_penalty_weight,
        reorder_tensor_arrays: as for BeamSearchDecoder.
      Others by name as for the decoder.

    Raises:
      TypeError: an argument is no cell or layer.
    """

    _embedding_fn: Any

    def __init__(
        self,
        cell: Any,
        beam_width: int,
        output_layer: Any = None,
        length_penalty_weight: Any = 0.0,
        coverage_penalty_weight: Any = 0.0,
        reorder_tensor_arrays: bool = True,
        **kwargs: Any,
    ):
        assert_like_rnncell("cell", cell)
        if output_layer is not None and not isinstance(output_layer, base_layer.Layer):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell = cell
        self._output_layer = output_layer
        self._reorder_tensor_arrays = reorder_tensor_arrays
        self._beam_width = beam_width
        self._length_penalty_weight = length_penalty_weight
        self._coverage_penalty_weight = coverage_penalty_weight
        super().__init__(**kwargs)

    def _start(self, start_tokens: Any, end_token: Any, initial_state: Any) -> None:
        """Takes what a search starts from.

        Raises:
          ValueError: the start tokens are no vector, or the end token no scalar.
        """
        self._start_tokens = convert_to_tensor(start_tokens, dtypes.int32, "start_tokens")
        if self._start_tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        self._end_token = convert_to_tensor(end_token, dtypes.int32, "end_token")
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch_size = shape_of.size(start_tokens)
        self._initial_cell_state = nest.map_structure(
            self._maybe_split_batch_beams, initial_state, self._cell.state_size
        )
        self._start_tokens = tiling.tile(
            reshaping.expand_dims(self._start_tokens, 1), [1, self._beam_width]
        )
        self._start_inputs = self._embedding_fn(self._start_tokens)
        self._finished = one_hot(
            filling.zeros([self._batch_size], dtype=dtypes.int32),
            depth=self._beam_width,
            on_value=False,
            off_value=True,
            dtype=dtypes.bool,
        )

    @property
    def batch_size(self) -> Any:
        return self._batch_size

    @property
    def tracks_own_finished(self) -> bool:
        """Beams change places, so that one which is finished need not stay so."""
        return True

    @property
    def output_size(self) -> BeamSearchDecoderOutput:
        width = TensorShape([self._beam_width])
        return BeamSearchDecoderOutput(scores=width, predicted_ids=width, parent_ids=width)

    @property
    def output_dtype(self) -> BeamSearchDecoderOutput:
        dtype = nest.flatten(self._initial_cell_state)[0].dtype
        size = size_behind(self._output_layer, self._cell.output_size)
        return BeamSearchDecoderOutput(
            scores=nest.map_structure(lambda _: dtype, size),
            predicted_ids=dtypes.int32,
            parent_ids=dtypes.int32,
        )

    def _first_step(self) -> Any:
        """(finished, inputs, state); only the first beam counts at first: all are alike."""
        dtype = nest.flatten(self._initial_cell_state)[0].dtype
        log_probs = one_hot(
            filling.zeros([self._batch_size], dtype=dtypes.int32),
            depth=self._beam_width,
            on_value=convert_to_tensor(0.0, dtype),
            off_value=convert_to_tensor(-np.inf, dtype),
            dtype=dtype,
        )
        seen = attention_probs(self._initial_cell_state, self._coverage_penalty_weight)
        state = BeamSearchDecoderState(
            cell_state=self._initial_cell_state,
            log_probs=log_probs,
            finished=self._finished,
            lengths=filling.zeros([self._batch_size, self._beam_width], dtype=dtypes.int64),
            accumulated_attention_probs=() if seen is None else seen,
        )
        return self._finished, self._start_inputs, state

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        with name_scope(name, "BeamSearchDecoderStep", [time]):
            sizes = self._cell.state_size
            inputs = nest.map_structure(
                lambda each: self._merge_batch_beams(each, each.shape[2:]), inputs
            )
            cell_state = nest.map_structure(self._maybe_merge_batch_beams, state.cell_state, sizes)
            outputs, cell_state = self._cell(inputs, cell_state)
            outputs = nest.map_structure(
                lambda each: self._split_batch_beams(each, each.shape[1:]), outputs
            )
            cell_state = nest.map_structure(self._maybe_split_batch_beams, cell_state, sizes)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            output, next_state = beam_search_step(
                time=time,
                logits=outputs,
                next_cell_state=cell_state,
                beam_state=state,
                batch_size=self._batch_size,
                beam_width=self._beam_width,
                end_token=self._end_token,
                length_penalty_weight=self._length_penalty_weight,
                coverage_penalty_weight=self._coverage_penalty_weight,
            )
            next_inputs = cond(
                reduce_all(next_state.finished),
                lambda: self._start_inputs,
                lambda: self._embedding_fn(output.predicted_ids),
            )
        return output, next_state, next_inputs, next_state.finished

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """(FinalBeamSearchDecoderOutput, final state): each beam's words, followed back."""
        longest = casts.cast(reduce_max(final_state.lengths, axis=1), dtypes.int32)
        predicted = gather_tree(
            outputs.predicted_ids,
            outputs.parent_ids,
            max_sequence_lengths=longest,
            end_token=self._end_token,
        )
        if self._reorder_tensor_arrays:
            cell_state = nest.map_structure(
                lambda part: self._maybe_sorted(part, outputs.parent_ids, final_state.lengths),
                final_state.cell_state,
            )
            final_state = final_state._replace(cell_state=cell_state)
        return FinalBeamSearchDecoderOutput(predicted, outputs), final_state

    def _merge_batch_beams(self, t: Tensor, s: Any = None) -> Tensor:
        """[batch, beams, *s] -> [batch * beams, *s]"""
        sizes = shape_of.shape(t)
        batch = constant_value(self._batch_size)
        merged = None if batch is None else int(batch) * self._beam_width
        new_sizes = joining.concat(([self._batch_size * self._beam_width], sizes[2:]), 0)
        reshaped = reshaping.reshape(t, new_sizes)
        reshaped.set_shape(TensorShape([merged]).concatenate(_shape_of(s)))
        return reshaped

    def _split_batch_beams(self, t: Tensor, s: Any = None) -> Tensor:
        """[batch * beams, *s] -> [batch, beams, *s]; ValueError if they do not fit."""
        sizes = shape_of.shape(t)
        new_sizes = joining.concat(([self._batch_size, self._beam_width], sizes[1:]), 0)
        reshaped = reshaping.reshape(t, new_sizes)
        batch = constant_value(self._batch_size)
        expected = TensorShape([batch, self._beam_width]).concatenate(_shape_of(s))
        if not reshaped.shape.is_compatible_with(expected):
            raise ValueError(
                "Unexpected behavior when reshaping between beam width and batch size.  The "
                f"reshaped tensor has shape: {reshaped.shape}.  We expected it to have shape "
                f"(batch_size, beam_width, depth) == {expected}.  Perhaps you forgot to create a "
                "zero_state with batch_size=encoder_batch_size * beam_width?"
            )
        reshaped.set_shape(expected)
        return reshaped

    def _maybe_split_batch_beams(self, t: Any, s: Any) -> Any:
        if isinstance(t, TensorArray):
            return t
        check_rank(t)
        return self._split_batch_beams(t, s) if t.shape.ndims >= 1 else t

    def _maybe_merge_batch_beams(self, t: Any, s: Any) -> Any:
        if isinstance(t, TensorArray):
            return t
        check_rank(t)
        return self._merge_batch_beams(t, s) if t.shape.ndims >= 2 else t

    def _maybe_sorted(self, t: Any, parent_ids: Tensor, lengths: Tensor) -> Any:
        """A TensorArray's elements in the order of the sequences that were found."""
        if not isinstance(t, TensorArray):
            return t
        shape = t.element_shape
        if shape.ndims is None or shape.ndims < 1:
            warning(
                f"The TensorArray {t.handle.name} in the cell state is not amenable to sorting "
                "based on the beam search result. For a TensorArray to be sorted, its elements "
                f"shape must be defined and have at least a rank of 1, but saw shape: {shape}"
            )
            return t
        if not may_have_beams(shape, constant_value(self._batch_size), self._beam_width):
            return t
        rows = t.stack()
        check = assert_beams(rows, self._batch_size, self._beam_width)
        with control_dependencies([check]):
            return gather_tree_from_array(rows, parent_ids, lengths)


def _shape_of(s: Any) -> TensorShape:
    return as_shape(constant_value(s)) if isinstance(s, Tensor) else TensorShape(s)
