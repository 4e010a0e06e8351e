"""`tf.nn.raw_rnn`: a loop around a cell of which a function of the program decides each turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, dimension_at_index, dimension_value
from stillflow.layers.recurrent.calling import PARALLEL_ITERATIONS, copied_through, recurrent_scope
from stillflow.layers.recurrent.likeness import assert_like_rnncell
from stillflow.layers.recurrent.sizes import concat_sizes, known_shape
from stillflow.ops.array import filling, shape_of
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.math.comparison import logical_not, logical_or
from stillflow.ops.reduce.reductions import reduce_all
from stillflow.ops.tensor_array.tensor_array import TensorArray

LoopFunction = Callable[[Any, Any, Any, Any], tuple[Any, Any, Any, Any, Any]]


def raw_rnn(
    cell: Any,
    loop_fn: LoopFunction,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    scope: Any = None,
) -> tuple[Any, Any, Any]:
    """Calls `cell` until `loop_fn` says that all sequences of the batch have ended.

    Args:
      cell: an RNNCell, or what is like one.
      loop_fn: takes (time, output, state, loop state), of which the last three are None before the
        first step; returns (which have ended, bool[batch]; the next input; the next state; what to
        emit; the next loop state). At first the fourth tells the structure of what is emitted, or
        is None for `cell.output_size`; the last one may be None.
      parallel_iterations, swap_memory: recorded in the loop; results do not depend on them.
      scope: of the variables, "rnn" by default.

    Returns:
      (TensorArrays of what was emitted, the last state, the last loop state). Behind its end a
      sequence emits zeros and keeps its state.

    Raises:
      TypeError: `cell` is not like a cell, or `loop_fn` cannot be called.
      ValueError: what is returned is not of the expected structure.
    """
    assert_like_rnncell("cell", cell)
    if not callable(loop_fn):
        raise TypeError("loop_fn must be a callable")
    with recurrent_scope(scope):
        time = constant(0, dtype=dtypes.int32)
        finished, next_input, state, emitted, first_loop_state = loop_fn(time, None, None, None)
        loop_state = first_loop_state
        if loop_state is None:
            loop_state = constant(0, dtype=dtypes.int32)
        static_batch, batch_size = _batch_sizes(nest.flatten(next_input))
        nest.assert_same_structure(state, cell.state_size)
        converted = [convert_to_tensor(each) for each in nest.flatten(state)]
        state = nest.pack_sequence_as(state, converted)
        arrays, zeros = _emitting(emitted, cell, converted[0].dtype, static_batch, batch_size)
        returned = while_loop(
            lambda time, finished, *_: logical_not(reduce_all(finished)),
            _turn(cell, loop_fn, zeros),
            [time, finished, next_input, arrays, state, loop_state],
            parallel_iterations=parallel_iterations or PARALLEL_ITERATIONS,
            swap_memory=swap_memory,
        )
        arrays, state, loop_state = returned[-3:]
        return arrays, state, None if first_loop_state is None else loop_state


def _batch_sizes(inputs: list[Tensor]) -> tuple[int | None, Any]:
    """(the number of sequences if it is known, the same as an int or i32[])"""
    first, *others = [dimension_at_index(each.shape, 0) for each in inputs]
    for other in (first, *others):
        first.merge_with(other)
    static = dimension_value(first)
    return static, shape_of.shape(inputs[0])[0] if static is None else static


def _emitting(
    structure: Any, cell: Any, dtype: Any, static_batch: int | None, batch_size: Any
) -> tuple[Any, Any]:
    """(arrays for what is emitted, the zeros that sequences emit which have ended)"""
    if structure is None:
        structure = cell.output_size
        sizes = nest.flatten(structure)
        types = [dtype] * len(sizes)
    else:
        flat = nest.flatten(structure)
        sizes = [e.shape if e.shape.is_fully_defined() else shape_of.shape(e) for e in flat]
        types = [each.dtype for each in flat]
    arrays = [
        TensorArray(
            type_,
            size=0,
            dynamic_size=True,
            element_shape=TensorShape([static_batch]).concatenate(known_shape(size)),
            name=f"rnn_output_{i}",
        )
        for i, (type_, size) in enumerate(zip(types, sizes, strict=True))
    ]
    pairs = zip(sizes, types, strict=True)
    zeros = [filling.zeros(concat_sizes(batch_size, size), type_) for size, type_ in pairs]
    return nest.pack_sequence_as(structure, arrays), nest.pack_sequence_as(structure, zeros)


def _turn(cell: Any, loop_fn: LoopFunction, zeros: Any) -> Callable[..., tuple]:
    def turn(
        time: Tensor, finished: Tensor, inputs: Any, arrays: Any, state: Any, loop_state: Any
    ) -> tuple:
        output, cell_state = cell(inputs, state)
        nest.assert_same_structure(state, cell_state)
        nest.assert_same_structure(cell.output_size, output)
        next_time = time + 1
        next_finished, next_input, next_state, emitted, next_loop_state = loop_fn(
            next_time, output, cell_state, loop_state
        )
        nest.assert_same_structure(state, next_state)
        nest.assert_same_structure(inputs, next_input)
        nest.assert_same_structure(arrays, emitted)

        def copied(old: Any, new: Any) -> Any:
            return copied_through(finished, old, new)

        emitted = nest.map_structure(copied, zeros, emitted)
        next_state = nest.map_structure(copied, state, next_state)
        arrays = nest.map_structure(lambda array, value: array.write(time, value), arrays, emitted)
        return (
            next_time,
            logical_or(finished, next_finished),
            next_input,
            arrays,
            next_state,
            loop_state if next_loop_state is None else next_loop_state,
        )

    return turn
