"""Training with samples among the inputs: the decoder learns to go on from its own mistakes.

Bengio et al., "Scheduled sampling for sequence prediction" (NIPS 2015).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.layers.recurrent.dynamic import transpose_batch_time
from stillflow.layers.seq2seq.helpers import TrainingHelper, embedding_of, unstacked
from stillflow.layers.seq2seq.sampling import bernoulli_sample, categorical_sample
from stillflow.ops.array import filling, joining, scattering, selecting, shape_of
from stillflow.ops.array.batch_gather import gather_nd
from stillflow.ops.control.cond import cond
from stillflow.ops.math import casts, comparison
from stillflow.ops.reduce.reductions import reduce_all, reduce_any


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """TrainingHelper whose inputs are, with some probability, embeddings of samples.

    Args:
      inputs, sequence_length, time_major: as for TrainingHelper.
      embedding: a table, or a function of ids i32[n].
      sampling_probability: f[] or f[batch], of taking a sample.
      seed: of the samples.
      scheduling_seed: of whether one is taken.

    Raises:
      ValueError: the probability is neither a scalar nor a vector.
    """

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        embedding: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: int | None = None,
        scheduling_seed: int | None = None,
        name: str | None = None,
    ):
        with name_scope(name, "ScheduledEmbeddingSamplingWrapper", [sampling_probability]):
            self._embedding_fn = embedding_of(embedding)
            self._sampling_probability = probability_of(sampling_probability)
            self._seed = seed
            self._scheduling_seed = scheduling_seed
            super().__init__(inputs, sequence_length, time_major, name)

    def sample(
        self, time: Any, outputs: Any, state: Any = None, name: str | None = None, **unused: Any
    ) -> Tensor:
        with name_scope(name, "ScheduledEmbeddingTrainingHelperSample", [time, outputs]):
            is_sampled = bernoulli_sample(
                probs=self._sampling_probability,
                dtype=dtypes.bool,
                sample_shape=self.batch_size,
                seed=self._scheduling_seed,
            )
            samples = categorical_sample(logits=outputs, seed=self._seed)
            return selecting.where(is_sampled, samples, filling.fill_op([self.batch_size], -1))

    def next_inputs(
        self,
        time: Any,
        outputs: Any,
        state: Any,
        sample_ids: Any = None,
        name: str | None = None,
        **unused: Any,
    ) -> Any:
        scope = name_scope(
            name, "ScheduledEmbeddingTrainingHelperNextInputs", [time, outputs, sample_ids]
        )
        with scope:
            finished, true_inputs, state = super().next_inputs(
                time, outputs, state, sample_ids, name
            )

            def mixed() -> Tensor:
                sampled = casts.cast(selecting.where(sample_ids > -1), dtypes.int32)
                others = casts.cast(selecting.where(sample_ids <= -1), dtypes.int32)
                ids = gather_nd(sample_ids, sampled)
                kept = gather_nd(true_inputs, others)
                return _scattered(true_inputs, sampled, self._embedding_fn(ids), others, kept)

            inputs = cond(reduce_all(finished), lambda: true_inputs, mixed)
            return finished, inputs, state


class ScheduledOutputTrainingHelper(TrainingHelper):
    """TrainingHelper whose inputs are, with some probability, the outputs of the step before.

    Args:
      inputs, sequence_length, time_major: as for TrainingHelper.
      sampling_probability: f[] or f[batch], of taking an output.
      next_inputs_fn: makes inputs of outputs; by default they are the same.
      auxiliary_inputs: what is put behind all inputs, of the shape of `inputs` but for the last
        axis.

    Raises:
      ValueError: the probability is neither a scalar nor a vector.
    """

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: int | None = None,
        next_inputs_fn: Callable[..., Any] | None = None,
        auxiliary_inputs: Any = None,
        name: str | None = None,
    ):
        values = [inputs, auxiliary_inputs, sampling_probability]
        with name_scope(name, "ScheduledOutputTrainingHelper", values):
            self._sampling_probability = probability_of(sampling_probability)
            every_input = inputs
            if auxiliary_inputs is not None:
                inputs = convert_to_tensor(inputs, name="inputs")
                auxiliary_inputs = convert_to_tensor(auxiliary_inputs, name="auxiliary_inputs")
                every_input = nest.map_structure(_side_by_side, inputs, auxiliary_inputs)
                if not time_major:
                    auxiliary_inputs = nest.map_structure(transpose_batch_time, auxiliary_inputs)
            self._auxiliary_arrays = (
                None
                if auxiliary_inputs is None
                else nest.map_structure(unstacked, auxiliary_inputs)
            )
            self._seed = seed
            self._next_inputs_fn = next_inputs_fn
            super().__init__(every_input, sequence_length, time_major, name)

    def sample(
        self, time: Any, outputs: Any, state: Any = None, name: str | None = None, **unused: Any
    ) -> Tensor:
        with name_scope(name, "ScheduledOutputTrainingHelperSample", [time, outputs]):
            return bernoulli_sample(
                probs=self._sampling_probability, sample_shape=self.batch_size, seed=self._seed
            )

    def next_inputs(
        self,
        time: Any,
        outputs: Any,
        state: Any,
        sample_ids: Any = None,
        name: str | None = None,
        **unused: Any,
    ) -> Any:
        scope = name_scope(
            name, "ScheduledOutputTrainingHelperNextInputs", [time, outputs, sample_ids]
        )
        with scope:
            finished, true_inputs, state = super().next_inputs(
                time, outputs, state, sample_ids, name
            )
            is_sampled = casts.cast(sample_ids, dtypes.bool)
            all_finished = reduce_all(finished)
            none_sampled = comparison.logical_not(reduce_any(is_sampled))
            inputs = cond(
                comparison.logical_or(all_finished, none_sampled),
                lambda: true_inputs,
                lambda: self._mixed(time, outputs, true_inputs, is_sampled),
            )
            return finished, inputs, state

    def _mixed(self, time: Any, outputs: Any, true_inputs: Any, is_sampled: Tensor) -> Tensor:
        """Outputs where they are taken, else true inputs."""
        if self._next_inputs_fn is None:
            made = self._with_auxiliary(time, outputs)
            return selecting.where(is_sampled, made, true_inputs)
        sampled = casts.cast(selecting.where(is_sampled), dtypes.int32)
        others = casts.cast(selecting.where(comparison.logical_not(is_sampled)), dtypes.int32)
        taken = gather_nd(outputs, sampled)
        kept = gather_nd(true_inputs, others)
        made = self._with_auxiliary(time, self._next_inputs_fn(taken), sampled)
        return _scattered(true_inputs, sampled, made, others, kept)

    def _with_auxiliary(self, time: Any, outputs: Any, indices: Any = None) -> Any:
        if self._auxiliary_arrays is None:
            return outputs
        next_time = time + 1
        auxiliary = nest.map_structure(lambda array: array.read(next_time), self._auxiliary_arrays)
        if indices is not None:
            auxiliary = gather_nd(auxiliary, indices)
        return nest.map_structure(_side_by_side, outputs, auxiliary)


def probability_of(sampling_probability: Any) -> Tensor:
    """A probability, f[] or f[batch]. ValueError where it is of a higher rank."""
    probability = convert_to_tensor(sampling_probability, name="sampling_probability")
    if probability.shape.ndims not in (0, 1):
        raise ValueError(
            "sampling_probability must be either a scalar or a vector. saw shape: "
            f"{probability.shape}"
        )
    return probability


def _side_by_side(x: Any, y: Any) -> Tensor:
    return joining.concat((x, y), -1)


def _scattered(like: Any, places: Any, rows: Any, other_places: Any, other_rows: Any) -> Tensor:
    """Rows at places, and others at the other places, in the shape of `like`."""
    sizes = shape_of.shape(like)
    return scattering.scatter_nd(places, rows, sizes) + scattering.scatter_nd(
        other_places, other_rows, sizes
    )
