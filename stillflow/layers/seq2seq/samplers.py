"""What decoders that are layers of Keras are given as next inputs.

A sampler is a helper (`helpers`, `scheduled`) whose inputs come with the call of the decoder.
"""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.scopes import get_name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers.seq2seq import helpers, scheduled


class Sampler(abc.ABC):
    """What BasicDecoderV2 asks for samples and inputs; programs write their own.

    `batch_size`, `sample_ids_shape` and `sample_ids_dtype` are as for a Helper.
    """

    @abc.abstractmethod
    def initialize(self, inputs: Any, **kwargs: Any) -> Any:
        """Returns (bool[batch], which are finished; the first inputs)."""

    @abc.abstractmethod
    def sample(self, time: Any, outputs: Any, state: Any) -> Any:
        """Returns the samples of a step."""

    @abc.abstractmethod
    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any) -> Any:
        """Returns (bool[batch], which are finished; the next inputs; the next state)."""

    @property
    @abc.abstractmethod
    def batch_size(self) -> Any:
        """The number of sequences."""
        raise NotImplementedError("batch_size has not been implemented")

    @property
    @abc.abstractmethod
    def sample_ids_shape(self) -> Any:
        """The shape of samples, without the batch."""
        raise NotImplementedError("sample_ids_shape has not been implemented")

    @property
    @abc.abstractmethod
    def sample_ids_dtype(self) -> Any:
        """The type of samples."""
        raise NotImplementedError("sample_ids_dtype has not been implemented")


class _OfHelper(Sampler):
    """A sampler that makes a helper of the inputs of each call."""

    def __init__(self) -> None:
        self._helper: Any = None

    def _begin(self, helper: helpers.Helper) -> Any:
        self._helper = helper
        return helper.initialize(name=_current_scope())

    def sample(self, time: Any, outputs: Any, state: Any) -> Any:
        return self._helper.sample(time=time, outputs=outputs, state=state, name=_current_scope())

    def next_inputs(self, time: Any, outputs: Any, state: Any, sample_ids: Any) -> Any:
        return self._helper.next_inputs(
            time=time,
            outputs=outputs,
            state=state,
            sample_ids=sample_ids,
            name=_current_scope(),
        )

    @property
    def batch_size(self) -> Any:
        if self._helper is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._helper.batch_size

    @property
    def sample_ids_shape(self) -> TensorShape:
        return TensorShape([])

    @property
    def sample_ids_dtype(self) -> Any:
        return dtypes.int32


class CustomSampler(_OfHelper):
    """A sampler of functions that are given.

    Args:
      initialize_fn: (inputs, ...) -> (finished, first inputs).
      All others are as for CustomHelper.
    """

    def __init__(
        self,
        initialize_fn: Callable[..., Any],
        sample_fn: Callable[..., Any],
        next_inputs_fn: Callable[..., Any],
        sample_ids_shape: Any = None,
        sample_ids_dtype: Any = None,
    ):
        super().__init__()
        self._initialize_fn = initialize_fn
        self._given = (sample_fn, next_inputs_fn, sample_ids_shape, sample_ids_dtype)

    def initialize(self, inputs: Any, **kwargs: Any) -> Any:
        begin = lambda: self._initialize_fn(inputs, **kwargs)
        return self._begin(helpers.CustomHelper(begin, *self._given))

    @property
    def sample_ids_shape(self) -> TensorShape:
        return TensorShape(self._given[2] or [])

    @property
    def sample_ids_dtype(self) -> Any:
        return self._given[3] or dtypes.int32


class TrainingSampler(_OfHelper):
    """TrainingHelper as a sampler. ValueError in a call without lengths."""

    def __init__(self, time_major: bool = False):
        super().__init__()
        self.time_major = time_major

    def initialize(self, inputs: Any, sequence_length: Any = None, **kwargs: Any) -> Any:
        if sequence_length is None:
            raise ValueError("sequence_length is required for TrainingSampler")
        lengths = convert_to_tensor(sequence_length, name="sequence_length")
        return self._begin(self._helper_for(inputs, lengths, **kwargs))

    def _helper_for(self, inputs: Any, sequence_length: Any) -> helpers.Helper:
        return helpers.TrainingHelper(
            inputs, sequence_length, self.time_major, name=_current_scope()
        )


class ScheduledEmbeddingTrainingSampler(TrainingSampler):
    """ScheduledEmbeddingTrainingHelper as a sampler; a table may come with the call.

    Raises:
      ValueError: `embedding_fn` cannot be called; in a call, there is neither it nor a table.
    """

    def __init__(
        self,
        sampling_probability: Any,
        embedding_fn: Callable[[Any], Any] | None = None,
        time_major: bool = False,
        seed: int | None = None,
        scheduling_seed: int | None = None,
    ):
        super().__init__(time_major)
        self.embedding_fn = _checked(embedding_fn, "callable")
        self.sampling_probability = scheduled.probability_of(sampling_probability)
        self.seed, self.scheduling_seed = seed, scheduling_seed

    def _helper_for(
        self, inputs: Any, sequence_length: Any, embedding: Any = None
    ) -> helpers.Helper:
        if self.embedding_fn is None and embedding is None:
            raise ValueError(
                "embedding is required as a keyword argument for ScheduledEmbeddingTrainingSampler"
            )
        return scheduled.ScheduledEmbeddingTrainingHelper(
            inputs,
            sequence_length,
            self.embedding_fn or embedding,
            self.sampling_probability,
            self.time_major,
            self.seed,
            self.scheduling_seed,
            name=_current_scope(),
        )


class ScheduledOutputTrainingSampler(TrainingSampler):
    """ScheduledOutputTrainingHelper as a sampler; auxiliary inputs come with the call."""

    def __init__(
        self,
        sampling_probability: Any,
        time_major: bool = False,
        seed: int | None = None,
        next_inputs_fn: Callable[..., Any] | None = None,
    ):
        super().__init__(time_major)
        self.sampling_probability = scheduled.probability_of(sampling_probability)
        self.seed, self.next_inputs_fn = seed, next_inputs_fn

    def _helper_for(
        self, inputs: Any, sequence_length: Any, auxiliary_inputs: Any = None
    ) -> helpers.Helper:
        return scheduled.ScheduledOutputTrainingHelper(
            inputs,
            sequence_length,
            self.sampling_probability,
            self.time_major,
            self.seed,
            self.next_inputs_fn,
            auxiliary_inputs,
            name=_current_scope(),
        )


class GreedyEmbeddingSampler(_OfHelper):
    """GreedyEmbeddingHelper as a sampler, called with a table, or with None.

    Raises:
      ValueError: `embedding_fn` cannot be called.
    """

    def __init__(self, embedding_fn: Callable[[Any], Any] | None = None):
        super().__init__()
        self.embedding_fn = _checked(embedding_fn, "a callable")

    def initialize(  # type: ignore[override]  # a table in place of inputs
        self, embedding: Any, start_tokens: Any = None, end_token: Any = None
    ) -> Any:
        return self._begin(
            self._helper_for(self.embedding_fn or embedding, start_tokens, end_token)
        )

    def _helper_for(self, embedding: Any, start_tokens: Any, end_token: Any) -> helpers.Helper:
        return helpers.GreedyEmbeddingHelper(embedding, start_tokens, end_token)


class SampleEmbeddingSampler(GreedyEmbeddingSampler):
    """SampleEmbeddingHelper as a sampler."""

    def __init__(
        self,
        embedding_fn: Callable[[Any], Any] | None = None,
        softmax_temperature: Any = None,
        seed: int | None = None,
    ):
        super().__init__(embedding_fn)
        self.softmax_temperature, self.seed = softmax_temperature, seed

    def _helper_for(self, embedding: Any, start_tokens: Any, end_token: Any) -> helpers.Helper:
        return helpers.SampleEmbeddingHelper(
            embedding, start_tokens, end_token, self.softmax_temperature, self.seed
        )


class InferenceSampler(_OfHelper):
    """InferenceHelper as a sampler, called with the first inputs."""

    def __init__(
        self,
        sample_fn: Callable[..., Any],
        sample_shape: Any,
        sample_dtype: Any,
        end_fn: Callable[..., Any],
        next_inputs_fn: Callable[..., Any] | None = None,
    ):
        super().__init__()
        self.sample_fn, self.sample_shape = sample_fn, TensorShape(sample_shape)
        self.sample_dtype, self.end_fn = sample_dtype, end_fn
        self.next_inputs_fn = next_inputs_fn

    def initialize(self, start_inputs: Any) -> Any:  # type: ignore[override]
        return self._begin(
            helpers.InferenceHelper(
                self.sample_fn,
                self.sample_shape,
                self.sample_dtype,
                start_inputs,
                self.end_fn,
                self.next_inputs_fn,
            )
        )

    @property
    def sample_ids_shape(self) -> TensorShape:
        return self.sample_shape

    @property
    def sample_ids_dtype(self) -> Any:
        return self.sample_dtype


def _current_scope() -> str:
    """The scope around, as a name that enters it again: samplers have none of their own."""
    scope = get_name_scope()
    return scope + "/" if scope else ""


def _checked(embedding_fn: Any, what: str) -> Any:
    if embedding_fn is None or callable(embedding_fn):
        return embedding_fn
    raise ValueError(f"embedding_fn is expected to be {what}, got {type(embedding_fn)}")
