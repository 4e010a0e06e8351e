"""`CoupledInputForgetGateLSTMCell`: an LSTM that takes in as much as it forgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.layers.recurrent.cell import RNNCell, known_columns
from stillflow.layers.recurrent.lstm import (
    LSTMStateTuple,
    clipped,
    sizes_of,
    warn_of_joined_state,
)
from stillflow.layers.recurrent.normalized import normalized
from stillflow.layers.recurrent.shards import concat_variable
from stillflow.ops.array import joining, slicing
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable


class CoupledInputForgetGateLSTMCell(RNNCell):
    """The LSTM with coupled gates of Greff et al., 2015 (arXiv:1503.04069).

    Args:
      num_units: how much the cell holds.
      use_peepholes: gates see what the cell holds.
      initializer: not looked at, as in TensorFlow: that of the scope counts.
      num_proj: the size of the output, by a product more; `num_units` without one.
      proj_clip: the limit of the projected output.
      num_unit_shards, num_proj_shards: in how many parts the kernels are.
      forget_bias: added to the forget gate.
      state_is_tuple: False makes the state n[batch, num_units + output size].
      activation: a function.
      reuse: whether the variables exist already.
      layer_norm: normalises the gates and what is held, in place of the bias.
      norm_gain, norm_shift: initial values of that.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: float | None = None,
        num_unit_shards: int = 1,
        num_proj_shards: int = 1,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Callable[[Any], Any] = tanh,
        reuse: bool | None = None,
        layer_norm: bool = False,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
    ):
        super().__init__(_reuse=reuse)
        del initializer
        if not state_is_tuple:
            warn_of_joined_state(self)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift
        self._state_size, self._output_size = sizes_of(num_units, num_proj, state_is_tuple)

    @property
    def state_size(self) -> Any:
        return self._state_size

    @property
    def output_size(self) -> int:
        return self._output_size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        units = self._num_units
        width = units if self._num_proj is None else self._num_proj
        if self._state_is_tuple:
            c, m = state
        else:
            c = slicing.slice_(state, [0, 0], [-1, units])
            m = slicing.slice_(state, [0, units], [-1, width])
        dtype = inputs.dtype
        rows = known_columns(inputs) + width
        kernel = concat_variable("W", [rows, 3 * units], dtype, self._num_unit_shards)
        bias = get_variable("B", shape=[3 * units], initializer=Zeros(), dtype=dtype)
        gates = matmul(joining.concat([inputs, m], 1), kernel)
        if not self._layer_norm:
            gates = bias_add(gates, bias)
        j, f, o = joining.split(value=gates, num_or_size_splits=3, axis=1)
        j, f, o = self._norm(j, "transform"), self._norm(f, "forget"), self._norm(o, "output")
        if self._use_peepholes:
            w_f = get_variable("W_F_diag", shape=[units], dtype=dtype)
            w_o = get_variable("W_O_diag", shape=[units], dtype=dtype)
            forget = sigmoid(f + self._forget_bias + w_f * c)
        else:
            forget = sigmoid(f + self._forget_bias)
        c = forget * c + (1 - forget) * self._activation(j)
        c = self._norm(c, "state")
        gate = sigmoid(o + w_o * c) if self._use_peepholes else sigmoid(o)
        m = gate * self._activation(c)
        if self._num_proj is not None:
            shape = [units, self._num_proj]
            projection = concat_variable("W_P", shape, dtype, self._num_proj_shards)
            m = clipped(matmul(m, projection), self._proj_clip)
        if self._state_is_tuple:
            return m, LSTMStateTuple(c, m)
        return m, joining.concat([c, m], 1)

    def _norm(self, x: Any, scope: str) -> Any:
        return normalized(x, scope, self._norm_gain, self._norm_shift) if self._layer_norm else x
