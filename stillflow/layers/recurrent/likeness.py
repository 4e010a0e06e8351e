"""What must be there of an object that is called as a cell."""

from __future__ import annotations

from typing import Any

from stillflow.layers.base_layer import Layer


def is_keras_cell(cell: Any) -> bool:
    """Whether `cell` is one of `tf.keras`: what has one state takes and returns it in a list."""
    return isinstance(cell, Layer) and getattr(cell, "zero_state", None) is None


#: What the message of the refusal matches.
ASSERT_LIKE_RNNCELL_ERROR_REGEXP = "is not an RNNCell"


def assert_like_rnncell(cell_name: str, cell: Any) -> None:
    """TypeError unless `cell`, given as `cell_name`, has what a cell needs.

    That is `output_size`, `state_size`, `zero_state` or `get_initial_state`, and to be callable.
    """
    states = hasattr(cell, "get_initial_state") or hasattr(cell, "zero_state")
    lacks = {
        "'output_size' property is missing": not hasattr(cell, "output_size"),
        "'state_size' property is missing": not hasattr(cell, "state_size"),
        "either 'zero_state' or 'get_initial_state' method is required": not states,
        "is not callable": not callable(cell),
    }
    if any(lacks.values()):
        reasons = ", ".join(reason for reason, is_lacking in lacks.items() if is_lacking)
        raise TypeError(f"The argument {cell_name!r} ({cell}) is not an RNNCell: {reasons}.")
