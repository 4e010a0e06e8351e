"""How networks of cuDNN are saved: as the weights of the cells that compute the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers.cudnn import modes
from stillflow.layers.cudnn.conversion import (
    CudnnParamsFormatConverter,
    CudnnParamsFormatConverterGRU,
    CudnnParamsFormatConverterLSTM,
    CudnnParamsFormatConverterRelu,
    CudnnParamsFormatConverterTanh,
)
from stillflow.ops.control.ordering import identity
from stillflow.ops.saving.saveable import SaveableObject, SaveSpec
from stillflow.ops.variables import scope as scopes
from stillflow.ops.variables.state import assign
from stillflow.tracking.auto import AutoTrackable
from stillflow.train.objects.split_dependency import split_dependency


class CudnnOpaqueParamsSaveable(SaveableObject):
    """Saves a network's parameters as the weights of cells, under the names that these have.

    Those are the names below `dynamic_rnn` of a MultiRNNCell, or below
    `stack_bidirectional_dynamic_rnn`, in the scope `scope`.

    Args:
      opaque_params: the variable of the parameters.
      num_layers, num_units, input_size, input_mode, direction: of the network.
      scope: a VariableScope, or its name.
      name: by which a Saver knows it.
    """

    _format_converter_cls: type[CudnnParamsFormatConverter]
    _rnn_cell_name: str
    _weights_of_cell: tuple[str, ...] = ("kernel",)
    _biases_of_cell: tuple[str, ...] = ("bias",)

    def __init__(
        self,
        opaque_params: Any,
        num_layers: int,
        num_units: int,
        input_size: int,
        input_mode: str = modes.LINEAR_INPUT,
        direction: str = modes.UNIDIRECTION,
        scope: Any = None,
        name: str = "cudnn_rnn_saveable",
    ):
        self._variables = opaque_params
        self._num_layers = num_layers
        self._direction = direction
        self._num_dirs = modes.directions(direction)
        self.format_converter = self._format_converter_cls(
            num_layers, num_units, input_size, input_mode=input_mode, direction=direction
        )
        scope_name = scope.name if isinstance(scope, scopes.VariableScope) else scope
        self._scope = scope_name or None
        weights, biases = self.format_converter.opaque_to_tf_canonical(opaque_params)
        self._weight_names, self._bias_names = self._tf_canonical_names()
        self._param_names = [*self._weight_names, *self._bias_names]
        specs = [
            SaveSpec(tensor, "", f"{self._scope}/{name}" if self._scope else name)
            for tensor, name in zip([*weights, *biases], self._param_names, strict=True)
        ]
        super().__init__(identity(opaque_params), specs, name)

    def restore(self, restored_tensors: Sequence[Tensor], restored_shapes: Any) -> Any:
        params = self.format_converter.tf_canonical_to_opaque(restored_tensors)
        return assign(self._variables, params, validate_shape=False)

    # Names --------------------------------------------------------------------------------------

    def _tf_canonical_names(self) -> tuple[list[str], list[str]]:
        prefixes = [prefix for layer in range(self._num_layers) for prefix in self._prefixes(layer)]
        weights, biases = (
            [f"{prefix}/{name}" for prefix in prefixes for name in names]
            for names in (self._weights_of_cell, self._biases_of_cell)
        )
        return weights, biases

    def _prefixes(self, layer: int) -> list[str]:
        cell = self._rnn_cell_name
        if self._direction == modes.UNIDIRECTION:
            return [f"rnn/multi_rnn_cell/cell_{layer}/{cell}"]
        both = f"stack_bidirectional_rnn/cell_{layer}/bidirectional_rnn"
        return [f"{both}/fw/{cell}", f"{both}/bw/{cell}"]

    # As a dependency of objects -----------------------------------------------------------------

    def _add_trackable_dependencies(self, trackable: Any, dtype: Any) -> None:
        """Lets `trackable` depend on the cells' weights."""
        parts = split_dependency(
            component_names=self._param_names,
            component_dtypes=(dtype,) * len(self._param_names),
            fill_save_buffer_fn=self._trackable_save,
            consume_restore_buffer_fn=self._trackable_restore,
            device=self._variables[0].device,
        )
        self._trackable_track_params(trackable, parts)

    def _trackable_save(self, save_buffer: dict[str, Tensor]) -> None:
        weights, biases = self.format_converter.opaque_to_tf_canonical(self._variables)
        for name, tensor in zip(self._param_names, [*weights, *biases], strict=True):
            save_buffer[name] = identity(tensor)

    def _trackable_restore(self, restore_buffer: dict[str, Tensor]) -> Any:
        tensors = [identity(restore_buffer[name]) for name in self._param_names]
        return self.restore(restored_tensors=tensors, restored_shapes=None)

    def _trackable_track_params(self, trackable: Any, params: dict[str, Any]) -> None:
        """By default there are none: the layer refuses to be saved so."""


class CudnnLSTMSaveable(CudnnOpaqueParamsSaveable):
    """Of a CudnnLSTM: see `CudnnOpaqueParamsSaveable`."""

    _format_converter_cls: type[CudnnParamsFormatConverter] = CudnnParamsFormatConverterLSTM
    _rnn_cell_name = "cudnn_compatible_lstm_cell"

    def _trackable_track_params(self, trackable: Any, params: dict[str, Any]) -> None:
        kernels = [params[name] for name in self._weight_names]
        biases = [params[name] for name in self._bias_names]
        if len(kernels) == 1:
            trackable._track_trackable(kernels[0], name="kernel")
            trackable._track_trackable(biases[0], name="bias")
        for index, (kernel, bias) in enumerate(zip(kernels, biases, strict=True)):
            cell: Any = AutoTrackable()
            trackable._track_trackable(cell, name=f"cell-{index}")
            cell.bias = bias
            cell.kernel = kernel


class CudnnGRUSaveable(CudnnOpaqueParamsSaveable):
    """Of a CudnnGRU: see `CudnnOpaqueParamsSaveable`."""

    _format_converter_cls = CudnnParamsFormatConverterGRU
    _rnn_cell_name = "cudnn_compatible_gru_cell"
    _weights_of_cell = (
        "gates/kernel",
        "candidate/input_projection/kernel",
        "candidate/hidden_projection/kernel",
    )
    _biases_of_cell = (
        "gates/bias",
        "candidate/input_projection/bias",
        "candidate/hidden_projection/bias",
    )


class CudnnRNNTanhSaveable(CudnnLSTMSaveable):
    """Of a CudnnRNNTanh: see `CudnnOpaqueParamsSaveable`."""

    _format_converter_cls = CudnnParamsFormatConverterTanh
    _rnn_cell_name = "basic_rnn_cell"


class CudnnRNNReluSaveable(CudnnLSTMSaveable):
    """Of a CudnnRNNRelu: see `CudnnOpaqueParamsSaveable`."""

    _format_converter_cls = CudnnParamsFormatConverterRelu
    _rnn_cell_name = "basic_rnn_cell"
