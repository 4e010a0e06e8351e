"""`rnn` as a loop, whose inputs and outputs are arrays of tensors."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes, nest
from stillflow.graph.operation import Tensor
from stillflow.keras.backend.rnn_steps import Steps, expanded
from stillflow.ops.array.filling import zeros_like
from stillflow.ops.array.reversing import reverse
from stillflow.ops.array.selecting import where
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.tensor_array.tensor_array import TensorArray

Arrays = tuple[TensorArray, ...]


def build(steps: Steps, count: Tensor, at_most: Any, structure: Any) -> tuple[Any, Any, Any]:
    """(the last output, the outputs with time first, the last states)

    Args:
      count: how many times there are, i32[].
      at_most: a bound of it, or None.
      structure: of the states, as they were given.
    """
    loop = _Loop(steps, count, at_most)
    outputs, states = loop.unmasked(structure) if steps.mask is None else loop.masked()
    stacked = [array.stack() for array in outputs]
    last = [each[-1] for each in stacked]
    first = loop.first_output
    return nest.pack_sequence_as(first, last), nest.pack_sequence_as(first, stacked), states


class _Loop:
    """The loop, around which the step is called once more, for the first time's output's shape."""

    def __init__(self, steps: Steps, count: Tensor, at_most: Any):
        self.steps, self.count, self.at_most = steps, count, at_most
        flat = nest.flatten(steps.inputs)
        arrays = [self._array(f"input_ta_{i}", each.dtype) for i, each in enumerate(flat)]
        pairs = zip(arrays, flat, strict=True)
        self.inputs = tuple(array.unstack(self._in_order(each)) for array, each in pairs)
        first = nest.pack_sequence_as(steps.inputs, [each[0] for each in flat])
        self.first_output, _ = steps.call(first, steps.states)
        self.outputs = tuple(
            self._array(f"output_ta_{i}", each.dtype, element_shape=each.shape)
            for i, each in enumerate(nest.flatten(self.first_output))
        )
        self.start = constant(0, dtype=dtypes.int32, name="time")

    def unmasked(self, structure: Any) -> tuple[Arrays, Any]:
        """(the outputs, the last states)"""

        def turn(time: Tensor, outputs: Arrays, *states: Any) -> tuple[Any, ...]:
            output, new_states = self._called(time, states)
            flat_states = self._in_shape_of(states, new_states)
            written = _written(outputs, time, nest.flatten(output))
            return time + 1, written, *nest.pack_sequence_as(structure, flat_states)

        final = self._run(turn, (self.start, self.outputs, *self.steps.states))
        return final[1], final[2:]

    def masked(self) -> tuple[Arrays, Any]:
        """(the outputs, the last states); the loop carries the output before as well."""
        if not self.steps.states:
            raise ValueError(
                "No initial states provided! When using masking in an RNN, you should provide "
                "initial states (and your step function should return as its first state at time "
                "`t` the output at time `t-1`)."
            )
        mask = self._in_order(self.steps.mask)
        masks = self._array("mask_ta", dtypes.bool).unstack(mask)
        zeros = tuple(zeros_like(each) for each in nest.flatten(self.first_output))

        def turn(time: Tensor, outputs: Arrays, before: Any, *states: Any) -> tuple[Any, ...]:
            read = self._read(time)
            mask = masks.read(time)
            output, new_states = self.steps.call(read, states)
            held = zeros if self.steps.zero_output_for_mask else nest.flatten(before)
            flat = nest.flatten(output)
            flat_output = tuple(_all_selected(mask, flat, flat, held))
            flat_states, old = self._in_shape_of(states, new_states), nest.flatten(states)
            chosen = _all_selected(mask, old, flat_states, old)
            written = _written(outputs, time, flat_output)
            return time + 1, written, flat_output, *nest.pack_sequence_as(new_states, chosen)

        final = self._run(turn, (self.start, self.outputs, zeros, *self.steps.states))
        return final[1], final[3:]

    def _run(self, turn: Any, loop_vars: tuple[Any, ...]) -> Any:
        return while_loop(
            lambda time, *_: time < self.count,
            turn,
            loop_vars,
            maximum_iterations=self.at_most,
            parallel_iterations=32,
            swap_memory=True,
        )

    def _array(self, name: str, dtype: Any, **options: Any) -> TensorArray:
        return TensorArray(dtype, size=self.count, tensor_array_name=name, **options)

    def _in_order(self, x: Tensor) -> Tensor:
        return reverse(x, [0]) if self.steps.go_backwards else x

    def _read(self, time: Tensor) -> Any:
        return nest.pack_sequence_as(self.steps.inputs, [array.read(time) for array in self.inputs])

    def _called(self, time: Tensor, states: Any) -> tuple[Any, Any]:
        return self.steps.call(self._read(time), states)

    @staticmethod
    def _in_shape_of(states: Any, new_states: Any) -> list[Any]:
        """The new states, each known to have the shape of the old one."""
        flat = nest.flatten(new_states)
        for old, new in zip(nest.flatten(states), flat, strict=False):
            if isinstance(new, Tensor):
                new.set_shape(old.shape)
        return flat


def _all_selected(mask: Tensor, like: Any, new: Any, old: Any) -> list[Tensor]:
    """Those of `new` where `mask`, made of the shapes of `like`, else those of `old`."""
    tiled = [expanded(mask, each) for each in like]
    return [where(*each) for each in zip(tiled, new, old, strict=False)]


def _written(arrays: Arrays, time: Tensor, values: Any) -> Arrays:
    pairs = zip(arrays, values, strict=False)
    return tuple(array.write(time, value) for array, value in pairs)
