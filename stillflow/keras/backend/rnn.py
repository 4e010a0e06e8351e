"""`tf.keras.backend.rnn`: a function of an input and states, called for one time after another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.keras.backend import rnn_loop, rnn_unrolled
from stillflow.keras.backend.rnn_steps import Steps
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.array.shape_of import shape
from stillflow.ops.array.transposing import transpose
from stillflow.ops.math.casts import cast


def rnn(
    step_function: Callable[..., Any],
    inputs: Any,
    initial_states: Any,
    go_backwards: bool = False,
    mask: Any = None,
    constants: Any = None,
    unroll: bool = False,
    input_length: Any = None,
    time_major: bool = False,
    zero_output_for_mask: bool = False,
) -> tuple[Any, Any, Any]:
    """Calls `step_function` for one time after another, in a loop.

    Args:
      step_function: takes the inputs of a time, n[batch, ...], and the states and constants as one
        tuple; returns (output, states after it), in the structure of the states.
      inputs: n[batch, time, ...], or a nest of such; n[time, batch, ...] if `time_major`.
      initial_states: the states before the first time.
      go_backwards: the last time comes first; the outputs stay in the order of the calls.
      mask: b[batch, time] or b[batch, time, 1], time first if `time_major`; where it is False the
        output is that of the time before and the states stay.
      constants: tensors that each call is given behind the states.
      unroll: nodes for each time instead of a loop; the number of times must be known.
      input_length: how many times there are at most.
      zero_output_for_mask: the output is zeros, where `mask` is False.

    Returns:
      (the last output; outputs n[batch, time, ...], or time first as the inputs; the last states)

    Raises:
      ValueError: an input has a rank below 3; the number of times is not known, and they are to be
        unrolled; or there is a mask, but no state.
    """
    if not time_major:
        inputs = nest.map_structure(_swapped, inputs)
    flat = nest.flatten(inputs)
    length, batch = flat[0].shape.as_list()[:2]
    count = shape(flat[0])[0]
    for each in flat:
        each.shape.with_rank_at_least(3)
    steps = Steps(
        step_function,
        inputs,
        tuple(initial_states),
        tuple(constants or ()),
        _with_time_first(mask, time_major),
        go_backwards,
        zero_output_for_mask,
    )
    if unroll:
        last_output, outputs, states = rnn_unrolled.build(steps)
    else:
        last_output, outputs, states = rnn_loop.build(steps, count, input_length, initial_states)

    def with_known_sizes(output: Any) -> Any:
        if isinstance(output, Tensor):
            output.set_shape([length, batch, *output.shape.as_list()[2:]])
        return output

    outputs = nest.map_structure(with_known_sizes, outputs)
    if not time_major:
        outputs = nest.map_structure(_swapped, outputs)
    return last_output, outputs, states


def _with_time_first(mask: Any, time_major: bool) -> Any:
    """`mask` as b[time, batch, 1]."""
    if mask is None:
        return None
    if mask.dtype != dtypes.bool:
        mask = cast(mask, dtypes.bool)
    if mask.shape.ndims == 2:
        mask = expand_dims(mask, -1)
    return mask if time_major else _swapped(mask)


def _swapped(x: Tensor) -> Tensor:
    """x: n[a, b, ...] -> n[b, a, ...]"""
    return transpose(x, [1, 0, *range(2, len(x.shape))])
