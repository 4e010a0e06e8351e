"""`LSTM` and `GRU` of `tf.compat.v2.keras.layers` as graphs have them: cells with other defaults.

Arguments behind the gates' activation are taken by name where they differ from those of `LSTM` and
`GRU`.
"""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.scopes import device
from stillflow.keras.layers.recurrent import gru, lstm
from stillflow.keras.layers.recurrent.dropout_masks import DropoutRNNCellMixin
from stillflow.keras.layers.recurrent.of_cell import GatedLayer
from stillflow.layers.input_spec import InputSpec

#: How cuDNN's kernels are told from others; graphs use neither.
_UNKNOWN_RUNTIME = 0


class GRUCell(gru.GRUCell):
    """`tf.keras.layers.GRUCell` with gates of `sigmoid`, `implementation` 2 and `reset_after`."""

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        *args: Any,
        implementation: int = 2,
        reset_after: bool = True,
        **kwargs: Any,
    ):
        kwargs.update(implementation=implementation, reset_after=reset_after)
        super().__init__(units, activation, recurrent_activation, *args, **kwargs)


class LSTMCell(lstm.LSTMCell):
    """`tf.keras.layers.LSTMCell` with gates of `sigmoid` and `implementation` 2."""

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        *args: Any,
        implementation: int = 2,
        **kwargs: Any,
    ):
        kwargs.update(implementation=implementation)
        super().__init__(units, activation, recurrent_activation, *args, **kwargs)


class _Layer(DropoutRNNCellMixin, GatedLayer):
    """What a graph of one of the layers has besides."""

    could_use_cudnn = False
    return_runtime = False

    def _most_steps(self, inputs: Any) -> int | None:
        return inputs.shape.as_list()[0 if self.time_major else 1]

    def call(  # type: ignore[override]  # its cells take no constants
        self, inputs: Any, mask: Any = None, training: Any = None, initial_state: Any = None
    ) -> Any:
        output = super().call(inputs, mask, training, initial_state)
        with device("/device:CPU:0"):
            runtime = constant(_UNKNOWN_RUNTIME, dtype=dtypes.float32, name="runtime")
        return (output, runtime) if self.return_runtime and not self.return_state else output


class GRU(_Layer, gru.GRU):
    """`tf.keras.layers.GRU` with gates of `sigmoid`, `implementation` 2 and `reset_after`.

    Args:
      return_runtime: the output is followed by a number that tells of cuDNN.
      All others are as for `tf.keras.layers.GRU`.
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        *args: Any,
        implementation: int = 2,
        reset_after: bool = True,
        return_runtime: bool = False,
        **kwargs: Any,
    ):
        kwargs.update(implementation=implementation, reset_after=reset_after)
        super().__init__(units, activation, recurrent_activation, *args, **kwargs)
        self.return_runtime = return_runtime


class LSTM(_Layer, lstm.LSTM):
    """`tf.keras.layers.LSTM` with gates of `sigmoid` and `implementation` 2.

    Args:
      return_runtime: the output is followed by a number that tells of cuDNN.
      All others are as for `tf.keras.layers.LSTM`.
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        *args: Any,
        implementation: int = 2,
        return_runtime: bool = False,
        **kwargs: Any,
    ):
        kwargs.update(implementation=implementation)
        super().__init__(units, activation, recurrent_activation, *args, **kwargs)
        self.return_runtime = return_runtime
        self.state_spec = [InputSpec(shape=(None, self.units)) for _ in range(2)]
