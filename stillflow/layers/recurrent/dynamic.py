"""`tf.nn.dynamic_rnn`: a loop over time around a cell."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers.recurrent.calling import (
    PARALLEL_ITERATIONS,
    Lengths,
    Step,
    initial_state_of,
    recurrent_scope,
)
from stillflow.layers.recurrent.likeness import assert_like_rnncell, is_keras_cell
from stillflow.layers.recurrent.sizes import concat_sizes, infer_state_dtype, known_shape
from stillflow.ops.array import filling, joining, ranging, shape_of, stacking, transposing
from stillflow.ops.control.ordering import identity
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math.arithmetic import maximum, minimum
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import equal
from stillflow.ops.reduce.reductions import reduce_all
from stillflow.ops.tensor_array.tensor_array import TensorArray
from stillflow.platform.deprecation import deprecated


@deprecated(None, "Please use `keras.layers.RNN(cell)`, which is equivalent to this API")
def dynamic_rnn(
    cell: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> tuple[Any, Any]:
    """Calls `cell` for one time after another, in a loop.

    Args:
      cell: an RNNCell, or what is like one.
      inputs: n[batch, time, depth...], or a nest of such; n[time, batch, depth...] if `time_major`.
      sequence_length: i[batch]; behind its end a sequence gives zeros and keeps its state.
      initial_state: in the structure of `cell.state_size`, n[batch, size] each; zeros of `dtype`
        unless it is given.
      parallel_iterations, swap_memory: recorded in the loop; results do not depend on them.
      scope: of the variables, "rnn" by default.

    Returns:
      (outputs, final state): the outputs n[batch, time, output size...], in the structure of
      `cell.output_size`; or time first, as the inputs.

    Raises:
      TypeError: `cell` is not like a cell.
      ValueError: neither a state nor a type is given; the inputs are of a low rank, their depth is
        unknown, or their numbers of steps differ; the lengths are no vector.
      InvalidArgumentError: in a run, there are not `batch` lengths.
    """
    assert_like_rnncell("cell", cell)
    with recurrent_scope(scope):
        flat: Any = nest.flatten(inputs)
        if not time_major:
            flat = [convert_to_tensor(each) for each in flat]
            flat = tuple(transpose_batch_time(each) for each in flat)
        if sequence_length is not None:
            sequence_length = _vector_of_lengths(sequence_length)
        batch_size = best_effort_input_batch_size(flat)
        if initial_state is None:
            if not dtype:
                raise ValueError("If there is no initial_state, you must give a dtype.")
            initial_state = initial_state_of(cell, batch_size, dtype)
        if sequence_length is not None and not executing_eagerly():
            with control_dependencies([_asserted_shape(sequence_length, [batch_size])]):
                sequence_length = identity(sequence_length, name="CheckSeqLen")
        loop = _Loop(cell, nest.pack_sequence_as(inputs, flat), initial_state, dtype)
        outputs, state = loop.build(
            sequence_length,
            parallel_iterations=parallel_iterations or PARALLEL_ITERATIONS,
            swap_memory=swap_memory,
        )
        if not time_major:
            outputs = nest.map_structure(transpose_batch_time, outputs)
        return outputs, state


def transpose_batch_time(x: Tensor) -> Tensor:
    """x: n[a, b, ...] -> n[b, a, ...]; what has fewer axes stays as it is."""
    shape = x.shape
    if shape.ndims is not None and shape.ndims < 2:
        return x
    axes = joining.concat(([1, 0], ranging.range_(2, shape_of.rank(x))), axis=0)
    transposed = transposing.transpose(x, axes)
    transposed.set_shape(TensorShape([shape[1], shape[0]]).concatenate(shape[2:]))
    return transposed


def _vector_of_lengths(sequence_length: Any) -> Tensor:
    lengths = cast(sequence_length, dtypes.int32)
    if lengths.shape.ndims not in (None, 1):
        raise ValueError(
            f"sequence_length must be a vector of length batch_size, but saw shape: {lengths.shape}"
        )
    return identity(lengths, name="sequence_length")


def best_effort_input_batch_size(inputs: Any) -> Any:
    """The number of sequences in inputs with time first: an int where some shape tells it."""
    for each in inputs:
        if each.shape.ndims is None:
            continue
        if each.shape.ndims < 2:
            raise ValueError(f"Expected input tensor {each} to have rank at least 2")
        if each.shape.as_list()[1] is not None:
            return each.shape.as_list()[1]
    return shape_of.shape(inputs[0])[1]


def _asserted_shape(x: Tensor, sizes: list) -> Operation:
    found = shape_of.shape(x)
    expected = stacking.stack(sizes)
    return assert_that(
        reduce_all(equal(found, expected)),
        [f"Expected shape for Tensor {x.name} is ", expected, " but saw shape: ", found],
    )


class _Loop:
    """The loop of `dynamic_rnn` over inputs with time first."""

    def __init__(self, cell: Any, inputs: Any, state: Any, dtype: Any):
        self.cell, self.inputs, self.state, self.dtype = cell, inputs, state, dtype
        cell.state_size  # noqa: B018  what has none fails here, before there are nodes
        self.flat_inputs = nest.flatten(inputs)
        self.output_sizes = nest.flatten(cell.output_size)
        self.steps = shape_of.shape(self.flat_inputs[0])[0]
        self.batch_size = best_effort_input_batch_size(self.flat_inputs)
        self.input_shapes = [each.shape.with_rank_at_least(3) for each in self.flat_inputs]
        self.static_sizes = self.input_shapes[0].as_list()[:2]
        for shape in self.input_shapes:
            _check_input_shape(shape, self.static_sizes)

    def build(self, sequence_length: Tensor | None, **options: Any) -> tuple[Any, Any]:
        """(outputs with time first, the last state)"""
        zero_output = self._zero_output()
        lengths = None if sequence_length is None else Lengths.of(sequence_length)
        time = constant(0, dtype=dtypes.int32, name="time")
        with name_scope("dynamic_rnn") as base_name:
            pass
        outputs = self._output_arrays(base_name)
        inputs = self._input_arrays(base_name)

        def turn(time: Tensor, outputs: tuple, state: Any) -> tuple:
            read = self._read(inputs, time)
            wraps = is_keras_cell(self.cell) and not nest.is_nested(state)
            if wraps:
                state = [state]

            def call_cell() -> Any:
                return self.cell(read, state)

            if lengths is None:
                output, state_after = call_cell()
            else:
                step = Step(time, lengths, zero_output, state, call_cell)
                output, state_after = step.always_masked()
            if wraps:
                state_after = state_after[0]
            pairs = zip(outputs, nest.flatten(output), strict=False)
            written = tuple(array.write(time, value) for array, value in pairs)
            return time + 1, written, state_after

        longest = self.steps if lengths is None else lengths.longest
        bound = minimum(self.steps, maximum(1, longest))
        _, outputs, state = while_loop(
            lambda time, *_: time < bound,
            turn,
            (time, outputs, self.state),
            maximum_iterations=self.steps,
            **options,
        )
        return self._stacked(outputs), state

    def _zero_output(self) -> Any:
        def zeros(size: Any) -> Tensor:
            sizes = concat_sizes(self.batch_size, size)
            return filling.zeros(stacking.stack(sizes), infer_state_dtype(self.dtype, self.state))

        flat = [zeros(size) for size in self.output_sizes]
        return nest.pack_sequence_as(self.cell.output_size, flat)

    def _array(self, name: str, element_shape: TensorShape, dtype: Any) -> TensorArray:
        return TensorArray(
            dtype, size=self.steps, element_shape=element_shape, tensor_array_name=name
        )

    def _output_arrays(self, base_name: str) -> tuple[TensorArray, ...]:
        batch = TensorShape([self.static_sizes[1]])
        return tuple(
            self._array(
                f"{base_name}output_{i}",
                batch.concatenate(known_shape(size)),
                infer_state_dtype(self.dtype, self.state),
            )
            for i, size in enumerate(self.output_sizes)
        )

    def _input_arrays(self, base_name: str) -> tuple[TensorArray, ...]:
        arrays = [
            self._array(f"{base_name}input_{i}", each.shape[1:], each.dtype)
            for i, each in enumerate(self.flat_inputs)
        ]
        pairs = zip(arrays, self.flat_inputs, strict=True)
        return tuple(array.unstack(each) for array, each in pairs)

    def _read(self, arrays: tuple[TensorArray, ...], time: Tensor) -> Any:
        read = [array.read(time) for array in arrays]
        for value, shape in zip(read, self.input_shapes, strict=True):
            value.set_shape(shape[1:])
        return nest.pack_sequence_as(self.inputs, read)

    def _stacked(self, arrays: tuple[TensorArray, ...]) -> Any:
        stacked = [array.stack() for array in arrays]
        for value, size in zip(stacked, self.output_sizes, strict=True):
            value.set_shape(concat_sizes(self.static_sizes, size, static=True))
        return nest.pack_sequence_as(self.cell.output_size, stacked)


def _check_input_shape(shape: TensorShape, static_sizes: list[int | None]) -> None:
    """ValueError unless the depth is known and time and batch are as in the first input."""
    if not shape[2:].is_fully_defined():
        raise ValueError(
            "Input size (depth of inputs) must be accessible via shape inference, but saw value "
            "None."
        )
    steps, batch = shape.as_list()[:2]
    if steps != static_sizes[0]:
        raise ValueError("Time steps is not the same for all the elements in the input in a batch.")
    if batch != static_sizes[1]:
        raise ValueError("Batch_size is not the same for all the elements in the input.")
