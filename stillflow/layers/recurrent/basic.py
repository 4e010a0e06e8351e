"""The cells that have one state: `BasicRNNCell` and `GRUCell`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.layers.identifiers import activation_of, initializer_of
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.recurrent.cell import (
    BIAS,
    KERNEL,
    LayerRNNCell,
    check_inputs_are_floats,
    check_type_is_float,
    known_depth,
)
from stillflow.layers.settings import floatx
from stillflow.ops.array import joining
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables import initializers
from stillflow.platform.deprecation import deprecated


class OneState(LayerRNNCell):
    """The base of cells of which the state is the output, `num_units` wide."""

    _described: tuple[str, ...] = ("num_units", "activation", "reuse")

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: bool | None = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ):
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        check_type_is_float(self.dtype)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation: Callable[[Any], Any] = activation_of(activation) if activation else tanh

    @property
    def state_size(self) -> int:
        return self._num_units

    @property
    def output_size(self) -> int:
        return self._num_units


class BasicRNNCell(OneState):
    """The simplest cell: h' = activation([x, h] kernel + bias).

    Args:
      num_units: the size of state and output.
      activation: a function or its name; tanh by default.
      reuse: whether the variables exist already.
      name, dtype: as for `tf.layers.Layer`.
    """

    @deprecated(
        None,
        "This class is equivalent as tf.keras.layers.SimpleRNNCell, and will be replaced by that "
        "in Tensorflow 2.0.",
    )
    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: bool | None = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ):
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)

    def build(self, inputs_shape: Any) -> None:
        depth = known_depth(inputs_shape)
        check_type_is_float(self.dtype)
        self._kernel = self.add_variable(KERNEL, shape=[depth + self._num_units, self._num_units])
        self._bias = self.add_variable(
            BIAS, shape=[self._num_units], initializer=initializers.Zeros(dtype=self.dtype)
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        check_inputs_are_floats([inputs, state])
        gates = matmul(joining.concat([inputs, state], 1), self._kernel)
        output = self._activation(bias_add(gates, self._bias))
        return output, output


class GRUCell(OneState):
    """The gated recurrent unit of Cho et al., 2014 (arXiv:1406.1078).

    Args:
      num_units: the size of state and output.
      activation: a function or its name; tanh by default.
      reuse: whether the variables exist already.
      kernel_initializer, bias_initializer: of both kernels and biases; by default that of the
        scope, and ones for the gates' bias, zeros for the candidate's.
      name, dtype: as for `tf.layers.Layer`.
    """

    _described: tuple[str, ...] = ("kernel_initializer", "bias_initializer")

    @deprecated(
        None,
        "This class is equivalent as tf.keras.layers.GRUCell, and will be replaced by that in "
        "Tensorflow 2.0.",
    )
    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: bool | None = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ):
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)
        self._kernel_initializer = initializer_of(kernel_initializer)
        self._bias_initializer = initializer_of(bias_initializer)

    def build(self, inputs_shape: Any) -> None:
        rows = known_depth(inputs_shape) + self._num_units
        check_type_is_float(self.dtype)
        dtype = self.dtype or floatx()
        ones = initializers.Constant(1.0, dtype=dtype)
        self._gate_kernel, self._gate_bias = self._weights("gates", rows, 2, ones)
        self._candidate_kernel, self._candidate_bias = self._weights(
            "candidate", rows, 1, initializers.Zeros(dtype=dtype)
        )
        self.built = True

    def _weights(self, name: str, rows: int, count: int, bias_default: Any) -> tuple[Any, Any]:
        columns = count * self._num_units
        kernel = self.add_variable(
            f"{name}/{KERNEL}", shape=[rows, columns], initializer=self._kernel_initializer
        )
        bias_initializer = self._bias_initializer
        bias = self.add_variable(
            f"{name}/{BIAS}",
            shape=[columns],
            initializer=bias_default if bias_initializer is None else bias_initializer,
        )
        return kernel, bias

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        check_inputs_are_floats([inputs, state])
        gates = matmul(joining.concat([inputs, state], 1), self._gate_kernel)
        gates = sigmoid(bias_add(gates, self._gate_bias))
        r, u = joining.split(value=gates, num_or_size_splits=2, axis=1)
        candidate = matmul(joining.concat([inputs, r * state], 1), self._candidate_kernel)
        c = self._activation(bias_add(candidate, self._candidate_bias))
        new_h = u * state + (1 - u) * c
        return new_h, new_h
