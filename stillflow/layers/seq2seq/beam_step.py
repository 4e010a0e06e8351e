"""One step of a search over beams: all continuations are scored, and the best are kept."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers.seq2seq.wrapper import AttentionWrapperState
from stillflow.ops.array import (
    filling,
    gathering,
    joining,
    ranging,
    reshaping,
    selecting,
    shape_of,
    tiling,
)
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import arithmetic, casts, comparison, division, elementwise
from stillflow.ops.nn.softmax import log_softmax
from stillflow.ops.nn.top_k import top_k
from stillflow.ops.reduce.reductions import reduce_mean, reduce_sum
from stillflow.ops.tensor_array.tensor_array import TensorArray
from stillflow.platform.deprecation import silence


class BeamSearchDecoderState(NamedTuple):
    """The state of a search: all parts are [batch, beams, ...]."""

    cell_state: Any
    log_probs: Any
    finished: Any
    lengths: Any
    accumulated_attention_probs: Any


class BeamSearchDecoderOutput(NamedTuple):
    """What a step gives, [batch, beams]: scores, words, and the beams that these go on from."""

    scores: Any
    predicted_ids: Any
    parent_ids: Any


def beam_search_step(
    time: Any,
    logits: Any,
    next_cell_state: Any,
    beam_state: BeamSearchDecoderState,
    batch_size: Any,
    beam_width: int,
    end_token: Any,
    length_penalty_weight: Any,
    coverage_penalty_weight: Any,
) -> tuple[BeamSearchDecoderOutput, BeamSearchDecoderState]:
    """The best `beam_width` words after all beams, logits: f[batch, beams, words]."""
    static_batch = constant_value(batch_size)
    finished = beam_state.finished
    not_finished = comparison.logical_not(finished)
    log_probs = masked_probs(log_softmax(logits), end_token, finished)
    total = reshaping.expand_dims(beam_state.log_probs, 2) + log_probs
    words = logits.shape.dims[-1].value or shape_of.shape(logits)[-1]
    lengths = _longer_lengths(beam_state, not_finished, batch_size, beam_width, end_token, words)
    attention = attention_probs(next_cell_state, coverage_penalty_weight)
    seen = None
    if attention is not None:
        weights = reshaping.expand_dims(casts.cast(not_finished, dtypes.float32), 2)
        seen = beam_state.accumulated_attention_probs + attention * weights
    scores = scores_of(
        total, lengths, length_penalty_weight, coverage_penalty_weight, finished, seen
    )
    convert_to_tensor(time, name="time")
    flat_scores = reshaping.reshape(scores, [batch_size, -1])
    count = convert_to_tensor(beam_width, dtypes.int32, "beam_width")
    best, places = top_k(flat_scores, k=count)
    best.set_shape([static_batch, beam_width])
    places.set_shape([static_batch, beam_width])
    gathered = _Gathering(batch_size, beam_width)
    best_probs = gathered(places, total, beam_width * words, [-1], name="next_beam_probs")
    ids = casts.cast(division.floormod(places, words, name="next_beam_word_ids"), dtypes.int32)
    parents = casts.cast(places / words, dtypes.int32, name="next_beam_parent_ids")
    was_finished = gathered(parents, finished, beam_width, [-1])
    is_finished = comparison.logical_or(
        was_finished, comparison.equal(ids, end_token), name="next_beam_finished"
    )
    more = casts.cast(comparison.logical_not(was_finished), dtypes.int64)
    next_lengths = gathered(parents, beam_state.lengths, beam_width, [-1]) + more
    next_seen: Any = ()
    if seen is not None:
        next_seen = gathered(
            parents,
            seen,
            beam_width,
            [batch_size * beam_width, -1],
            name="next_accumulated_attention_probs",
        )
    next_cell_state = nest.map_structure(
        lambda part: gathered.state(parents, part), next_cell_state
    )
    state = BeamSearchDecoderState(
        cell_state=next_cell_state,
        log_probs=best_probs,
        lengths=next_lengths,
        finished=is_finished,
        accumulated_attention_probs=next_seen,
    )
    return BeamSearchDecoderOutput(best, ids, parents), state


def _longer_lengths(
    state: BeamSearchDecoderState,
    not_finished: Tensor,
    batch_size: Any,
    beam_width: int,
    end_token: Any,
    words: Any,
) -> Tensor:
    """i64[batch, beams, words]: one more than before, but for an end and what has ended."""
    ends = filling.fill([batch_size, beam_width], end_token)
    with silence():
        none, one = casts.to_int64(0), casts.to_int64(1)
    more = one_hot(
        ends,
        depth=words,
        on_value=none,
        off_value=one,
        dtype=dtypes.int64,
    )
    more = more * reshaping.expand_dims(casts.cast(not_finished, dtypes.int64), 2)
    return more + reshaping.expand_dims(state.lengths, 2)


def attention_probs(cell_state: Any, coverage_penalty_weight: Any) -> Tensor | None:
    """The mean alignments of a cell's state, f[batch, beams, memory time], if they are wanted.

    Raises:
      ValueError: there are none.
    """
    if coverage_penalty_weight == 0.0:
        return None
    found: list[Tensor] = []
    if isinstance(cell_state, AttentionWrapperState):
        found = [_mean_alignments(cell_state.alignments)]
    elif isinstance(cell_state, tuple):
        found = [
            _mean_alignments(part.alignments)
            for part in cell_state
            if isinstance(part, AttentionWrapperState)
        ]
    if not found:
        raise ValueError("coverage_penalty_weight must be 0.0 if no cell is attentional.")
    return found[0] if len(found) == 1 else _mean_alignments(tuple(found))


def _mean_alignments(alignments: Any) -> Tensor:
    if not isinstance(alignments, tuple):
        return alignments
    columns = [reshaping.expand_dims(each, -1) for each in alignments]
    return reduce_mean(joining.concat(columns, -1), -1)


def scores_of(
    log_probs: Any,
    sequence_lengths: Any,
    length_penalty_weight: Any,
    coverage_penalty_weight: Any,
    finished: Any,
    accumulated_attention_probs: Any,
) -> Tensor:
    """Log probabilities, made comparable for several lengths, and less for what was not read.

    Wu et al., "Google's neural machine translation system" (2016), equation 14.

    Raises:
      ValueError: the weight of coverage is no scalar, or there is no attention for it.
    """
    penalty = length_penalty(sequence_lengths, length_penalty_weight)
    scores = log_probs / casts.cast(penalty, log_probs.dtype)
    weight = convert_to_tensor(coverage_penalty_weight, name="coverage_penalty_weight")
    if weight.shape.ndims != 0:
        raise ValueError(
            f"coverage_penalty_weight should be a scalar, but saw shape: {weight.shape}"
        )
    if constant_value(weight) == 0.0:
        return scores
    seen = accumulated_attention_probs
    if seen is None:
        raise ValueError(
            "accumulated_attention_probs can be None only if coverage penalty is disabled."
        )
    seen = selecting.where(comparison.equal(seen, 0.0), filling.ones_like(seen), seen)
    coverage = reduce_sum(elementwise.log(arithmetic.minimum(seen, 1.0)), 2)
    coverage = coverage * casts.cast(finished, dtypes.float32)
    return scores + reshaping.expand_dims(coverage * weight, 2)


def length_penalty(sequence_lengths: Any, penalty_factor: Any) -> Any:
    """((5 + length) / 6) ** factor; 1 for a factor of 0."""
    factor = convert_to_tensor(penalty_factor, name="penalty_factor")
    factor.set_shape(())
    known = constant_value(factor)
    if known is not None and known == 0:
        return 1.0
    lengths = casts.cast(sequence_lengths, dtypes.float32)
    return division.div((5.0 + lengths) ** factor, (5.0 + 1.0) ** factor)


def masked_probs(log_probs: Tensor, end_token: Any, finished: Tensor) -> Tensor:
    """What has ended goes on with its end alone."""
    words = shape_of.shape(log_probs)[2]
    row = one_hot(
        end_token,
        words,
        dtype=log_probs.dtype,
        on_value=convert_to_tensor(0.0, log_probs.dtype),
        off_value=log_probs.dtype.min,
    )
    rows = tiling.tile(
        reshaping.reshape(row, [1, 1, -1]), joining.concat([shape_of.shape(finished), [1]], 0)
    )
    mask = tiling.tile(reshaping.expand_dims(finished, 2), [1, 1, words])
    return selecting.where(mask, rows, log_probs)


class _Gathering:
    """Takes parts of beams by their places within each row of a batch."""

    def __init__(self, batch_size: Any, beam_width: int):
        self._batch_size, self._beam_width = batch_size, beam_width

    def __call__(
        self, places: Tensor, x: Tensor, per_row: Any, shape: list, name: str | None = None
    ) -> Tensor:
        """places: i32[batch, beams], x: [batch, `per_row`...], in `shape` -> [batch, beams...]"""
        with name_scope(name, "tensor_gather_helper"):
            starts = reshaping.expand_dims(ranging.range_(self._batch_size) * per_row, 1)
            places = reshaping.reshape(places + starts, [-1])
            taken = gathering.gather(reshaping.reshape(x, shape), places)
            axes = 1 + len(shape)
            sizes = shape_of.shape(x)[:axes]
            known = TensorShape([constant_value(self._batch_size)]).concatenate(x.shape[1:axes])
            taken = reshaping.reshape(taken, sizes, name="output")
            taken.set_shape(known)
            return taken

    def state(self, parents: Tensor, x: Any) -> Any:
        """A part of a cell's state; what has no axis for beams stays as it is."""
        shape = [self._batch_size * self._beam_width, -1]
        if isinstance(x, TensorArray):
            return x
        check_rank(x)
        if x.shape.ndims < 2:
            return x
        return self(parents, x, self._beam_width, shape)


def check_rank(x: Any) -> None:
    if x.shape.ndims is None:
        raise ValueError(f"Expected tensor ({x}) to have known rank, but ndims == None.")
