"""Cells that go on with the weights of cuDNN's networks."""

from __future__ import annotations

from typing import Any

from stillflow.layers.recurrent.basic import GRUCell
from stillflow.layers.recurrent.block import LSTMBlockCell
from stillflow.layers.recurrent.cell import BIAS, KERNEL, known_depth
from stillflow.ops.array import joining
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables.initializers import Constant, Zeros


class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """`LSTMBlockCell` that computes as CudnnLSTM does: without a forget bias or peepholes.

    Args:
      num_units: the size of the output, and of either part of the state.
      reuse: whether the variables exist already.
    """

    def __init__(self, num_units: int, reuse: bool | None = None):
        super().__init__(num_units, forget_bias=0, reuse=reuse, name="cudnn_compatible_lstm_cell")


class CudnnCompatibleGRUCell(GRUCell):
    """`GRUCell` that computes as CudnnGRU does: the reset gate acts on the product with the state.

    Args:
      num_units: the size of state and output.
      reuse: whether the variables exist already.
      kernel_initializer: of all kernels; by default that of the scope.
    """

    def __init__(self, num_units: int, reuse: bool | None = None, kernel_initializer: Any = None):
        super().__init__(
            num_units, activation=None, reuse=reuse, kernel_initializer=kernel_initializer
        )

    def build(self, inputs_shape: Any) -> None:
        depth, units = known_depth(inputs_shape), self._num_units
        self._gate_kernel, self._gate_bias = self._weights(
            "gates", depth + units, 2, Constant(1.0, dtype=self.dtype)
        )
        kernels, biases = [], []
        projections = {"input_projection": depth, "hidden_projection": units}
        for name, rows in projections.items():
            kernels.append(
                self.add_variable(
                    f"candidate/{name}/{KERNEL}",
                    shape=[rows, units],
                    initializer=self._kernel_initializer,
                )
            )
        for name in projections:
            zeros = Zeros(dtype=self.dtype)
            biases.append(
                self.add_variable(f"candidate/{name}/{BIAS}", shape=[units], initializer=zeros)
            )
        self._candidate_kernels, self._candidate_biases = kernels, biases
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        gates = matmul(joining.concat([inputs, state], 1), self._gate_kernel)
        gates = sigmoid(bias_add(gates, self._gate_bias))
        r, u = joining.split(value=gates, num_or_size_splits=2, axis=1)
        of_inputs, of_state = self._candidate_kernels
        input_bias, state_bias = self._candidate_biases
        candidate = bias_add(matmul(inputs, of_inputs), input_bias)
        candidate += r * bias_add(matmul(state, of_state), state_bias)
        candidate = self._activation(candidate)
        new_h = (1 - u) * candidate + u * state
        return new_h, new_h
