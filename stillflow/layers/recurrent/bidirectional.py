"""Two cells over a sequence, one of them backwards; and such pairs, one upon the other."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import unknown_shape
from stillflow.layers.recurrent.dynamic import dynamic_rnn
from stillflow.layers.recurrent.likeness import assert_like_rnncell
from stillflow.layers.recurrent.static import check_sequence, static_rnn
from stillflow.ops.array import joining, reversing, stacking
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform.deprecation import deprecated


def _reversed_list(inputs: Any, lengths: Any) -> list:
    """A list of steps backwards; of each sequence its first `lengths`, unless they are None."""
    if lengths is None:
        return list(reversed(inputs))
    reversed_parts = []
    for steps in zip(*(nest.flatten(each) for each in inputs), strict=True):
        shape = unknown_shape(steps[0].shape.ndims)
        for each in steps:
            shape.merge_with(each.shape)
        joined = stacking.stack(steps)
        reversed_parts.append(stacking.unstack(reversing.reverse_sequence(joined, lengths, 0, 1)))
    return [
        nest.pack_sequence_as(each, parts)
        for each, parts in zip(inputs, zip(*reversed_parts, strict=True), strict=True)
    ]


def _reversed(x: Tensor, lengths: Any, time_axis: int, batch_axis: int) -> Tensor:
    if lengths is None:
        return reversing.reverse(x, axis=[time_axis])
    return reversing.reverse_sequence(
        input=x, seq_lengths=lengths, seq_axis=time_axis, batch_axis=batch_axis
    )


@deprecated(
    None,
    "Please use `keras.layers.Bidirectional(keras.layers.RNN(cell, unroll=True))`, which is "
    "equivalent to this API",
)
def static_bidirectional_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list, Any, Any]:
    """`static_rnn` twice, the second time from the end.

    Args:
      cell_fw, cell_bw: for either direction, as are the initial states.
      inputs, dtype, sequence_length: as for `static_rnn`.
      scope: of the variables, "bidirectional_rnn" by default, in which are "fw" and "bw".

    Returns:
      (a list of the outputs of each step, forward ones beside backward ones; both last states)

    Raises:
      TypeError, ValueError: as `static_rnn`.
    """
    assert_like_rnncell("cell_fw", cell_fw)
    assert_like_rnncell("cell_bw", cell_bw)
    check_sequence(inputs)
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as fw_scope:
            output_fw, state_fw = static_rnn(
                cell_fw, inputs, initial_state_fw, dtype, sequence_length, scope=fw_scope
            )
        with variable_scope("bw") as bw_scope:
            backwards = _reversed_list(inputs, sequence_length)
            output, state_bw = static_rnn(
                cell_bw, backwards, initial_state_bw, dtype, sequence_length, scope=bw_scope
            )
    output_bw = _reversed_list(output, sequence_length)
    pairs = zip(nest.flatten(output_fw), nest.flatten(output_bw), strict=False)
    outputs = [joining.concat([fw, bw], 1) for fw, bw in pairs]
    return nest.pack_sequence_as(output_fw, outputs), state_fw, state_bw


@deprecated(
    None,
    "Please use `keras.layers.Bidirectional(keras.layers.RNN(cell))`, which is equivalent to this "
    "API",
)
def bidirectional_dynamic_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """`dynamic_rnn` twice, the second time from the end.

    Args:
      cell_fw, cell_bw: for either direction, as are the initial states.
      scope: of the variables, "bidirectional_rnn" by default, in which are "fw" and "bw".
      All others are as for `dynamic_rnn`.

    Returns:
      ((outputs forward, outputs backward), (last state forward, last state backward))

    Raises:
      TypeError, ValueError: as `dynamic_rnn`.
    """
    assert_like_rnncell("cell_fw", cell_fw)
    assert_like_rnncell("cell_bw", cell_bw)
    time_axis, batch_axis = (0, 1) if time_major else (1, 0)
    options: dict[str, Any] = {
        "sequence_length": sequence_length,
        "dtype": dtype,
        "parallel_iterations": parallel_iterations,
        "swap_memory": swap_memory,
        "time_major": time_major,
    }

    def backwards(x: Any) -> Tensor:
        return _reversed(x, sequence_length, time_axis, batch_axis)

    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as fw_scope:
            output_fw, state_fw = dynamic_rnn(
                cell=cell_fw,
                inputs=inputs,
                initial_state=initial_state_fw,
                scope=fw_scope,
                **options,
            )
        with variable_scope("bw") as bw_scope:
            output, state_bw = dynamic_rnn(
                cell=cell_bw,
                inputs=nest.map_structure(backwards, inputs),
                initial_state=initial_state_bw,
                scope=bw_scope,
                **options,
            )
    return (output_fw, backwards(output)), (state_fw, state_bw)


def stack_bidirectional_rnn(
    cells_fw: Any,
    cells_bw: Any,
    inputs: Any,
    initial_states_fw: Any = None,
    initial_states_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list, tuple, tuple]:
    """`static_bidirectional_rnn` for one pair of cells upon the other.

    Args:
      cells_fw, cells_bw: lists of cells, one for each level, as are the initial states.
      scope: of the variables, "stack_bidirectional_rnn" by default, in which are "cell_0", ...
      All others are as for `static_bidirectional_rnn`.

    Returns:
      (a list of the outputs of each step, the last states forward, the last states backward)

    Raises:
      ValueError: the lists are none, empty, or of different lengths.
    """
    _check_levels(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states_fw, states_bw = [], []
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (cell_fw, cell_bw) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with variable_scope(f"cell_{i}") as cell_scope:
                inputs, state_fw, state_bw = static_bidirectional_rnn(
                    cell_fw,
                    cell_bw,
                    inputs,
                    initial_state_fw=initial_states_fw[i] if initial_states_fw else None,
                    initial_state_bw=initial_states_bw[i] if initial_states_bw else None,
                    sequence_length=sequence_length,
                    dtype=dtype,
                    scope=cell_scope,
                )
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)


def stack_bidirectional_dynamic_rnn(
    cells_fw: Any,
    cells_bw: Any,
    inputs: Any,
    initial_states_fw: Any = None,
    initial_states_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    parallel_iterations: int | None = None,
    time_major: bool = False,
    scope: Any = None,
    swap_memory: bool = False,
) -> tuple[Tensor, tuple, tuple]:
    """`bidirectional_dynamic_rnn` for one pair of cells upon the other.

    Args:
      cells_fw, cells_bw: lists of cells, one for each level, as are the initial states.
      scope: of the variables, "stack_bidirectional_rnn" by default, in which are "cell_0", ...
      All others are as for `bidirectional_dynamic_rnn`.

    Returns:
      (outputs n[batch, time, both sizes], the last states forward, the last states backward)

    Raises:
      ValueError: the lists are none, empty, or of different lengths.
    """
    _check_levels(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states_fw, states_bw = [], []
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (cell_fw, cell_bw) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with variable_scope(f"cell_{i}"):
                outputs, (state_fw, state_bw) = bidirectional_dynamic_rnn(
                    cell_fw,
                    cell_bw,
                    inputs,
                    initial_state_fw=initial_states_fw[i] if initial_states_fw else None,
                    initial_state_bw=initial_states_bw[i] if initial_states_bw else None,
                    sequence_length=sequence_length,
                    parallel_iterations=parallel_iterations,
                    dtype=dtype,
                    swap_memory=swap_memory,
                    time_major=time_major,
                )
                inputs = joining.concat(outputs, 2)
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)


def _check_levels(
    cells_fw: Any, cells_bw: Any, initial_states_fw: Any, initial_states_bw: Any
) -> None:
    """ValueError unless all are lists of as many items; states may be None."""
    for cells, direction in ((cells_fw, "fw"), (cells_bw, "bw")):
        if not cells:
            raise ValueError(f"Must specify at least one {direction} cell for BidirectionalRNN.")
    for cells, direction in ((cells_fw, "fw"), (cells_bw, "bw")):
        if not isinstance(cells, list):
            raise ValueError(f"cells_{direction} must be a list of RNNCells (one per layer).")
    if len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")
    for states, direction in ((initial_states_fw, "fw"), (initial_states_bw, "bw")):
        if states is not None and (not isinstance(states, list) or len(states) != len(cells_fw)):
            raise ValueError(
                f"initial_states_{direction} must be a list of state tensors (one per layer)."
            )
