"""Layers that make the cell that they go over sequences with."""

from __future__ import annotations

from typing import Any

from stillflow.keras.layers.recurrent.rnn import RNN
from stillflow.layers import identifiers
from stillflow.layers.input_spec import InputSpec
from stillflow.platform import logging


def of_cell(name: str) -> property:
    """An attribute of a layer that is its cell's."""
    return property(lambda layer: getattr(layer.cell, name))


class ToldOfCell(RNN):
    """A layer that tells, in place of its cell, what the cell was made with.

    Args:
      activity_regularizer: by name: a function of the output that gives a loss.
      All others are as for `RNN`.
    """

    _tells_cell = False

    def __init__(self, *args: Any, activity_regularizer: Any = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.activity_regularizer = identifiers.regularizer_of(activity_regularizer)

    use_bias = of_cell("use_bias")
    activation = of_cell("activation")
    kernel_initializer = of_cell("kernel_initializer")
    recurrent_initializer = of_cell("recurrent_initializer")
    bias_initializer = of_cell("bias_initializer")
    kernel_regularizer = of_cell("kernel_regularizer")
    recurrent_regularizer = of_cell("recurrent_regularizer")
    bias_regularizer = of_cell("bias_regularizer")
    kernel_constraint = of_cell("kernel_constraint")
    recurrent_constraint = of_cell("recurrent_constraint")
    bias_constraint = of_cell("bias_constraint")
    dropout = of_cell("dropout")
    recurrent_dropout = of_cell("recurrent_dropout")

    def call(  # type: ignore[override]  # its cells take no constants
        self, inputs: Any, mask: Any = None, training: Any = None, initial_state: Any = None
    ) -> Any:
        self.cell.reset_dropout_mask()
        self.cell.reset_recurrent_dropout_mask()
        return super().call(inputs, mask=mask, training=training, initial_state=initial_state)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        return cls(**config)


class CellLayer(ToldOfCell):
    """A layer whose cell is one of vectors."""

    units = of_cell("units")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.input_spec = [InputSpec(ndim=3)]


class GatedLayer(CellLayer):
    """A layer whose cell has gates, computed in one of two ways."""

    recurrent_activation = of_cell("recurrent_activation")
    implementation = of_cell("implementation")

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        if config.get("implementation") == 0:
            config["implementation"] = 1
        return cls(**config)


def check_implementation(implementation: int) -> None:
    """Warns of the way that there was once."""
    if implementation == 0:
        logging.warning(
            "`implementation=0` has been deprecated, and now defaults to `implementation=1`."
            "Please update your layer call."
        )
