"""`MultiRNNCell`: cells one upon the other."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.layers.base import Layer
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.ops.array import joining, slicing
from stillflow.ops.variables.scope import variable_scope
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated
from stillflow.tracking.trackable import Trackable


class MultiRNNCell(RNNCell):
    """Cells of which each takes the output of the one before.

    Args:
      cells: a list of cells.
      state_is_tuple: the state is a tuple of theirs; False joins them along axis 1.

    Raises:
      ValueError: there are no cells, or states are tuples although `state_is_tuple` is False.
      TypeError: `cells` is no sequence.
    """

    @deprecated(
        None,
        "This class is equivalent as tf.keras.layers.StackedRNNCells, and will be replaced by that "
        "in Tensorflow 2.0.",
    )
    def __init__(self, cells: Any, state_is_tuple: bool = True):
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not nest.is_nested(cells):
            raise TypeError(f"cells must be a list or tuple, but saw: {cells}.")
        if len({id(cell) for cell in cells}) < len(cells):
            logging.log_first_n(
                logging.WARN,
                "At least two cells provided to MultiRNNCell are the same object and will share "
                "weights.",
                1,
            )
        self._cells = cells
        for number, cell in enumerate(cells):
            if isinstance(cell, Trackable):
                self._track_trackable(cell, name=f"cell-{number}")
        self._state_is_tuple = state_is_tuple
        if not state_is_tuple and any(nest.is_nested(cell.state_size) for cell in cells):
            raise ValueError(
                "Some cells return tuples of states, but the flag state_is_tuple is not set.  "
                f"State sizes are: {[cell.state_size for cell in cells]}"
            )

    @property
    def state_size(self) -> Any:
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        return self._cells[-1].output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        with self._zero_state_scope(batch_size):
            if self._state_is_tuple:
                return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)
            return super().zero_state(batch_size, dtype)

    @property
    def trainable_weights(self) -> list[Any]:
        return self._weights_of("trainable_weights") if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        trained = [] if self.trainable else self._weights_of("trainable_weights")
        return trained + self._weights_of("non_trainable_weights")

    def _weights_of(self, kind: str) -> list[Any]:
        layers = [cell for cell in self._cells if isinstance(cell, Layer)]
        return [weight for layer in layers for weight in getattr(layer, kind)]

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        new_states = []
        column = 0
        for i, cell in enumerate(self._cells):
            with variable_scope(f"cell_{i}"):
                if not self._state_is_tuple:
                    own_state = slicing.slice_(state, [0, column], [-1, cell.state_size])
                    column += cell.state_size
                elif nest.is_nested(state):
                    own_state = state[i]
                else:
                    raise ValueError(
                        f"Expected state to be a tuple of length {len(self.state_size)}, "
                        f"but received: {state}"
                    )
                inputs, new_state = cell(inputs, own_state)
                new_states.append(new_state)
        if self._state_is_tuple:
            return inputs, tuple(new_states)
        return inputs, joining.concat(new_states, 1)
