"""`GLSTMCell`: LSTMs side by side, in groups that do not see each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.layers.recurrent.cell import RNNCell
from stillflow.layers.recurrent.linear import Linear
from stillflow.layers.recurrent.lstm import LSTMStateTuple, sizes_of
from stillflow.ops.array import joining, shape_of, slicing
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables.initializers import Constant
from stillflow.ops.variables.scope import get_variable, get_variable_scope, variable_scope


class GLSTMCell(RNNCell):
    """The group LSTM of Kuchaiev and Ginsburg, 2017 (arXiv:1703.10722).

    Args:
      num_units: how much the cell holds.
      initializer: of all kernels; by default that of the scope.
      num_proj: the size of the output, by a product more; `num_units` without one.
      number_of_groups: of which each has its part of units and inputs.
      forget_bias: added to the forget gate.
      activation: a function.
      reuse: whether the variables exist already.

    Raises:
      ValueError: units, projection or inputs cannot be divided among the groups.
    """

    def __init__(
        self,
        num_units: int,
        initializer: Any = None,
        num_proj: int | None = None,
        number_of_groups: int = 1,
        forget_bias: float = 1.0,
        activation: Callable[[Any], Any] = tanh,
        reuse: bool | None = None,
    ):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._num_proj = num_proj
        self._forget_bias = forget_bias
        self._activation = activation
        self._number_of_groups = number_of_groups
        if num_units % number_of_groups != 0:
            raise ValueError("num_units must be divisible by number_of_groups")
        if num_proj and num_proj % number_of_groups != 0:
            raise ValueError("num_proj must be divisible by number_of_groups")
        self._group_shape = [
            (num_proj or num_units) // number_of_groups,
            num_units // number_of_groups,
        ]
        self._state_size, self._output_size = sizes_of(num_units, num_proj)
        self._groups: list[Linear | None] = [None] * number_of_groups
        self._projection: Linear | None = None

    @property
    def state_size(self) -> Any:
        return self._state_size

    @property
    def output_size(self) -> int:
        return self._output_size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        c, m = state
        batch_size = inputs.shape.as_list()[0] or shape_of.shape(inputs)[0]
        width = self._input_width(inputs)

        def part_of(x: Any, group: int, size: int) -> Any:
            return slicing.slice_(
                input_=x,
                begin=[0, group * size],
                size=[batch_size, size],
                name=f"GLSTM_group{group}_input_generation",
            )

        with variable_scope(get_variable_scope(), initializer=self._initializer):
            gates = []
            for group in range(self._number_of_groups):
                with variable_scope(f"group{group}"):
                    parts = [part_of(inputs, group, width), part_of(m, group, self._group_shape[0])]
                    gates.append(self._gates(group, joining.concat(parts, axis=1)))
            i, j, f, o = self._with_biases(gates, inputs.dtype)
        new_c = sigmoid(f + self._forget_bias) * c + sigmoid(i) * tanh(j)
        new_m = sigmoid(o) * self._activation(new_c)
        if self._num_proj is not None:
            with variable_scope("projection"):
                if self._projection is None:
                    self._projection = Linear(new_m, self._num_proj, False)
                new_m = self._projection(new_m)
        return new_m, LSTMStateTuple(new_c, new_m)

    def _input_width(self, inputs: Any) -> int:
        size, groups = inputs.shape.as_list()[1], self._number_of_groups
        if size is None:
            raise ValueError("input size must be statically known")
        if size % groups != 0:
            raise ValueError(
                f"input size ({size}) must be divisible by number_of_groups ({groups})"
            )
        return size // groups

    def _gates(self, group: int, x: Any) -> list:
        linear = self._groups[group]
        if linear is None:
            linear = self._groups[group] = Linear(x, 4 * self._group_shape[1], False)
        return joining.split(linear(x), 4, 1)

    def _with_biases(self, gates: list[list], dtype: Any) -> list:
        biases = [
            get_variable(
                name=f"bias_{gate}",
                shape=[self._num_units],
                dtype=dtype,
                initializer=Constant(0.0, dtype=dtype),
            )
            for gate in "ijfo"
        ]
        pairs = zip(zip(*gates, strict=True), biases, strict=True)
        return [bias_add(joining.concat(parts, axis=1), bias) for parts, bias in pairs]
