"""Parameters of cuDNN's networks as the weights of TensorFlow's cells, and back.

A converter goes by way of canonical weights, one matrix for each gate: see `functions`. A cell's
kernel has the gates side by side, those of an LSTM in the order input, new value, forgetting,
output; its bias is the sum of cuDNN's two, which coming back each are half of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import device
from stillflow.layers.cudnn import modes
from stillflow.ops.array import joining
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.transposing import transpose
from stillflow.ops.recurrent import cudnn_params


class CudnnParamsFormatConverter:
    """Converts between cuDNN's vector of parameters and the weights of cells.

    Args:
      num_layers, num_units, input_size: the sizes of the network.
      num_proj: the size of projected states, if they are.
      input_mode, direction: as for a layer.
    """

    _rnn_mode: str
    _num_params_per_layer: int

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        input_size: int,
        num_proj: int | None = None,
        input_mode: str = modes.LINEAR_INPUT,
        direction: str = modes.UNIDIRECTION,
    ):
        self._num_layers = num_layers
        self._input_size = input_size
        self._num_units = num_units
        self._input_mode = input_mode
        self._num_proj = num_proj
        self._direction = direction
        self._num_dirs = modes.directions(direction)
        self._num_params = self._num_params_per_layer * num_layers * self._num_dirs

    def tf_canonical_to_opaque(self, tf_canonicals: Sequence[Any], weights_proj: Any = None) -> Any:
        """Returns the parameters, f[size], of cells' weights followed by their biases."""
        weights, biases = self._tf_canonical_to_cu_canonical(tf_canonicals, weights_proj)
        weights = [reshape(weight, [-1]) for weight in weights]
        return self._cu_canonical_to_opaque(weights, biases)

    def opaque_to_tf_canonical(self, opaque_param: Any) -> tuple[list[Tensor], ...]:
        """Returns the cells' weights and their biases; the projections third if there are any."""
        return self._cu_canonical_to_tf_canonical(*self._opaque_to_cu_canonical(opaque_param))

    # By way of canonical weights ----------------------------------------------------------------

    def _model(self) -> dict[str, Any]:
        return {
            "num_layers": self._num_layers,
            "num_units": self._num_units,
            "input_size": self._input_size,
            "rnn_mode": self._rnn_mode,
            "input_mode": self._input_mode,
            "direction": self._direction,
        }

    def _opaque_to_cu_canonical(self, opaque_param: Any) -> Any:
        with device("/gpu:0"):
            if not self._num_proj:
                return cudnn_params.cudnn_rnn_params_to_canonical(
                    params=opaque_param, num_params=self._num_params, **self._model()
                )
            return cudnn_params.cudnn_rnn_params_to_canonical_v2(
                params=opaque_param,
                num_params_weights=self._num_params + self._num_layers * self._num_dirs,
                num_params_biases=self._num_params,
                num_proj=self._num_proj,
                **self._model(),
            )

    def _cu_canonical_to_opaque(self, cu_weights: Any, cu_biases: Any) -> Tensor:
        with device("/gpu:0"):
            if not self._num_proj:
                return cudnn_params.cudnn_rnn_canonical_to_params(
                    weights=cu_weights, biases=cu_biases, **self._model()
                )
            return cudnn_params.cudnn_rnn_canonical_to_params_v2(
                weights=cu_weights, biases=cu_biases, num_proj=self._num_proj, **self._model()
            )

    def _cu_canonical_to_tf_canonical(
        self, cu_weights: Any, cu_biases: Any
    ) -> tuple[list[Tensor], ...]:
        weights: list[Tensor] = []
        biases: list[Tensor] = []
        projections: list[Tensor] = []
        parts = self._num_layers * self._num_dirs
        for own, own_biases in zip(
            _in_parts(cu_weights, parts), _in_parts(cu_biases, parts), strict=True
        ):
            made = self._cudnn_to_tf_weights(*own)
            if self._num_proj:
                *made, projection = made
                projections.append(projection)
            weights += made
            biases += self._cudnn_to_tf_biases(*own_biases)
        return (weights, biases, projections) if self._num_proj else (weights, biases)

    def _tf_canonical_to_cu_canonical(
        self, tf_canonicals: Sequence[Any], weights_proj: Any
    ) -> tuple[list[Tensor], list[Tensor]]:
        half, parts = len(tf_canonicals) // 2, self._num_layers * self._num_dirs
        own_weights = _in_parts(tf_canonicals[:half], parts)
        own_biases = _in_parts(tf_canonicals[half:], parts)
        weights: list[Tensor] = []
        biases: list[Tensor] = []
        for part in range(parts):
            weights += self._tf_to_cudnn_weights(part // self._num_dirs, *own_weights[part])
            if weights_proj is not None:
                weights.append(transpose(weights_proj[part]))
            biases += self._tf_to_cudnn_biases(*own_biases[part])
        return weights, biases

    # To override --------------------------------------------------------------------------------

    def _cudnn_to_tf_weights(self, *cu_weights: Any) -> Sequence[Tensor]:
        raise NotImplementedError("Abstract method")

    def _tf_to_cudnn_weights(self, layer: int, *tf_weights: Any) -> Sequence[Tensor]:
        raise NotImplementedError("Abstract method")

    def _cudnn_to_tf_biases(self, *biases: Any) -> Sequence[Tensor]:
        raise NotImplementedError("Abstract method")

    def _tf_to_cudnn_biases(self, *tf_biases: Any) -> Sequence[Tensor]:
        raise NotImplementedError("Abstract method")

    # Helpers ------------------------------------------------------------------------------------

    def _split_columns(self, layer: int, weight: Any) -> list[Tensor]:
        """Of f[units, width + state]: the columns on the input, and those on the state."""
        state = self._num_proj or self._num_units
        width = self._input_size if layer == 0 else state * self._num_dirs
        return joining.split(weight, [width, state], axis=1)


def _in_parts(tensors: Sequence[Any], count: int) -> list[Sequence[Any]]:
    size = len(tensors) // count
    return [tensors[i * size : (i + 1) * size] for i in range(count)]


class CudnnParamsFormatConverterLSTM(CudnnParamsFormatConverter):
    """Between CudnnLSTM and CudnnCompatibleLSTMCell: see `CudnnParamsFormatConverter`."""

    _rnn_mode = modes.LSTM
    _num_params_per_layer = modes.LSTM_PARAMS

    def _cudnn_to_tf_gate_params(self, *cu_gate_order: Any) -> list[Any]:
        i, f, c, o = cu_gate_order
        return [i, c, f, o]

    def _tf_to_cudnn_gate_params(self, *tf_gate_order: Any) -> list[Any]:
        i, c, f, o = tf_gate_order
        return [i, f, c, o]

    def _cudnn_to_tf_weights(self, *cu_weights: Any) -> Sequence[Tensor]:
        pairs = zip(cu_weights[:4], cu_weights[4:8], strict=True)
        gates = [joining.concat(pair, axis=1) for pair in pairs]
        kernel = transpose(joining.concat(self._cudnn_to_tf_gate_params(*gates), axis=0))
        return (kernel, transpose(cu_weights[8])) if self._num_proj else (kernel,)

    def _tf_to_cudnn_weights(self, layer: int, *tf_weights: Any) -> Sequence[Tensor]:
        (kernel,) = tf_weights
        i, c, f, o = (
            self._split_columns(layer, gate) for gate in joining.split(transpose(kernel), 4, axis=0)
        )
        gates = (i, f, c, o)
        return [*(on_input for on_input, _ in gates), *(on_state for _, on_state in gates)]

    def _cudnn_to_tf_biases(self, *biases: Any) -> Sequence[Tensor]:
        gates = [a + b for a, b in zip(biases[:4], biases[4:], strict=True)]
        return (joining.concat(self._cudnn_to_tf_gate_params(*gates), axis=0),)

    def _tf_to_cudnn_biases(self, *tf_biases: Any) -> Sequence[Tensor]:
        (bias,) = tf_biases
        gates = self._tf_to_cudnn_gate_params(*joining.split(bias, 4, axis=0))
        return [gate * 0.5 for gate in gates] * 2


class CudnnParamsFormatConverterGRU(CudnnParamsFormatConverter):
    """Between CudnnGRU and CudnnCompatibleGRUCell: see `CudnnParamsFormatConverter`.

    A cell has three kernels, of both gates and of the new value on the input and on the state, and
    three biases.
    """

    _rnn_mode = modes.GRU
    _num_params_per_layer = modes.GRU_PARAMS

    def _cudnn_to_tf_weights(self, *cu_weights: Any) -> Sequence[Tensor]:
        reset, update, new, of_reset, of_update, of_new = cu_weights
        gates = [
            joining.concat([reset, of_reset], axis=1),
            joining.concat([update, of_update], axis=1),
        ]
        return transpose(joining.concat(gates, axis=0)), transpose(new), transpose(of_new)

    def _tf_to_cudnn_weights(self, layer: int, *tf_weights: Any) -> Sequence[Tensor]:
        gates, new, of_new = (transpose(weight) for weight in tf_weights)
        reset, update = joining.split(gates, 2, axis=0)
        reset, of_reset = self._split_columns(layer, reset)
        update, of_update = self._split_columns(layer, update)
        return reset, update, new, of_reset, of_update, of_new

    def _cudnn_to_tf_biases(self, *biases: Any) -> Sequence[Tensor]:
        reset, update, new, of_reset, of_update, of_new = biases
        on_input = joining.concat([reset, update], axis=0)
        return on_input + joining.concat([of_reset, of_update], axis=0), new, of_new

    def _tf_to_cudnn_biases(self, *tf_biases: Any) -> Sequence[Tensor]:
        gates, new, of_new = tf_biases
        on_input, on_state = gates * 0.5, gates * 0.5
        reset, update = joining.split(on_input, 2, axis=0)
        of_reset, of_update = joining.split(on_state, 2, axis=0)
        return reset, update, new, of_reset, of_update, of_new


class CudnnParamsFormatConverterBasic(CudnnParamsFormatConverter):
    """Between networks of plain cells and BasicRNNCell: see `CudnnParamsFormatConverter`."""

    def _cudnn_to_tf_weights(self, *cu_weights: Any) -> Sequence[Tensor]:
        return (transpose(joining.concat(cu_weights, axis=1)),)

    def _tf_to_cudnn_weights(self, layer: int, *tf_weights: Any) -> Sequence[Tensor]:
        (kernel,) = tf_weights
        return self._split_columns(layer, transpose(kernel))

    def _cudnn_to_tf_biases(self, *biases: Any) -> Sequence[Tensor]:
        on_input, on_state = biases
        return (on_input + on_state,)

    def _tf_to_cudnn_biases(self, *tf_biases: Any) -> Sequence[Tensor]:
        (bias,) = tf_biases
        return bias * 0.5, bias * 0.5


class CudnnParamsFormatConverterTanh(CudnnParamsFormatConverterBasic):
    """Between CudnnRNNTanh and BasicRNNCell: see `CudnnParamsFormatConverter`."""

    _rnn_mode = modes.RNN_TANH
    _num_params_per_layer = modes.RNN_TANH_PARAMS


class CudnnParamsFormatConverterRelu(CudnnParamsFormatConverterBasic):
    """Between CudnnRNNRelu and BasicRNNCell: see `CudnnParamsFormatConverter`."""

    _rnn_mode = modes.RNN_RELU
    _num_params_per_layer = modes.RNN_RELU_PARAMS
