"""Networks of cuDNN as objects that are given their parameters at each call."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.layers.cudnn import functions, modes


class Model:
    """What a network is, but for its parameters.

    Args:
      rnn_mode, num_layers, num_units, input_size: its cells, how many layers of how many units,
        and the size of its input.
      input_mode, direction, dropout, seed, num_proj: as for `functions.run`.
      dtype: of the parameters.
    """

    def __init__(
        self,
        rnn_mode: str,
        num_layers: int,
        num_units: int,
        input_size: int,
        input_mode: str = modes.LINEAR_INPUT,
        direction: str = modes.UNIDIRECTION,
        dtype: Any = dtypes.float32,
        dropout: float = 0.0,
        seed: int | None = 0,
        num_proj: int | None = None,
    ):
        self.rnn_mode = rnn_mode
        self.num_layers = num_layers
        self.num_units = num_units
        self.input_size = input_size
        self.input_mode = input_mode
        self.direction = direction
        self.num_proj = num_proj
        self._dtype = dtype
        self._dropout = dropout
        self._seed = seed

    def _options(self) -> dict[str, Any]:
        return {
            "input_mode": self.input_mode,
            "direction": self.direction,
            "dropout": self._dropout,
            "seed": self._seed,
            "num_proj": self.num_proj,
        }

    def _sizes(self) -> tuple[str, int, int, int]:
        return self.rnn_mode, self.num_layers, self.num_units, self.input_size

    def params_size(self) -> Tensor:
        """Returns how many parameters it has, i32[]."""
        return functions.cudnn_rnn_opaque_params_size(
            *self._sizes(), dtype=self._dtype, **self._options()
        )

    def __call__(
        self,
        input_data: Any,
        input_h: Any,
        input_c: Any,
        params: Any,
        is_training: bool = True,
        sequence_lengths: Any = None,
        time_major: bool = True,
    ) -> Any:
        """Returns outputs, h and c: see `functions.run`."""
        return functions.run(
            input_data,
            input_h,
            input_c,
            params,
            is_training,
            self.rnn_mode,
            sequence_lengths=sequence_lengths,
            time_major=time_major,
            **self._options(),
        )

    def params_to_canonical(self, params: Any) -> Any:
        """Returns the weights and the biases that `params` hold."""
        return functions.cudnn_rnn_opaque_params_to_canonical(
            *self._sizes(), params, **self._options()
        )

    def canonical_to_params(self, weights: Any, biases: Any) -> Tensor:
        """Returns the parameters that hold these."""
        return functions.cudnn_rnn_canonical_to_opaque_params(
            *self._sizes(), weights, biases, **self._options()
        )


class CudnnLSTM(Model):
    """An LSTM: see `Model`."""

    _NUM_PARAMS_PER_LAYER = modes.LSTM_PARAMS

    def __init__(self, num_layers: int, num_units: int, input_size: int, *args: Any, **kwargs: Any):
        super().__init__(modes.LSTM, num_layers, num_units, input_size, *args, **kwargs)

    def __call__(  # type: ignore[override]
        self,
        input_data: Any,
        input_h: Any,
        input_c: Any,
        params: Any,
        sequence_lengths: Any = None,
        time_major: bool = True,
        is_training: bool = True,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Returns outputs, h and c: see `functions.run`."""
        given = (input_data, input_h, input_c, params, is_training, sequence_lengths, time_major)
        return super().__call__(*given)


class _WithoutC(Model):
    _mode: str

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        input_size: int,
        input_mode: str = modes.LINEAR_INPUT,
        direction: str = modes.UNIDIRECTION,
        dtype: Any = dtypes.float32,
        dropout: float = 0.0,
        seed: int | None = 0,
    ):
        if direction not in (modes.UNIDIRECTION, modes.BIDIRECTION):
            raise ValueError(f"Invalid direction: {direction}")
        given = (input_size, input_mode, direction, dtype, dropout, seed)
        super().__init__(self._mode, num_layers, num_units, *given)

    def __call__(  # type: ignore[override]
        self,
        input_data: Any,
        input_h: Any,
        params: Any,
        sequence_lengths: Any = None,
        time_major: bool = True,
        is_training: bool = True,
    ) -> tuple[Tensor, Tensor]:
        """Returns outputs and h: see `functions.without_c`."""
        options = self._options()
        del options["num_proj"]
        return functions.without_c(
            input_data,
            input_h,
            params,
            is_training,
            self.rnn_mode,
            sequence_lengths=sequence_lengths,
            time_major=time_major,
            **options,
        )


class CudnnGRU(_WithoutC):
    """A GRU: see `Model`."""

    _mode, _NUM_PARAMS_PER_LAYER = modes.GRU, modes.GRU_PARAMS


class CudnnRNNTanh(_WithoutC):
    """Plain cells with `tanh`: see `Model`."""

    _mode, _NUM_PARAMS_PER_LAYER = modes.RNN_TANH, modes.RNN_TANH_PARAMS


class CudnnRNNRelu(_WithoutC):
    """Plain cells with `relu`: see `Model`."""

    _mode, _NUM_PARAMS_PER_LAYER = modes.RNN_RELU, modes.RNN_RELU_PARAMS
