"""Cells around cells: `ResidualWrapper`, `DeviceWrapper`, and what wrappers have in common.

What a wrapper does stands in a class of its own, which cells of `tf.keras` derive from as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stillflow.graph import nest
from stillflow.graph.scopes import device as device_scope
from stillflow.layers import configs
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.layers.recurrent.likeness import assert_like_rnncell
from stillflow.tracking.trackable import Trackable

_RESIDUAL_MODULE = "residule_fn_module"  # as TensorFlow spells it


class Wrapping:
    """What wrappers do whatever their base is; they have the sizes of the cell within."""

    cell: Any
    _zero_state_scope: Callable[[Any], Any]

    if TYPE_CHECKING:

        def __init__(self, *args: Any, **kwargs: Any): ...

        def get_config(self) -> dict[str, Any]: ...

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Makes a wrapper as `get_config` tells it."""
        return super().from_config(config, custom_objects)  # type: ignore[misc]  # the base's

    @property
    def state_size(self) -> Any:
        return self.cell.state_size

    @property
    def output_size(self) -> Any:
        return self.cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Zeros of the cell within."""
        with self._zero_state_scope(batch_size):
            return self.cell.zero_state(batch_size, dtype)

    def _call_wrapped_cell(
        self, inputs: Any, state: Any, cell_call_fn: Callable, **kwargs: Any
    ) -> tuple[Any, Any]:
        """One step; `cell_call_fn` is that of the cell within."""
        raise NotImplementedError


class CellWrapper(Wrapping, RNNCell):
    """The base of wrappers that are cells of `tf.nn.rnn_cell`, in the scope of the cell within."""

    _described: tuple[str, ...] = ("cell",)

    def __init__(self, cell: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        assert_like_rnncell("cell", cell)
        self.cell = cell
        if isinstance(cell, Trackable):
            self._track_trackable(cell, name="cell")

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Makes a wrapper as `get_config` tells it, but `cell` must be a cell again.

        Raises:
          ValueError: it is still the description of one.
        """
        arguments = dict(config)
        cell = arguments.pop("cell")
        try:
            return cls(cell, **arguments)
        except TypeError as error:
            raise ValueError(
                "RNNCellWrapper cannot reconstruct the wrapped cell. Please overwrite the cell in "
                "the config with a RNNCell instance."
            ) from error

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        return self._call_wrapped_cell(inputs, state, self.cell.__call__, scope=scope)


class Residual(Wrapping):
    """Adds the inputs of a cell to its outputs.

    Args:
      cell: the cell.
      residual_fn: `residual_fn(inputs, outputs)` in place of the sum.

    Raises:
      TypeError: `cell` is not like a cell.
      ValueError: in a call, inputs and outputs are of different structures or shapes.
    """

    def __init__(
        self, cell: Any, residual_fn: Callable[[Any, Any], Any] | None = None, **kwargs: Any
    ):
        super().__init__(cell, **kwargs)
        self._residual_fn = residual_fn

    def get_config(self) -> dict[str, Any]:
        told = {}
        if self._residual_fn is not None:
            told = configs.of_function("residual_fn", self._residual_fn, _RESIDUAL_MODULE)
        return {**super().get_config(), **told}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        arguments = dict(config)
        if "residual_fn" in arguments:
            arguments["residual_fn"] = configs.take_function(
                arguments, "residual_fn", _RESIDUAL_MODULE, custom_objects
            )
        return super().from_config(arguments, custom_objects)

    def _call_wrapped_cell(
        self, inputs: Any, state: Any, cell_call_fn: Callable, **kwargs: Any
    ) -> tuple[Any, Any]:
        outputs, new_state = cell_call_fn(inputs, state, **kwargs)
        return (self._residual_fn or _sum)(inputs, outputs), new_state


def _sum(inputs: Any, outputs: Any) -> Any:
    check_same_shapes(inputs, outputs)
    return nest.map_structure(lambda one, other: one + other, inputs, outputs)


def check_same_shapes(inputs: Any, outputs: Any) -> None:
    """TypeError or ValueError unless structures are the same and shapes compatible."""
    nest.assert_same_structure(inputs, outputs)
    nest.map_structure(
        lambda one, other: one.shape.assert_is_compatible_with(other.shape), inputs, outputs
    )


class ResidualWrapper(Residual, CellWrapper):
    """`Residual`, around a cell of `tf.nn.rnn_cell`."""


class OnDevice(Wrapping):
    """Builds a cell on a device.

    Args:
      cell: the cell.
      device: its name, or a function of an operation.
    """

    _described: tuple[str, ...] = ("device",)

    def __init__(self, cell: Any, device: Any, **kwargs: Any):
        super().__init__(cell, **kwargs)
        self._device = device

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        with self._zero_state_scope(batch_size), device_scope(self._device):
            return self.cell.zero_state(batch_size, dtype)

    def _call_wrapped_cell(
        self, inputs: Any, state: Any, cell_call_fn: Callable, **kwargs: Any
    ) -> tuple[Any, Any]:
        with device_scope(self._device):
            return cell_call_fn(inputs, state, **kwargs)


class DeviceWrapper(OnDevice, CellWrapper):
    """`OnDevice`, around a cell of `tf.nn.rnn_cell`."""
