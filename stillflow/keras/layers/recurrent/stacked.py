"""`tf.keras.layers.StackedRNNCells`: cells of which each takes the output of the one before."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.graph.tensor_shape import as_shape
from stillflow.keras.layers.recurrent.calling import takes
from stillflow.keras.layers.recurrent.sizes import output_size_of, zero_state
from stillflow.keras.layers.serialization import deserialize
from stillflow.layers import configs
from stillflow.layers.base_layer import Layer
from stillflow.platform import logging


class StackedRNNCells(Layer):
    """Cells in a row as one cell.

    Args:
      cells: the first takes the inputs; the output of the last is that of the whole.
      reverse_state_order: the state of the last cell comes first, as it once did.
      Others by name as for `Layer`.

    Raises:
      ValueError: one has no method `call`, or no `state_size`.
    """

    def __init__(self, cells: Any, **kwargs: Any):
        for cell in cells:
            if not hasattr(cell, "call"):
                raise ValueError("All cells must have a `call` method. received cells:", cells)
            if not hasattr(cell, "state_size"):
                raise ValueError(
                    "All cells must have a `state_size` attribute. received cells:", cells
                )
        self.cells = cells
        self.reverse_state_order = kwargs.pop("reverse_state_order", False)
        if self.reverse_state_order:
            logging.warning(
                "reverse_state_order=True in StackedRNNCells will soon be deprecated. Please "
                "update the code to work with the natural order of states if you rely on the RNN "
                "states, eg RNN(return_state=True)."
            )
        super().__init__(**kwargs)

    @property
    def _cells_by_state(self) -> list[Any]:
        return self.cells[::-1] if self.reverse_state_order else self.cells

    @property
    def state_size(self) -> tuple[Any, ...]:
        """The size of each cell's state."""
        return tuple(cell.state_size for cell in self._cells_by_state)

    @property
    def output_size(self) -> Any:
        """The size of the last cell's output."""
        return output_size_of(self.cells[-1])

    def get_initial_state(
        self, inputs: Any = None, batch_size: Any = None, dtype: Any = None
    ) -> tuple[Any, ...]:
        """The states from which the cells start."""

        def initial_of(cell: Any) -> Any:
            if getattr(cell, "get_initial_state", None):
                return cell.get_initial_state(inputs=inputs, batch_size=batch_size, dtype=dtype)
            return zero_state(cell, inputs, batch_size, dtype)

        return tuple(initial_of(cell) for cell in self._cells_by_state)

    def build(self, input_shape: Any) -> None:
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        shape = tuple(as_shape(input_shape).as_list())
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(shape)
            shape = (shape[0], *as_shape(output_size_of(cell)).as_list())
        self.built = True

    def call(self, inputs: Any, states: Any, constants: Any = None, **kwargs: Any) -> Any:
        """(the output of the last cell, the states of all)"""
        sizes = self.state_size[::-1] if self.reverse_state_order else self.state_size
        of_cells = nest.pack_sequence_as(sizes, nest.flatten(states))
        new_states = []
        for cell, state in zip(self.cells, of_cells, strict=False):
            state = state if nest.is_nested(state) else [state]
            if len(state) == 1 and getattr(cell, "_is_tf_rnn_cell", None) is not None:
                state = state[0]
            options = {"constants": constants} if takes(cell.call, "constants") else {}
            inputs, state = cell.call(inputs, state, **options, **kwargs)
            new_states.append(state)
        return inputs, nest.pack_sequence_as(sizes, nest.flatten(new_states))

    def get_config(self) -> dict[str, Any]:
        cells = [configs.described(cell) for cell in self.cells]
        return {**super().get_config(), "cells": cells}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> StackedRNNCells:
        cells = config.pop("cells")
        made = [deserialize(cell, custom_objects=custom_objects) for cell in cells]
        return cls(made, **config)
