"""Cells of which each unit sees only itself of the state: IndRNN, and a GRU and an LSTM like it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.recurrent.cell import BIAS, KERNEL, LayerRNNCell, known_depth
from stillflow.layers.recurrent.lstm import LSTMStateTuple, basic_step
from stillflow.ops.array import joining
from stillflow.ops.array.tiling import tile
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables.initializers import Constant, RandomUniform, Zeros


class IndRNNCell(LayerRNNCell):
    """The independently recurrent network of Li et al., 2018 (arXiv:1803.04831).

    Args:
      num_units: the size of state and output.
      activation: a function; tanh by default.
      reuse: whether the variables exist already.
      name, dtype: as for `tf.layers.Layer`.
    """

    def __init__(
        self,
        num_units: int,
        activation: Callable[[Any], Any] | None = None,
        reuse: bool | None = None,
        name: Any = None,
        dtype: Any = None,
    ):
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activation or tanh

    @property
    def state_size(self) -> Any:
        return self._num_units

    @property
    def output_size(self) -> int:
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        zeros = Zeros(dtype=self.dtype)
        self._kernel_w, self._kernel_u, self._bias = self._weights("", inputs_shape, 1, None, zeros)
        self.built = True

    def _weights(
        self,
        prefix: str,
        inputs_shape: Any,
        count: int,
        kernel: Any,
        bias: Any,
        suffix: str = "_w",
    ) -> tuple[Any, Any, Any]:
        """(weights of inputs, of the state, bias) of so many gates."""
        columns = count * self._num_units
        depth = known_depth(inputs_shape)
        uniform = RandomUniform(minval=-1, maxval=1, dtype=self.dtype)
        return (
            self.add_variable(
                f"{prefix}{KERNEL}{suffix}", shape=[depth, columns], initializer=kernel
            ),
            self.add_variable(f"{prefix}{KERNEL}_u", shape=[1, columns], initializer=uniform),
            self.add_variable(f"{prefix}{BIAS}", shape=[columns], initializer=bias),
        )

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        gates = matmul(inputs, self._kernel_w) + state * self._kernel_u
        output = self._activation(bias_add(gates, self._bias))
        return output, output


class IndyGRUCell(IndRNNCell):
    """A GRU of independent units: Gonnet and Deselaers, 2019 (arXiv:1903.08023).

    Args:
      kernel_initializer, bias_initializer: of both kernels of inputs and biases; by default that of
        the scope, and ones for the gates' bias, zeros for the candidate's.
      All others are as for `IndRNNCell`.
    """

    def __init__(
        self,
        num_units: int,
        activation: Callable[[Any], Any] | None = None,
        reuse: bool | None = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: Any = None,
        dtype: Any = None,
    ):
        super().__init__(num_units, activation, reuse, name, dtype)
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer

    def build(self, inputs_shape: Any) -> None:
        kernel, bias = self._kernel_initializer, self._bias_initializer
        ones = Constant(1.0, dtype=self.dtype) if bias is None else bias
        self._gate_kernel_w, self._gate_kernel_u, self._gate_bias = self._weights(
            "gates/", inputs_shape, 2, kernel, ones
        )
        zeros = Zeros(dtype=self.dtype) if bias is None else bias
        self._candidate_kernel_w, self._candidate_kernel_u, self._candidate_bias = self._weights(
            *("candidate/", inputs_shape, 1, kernel, zeros),
            suffix="",  # TensorFlow's name has none
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        gates = matmul(inputs, self._gate_kernel_w) + tile(state, [1, 2]) * self._gate_kernel_u
        gates = sigmoid(bias_add(gates, self._gate_bias))
        r, u = joining.split(value=gates, num_or_size_splits=2, axis=1)
        r_state = r * state
        candidate = matmul(inputs, self._candidate_kernel_w) + r_state * self._candidate_kernel_u
        c = self._activation(bias_add(candidate, self._candidate_bias))
        new_h = u * state + (1 - u) * c
        return new_h, new_h


class IndyLSTMCell(IndRNNCell):
    """An LSTM of independent units: Gonnet and Deselaers, 2019 (arXiv:1903.08023).

    Args:
      forget_bias: added to the forget gate.
      kernel_initializer, bias_initializer: of the kernel of inputs, and of the bias; by default
        that of the scope, and zeros.
      All others are as for `IndRNNCell`.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        activation: Callable[[Any], Any] | None = None,
        reuse: bool | None = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: Any = None,
        dtype: Any = None,
    ):
        super().__init__(num_units, activation, reuse, name, dtype)
        self._forget_bias = forget_bias
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer

    @property
    def state_size(self) -> Any:
        return LSTMStateTuple(self._num_units, self._num_units)

    def build(self, inputs_shape: Any) -> None:
        bias = self._bias_initializer
        self._kernel_w, self._kernel_u, self._bias = self._weights(
            *("", inputs_shape, 4, self._kernel_initializer),
            Zeros(dtype=self.dtype) if bias is None else bias,
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        one = constant(1, dtype=dtypes.int32)
        c, h = state
        gates = matmul(inputs, self._kernel_w)
        gates += tile(h, [1, 4]) * self._kernel_u
        gates = bias_add(gates, self._bias)
        i, j, f, o = joining.split(value=gates, num_or_size_splits=4, axis=one)
        new_c, new_h = basic_step((i, j, f, o), c, self._forget_bias, self._activation)
        return new_h, LSTMStateTuple(new_c, new_h)
