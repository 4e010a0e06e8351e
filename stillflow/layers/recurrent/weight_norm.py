"""`WeightNormLSTMCell`: an LSTM whose kernel is a direction and a length for each column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.scopes import control_dependencies
from stillflow.layers.recurrent.cell import BIAS, KERNEL, RNNCell, known_columns
from stillflow.layers.recurrent.lstm import LSTMStateTuple, clipped, sizes_of
from stillflow.ops.array import joining
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.nn.norms import l2_normalize
from stillflow.ops.variables.initializers import Constant
from stillflow.ops.variables.scope import get_variable, get_variable_scope, variable_scope


class WeightNormLSTMCell(RNNCell):
    """An LSTM with weight normalisation: Salimans and Kingma, 2016 (arXiv:1602.07868).

    Args:
      num_units: how much the cell holds.
      norm: whether weights are normalised.
      use_peepholes: gates see what the cell holds.
      cell_clip: the limit of what it holds.
      initializer: of all variables; by default that of the scope.
      num_proj: the size of the output, by a product more; `num_units` without one.
      proj_clip: the limit of the projected output.
      forget_bias: added to the forget gate.
      activation: a function; tanh by default.
      reuse: whether the variables exist already.
    """

    def __init__(
        self,
        num_units: int,
        norm: bool = True,
        use_peepholes: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: float | None = None,
        forget_bias: float = 1,
        activation: Callable[[Any], Any] | None = None,
        reuse: bool | None = None,
    ):
        super().__init__(_reuse=reuse)
        self._scope = "wn_lstm_cell"  # type: ignore[assignment]
        self._num_units = num_units
        self._norm = norm
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = initializer
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._activation = activation or tanh
        self._forget_bias = forget_bias
        self._state_size, self._output_size = sizes_of(num_units, num_proj)

    @property
    def state_size(self) -> Any:
        return self._state_size

    @property
    def output_size(self) -> int:
        return self._output_size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        c, h = state
        known_columns(inputs)
        with variable_scope(self._scope, initializer=self._initializer):
            gates = self._linear([inputs, h], 4 * self._num_units, bias=True)
            i, j, f, o = joining.split(value=gates, num_or_size_splits=4, axis=1)
            if self._use_peepholes:
                w_f, w_i, w_o = (
                    get_variable(name, shape=[self._num_units], dtype=inputs.dtype)
                    for name in ("w_f_diag", "w_i_diag", "w_o_diag")
                )
                kept = c * sigmoid(f + self._forget_bias + w_f * c)
                new_c = kept + sigmoid(i + w_i * c) * self._activation(j)
                new_c = clipped(new_c, self._cell_clip)
                new_h = sigmoid(o + w_o * new_c) * self._activation(new_c)
            else:
                kept = c * sigmoid(f + self._forget_bias)
                new_c = clipped(kept + sigmoid(i) * self._activation(j), self._cell_clip)
                new_h = sigmoid(o) * self._activation(new_c)
            if self._num_proj is not None:
                with variable_scope("projection"):
                    new_h = self._linear([new_h], self._num_proj, bias=False)
                new_h = clipped(new_h, self._proj_clip)
            return new_h, LSTMStateTuple(new_c, new_h)

    def _linear(self, args: list, output_size: int, bias: bool) -> Any:
        depths, dtype = [known_columns(each) for each in args], args[0].dtype
        with variable_scope(get_variable_scope()) as outer:
            weights = get_variable(KERNEL, [sum(depths), output_size], dtype=dtype)
            if self._norm:
                weights = _normalized(weights, depths)
            result = matmul(args[0] if len(args) == 1 else joining.concat(args, 1), weights)
            if not bias:
                return result
            with variable_scope(outer) as inner:
                inner.set_partitioner(None)
                zeros = Constant(0.0, dtype=dtype)
                biases = get_variable(BIAS, [output_size], dtype=dtype, initializer=zeros)
            return bias_add(result, biases)


def _normalized(weights: Any, depths: list[int]) -> Any:
    """The rows of `weights` that belong to each input, of columns as long as "norm_0", ... say."""
    parts, start = [], 0
    with control_dependencies(None):
        for i, depth in enumerate(depths):
            rows = weights[start : start + depth, :]
            lengths = get_variable(f"norm_{i}", [rows.shape.as_list()[1]], dtype=rows.dtype)
            parts.append(l2_normalize(rows, axis=0) * lengths)
            start += depth
        return joining.concat(parts, axis=0)
