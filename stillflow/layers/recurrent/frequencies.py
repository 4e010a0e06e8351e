"""Windows of features, over which cells of spectra go, and `TimeFreqLSTMCell`."""

from __future__ import annotations

from typing import Any

from stillflow.layers.recurrent.cell import RNNCell
from stillflow.layers.recurrent.lstm import Peepholes, clipped, next_held, next_output
from stillflow.layers.recurrent.shards import concat_variable
from stillflow.ops.array import filling, joining, slicing
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable


def known_width(inputs: Any) -> int:
    """How many features inputs n[batch, features] have. ValueError when it is unknown."""
    width = inputs.shape.with_rank(2).as_list()[-1]
    if width is None:
        raise ValueError("Cannot infer input_size from static shape inference.")
    return width


def window_count(width: int, size: int, skip: int) -> int:
    """How many windows of `size` features, each `skip` behind the last, there are room for."""
    return int((width - size) / skip) + 1


def windows(inputs: Any, count: int, size: int, skip: int, start: int = 0) -> list:
    """`count` windows of inputs: n[batch, features], n[batch, size] each."""
    return [slicing.slice_(inputs, [0, start + i * skip], [-1, size]) for i in range(count)]


class TimeFreqLSTMCell(RNNCell):
    """An LSTM that goes over the features of each step too: Li et al., 2015, "LSTM time and
    frequency recurrence for automatic speech recognition" (ASRU).

    Args:
      num_units: how much the cell holds for each window of features.
      use_peepholes: gates see what the cell holds.
      cell_clip: the limit of what it holds.
      initializer: not looked at, as in TensorFlow: that of the scope counts.
      num_unit_shards: in how many parts the kernel is.
      forget_bias: added to the forget gate.
      feature_size, frequency_skip: of the windows.
      reuse: whether the variables exist already.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_unit_shards: int = 1,
        forget_bias: float = 1.0,
        feature_size: int | None = None,
        frequency_skip: int = 1,
        reuse: bool | None = None,
    ):
        super().__init__(_reuse=reuse)
        del initializer
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._num_unit_shards = num_unit_shards
        self._forget_bias = forget_bias
        self._feature_size: Any = feature_size
        self._frequency_skip = frequency_skip

    @property
    def output_size(self) -> int:
        return self._num_units

    @property
    def state_size(self) -> int:
        return 2 * self._num_units

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        units, dtype = self._num_units, inputs.dtype
        count = window_count(known_width(inputs), self._feature_size, self._frequency_skip)
        parts = windows(inputs, count, self._feature_size, self._frequency_skip)
        rows = parts[0].shape.as_list()[1] + 2 * units
        kernel = concat_variable("W", [rows, 4 * units], dtype, self._num_unit_shards)
        bias = get_variable("B", shape=[4 * units], initializer=Zeros(), dtype=dtype)
        peepholes = None
        if self._use_peepholes:
            names = ("W_F_diag", "W_I_diag", "W_O_diag")
            peepholes = Peepholes(*(get_variable(n, shape=[units], dtype=dtype) for n in names))
        m_before = filling.zeros([inputs.shape.as_list()[0] or inputs.shape[0], units], dtype)
        output, new_state = None, None
        for i, part in enumerate(parts):
            c = slicing.slice_(state, [0, 2 * i * units], [-1, units])
            m = slicing.slice_(state, [0, (2 * i + 1) * units], [-1, units])
            gates = bias_add(matmul(joining.concat([part, m, m_before], 1), kernel), bias)
            new, j, f, o = joining.split(value=gates, num_or_size_splits=4, axis=1)
            c = next_held((new, j, f), c, self._forget_bias, tanh, peepholes)
            c = clipped(c, self._cell_clip)
            m = m_before = next_output(o, c, tanh, peepholes)
            new_state = joining.concat([c, m] if i == 0 else [new_state, c, m], 1)
            output = m if i == 0 else joining.concat([output, m], 1)
        return output, new_state
