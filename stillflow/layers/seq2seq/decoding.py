"""`dynamic_decode`: a loop that makes a sequence, one step of a decoder after another."""

from __future__ import annotations

import abc
import contextlib
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers.base_layer import Layer
from stillflow.layers.recurrent.dynamic import transpose_batch_time
from stillflow.layers.recurrent.sizes import zero_state_tensors
from stillflow.ops.array import filling, selecting, shape_of
from stillflow.ops.control.nodes import containing_while_context, containing_xla_context
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.known_values import constant_value
from stillflow.ops.math import comparison
from stillflow.ops.reduce.reductions import reduce_all
from stillflow.ops.tensor_array.tensor_array import TensorArray
from stillflow.ops.variables.scope import variable_scope


class Decoder(abc.ABC):
    """What makes one step of a sequence; programs write their own.

    Its properties are `batch_size`, i32[], and `output_size` and `output_dtype`, nests of one
    structure: of shapes without the batch, and of types.
    """

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        raise NotImplementedError

    @property
    def output_size(self) -> Any:
        """The shapes of a step's outputs, without the batch."""
        raise NotImplementedError

    @property
    def output_dtype(self) -> Any:
        """The types of a step's outputs."""
        raise NotImplementedError

    @abc.abstractmethod
    def initialize(self, name: str | None = None) -> Any:
        """Called once: (bool[batch], which are finished; the first inputs; the first state)."""
        raise NotImplementedError

    @abc.abstractmethod
    def step(self, time: Tensor, inputs: Any, state: Any, name: str | None = None) -> Any:
        """One step: (outputs, next state, next inputs, bool[batch], which are finished now)."""
        raise NotImplementedError

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """Called once at the end, if it is there: (outputs, final state)."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self) -> bool:
        """Whether what `step` says of being finished is all; else what finished stays so."""
        return False


class BaseDecoder(Layer):
    """A decoder that is a layer of Keras, whose call decodes: see Decoder.

    Its `initialize(inputs, initial_state, ...)` takes what the call is given.

    Args:
      output_time_major, impute_finished, maximum_iterations, parallel_iterations, swap_memory: as
        for `dynamic_decode`.
      Others by name as for `Layer`.
    """

    def __init__(
        self,
        output_time_major: bool = False,
        impute_finished: bool = False,
        maximum_iterations: Any = None,
        parallel_iterations: int = 32,
        swap_memory: bool = False,
        **kwargs: Any,
    ):
        self.output_time_major = output_time_major
        self.impute_finished = impute_finished
        self.maximum_iterations = maximum_iterations
        self.parallel_iterations = parallel_iterations
        self.swap_memory = swap_memory
        super().__init__(**kwargs)

    def call(self, inputs: Any, initial_state: Any = None, **kwargs: Any) -> Any:
        return dynamic_decode(
            self,
            self.output_time_major,
            self.impute_finished,
            self.maximum_iterations,
            self.parallel_iterations,
            self.swap_memory,
            decoder_init_input=inputs,
            decoder_init_kwargs={**kwargs, "initial_state": initial_state},
        )

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        raise NotImplementedError

    @property
    def output_size(self) -> Any:
        """The sizes of what a step gives, a nest of numbers or shapes."""
        raise NotImplementedError

    @property
    def output_dtype(self) -> Any:
        """The types of what a step gives."""
        raise NotImplementedError

    def initialize(self, inputs: Any, initial_state: Any = None, **kwargs: Any) -> Any:
        """Returns (bool[batch], which are finished; the first inputs; the first state)."""
        raise NotImplementedError

    def step(self, time: Any, inputs: Any, state: Any) -> Any:
        """Returns (outputs, next state, next inputs, which are finished)."""
        raise NotImplementedError

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """Called once at the end, if it is there: (outputs, final state)."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self) -> bool:
        """Whether what `step` says of being finished is all; else what finished stays so."""
        return False


def dynamic_decode(
    decoder: Any,
    output_time_major: bool = False,
    impute_finished: bool = False,
    maximum_iterations: Any = None,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    scope: Any = None,
    **kwargs: Any,
) -> tuple[Any, Any, Any]:
    """Makes sequences until all are finished: (outputs, final state, lengths, i32[batch]).

    Args:
      output_time_major: whether outputs are [time, batch, ...] rather than [batch, time, ...].
      impute_finished: whether what is finished keeps its state, and gives zeros.
      maximum_iterations: i32[], the most steps; by default there is no limit.
      parallel_iterations, swap_memory: as for `tf.while_loop`.
      scope: of the variables, "decoder" by default.
      decoder_init_input, decoder_init_kwargs: what a BaseDecoder's `initialize` is called with.

    Raises:
      TypeError: `decoder` is neither a Decoder nor a BaseDecoder.
      ValueError: `maximum_iterations` is no scalar.
    """
    if not isinstance(decoder, (Decoder, BaseDecoder)):
        raise TypeError(f"Expected decoder to be type Decoder, but saw: {type(decoder)}")
    with variable_scope(scope, "decoder") as entered:
        context = get_default_graph()._get_control_flow_context()
        is_for_xla = containing_xla_context(context) is not None
        is_outside = not executing_eagerly() and containing_while_context(context) is None
        if is_outside and entered.caching_device is None:
            entered.set_caching_device(lambda op: op.device)
        limit = None
        if maximum_iterations is not None:
            limit = convert_to_tensor(maximum_iterations, dtypes.int32, "maximum_iterations")
            if limit.shape.ndims != 0:
                raise ValueError("maximum_iterations must be a scalar")
        elif is_for_xla:
            raise ValueError("maximum_iterations is required for XLA compilation.")
        if isinstance(decoder, BaseDecoder):
            given = kwargs.get("decoder_init_kwargs", {})
            start = decoder.initialize(kwargs.get("decoder_init_input"), **given)
        else:
            start = decoder.initialize()
        loop = _Loop(decoder, impute_finished, limit, is_dynamic=limit is None or not is_for_xla)
        outputs, state, lengths = loop.build(start, parallel_iterations, swap_memory)
        with contextlib.suppress(NotImplementedError):
            outputs, state = decoder.finalize(outputs, state, lengths)
        if not output_time_major:
            outputs = nest.map_structure(transpose_batch_time, outputs)
    return outputs, state, lengths


class _Loop:
    """The loop of `dynamic_decode` over a decoder's steps."""

    def __init__(self, decoder: Any, impute_finished: bool, limit: Tensor | None, is_dynamic: bool):
        self._decoder, self._imputes = decoder, impute_finished
        self._limit, self._is_dynamic = limit, is_dynamic

    def build(
        self, start: tuple[Any, Any, Any], parallel_iterations: int, swap_memory: bool
    ) -> tuple[Any, Any, Tensor]:
        """(outputs, time first; final state; lengths), from what `initialize` has returned."""
        decoder = self._decoder
        finished, inputs, state = start
        self._zero_outputs = nest.map_structure(
            lambda size, dtype: zero_state_tensors(size, decoder.batch_size, dtype),
            decoder.output_size,
            decoder.output_dtype,
        )
        if self._limit is not None:
            finished = comparison.logical_or(finished, self._limit <= 0)
        lengths = filling.zeros_like(finished, dtype=dtypes.int32)
        time = constant(0, dtype=dtypes.int32)
        arrays = nest.map_structure(self._array, decoder.output_size, decoder.output_dtype)
        results = while_loop(
            lambda time, arrays, state, inputs, finished, lengths: comparison.logical_not(
                reduce_all(finished)
            ),
            self._step,
            (time, arrays, state, inputs, finished, lengths),
            parallel_iterations=parallel_iterations,
            maximum_iterations=self._limit,
            swap_memory=swap_memory,
        )
        return nest.map_structure(lambda array: array.stack(), results[1]), results[2], results[5]

    def _array(self, size: Any, dtype: Any) -> TensorArray:
        element_shape = None
        if isinstance(size, TensorShape) and size.ndims != 0:
            batch = constant_value(convert_to_tensor(self._decoder.batch_size, name="batch_size"))
            element_shape = TensorShape([batch]).concatenate(size)
        return TensorArray(
            dtype,
            size=0 if self._is_dynamic else self._limit,
            dynamic_size=self._is_dynamic,
            element_shape=element_shape,
        )

    def _step(
        self, time: Any, arrays: Any, state: Any, inputs: Any, finished: Any, lengths: Any
    ) -> tuple[Any, ...]:
        decoder = self._decoder
        outputs, next_state, next_inputs, is_finished = decoder.step(time, inputs, state)
        if not decoder.tracks_own_finished:
            is_finished = comparison.logical_or(is_finished, finished)
        next_lengths = selecting.where(
            comparison.logical_not(finished),
            filling.fill(shape_of.shape(lengths), time + 1),
            lengths,
        )
        nest.assert_same_structure(state, next_state)
        nest.assert_same_structure(arrays, outputs)
        nest.assert_same_structure(inputs, next_inputs)
        if self._imputes:
            outputs = nest.map_structure(
                lambda out, zero: selecting.where(finished, zero, out), outputs, self._zero_outputs
            )
            next_state = nest.map_structure(
                lambda new, old: _unless_finished(finished, new, old), next_state, state
            )
        arrays = nest.map_structure(lambda array, out: array.write(time, out), arrays, outputs)
        return time + 1, arrays, next_state, next_inputs, is_finished, next_lengths


def _unless_finished(finished: Tensor, new: Any, old: Any) -> Any:
    if isinstance(old, TensorArray):
        return new
    new.set_shape(old.shape)
    return new if new.shape.ndims == 0 else selecting.where(finished, old, new)
