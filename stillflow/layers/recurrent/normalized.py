"""LSTMs whose gates are normalised: `LayerNormBasicLSTMCell` and `LayerNormLSTMCell`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.layers.contrib.norms import layer_norm as contrib_layer_norm
from stillflow.layers.recurrent.cell import BIAS, KERNEL, RNNCell, known_columns
from stillflow.layers.recurrent.linear import linear, product_and_bias
from stillflow.layers.recurrent.lstm import (
    LSTMStateTuple,
    Peepholes,
    clipped,
    next_held,
    next_output,
    sizes_of,
)
from stillflow.ops.array import joining
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.nn.dropout import dropout
from stillflow.ops.variables.initializers import Constant
from stillflow.ops.variables.scope import get_variable, get_variable_scope, variable_scope
from stillflow.platform import logging


def normalized(x: Any, scope: str, gain: float, shift: float, dtype: Any = None) -> Any:
    """Each row of x normalised, times "gamma" plus "beta" of the variable scope `scope`."""
    columns = x.shape[-1:]
    gamma, beta = Constant(gain), Constant(shift)
    with variable_scope(scope):
        get_variable("gamma", shape=columns, initializer=gamma, dtype=dtype)
        get_variable("beta", shape=columns, initializer=beta, dtype=dtype)
    return contrib_layer_norm(x, reuse=True, scope=scope)


class LayerNormBasicLSTMCell(RNNCell):
    """An LSTM with layer normalisation (Ba et al., 2016, arXiv:1607.06450) and dropout of what it
    takes in (Semeniuta et al., 2016, arXiv:1603.05118).

    Args:
      num_units: the size of the output, and of either part of the state.
      forget_bias: added to the forget gate.
      input_size: deprecated.
      activation: a function.
      layer_norm: whether gates and state are normalised; else there is a bias.
      norm_gain, norm_shift: initial values of the normalisation.
      dropout_keep_prob: the part of the new values that is kept, a float or n[].
      dropout_prob_seed: the seed of that.
      reuse: whether the variables exist already.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        input_size: Any = None,
        activation: Callable[[Any], Any] = tanh,
        layer_norm: bool = True,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
        dropout_keep_prob: Any = 1.0,
        dropout_prob_seed: int | None = None,
        reuse: bool | None = None,
    ):
        super().__init__(_reuse=reuse)
        if input_size is not None:
            logging.warning("%s: The input_size parameter is deprecated.", self)
        self._num_units = num_units
        self._activation = activation
        self._forget_bias = forget_bias
        self._keep_prob = dropout_keep_prob
        self._seed = dropout_prob_seed
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift

    @property
    def state_size(self) -> Any:
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        return self._num_units

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        c, h = state
        args = joining.concat([inputs, h], 1)
        gates = self._gates(args)
        names = ("input", "transform", "forget", "output")
        i, j, f, o = joining.split(value=gates, num_or_size_splits=4, axis=1)
        i, j, f, o = (self._norm(*each) for each in zip((i, j, f, o), names, strict=True))
        new = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            new = dropout(new, self._keep_prob, seed=self._seed)
        new_c = c * sigmoid(f + self._forget_bias) + sigmoid(i) * new
        new_c = self._norm(new_c, "state")
        new_h = self._activation(new_c) * sigmoid(o)
        return new_h, LSTMStateTuple(new_c, new_h)

    def _gates(self, args: Any) -> Any:
        size = 4 * self._num_units
        weights = get_variable(KERNEL, [args.shape[-1], size], dtype=args.dtype)
        gates = matmul(args, weights)
        if self._layer_norm:
            return gates
        return bias_add(gates, get_variable(BIAS, [size], dtype=args.dtype))

    def _norm(self, x: Any, scope: str) -> Any:
        if not self._layer_norm:
            return x
        return normalized(x, scope, self._norm_gain, self._norm_shift, x.dtype)


class LayerNormLSTMCell(RNNCell):
    """`LSTMCell` with layer normalisation: Ba et al., 2016 (arXiv:1607.06450).

    Args:
      num_units: how much the cell holds.
      use_peepholes: gates see what the cell holds.
      cell_clip: the limit of what it holds.
      initializer: of all variables; by default that of the scope.
      num_proj: the size of the output, by a product more; `num_units` without one.
      proj_clip: the limit of the projected output.
      forget_bias: added to the forget gate.
      activation: a function; tanh by default.
      layer_norm: whether gates and state are normalised.
      norm_gain, norm_shift: initial values of that.
      reuse: whether the variables exist already.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: float | None = None,
        forget_bias: float = 1.0,
        activation: Callable[[Any], Any] | None = None,
        layer_norm: bool = False,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
        reuse: bool | None = None,
    ):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = initializer
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._forget_bias = forget_bias
        self._activation = activation or tanh
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift
        self._state_size, self._output_size = sizes_of(num_units, num_proj)

    @property
    def state_size(self) -> Any:
        return self._state_size

    @property
    def output_size(self) -> int:
        return self._output_size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        c, m = state
        dtype = inputs.dtype
        known_columns(inputs)
        with variable_scope(get_variable_scope(), initializer=self._initializer) as unit_scope:
            size = 4 * self._num_units
            gates, bias = product_and_bias([inputs, m], size)
            if not self._layer_norm:
                gates = bias_add(gates, bias)
            i, j, f, o = joining.split(value=gates, num_or_size_splits=4, axis=1)
            names = ("input", "transform", "forget", "output")
            i, j, f, o = (self._norm(*each) for each in zip((i, j, f, o), names, strict=True))
            peepholes = self._peepholes(unit_scope, dtype) if self._use_peepholes else None
            c = next_held((i, j, f), c, self._forget_bias, self._activation, peepholes)
            c = clipped(self._norm(c, "state"), self._cell_clip)
            m = next_output(o, c, self._activation, peepholes)
            if self._num_proj is not None:
                with variable_scope("projection"):
                    m = linear(m, self._num_proj, bias=False)
                m = clipped(m, self._proj_clip)
        return m, LSTMStateTuple(c, m)

    def _peepholes(self, scope: Any, dtype: Any) -> Peepholes:
        with variable_scope(scope):
            diagonals = [
                get_variable(name, shape=[self._num_units], dtype=dtype)
                for name in ("w_f_diag", "w_i_diag", "w_o_diag")
            ]
        return Peepholes(*diagonals)

    def _norm(self, x: Any, scope: str) -> Any:
        return normalized(x, scope, self._norm_gain, self._norm_shift) if self._layer_norm else x
