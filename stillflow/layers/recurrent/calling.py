"""One step of a cell, and what surrounds the steps of `dynamic_rnn`, `static_rnn` and `raw_rnn`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with
from stillflow.ops.array.selecting import where
from stillflow.ops.control.cond import cond
from stillflow.ops.control.nodes import containing_while_context
from stillflow.ops.reduce.reductions import reduce_max, reduce_min
from stillflow.ops.tensor_array.tensor_array import TensorArray
from stillflow.ops.variables.scope import VariableScope, variable_scope

#: The parallel_iterations of loops over time.
PARALLEL_ITERATIONS = 32


@contextmanager
def recurrent_scope(scope: Any) -> Iterator[VariableScope]:
    """The variable scope `scope`, whose variables are read on the device of what reads them.

    Not so inside of a loop, whose turns may each change the variables.
    """
    with variable_scope(scope or "rnn") as entered:
        context = get_default_graph()._get_control_flow_context()
        is_outside = not executing_eagerly() and containing_while_context(context) is None
        if is_outside and entered.caching_device is None:
            entered.set_caching_device(lambda op: op.device)
        yield entered


def initial_state_of(cell: Any, batch_size: Any, dtype: Any) -> Any:
    """The state from which a cell starts when none is given."""
    if getattr(cell, "get_initial_state", None) is not None:
        return cell.get_initial_state(inputs=None, batch_size=batch_size, dtype=dtype)
    return cell.zero_state(batch_size, dtype)


@dataclass(frozen=True, eq=False)
class Lengths:
    """How long the sequences of a batch are."""

    each: Tensor  # i32[batch]
    shortest: Tensor
    longest: Tensor

    @classmethod
    def of(cls, each: Tensor) -> Lengths:
        return cls(each, reduce_min(each), reduce_max(each))


@dataclass(frozen=True, eq=False)
class Step:
    """A step of sequences of several lengths.

    A sequence that has ended has zeros as outputs and keeps its state.
    """

    time: Any
    lengths: Lengths
    zero_output: Any
    state: Any
    call_cell: Callable[[], tuple[Any, Any]]

    def always_masked(self) -> tuple[Any, Any]:
        """(output, next state), selected for each sequence in every step."""
        is_over = self.time >= self.lengths.each
        return self._packed(self._selected(is_over, *self._called()))

    def masked_if_needed(self) -> tuple[Any, Any]:
        """(output, next state): not even called when all have ended, nor selected when none has."""
        before = nest.flatten(self.zero_output), nest.flatten(self.state)
        is_over = self.time >= self.lengths.each

        def some_run() -> Any:
            outputs, states = self._called()
            return cond(
                self.time < self.lengths.shortest,
                lambda: outputs + states,
                lambda: self._selected(is_over, outputs, states),
            )

        chosen = cond(self.time >= self.lengths.longest, lambda: before[0] + before[1], some_run)
        return self._packed(chosen)

    def _called(self) -> tuple[list, list]:
        output, state = self.call_cell()
        nest.assert_same_structure(self.zero_output, output)
        nest.assert_same_structure(self.state, state)
        return nest.flatten(output), nest.flatten(state)

    def _selected(self, is_over: Tensor, outputs: list, states: list) -> list:
        before = [*nest.flatten(self.zero_output), *nest.flatten(self.state)]
        pairs = zip(before, [*outputs, *states], strict=True)
        return [copied_through(is_over, old, new) for old, new in pairs]

    def _packed(self, flat: list) -> tuple[Any, Any]:
        zeros = nest.flatten(self.zero_output)
        before = [*zeros, *nest.flatten(self.state)]
        for new, old in zip(flat, before, strict=True):
            if not isinstance(new, TensorArray):
                new.set_shape(old.shape)
        count = len(zeros)
        output = nest.pack_sequence_as(self.zero_output, flat[:count])
        return output, nest.pack_sequence_as(self.state, flat[count:])


def copied_through(is_over: Tensor, old: Any, new: Any) -> Any:
    """The rows of `old` where `is_over`, bool[batch], else those of `new`.

    Scalars and arrays have no rows: they are `new`.
    """
    if isinstance(old, TensorArray) or old.shape.ndims == 0:
        return new
    with colocate_with(new):
        return where(is_over, old, new)
