"""The steps of dynamic programming over a chain of tags, as recurrent cells."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import dimension_value
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.ops.array import ranging, reshaping, scattering, shape_of, stacking
from stillflow.ops.math import casts
from stillflow.ops.reduce import argmax, composed, reductions

Pair = tuple[Tensor, Tensor]


class _Transitions(RNNCell):
    """A cell over tags, f[b, tags], whose `transition_params`, f[tags, tags], are given."""

    def __init__(self, transition_params: Any):
        # The parts of a layer's state are not made: no variable is this cell's.
        self._transition_params = reshaping.expand_dims(transition_params, 0)
        self._num_tags = dimension_value(transition_params.shape[0])

    @property
    def state_size(self) -> Any:
        return self._num_tags

    @property
    def output_size(self) -> Any:
        return self._num_tags

    def _scores(self, state: Any) -> Tensor:
        """state: f[b, tags] -> f[b, tags, tags], with what each transition adds."""
        return reshaping.expand_dims(state, 2) + self._transition_params


class CrfForwardRnnCell(_Transitions):
    """One step of the forward algorithm: log sums over all sequences that end in each tag.

    The state and the output are f[b, tags]; `transition_params` is f[tags, tags].
    """

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Pair:
        alphas = inputs + composed.reduce_logsumexp(self._scores(state), [1])
        return alphas, alphas


class CrfDecodeForwardRnnCell(_Transitions):
    """One step of Viterbi's algorithm: the highest scores of sequences that end in each tag.

    The output, i32[b, tags], is the tag before; the state are the scores, f[b, tags].
    """

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Pair:
        scores = self._scores(state)
        new_state = inputs + reductions.reduce_max(scores, [1])
        return casts.cast(argmax.argmax(scores, 1), dtypes.int32), new_state


class CrfDecodeBackwardRnnCell(RNNCell):
    """One step back through the tags before, i32[b, num_tags], from a tag, i32[b, 1]."""

    def __init__(self, num_tags: Any):
        self._num_tags = num_tags

    @property
    def state_size(self) -> int:
        return 1

    @property
    def output_size(self) -> int:
        return 1

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Pair:
        tags = reshaping.squeeze(state, axis=[1])
        rows = ranging.range_(shape_of.shape(inputs)[0])
        indices = stacking.stack([rows, tags], axis=1)
        before = reshaping.expand_dims(scattering.gather_nd_op(inputs, indices), axis=-1)
        return before, before
