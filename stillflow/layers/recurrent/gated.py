"""Cells with few gates: update gate, intersection, simple, minimal and chaos free ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.layers.identifiers import activation_of, initializer_of
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.recurrent.cell import (
    BIAS,
    KERNEL,
    LayerRNNCell,
    RNNCell,
    known_columns,
    known_depth,
)
from stillflow.layers.recurrent.linear import Linear
from stillflow.ops.array import joining
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.activations import relu
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable_scope, variable_scope


class UGRNNCell(RNNCell):
    """The update gate RNN of Collins et al., 2016 (arXiv:1611.09913).

    Args:
      num_units: the size of state and output.
      initializer: of the kernel; by default that of the scope.
      forget_bias: added to the gate.
      activation: a function.
      reuse: whether the variables exist already.
    """

    def __init__(
        self,
        num_units: int,
        initializer: Any = None,
        forget_bias: float = 1.0,
        activation: Callable[[Any], Any] = tanh,
        reuse: bool | None = None,
    ):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._activation = activation
        self._linear: Linear | None = None

    @property
    def state_size(self) -> int:
        return self._num_units

    @property
    def output_size(self) -> int:
        return self._num_units

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        known_columns(inputs)
        with variable_scope(get_variable_scope(), initializer=self._initializer):
            both = joining.concat([inputs, state], 1)
            if self._linear is None:
                self._linear = Linear(both, 2 * self._num_units, True)
            g, c = joining.split(axis=1, num_or_size_splits=2, value=self._linear(both))
            c = self._activation(c)
            g = sigmoid(g + self._forget_bias)
            state = g * state + (1.0 - g) * c
        return state, state


class IntersectionRNNCell(RNNCell):
    """The intersection RNN of Collins et al., 2016 (arXiv:1611.09913), also gated in depth.

    Args:
      num_units: the size of state and output.
      num_in_proj: whether inputs of another size are projected to it.
      initializer: of the kernels; by default that of the scope.
      forget_bias: added to the gates.
      y_activation: of what goes into depth.
      reuse: whether the variables exist already.
    """

    def __init__(
        self,
        num_units: int,
        num_in_proj: int | None = None,
        initializer: Any = None,
        forget_bias: float = 1.0,
        y_activation: Callable[[Any], Any] = relu,
        reuse: bool | None = None,
    ):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._num_input_proj = num_in_proj
        self._y_activation = y_activation
        self._projection: Linear | None = None
        self._linear: Linear | None = None

    @property
    def state_size(self) -> int:
        return self._num_units

    @property
    def output_size(self) -> int:
        return self._num_units

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        n = self._num_units
        columns = known_columns(inputs)
        with variable_scope(get_variable_scope(), initializer=self._initializer):
            if columns != n:
                inputs = self._projected(inputs)
            both = joining.concat([inputs, state], 1)
            if self._linear is None:
                self._linear = Linear(both, 4 * n, True)
            gates = self._linear(both)
            gate_h, h, gate_y, y = (gates[:, i * n or None : (i + 1) * n] for i in range(4))
            h = tanh(h)
            y = self._y_activation(y)
            gate_h = sigmoid(gate_h + self._forget_bias)
            gate_y = sigmoid(gate_y + self._forget_bias)
            new_state = gate_h * state + (1.0 - gate_h) * h
            return gate_y * inputs + (1.0 - gate_y) * y, new_state

    def _projected(self, inputs: Any) -> Any:
        if not self._num_input_proj:
            raise ValueError(
                "Must have input size == output size for Intersection RNN. To fix, num_in_proj "
                "should be set to num_units at cell init."
            )
        with variable_scope("in_projection"):
            if self._projection is None:
                self._projection = Linear(inputs, self._num_units, True)
            return self._projection(inputs)


class SRUCell(LayerRNNCell):
    """The simple recurrent unit of Lei et al., 2017 (arXiv:1709.02755).

    Args:
      num_units: the size of state and output.
      activation: a function; tanh by default.
      reuse: whether the variables exist already.
    """

    def __init__(
        self,
        num_units: int,
        activation: Callable[[Any], Any] | None = None,
        reuse: bool | None = None,
        name: Any = None,
        **kwargs: Any,
    ):
        super().__init__(_reuse=reuse, name=name, **kwargs)
        self._num_units = num_units
        self._activation = activation or tanh
        self.input_spec = InputSpec(ndim=2)

    @property
    def state_size(self) -> int:
        return self._num_units

    @property
    def output_size(self) -> int:
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        depth = known_depth(inputs_shape)
        self._kernel = self.add_variable(KERNEL, shape=[depth, 4 * self._num_units])
        self._bias = self.add_variable(BIAS, shape=[2 * self._num_units], initializer=Zeros)
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        parts = matmul(inputs, self._kernel)
        new, f, r, carried = joining.split(value=parts, num_or_size_splits=4, axis=1)
        gates = sigmoid(bias_add(joining.concat([f, r], 1), self._bias))
        f, r = joining.split(value=gates, num_or_size_splits=2, axis=1)
        c = f * state + (1.0 - f) * new
        h = r * self._activation(c) + (1.0 - r) * carried
        return h, c


class _NamedUnits(LayerRNNCell):
    """The base of cells whose attributes are public, and initializers may be names."""

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "ones",
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ):
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self.units = units
        self.activation = activation_of(activation)
        self.kernel_initializer = initializer_of(kernel_initializer)
        self.bias_initializer = initializer_of(bias_initializer)

    @property
    def state_size(self) -> int:
        return self.units

    @property
    def output_size(self) -> int:
        return self.units


class MinimalRNNCell(_NamedUnits):
    """The minimal RNN of Chen, 2017 (arXiv:1711.06788).

    Args:
      units: the size of state and output.
      activation, kernel_initializer, bias_initializer: functions or their names.
      name, dtype: as for `tf.layers.Layer`.
    """

    def build(self, inputs_shape: Any) -> None:
        depth = known_depth(inputs_shape)
        self.kernel = self.add_weight(
            name=KERNEL,
            shape=[depth + 2 * self.units, self.units],
            initializer=self.kernel_initializer,
        )
        self.bias = self.add_weight(
            name=BIAS, shape=[self.units], initializer=self.bias_initializer
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        sizes = [known_columns(inputs), 2 * self.units]
        forward, gate = joining.split(value=self.kernel, num_or_size_splits=sizes, axis=0)
        new = self.activation(matmul(inputs, forward))
        u = sigmoid(bias_add(matmul(joining.concat([new, state], 1), gate), self.bias))
        new_h = u * state + (1 - u) * new
        return new_h, new_h


class CFNCell(_NamedUnits):
    """The chaos free network of Laurent and von Brecht, 2016 (arXiv:1612.06212).

    Args:
      units: the size of state and output.
      activation, kernel_initializer, bias_initializer: functions or their names.
      name, dtype: as for `tf.layers.Layer`.
    """

    def build(self, inputs_shape: Any) -> None:
        depth = known_depth(inputs_shape)
        self.kernel = self.add_weight(
            shape=[depth, 3 * self.units], name=KERNEL, initializer=self.kernel_initializer
        )
        self.recurrent_kernel = self.add_weight(
            shape=[self.units, 2 * self.units],
            name=f"recurrent_{KERNEL}",
            initializer=self.kernel_initializer,
        )
        self.bias = self.add_weight(
            shape=[2 * self.units], name=BIAS, initializer=self.bias_initializer
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        known_columns(inputs)
        sizes = [2 * self.units, self.units]
        v, w = joining.split(value=self.kernel, num_or_size_splits=sizes, axis=1)
        gates = matmul(state, self.recurrent_kernel) + matmul(inputs, v)
        gates = sigmoid(bias_add(gates, self.bias))
        theta, eta = joining.split(value=gates, num_or_size_splits=2, axis=1)
        new = matmul(inputs, w)
        new_h = theta * self.activation(state) + (1 - eta) * self.activation(new)
        return new_h, new_h
