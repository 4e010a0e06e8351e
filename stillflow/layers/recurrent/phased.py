"""`PhasedLSTMCell`: an LSTM whose units open in cycles of time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.layers.recurrent.linear import Linear
from stillflow.layers.recurrent.lstm import LSTMStateTuple
from stillflow.ops.array import joining
from stillflow.ops.array.selecting import where
from stillflow.ops.control.ordering import stop_gradient
from stillflow.ops.math.casts import cast
from stillflow.ops.math.division import floormod
from stillflow.ops.math.elementwise import exp, log, sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.random.drawing import random_uniform
from stillflow.ops.variables.initializers import Constant, RandomUniform
from stillflow.ops.variables.scope import get_variable, variable_scope


class PhasedLSTMCell(RNNCell):
    """The phased LSTM of Neil et al., 2016 (arXiv:1610.09513).

    Its inputs are (time, f[batch, 1]; x, f32[batch, depth]).

    Args:
      num_units: the size of the output, and of either part of the state.
      use_peepholes: gates see what the cell holds.
      leak: the part that passes while a unit is closed.
      ratio_on: the part of a period in which a unit is open.
      trainable_ratio_on: whether that is trained.
      period_init_min, period_init_max: the periods, drawn evenly by their logarithm.
      reuse: whether the variables exist already.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        leak: float = 0.001,
        ratio_on: float = 0.1,
        trainable_ratio_on: bool = True,
        period_init_min: float = 1.0,
        period_init_max: float = 1000.0,
        reuse: bool | None = None,
    ):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._leak = leak
        self._ratio_on = ratio_on
        self._trainable_ratio_on = trainable_ratio_on
        self._period_init_min = period_init_min
        self._period_init_max = period_init_max
        self._linears: dict[str, Linear] = {}

    @property
    def state_size(self) -> Any:
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        return self._num_units

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        c, h = state
        time, x = inputs
        seen = [x, h, c] if self._use_peepholes else [x, h]
        with variable_scope("mask_gates"):
            gates = sigmoid(self._linear("mask_gates", seen, 2 * self._num_units))
            take, keep = joining.split(axis=1, num_or_size_splits=2, value=gates)
        with variable_scope("new_input"):
            new = tanh(self._linear("new_input", [x, h], self._num_units))
        new_c = c * keep + take * new
        seen = [x, h, new_c] if self._use_peepholes else [x, h]
        with variable_scope("output_gate"):
            gate = sigmoid(self._linear("output_gate", seen, self._num_units))
        new_h = tanh(new_c) * gate
        k = self._openness(time)
        new_c = k * new_c + (1 - k) * c
        new_h = k * new_h + (1 - k) * h
        return new_h, LSTMStateTuple(new_c, new_h)

    def _linear(self, name: str, args: list, size: int) -> Any:
        if name not in self._linears:
            self._linears[name] = Linear(args, size, True)
        return self._linears[name](args)

    def _openness(self, time: Any) -> Any:
        """How far each unit is open at a time."""
        shape = [self._num_units]
        exponential = _exponential(self._period_init_min, self._period_init_max)
        period = get_variable("period", shape, initializer=exponential)
        phase = get_variable("phase", shape, initializer=RandomUniform(0.0, period.initial_value))
        ratio_on: Any = get_variable(
            "ratio_on",
            shape,
            initializer=Constant(self._ratio_on),
            trainable=self._trainable_ratio_on,
        )
        ratio = _cycle_ratio(time, phase, period)
        opening = 2 * ratio / ratio_on
        closing = 2 - opening
        closed = self._leak * ratio
        k = where(ratio < ratio_on, closing, closed)
        return where(ratio < 0.5 * ratio_on, opening, k)


def _cycle_ratio(time: Any, phase: Any, period: Any) -> Any:
    """f32: which part of its period each unit is in."""
    phase = cast(phase, dtype=time.dtype)
    period = cast(period, dtype=time.dtype)
    shifted = time - phase
    # The remainder, with a gradient as if it were the whole.
    remainder = stop_gradient(floormod(shifted, period) - shifted) + shifted
    return cast(remainder / period, dtype=dtypes.float32)


def _exponential(least: float, most: float, seed: int | None = None) -> Callable[..., Any]:
    """An initializer of values whose logarithms are drawn uniformly."""

    def initialize(shape: Any, dtype: Any = dtypes.float32, partition_info: Any = None) -> Any:
        return exp(random_uniform(shape, log(least), log(most), dtype, seed=seed))

    return initialize
