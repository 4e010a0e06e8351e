"""The tag sequences of the highest score: Viterbi's algorithm, in a graph and outside."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import dimension_value
from stillflow.layers.crf.cells import CrfDecodeBackwardRnnCell, CrfDecodeForwardRnnCell
from stillflow.layers.crf.scores import has_one_step, one_less
from stillflow.layers.recurrent.dynamic import dynamic_rnn
from stillflow.layers.utils import smart_cond
from stillflow.ops.array import joining, reshaping, slicing
from stillflow.ops.array.reversing import reverse_sequence_op
from stillflow.ops.math import casts
from stillflow.ops.reduce import argmax, reductions
from stillflow.platform.deprecation import silence


def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[Any], Any]:
    """Returns the tags of the highest score, and it: of arrays, outside of any graph.

    score: f[time, tags], transition_params: f[tags, tags].
    """
    totals = np.zeros_like(score)
    before = np.zeros_like(score, dtype=np.int32)
    totals[0] = score[0]
    for t in range(1, score.shape[0]):
        reached = np.expand_dims(totals[t - 1], 1) + transition_params
        totals[t] = score[t] + np.max(reached, 0)
        before[t] = np.argmax(reached, 0)
    tags: list[Any] = [np.argmax(totals[-1])]
    for row in reversed(before[1:]):
        tags.append(row[tags[-1]])
    tags.reverse()
    return tags, np.max(totals[-1])


def crf_decode(
    potentials: Any, transition_params: Any, sequence_length: Any
) -> tuple[Tensor, Tensor]:
    """Returns the tags of the highest score, i32[b, time], and the scores, f[b].

    potentials: f[b, time, tags], transition_params: f[tags, tags], sequence_length: i[b].
    """

    def of_one() -> tuple[Tensor, Tensor]:
        squeezed = reshaping.squeeze(potentials, [1])
        tags = reshaping.expand_dims(argmax.argmax(squeezed, axis=1), 1)
        best = reductions.reduce_max(squeezed, axis=1)
        return casts.cast(tags, dtypes.int32), best

    def of_several() -> tuple[Tensor, Tensor]:
        num_tags = dimension_value(potentials.shape[2])
        forward = CrfDecodeForwardRnnCell(transition_params)
        first = slicing.slice_(potentials, [0, 0, 0], [-1, 1, -1])
        first = reshaping.squeeze(first, axis=[1])
        rest = slicing.slice_(potentials, [0, 1, 0], [-1, -1, -1])
        lengths = one_less(sequence_length)
        with silence():
            pointers, last = dynamic_rnn(
                forward,
                rest,
                sequence_length=lengths,
                initial_state=first,
                time_major=False,
                dtype=dtypes.int32,
            )
        pointers = reverse_sequence_op(pointers, lengths, seq_dim=1)
        backward = CrfDecodeBackwardRnnCell(num_tags)
        end = casts.cast(argmax.argmax(last, axis=1), dtypes.int32)
        end = reshaping.expand_dims(end, axis=-1)
        with silence():
            tags, _ = dynamic_rnn(
                backward,
                pointers,
                sequence_length=lengths,
                initial_state=end,
                time_major=False,
                dtype=dtypes.int32,
            )
        tags = joining.concat([end, reshaping.squeeze(tags, axis=[2])], axis=1)
        tags = reverse_sequence_op(tags, sequence_length, seq_dim=1)
        return tags, reductions.reduce_max(last, axis=1)

    return smart_cond(pred=has_one_step(potentials), true_fn=of_one, false_fn=of_several)
