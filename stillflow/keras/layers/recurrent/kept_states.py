"""States that a layer keeps from one batch to the next."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph import nest
from stillflow.keras.backend.variables import zeros
from stillflow.layers.values import batch_set_value, set_value


def new_states(shapes: Any) -> Any:
    """Variables of zeros of each of a nest of shapes, or of one in a list."""
    states = nest.map_structure(lambda shape: zeros(shape.as_list()), shapes)
    return states if nest.is_nested(states) else [states]


def clear(states: Any, shapes: Any) -> None:
    """Gives all states zeros."""
    for state, shape in zip(nest.flatten(states), nest.flatten(shapes), strict=True):
        set_value(state, np.zeros(shape.as_list()))


def set_states(states: Any, values: Any, layer_name: str) -> None:
    """Gives states the values of arrays, in their order.

    Raises:
      ValueError: there are more or fewer values than states, or one is of another shape.
    """
    flat, given = nest.flatten(states), nest.flatten(values)
    if len(given) != len(flat):
        raise ValueError(
            f"Layer {layer_name} expects {len(flat)} states, but it received {len(given)} state "
            f"values. Input received: {values}"
        )
    for index, (value, state) in enumerate(zip(given, flat, strict=True)):
        expected = tuple(state.shape.as_list())
        if value.shape != expected:
            raise ValueError(
                f"State {index} is incompatible with layer {layer_name}: expected "
                f"shape={expected}, found shape={value.shape}"
            )
    batch_set_value(zip(flat, given, strict=True))
