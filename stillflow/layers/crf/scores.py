"""Scores of tag sequences, and how likely they are.

Lafferty et al., "Conditional random fields" (ICML 2001). Throughout, `inputs` are f[b, time, tags],
the score of each tag at each time; `transition_params`, f[tags, tags], that of a tag after another;
`tag_indices` i[b, time], and `sequence_lengths` i[b].
"""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import dimension_value
from stillflow.layers.crf.cells import CrfForwardRnnCell
from stillflow.layers.recurrent.dynamic import dynamic_rnn
from stillflow.layers.utils import smart_cond
from stillflow.ops.array import (
    filling,
    gathering,
    joining,
    masking,
    ranging,
    reshaping,
    scattering,
    selecting,
    shape_of,
    slicing,
)
from stillflow.ops.math import arithmetic, casts, comparison
from stillflow.ops.reduce import composed, reductions
from stillflow.ops.variables.scope import get_variable
from stillflow.platform.deprecation import silence


def crf_sequence_score(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any
) -> Tensor:
    """Returns f[b], the scores of the tags and transitions of each sequence, added up."""

    def of_one() -> Tensor:
        count = shape_of.shape(inputs, out_type=tag_indices.dtype)[0]
        rows = reshaping.reshape(ranging.range_(count, dtype=tag_indices.dtype), [-1, 1])
        scores = scattering.gather_nd_op(
            reshaping.squeeze(inputs, [1]), joining.concat([rows, tag_indices], axis=1)
        )
        return _without_empty(scores, sequence_lengths)

    def of_several() -> Tensor:
        unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
        return unary + crf_binary_score(tag_indices, sequence_lengths, transition_params)

    return smart_cond(pred=has_one_step(inputs), true_fn=of_one, false_fn=of_several)


def crf_multitag_sequence_score(
    inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any
) -> Tensor:
    """Returns f[b], the log sum of the scores of all sequences of the tags in a set.

    tag_bitmap: bool[b, time, tags], the tags that may be at each time.
    """

    def allowed() -> Tensor:
        none = filling.fill(shape_of.shape(inputs), float("-inf"))
        return selecting.where(tag_bitmap, inputs, none)

    def of_one() -> Tensor:
        return composed.reduce_logsumexp(allowed(), axis=[1, 2], keepdims=False)

    def of_several() -> Tensor:
        return crf_log_norm(allowed(), sequence_lengths, transition_params)

    return smart_cond(pred=has_one_step(inputs), true_fn=of_one, false_fn=of_several)


def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Tensor:
    """Returns f[b], the log sum of the scores of all tag sequences."""
    first = reshaping.squeeze(slicing.slice_(inputs, [0, 0, 0], [-1, 1, -1]), [1])

    def of_one() -> Tensor:
        return _without_empty(composed.reduce_logsumexp(first, [1]), sequence_lengths)

    def of_several() -> Tensor:
        rest = slicing.slice_(inputs, [0, 1, 0], [-1, -1, -1])
        cell = CrfForwardRnnCell(transition_params)
        lengths = one_less(sequence_lengths)
        with silence():
            _, alphas = dynamic_rnn(
                cell, rest, sequence_length=lengths, initial_state=first, dtype=dtypes.float32
            )
        return _without_empty(composed.reduce_logsumexp(alphas, [1]), sequence_lengths)

    return smart_cond(pred=has_one_step(inputs), true_fn=of_one, false_fn=of_several)


def crf_log_likelihood(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None
) -> tuple[Tensor, Any]:
    """Returns f[b], the log likelihood of the tags of each sequence, and the transitions.

    Without `transition_params` these are a new variable, "transitions".
    """
    num_tags = dimension_value(inputs.shape[2])
    if transition_params is None:
        transition_params = get_variable("transitions", [num_tags, num_tags])
    scores = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return scores - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Tensor:
    """Returns f[b], the scores of the tags of each sequence alone, added up."""
    batch, time, tags = (shape_of.shape(inputs)[axis] for axis in range(3))
    flat_inputs = reshaping.reshape(inputs, [-1])
    offsets = reshaping.expand_dims(ranging.range_(batch) * time * tags, 1)
    offsets = offsets + reshaping.expand_dims(ranging.range_(time) * tags, 0)
    if tag_indices.dtype == dtypes.int64:
        offsets = casts.cast(offsets, dtypes.int64)
    flat_tags = reshaping.reshape(offsets + tag_indices, [-1])
    scores = reshaping.reshape(gathering.gather(flat_inputs, flat_tags), [batch, time])
    return reductions.reduce_sum(scores * _masks(sequence_lengths, tag_indices), 1)


def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Tensor:
    """Returns f[b], the scores of the transitions of each sequence alone, added up."""
    num_tags = transition_params.shape[0]
    count = shape_of.shape(tag_indices)[1] - 1
    starts = slicing.slice_(tag_indices, [0, 0], [-1, count])
    ends = slicing.slice_(tag_indices, [0, 1], [-1, count])
    flat_places = starts * num_tags + ends
    flat_params = reshaping.reshape(transition_params, [-1])
    scores = gathering.gather(flat_params, flat_places)
    masks = slicing.slice_(_masks(sequence_lengths, tag_indices), [0, 1], [-1, -1])
    return reductions.reduce_sum(scores * masks, 1)


def has_one_step(inputs: Any) -> Tensor:
    """bool[], whether sequences have one step, for which there is no transition."""
    known = dimension_value(inputs.shape[1])
    return comparison.equal(known or shape_of.shape(inputs)[1], 1)


def one_less(sequence_lengths: Any) -> Tensor:
    """The numbers of transitions; never less than none."""
    return arithmetic.maximum(constant(0, sequence_lengths.dtype), sequence_lengths - 1)


def _masks(sequence_lengths: Any, tag_indices: Any) -> Tensor:
    longest = shape_of.shape(tag_indices)[1]
    return masking.sequence_mask(sequence_lengths, maxlen=longest, dtype=dtypes.float32)


def _without_empty(scores: Tensor, sequence_lengths: Any) -> Tensor:
    """0 for an empty sequence."""
    is_empty = comparison.less_equal(sequence_lengths, 0)
    return selecting.where(is_empty, filling.zeros_like(scores), scores)
