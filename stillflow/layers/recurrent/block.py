"""Cells that are one op: `LSTMBlockCell`, `LSTMBlockFusedCell` over a sequence, `GRUBlockCell`."""

from __future__ import annotations

import abc
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.layers.base import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.recurrent.cell import LayerRNNCell
from stillflow.layers.recurrent.lstm import LSTMStateTuple
from stillflow.ops.array import (
    batch_gather,
    filling,
    joining,
    masking,
    ranging,
    reshaping,
    shape_of,
    stacking,
    transposing,
)
from stillflow.ops.array.tiling import tile
from stillflow.ops.math.casts import cast
from stillflow.ops.recurrent.gru import gru_block_cell
from stillflow.ops.recurrent.lstm import block_lstm, lstm_block_cell
from stillflow.ops.reduce.reductions import reduce_max
from stillflow.ops.variables.initializers import Constant
from stillflow.platform.deprecation import deprecated_args

_DIAGONALS = ("w_i_diag", "w_f_diag", "w_o_diag")


class _BlockWeights(Layer):
    """The variables of an LSTM that is one op, which peepholes or zeros are among."""

    _num_units: int
    _use_peephole: bool

    def _make_weights(self, depth: int) -> None:
        units = self._num_units
        self._kernel = self.add_variable("kernel", [depth + units, units * 4])
        self._bias = self.add_variable("bias", [units * 4], initializer=Constant(0.0))
        if self._use_peephole:
            self._diagonals = [self.add_variable(name, [units]) for name in _DIAGONALS]
        self.built = True

    def _peepholes(self, dtype: Any) -> list:
        """[of the gate of input, of forgetting, of output]"""
        if self._use_peephole:
            return self._diagonals
        return [filling.zeros([self._num_units], dtype=dtype)] * 3


class LSTMBlockCell(_BlockWeights, LayerRNNCell):
    """`LSTMCell` as one op; its names are those of that class.

    Args:
      num_units: the size of the output, and of either part of the state.
      forget_bias: added to the forget gate.
      cell_clip: the limit of what the cell holds.
      use_peephole: gates see what the cell holds.
      dtype, name: as for `tf.layers.Layer`.
      reuse: whether the variables exist already.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        dtype: Any = None,
        reuse: bool | None = None,
        name: Any = "lstm_cell",
    ):
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._use_peephole = use_peephole
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self.input_spec = InputSpec(ndim=2)

    @property
    def state_size(self) -> Any:
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        depth = inputs_shape.as_list()[1]
        if not depth:
            raise ValueError(f"Expecting inputs_shape[1] to be set: {inputs_shape}")
        self._make_weights(depth)

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        if len(state) != 2:
            raise ValueError("Expecting state to be a tuple with length 2.")
        peepholes = self._peepholes(self.dtype)
        gates: Any = lstm_block_cell(
            *(inputs, *state, self._kernel, *peepholes, self._bias),
            forget_bias=self._forget_bias,
            cell_clip=self._cell_clip,
            use_peephole=self._use_peephole,
        )
        return gates.h, LSTMStateTuple(gates.cs, gates.h)


class LSTMBlockWrapper(Layer, metaclass=abc.ABCMeta):
    """The base of LSTMs that go over a sequence at once.

    One defines `num_units` and `_call_cell`, which gives what is held and what comes out in each
    step, f[time, batch, units] both.
    """

    @property
    @abc.abstractmethod
    def num_units(self) -> int:
        """The size of the output, and of either part of the state."""

    @abc.abstractmethod
    def _call_cell(
        self,
        inputs: Any,
        initial_cell_state: Any,
        initial_output: Any,
        dtype: Any,
        sequence_length: Any,
    ) -> tuple[Any, Any]:
        """(what is held, what comes out) in each step."""

    def call(
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None
    ) -> tuple[Any, Any]:
        """The LSTM over a sequence.

        Args:
          inputs: f[time, batch, depth], or a list of f[batch, depth].
          initial_state: (f[batch, units], f[batch, units]); zeros of `dtype` unless it is given.
          sequence_length: i[batch]; behind its end a sequence gives zeros and keeps its state.

        Returns:
          (the outputs, f[time, batch, units] or a list as the inputs; the last state)

        Raises:
          ValueError: the depth is unknown; neither a state nor a type is given.
        """
        is_list = isinstance(inputs, list)
        if is_list:
            inputs = stacking.stack(inputs)
        time, batch = _time_and_batch(inputs)
        held, out, dtype = self._initial_state(initial_state, batch, dtype)
        if sequence_length is not None:
            sequence_length = convert_to_tensor(sequence_length)
        states, outputs = self._call_cell(inputs, held, out, dtype, sequence_length)
        if sequence_length is None:
            state = LSTMStateTuple(states[-1], outputs[-1])
        else:
            mask = masking.sequence_mask(sequence_length, time, dtype=dtype)
            mask = reshaping.expand_dims(transposing.transpose(mask, [1, 0]), [-1])
            outputs *= tile(mask, [1, 1, self.num_units])
            all_held = joining.concat([reshaping.expand_dims(held, [0]), states], 0)
            all_out = joining.concat([reshaping.expand_dims(out, [0]), outputs], 0)
            state = LSTMStateTuple(
                _at_end(all_held, sequence_length, batch), _at_end(all_out, sequence_length, batch)
            )
        return stacking.unstack(outputs) if is_list else outputs, state

    def _initial_state(self, given: Any, batch: Any, dtype: Any) -> tuple[Any, Any, Any]:
        """(what is held at first, what came out before, the type)"""
        if given is None:
            if dtype is None:
                raise ValueError("Either initial_state or dtype needs to be specified")
            zeros = filling.zeros(stacking.stack([batch, self.num_units]), dtype=dtype)
            return zeros, zeros, dtype
        if len(given) != 2:
            raise ValueError("Expecting initial_state to be a tuple with length 2 or None")
        return *given, given[0].dtype if dtype is None else dtype


def _time_and_batch(inputs: Any) -> tuple[Any, Any]:
    time, batch, depth = inputs.shape.with_rank(3).as_list()
    if not depth:
        raise ValueError(f"Expecting inputs_shape[2] to be set: {inputs.shape}")
    if batch is None:
        batch = shape_of.shape(inputs)[1]
    return shape_of.shape(inputs)[0] if time is None else time, batch


def _at_end(data: Any, lengths: Any, batch: Any) -> Any:
    """Of each sequence in data: f[time, batch, units] the row at its length."""
    return batch_gather.gather_nd(data, stacking.stack([lengths, ranging.range_(batch)], axis=1))


class LSTMBlockFusedCell(_BlockWeights, LSTMBlockWrapper):
    """An LSTM over a sequence as one op; its weights are those of `LSTMBlockCell`.

    Args:
      num_units, forget_bias, cell_clip, use_peephole, reuse, dtype, name: as for that.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        reuse: bool | None = None,
        dtype: Any = None,
        name: Any = "lstm_fused_cell",
    ):
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self._use_peephole = use_peephole
        self.input_spec = InputSpec(ndim=3)

    @property
    def num_units(self) -> int:
        return self._num_units

    def build(self, input_shape: Any) -> None:
        self._make_weights(input_shape.as_list()[2])

    def _call_cell(
        self,
        inputs: Any,
        initial_cell_state: Any,
        initial_output: Any,
        dtype: Any,
        sequence_length: Any,
    ) -> tuple[Any, Any]:
        time = inputs.shape.with_rank(3).as_list()[0]
        if time is None:
            time = shape_of.shape(inputs)[0]
        peepholes = self._peepholes(dtype)
        longest = time if sequence_length is None else reduce_max(sequence_length)
        gates: Any = block_lstm(
            *(cast(longest, dtypes.int64), inputs, initial_cell_state, initial_output),
            *(self._kernel, *peepholes, self._bias),
            forget_bias=self._forget_bias,
            cell_clip=self._cell_clip,
            use_peephole=self._use_peephole,
        )
        return gates.cs, gates.h


def block_lstm_over_list(
    seq_len_max: Any,
    x: list,
    w: Any,
    b: Any,
    cs_prev: Any = None,
    h_prev: Any = None,
    wci: Any = None,
    wcf: Any = None,
    wco: Any = None,
    forget_bias: float | None = None,
    cell_clip: float | None = None,
    use_peephole: bool | None = None,
    name: str | None = None,
) -> tuple[list, ...]:
    """The op BlockLSTM over a list of f[batch, depth]; its seven results as lists.

    States and peepholes are zeros unless they are given.
    """
    dtype, units = x[0].dtype, b.shape.with_rank(1).as_list()[0]
    if units is None:
        raise ValueError("`b` shape must not be None.")
    units //= 4
    if cs_prev is None or h_prev is None:
        zeros = constant(0, dtype=dtype, shape=[x[0].shape.with_rank(2).as_list()[0], units])
        cs_prev = zeros if cs_prev is None else cs_prev
        h_prev = zeros if h_prev is None else h_prev
    if wci is None:
        wci = wcf = wco = constant(0, dtype=dtype, shape=[units])
    gates: Any = block_lstm(
        *(seq_len_max, stacking.stack(x), cs_prev, h_prev, w, wci, wcf, wco, b),
        forget_bias=1.0 if forget_bias is None else forget_bias,
        cell_clip=-1 if cell_clip is None else cell_clip,
        use_peephole=bool(use_peephole),
        name=name,
    )
    return tuple(stacking.unstack(gate) for gate in gates)


class GRUBlockCell(LayerRNNCell):
    """`GRUCell` as one op, whose variables are named after the op's inputs.

    Args:
      num_units: the size of state and output.
      cell_size: deprecated: the same.
      reuse: whether the variables exist already.
      name: as for `tf.layers.Layer`.

    Raises:
      ValueError: neither size is given, or both.
    """

    _names = ("w_ru", "b_ru", "w_c", "b_c")

    @deprecated_args(None, "cell_size is deprecated, use num_units instead", "cell_size")
    def __init__(
        self,
        num_units: int | None = None,
        cell_size: int | None = None,
        reuse: bool | None = None,
        name: Any = "gru_cell",
    ):
        super().__init__(_reuse=reuse, name=name)
        if (cell_size is None) == (num_units is None):
            raise ValueError("Exactly one of num_units or cell_size must be provided.")
        self._cell_size: Any = cell_size if num_units is None else num_units
        self.input_spec = InputSpec(ndim=2)

    @property
    def state_size(self) -> int:
        return self._cell_size

    @property
    def output_size(self) -> int:
        return self._cell_size

    def build(self, input_shape: Any) -> None:
        depth, units = input_shape.as_list()[1], self._cell_size
        if depth is None:
            raise ValueError("Expecting input_size to be set.")
        w_ru, b_ru, w_c, b_c = self._names
        self._gate_kernel = self.add_variable(w_ru, [depth + units, units * 2])
        self._gate_bias = self.add_variable(b_ru, [units * 2], initializer=Constant(1.0))
        self._candidate_kernel = self.add_variable(w_c, [depth + units, units])
        self._candidate_bias = self.add_variable(b_c, [units], initializer=Constant(0.0))
        self.built = True

    def call(self, inputs: Any, h_prev: Any) -> tuple[Any, Any]:
        size = h_prev.shape.with_rank(2)[1]
        if size != self._cell_size:
            raise ValueError(f"Shape of h_prev[1] incorrect: cell_size {self._cell_size} vs {size}")
        gates: Any = gru_block_cell(
            *(inputs, h_prev, self._gate_kernel, self._candidate_kernel),
            *(self._gate_bias, self._candidate_bias),
        )
        return gates.h, gates.h


class GRUBlockCellV2(GRUBlockCell):
    """`GRUBlockCell` with the names of `GRUCell`, so that either reads the other's checkpoints."""

    _names = ("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias")
