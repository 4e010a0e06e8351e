"""`tf.nn.static_rnn`: a cell unrolled, a copy of its nodes for each step."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.graph.tensor_shape import Dimension, TensorShape, dimension_at_index, dimension_value
from stillflow.layers.recurrent.calling import Lengths, Step, initial_state_of, recurrent_scope
from stillflow.layers.recurrent.likeness import assert_like_rnncell, is_keras_cell
from stillflow.layers.recurrent.sizes import concat_sizes, infer_state_dtype
from stillflow.ops.array import filling, shape_of, stacking
from stillflow.ops.control.ordering import identity
from stillflow.ops.math.casts import cast
from stillflow.platform.deprecation import deprecated


@deprecated(
    None, "Please use `keras.layers.RNN(cell, unroll=True)`, which is equivalent to this API"
)
def static_rnn(
    cell: Any,
    inputs: Any,
    initial_state: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list, Any]:
    """Calls `cell` for each of `inputs`, one after another, without a loop.

    Args:
      cell: an RNNCell, or what is like one.
      inputs: a list of n[batch, depth], or of nests of such, one for each step.
      initial_state: in the structure of `cell.state_size`, n[batch, size] each; zeros of `dtype`
        unless it is given.
      sequence_length: i[batch]; behind its end a sequence gives zeros and keeps its state.
      scope: of the variables, "rnn" by default.

    Returns:
      (a list of the outputs of each step, the last state)

    Raises:
      TypeError: `cell` is not like a cell, or `inputs` is no sequence.
      ValueError: there are no inputs, or a depth of theirs is unknown; neither a state nor a type
        is given; the lengths are no vector.
    """
    assert_like_rnncell("cell", cell)
    check_sequence(inputs)
    outputs = []
    with recurrent_scope(scope) as entered:
        first = inputs
        while nest.is_nested(first):
            first = first[0]
        fixed_batch_size = _fixed_batch_size(first, inputs)
        batch_size = dimension_value(fixed_batch_size) or shape_of.shape(first)[0]
        state = initial_state
        if state is None:
            if not dtype:
                raise ValueError("If no initial_state is provided, dtype must be specified")
            state = initial_state_of(cell, batch_size, dtype)
        lengths, zero_output = None, None
        if sequence_length is not None:
            given = _vector_of_lengths(sequence_length)
            zero_output = _zero_output(
                cell.output_size, batch_size, fixed_batch_size, infer_state_dtype(dtype, state)
            )
            lengths = Lengths.of(cast(given, dtypes.int32))
        wraps = is_keras_cell(cell) and not nest.is_nested(state)
        if wraps:
            state = [state]
        for time, each in enumerate(inputs):
            if time > 0:
                entered.reuse_variables()

            def call_cell(each: Any = each, state: Any = state) -> Any:
                return cell(each, state)

            if lengths is None:
                output, state = call_cell()
            else:
                step = Step(time, lengths, zero_output, state, call_cell)
                output, state = step.masked_if_needed()
            outputs.append(output)
        return outputs, state[0] if wraps else state


def check_sequence(inputs: Any) -> None:
    """TypeError or ValueError unless `inputs` are several."""
    if not nest.is_nested(inputs):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")


def _fixed_batch_size(first: Tensor, inputs: Any) -> Dimension:
    """The number of sequences, as the first input tells it; ValueError if a depth is unknown."""
    if first.shape.ndims == 1:  # numbers to be embedded
        return first.shape[0]
    fixed = dimension_at_index(first.shape.with_rank_at_least(2), 0)
    for each in nest.flatten(inputs):
        shape = each.shape.with_rank_at_least(2)
        fixed.merge_with(dimension_at_index(shape, 0))
        for i, size in enumerate(shape.as_list()[1:]):
            if size is None:
                raise ValueError(
                    f"Input size (dimension {i} of inputs) must be accessible via shape "
                    "inference, but saw value None."
                )
    return fixed


def _vector_of_lengths(sequence_length: Any) -> Tensor:
    lengths = convert_to_tensor(sequence_length, name="sequence_length")
    if lengths.shape.ndims not in (None, 1):
        raise ValueError("sequence_length must be a vector of length batch_size")
    return lengths


def _zero_output(output_size: Any, batch_size: Any, fixed: Dimension, dtype: Any) -> Any:
    def zeros(size: Any) -> Tensor:
        made = filling.zeros(stacking.stack(concat_sizes(batch_size, size)), dtype)
        made.set_shape(TensorShape(concat_sizes(dimension_value(fixed), size, static=True)))
        return made

    flat = [zeros(size) for size in nest.flatten(output_size)]
    return nest.pack_sequence_as(output_size, flat)


@deprecated(
    None, "Please use `keras.layers.RNN(cell, stateful=True)`, which is equivalent to this API"
)
def static_state_saving_rnn(
    cell: Any,
    inputs: Any,
    state_saver: Any,
    state_name: Any,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list, Any]:
    """`static_rnn` from a state that `state_saver` has kept, which keeps the last one.

    Args:
      state_saver: has `state(name)`, which returns a state, and `save_state(name, state)`, which
        returns an operation; the last outputs wait for it.
      state_name: a name, or names in a tuple where `cell.state_size` is one.
      cell, inputs, sequence_length, scope: as for `static_rnn`.

    Returns:
      (a list of the outputs of each step, the last state)

    Raises:
      ValueError: there is not a name for each state.
    """
    state_size = cell.state_size
    is_nested = nest.is_nested(state_size)
    if is_nested != nest.is_nested(state_name):
        raise ValueError(
            "state_name should be the same type as cell.state_size.  "
            f"state_name: {state_name}, cell.state_size: {state_size}"
        )
    names = nest.flatten(state_name)
    count = len(nest.flatten(state_size))
    if len(names) != count:
        raise ValueError(f"#elems(state_name) != #elems(state_size): {len(names)} vs. {count}")
    initial_state = nest.pack_sequence_as(state_size, [state_saver.state(name) for name in names])
    outputs, state = static_rnn(
        cell,
        inputs,
        initial_state=initial_state,
        sequence_length=sequence_length,
        scope=scope,
    )
    pairs = zip(names, nest.flatten(state), strict=False)
    saving = [state_saver.save_state(name, part) for name, part in pairs]
    with control_dependencies(saving):
        outputs[-1] = nest.map_structure(identity, outputs[-1])
        return outputs, nest.map_structure(identity, state)
