"""Fused cells, which go over a sequence at once, made of others."""

from __future__ import annotations

import abc
from typing import Any

from stillflow.layers.recurrent.dynamic import dynamic_rnn
from stillflow.layers.recurrent.static import static_rnn
from stillflow.ops.array import reversing, stacking


class FusedRNNCell(metaclass=abc.ABCMeta):
    """What is called with a whole sequence."""

    @abc.abstractmethod
    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> tuple[Any, Any]:
        """(the outputs; the last state)

        Args:
          inputs: n[time, batch, depth], or a list of n[batch, depth]; the outputs are like them.
          initial_state: zeros of `dtype` unless it is given.
          sequence_length: i[batch]; behind its end a sequence gives zeros and keeps its state.
          scope: of the variables.
        """


class FusedRNNCellAdaptor(FusedRNNCell):
    """Calls an RNNCell step by step.

    Args:
      cell: the cell.
      use_dynamic_rnn: in a loop; else unrolled.
    """

    def __init__(self, cell: Any, use_dynamic_rnn: bool = False):
        self._cell = cell
        self._use_dynamic_rnn = use_dynamic_rnn

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> tuple[Any, Any]:
        is_list = isinstance(inputs, list)
        options: dict[str, Any] = {
            "sequence_length": sequence_length,
            "initial_state": initial_state,
            "dtype": dtype,
            "scope": scope,
        }
        if self._use_dynamic_rnn:
            joined = stacking.stack(inputs) if is_list else inputs
            outputs, state = dynamic_rnn(self._cell, joined, time_major=True, **options)
            return stacking.unstack(outputs) if is_list else outputs, state
        steps = inputs if is_list else stacking.unstack(inputs)
        outputs, state = static_rnn(self._cell, steps, **options)
        return outputs if is_list else stacking.stack(outputs), state


class TimeReversedFusedRNN(FusedRNNCell):
    """Goes from the end to the start.

    Args:
      cell: a fused cell.
    """

    def __init__(self, cell: Any):
        self._cell = cell

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> tuple[Any, Any]:
        outputs, state = self._cell(
            _reversed(inputs, sequence_length),
            initial_state=initial_state,
            dtype=dtype,
            sequence_length=sequence_length,
            scope=scope,
        )
        return _reversed(outputs, sequence_length), state


def _reversed(x: Any, lengths: Any) -> Any:
    if isinstance(x, list):
        return list(reversed(x))
    if lengths is None:
        return reversing.reverse(x, [0])
    return reversing.reverse_sequence(x, lengths, 0, 1)
