"""Cells of Keras around cells: `tf.nn.RNNCellDropoutWrapper` and its kin of TensorFlow 2."""

from __future__ import annotations

from typing import Any

from stillflow.graph.scopes import name_scope
from stillflow.keras.layers.recurrent.cells import AbstractRNNCell
from stillflow.keras.layers.serialization import deserialize
from stillflow.layers.recurrent.dropout import Dropped
from stillflow.layers.recurrent.wrapping import OnDevice, Residual, Wrapping


class KerasCellWrapper(Wrapping, AbstractRNNCell):
    """The base of wrappers that are cells of `tf.keras`.

    Args:
      cell: the cell within.
      Others as for `Layer`.
    """

    _described: tuple[str, ...] = ("cell",)

    def __init__(self, cell: Any, *args: Any, **kwargs: Any):
        super(Wrapping, self).__init__(*args, **kwargs)
        self.cell = cell

    def build(self, inputs_shape: Any) -> None:
        self.cell.build(inputs_shape)
        self.built = True

    def call(  # type: ignore[override]  # `state`, as TensorFlow has it
        self, inputs: Any, state: Any, **kwargs: Any
    ) -> tuple[Any, Any]:
        return self._call_wrapped_cell(inputs, state, self.cell.call, **kwargs)

    def _zero_state_scope(self, batch_size: Any) -> Any:
        return name_scope(type(self).__name__ + "ZeroState", values=[batch_size])

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        arguments = dict(config)
        cell = deserialize(arguments.pop("cell"), custom_objects=custom_objects)
        return cls(cell, **arguments)


class DropoutWrapper(Dropped, KerasCellWrapper):
    """`Dropped`, around a cell of Keras."""


class ResidualWrapper(Residual, KerasCellWrapper):
    """`Residual`, around a cell of Keras."""


class DeviceWrapper(OnDevice, KerasCellWrapper):
    """`OnDevice`, around a cell of Keras."""
