"""`NASCell`: the cell that a search found."""

from __future__ import annotations

from typing import Any

from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers.recurrent.cell import LayerRNNCell
from stillflow.layers.recurrent.lstm import LSTMStateTuple, sizes_of
from stillflow.ops.array import joining
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.activations import relu
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables.initializers import Zeros

_GATES = 8


class NASCell(LayerRNNCell):
    """The cell of Zoph and Le, 2016 (arXiv:1611.01578).

    Args:
      num_units: how much the cell holds.
      num_proj: the size of the output, by a product more; `num_units` without one.
      use_bias: whether there is a bias.
      reuse: whether the variables exist already.
    """

    def __init__(
        self,
        num_units: int,
        num_proj: int | None = None,
        use_bias: bool = False,
        reuse: bool | None = None,
        **kwargs: Any,
    ):
        super().__init__(_reuse=reuse, **kwargs)
        self._num_units = num_units
        self._num_proj = num_proj
        self._use_bias = use_bias
        self._state_size, self._output_size = sizes_of(num_units, num_proj)

    @property
    def state_size(self) -> Any:
        return self._state_size

    @property
    def output_size(self) -> int:
        return self._output_size

    def build(self, inputs_shape: Any) -> None:
        depth = TensorShape(inputs_shape).with_rank(2).as_list()[1]
        if depth is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        width = self._num_units if self._num_proj is None else self._num_proj
        columns = _GATES * self._num_units
        self.recurrent_kernel = self.add_variable("recurrent_kernel", [width, columns])
        self.kernel = self.add_variable("kernel", [depth, columns])
        if self._use_bias:
            self.bias = self.add_variable("bias", shape=[columns], initializer=Zeros)
        if self._num_proj is not None:
            self.projection_weights = self.add_variable(
                "projection_weights", [self._num_units, self._num_proj]
            )
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        c, m = state
        of_state = matmul(m, self.recurrent_kernel)
        of_inputs = matmul(inputs, self.kernel)
        if self._use_bias:
            of_state = bias_add(of_state, self.bias)
        h = joining.split(axis=1, num_or_size_splits=_GATES, value=of_state)
        x = joining.split(axis=1, num_or_size_splits=_GATES, value=of_inputs)
        first = [
            sigmoid(x[0] + h[0]),
            relu(x[1] + h[1]),
            sigmoid(x[2] + h[2]),
            relu(x[3] * h[3]),
            tanh(x[4] + h[4]),
            sigmoid(x[5] + h[5]),
            tanh(x[6] + h[6]),
            sigmoid(x[7] + h[7]),
        ]
        a = tanh(first[0] * first[1])
        b = tanh(first[2] + first[3])
        d = tanh(first[4] * first[5])
        e = sigmoid(first[6] + first[7])
        new_c = tanh(a + c) * b
        new_m = tanh(new_c * tanh(d + e))
        if self._num_proj is not None:
            new_m = matmul(new_m, self.projection_weights)
        return new_m, LSTMStateTuple(new_c, new_m)
