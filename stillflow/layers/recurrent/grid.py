"""Grid LSTMs, which go over windows of features as they go over time."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.layers.recurrent.frequencies import known_width, window_count, windows
from stillflow.layers.recurrent.lstm import clipped, warn_of_joined_state
from stillflow.layers.recurrent.shards import concat_variable
from stillflow.ops.array import filling, joining, padding, shape_of, slicing
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.bias import bias_add
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable, variable_scope


class GridLSTMCell(RNNCell):
    """The grid LSTM of Kalchbrenner et al., 2015 (arXiv:1507.01526), over time and features.

    Args:
      num_units: how much the cell holds for each window of features.
      use_peepholes: gates see what the cell holds, along both.
      share_time_frequency_weights: both have the same weights.
      cell_clip: the limit of what is held.
      initializer: not looked at, as in TensorFlow: that of the scope counts.
      num_unit_shards: in how many parts the kernels are.
      forget_bias: added to the forget gates.
      feature_size, frequency_skip: of the windows.
      num_frequency_blocks: how many windows each block of features has.
      start_freqindex_list, end_freqindex_list: the features of each block; all by default.
      couple_input_forget_gates: it takes in as much as it forgets.
      state_is_tuple: False joins the states along axis 1.
      reuse: whether the variables exist already.

    Raises:
      ValueError: there are no blocks; or, in a call, not so many windows as is said.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        share_time_frequency_weights: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_unit_shards: int = 1,
        forget_bias: float = 1.0,
        feature_size: int | None = None,
        frequency_skip: int | None = None,
        num_frequency_blocks: Sequence[int] | None = None,
        start_freqindex_list: Sequence[int] | None = None,
        end_freqindex_list: Sequence[int] | None = None,
        couple_input_forget_gates: bool = False,
        state_is_tuple: bool = True,
        reuse: bool | None = None,
    ):
        super().__init__(_reuse=reuse)
        del initializer
        if not state_is_tuple:
            warn_of_joined_state(self)
        if num_frequency_blocks is None:
            raise ValueError("Must specify num_frequency_blocks")
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._share_weights = share_time_frequency_weights
        self._cell_clip = cell_clip
        self._num_unit_shards = num_unit_shards
        self._forget_bias = forget_bias
        self._feature_size: Any = feature_size
        self._frequency_skip: Any = frequency_skip
        self._blocks = num_frequency_blocks
        self._starts, self._ends = start_freqindex_list, end_freqindex_list
        self._is_coupled = couple_input_forget_gates
        total = sum(int(count) for count in num_frequency_blocks)
        self._output_size = num_units * total * 2
        self._state_tuple_type: Any = None
        self._state_size: Any = num_units * total * 2
        if state_is_tuple:
            self._name_states("GridLSTMStateTuple", ["state"])

    def _name_states(self, name: str, prefixes: list[str]) -> None:
        """Makes the state a tuple with two fields for each window of each block."""
        fields = [
            f"{prefix}_f{window:02d}_b{block:02d}_{part}"
            for prefix in prefixes
            for block, count in enumerate(self._blocks)
            for window in range(count)
            for part in "cm"
        ]
        self._state_tuple_type = namedtuple(name, fields)  # type: ignore[misc]
        self._state_size = self._state_tuple_type(*[self._num_units] * len(fields))

    @property
    def output_size(self) -> int:
        return self._output_size

    @property
    def state_size(self) -> Any:
        return self._state_size

    @property
    def state_tuple_type(self) -> Any:
        """The class of the state; None if it is joined."""
        return self._state_tuple_type

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        batch_size = inputs.shape.as_list()[0] or shape_of.shape(inputs)[0]
        outputs, states = [], []
        for block, parts in enumerate(self._parts(inputs)):
            made, after = self._over(parts, block, state, batch_size, "state")
            outputs += made
            states += after
        if self._state_tuple_type:
            new_state = self._state_tuple_type(*states)
        else:
            new_state = joining.concat(states, 1)
        return joining.concat(outputs, 1), new_state

    # Windows --------------------------------------------------------------------------------------

    def _parts(self, inputs: Any, offset: int = 0) -> list[list]:
        """The windows of each block, which start `offset` features later."""
        width = known_width(inputs)
        if offset:
            before, behind = max(-offset, 0), max(offset, 0)
            sizes = constant([0, 0, before, behind], shape=[2, 2], dtype=dtypes.int32)
            inputs = padding.pad(inputs, sizes, "CONSTANT")
            offset = behind
        size, skip = self._feature_size, self._frequency_skip
        return [
            windows(inputs, count, size, skip, start + offset)
            for start, count in self._checked_blocks(width)
        ]

    def _checked_blocks(self, width: int) -> list[tuple[int, int]]:
        """(the first feature, how many windows) of each block"""
        blocks, starts, ends = self._blocks, self._starts, self._ends
        if not starts:
            if len(blocks) != 1:
                raise ValueError(
                    f"Length of num_frequency_blocks is not 1, but instead is {len(blocks)}"
                )
            starts, ends = [0], [width]
        elif ends is None or len(starts) != len(ends):
            raise ValueError(
                *("Length of start and end freqindex_list does not match %d %d", len(starts)),
                len(ends or ()),
            )
        elif len(blocks) != len(starts):
            raise ValueError(
                "Length of num_frequency_blocks is not equal to start_freqindex_list %d %d",
                *(len(blocks), len(starts)),
            )
        checked = []
        for start, end, wanted in zip(starts, ends or (), blocks, strict=True):
            count = window_count(end - start, self._feature_size, self._frequency_skip)
            if count != wanted:
                raise ValueError(
                    f"Invalid num_frequency_blocks, requires {wanted} but gets {count}, please "
                    "check the input size and filter config are correct."
                )
            checked.append((start, count))
        return checked

    # Steps ----------------------------------------------------------------------------------------

    def _over(
        self, parts: list, block: int, state: Any, batch_size: Any, prefix: str
    ) -> tuple[list, list]:
        """(outputs along time and features, what is then held and given out along time)"""
        units, dtype = self._num_units, parts[0].dtype
        weights = _Weights(self, block, parts[0].shape.as_list()[1] + 2 * units, dtype)
        m_freq = filling.zeros([batch_size, units], dtype)
        c_freq = filling.zeros([batch_size, units], dtype)
        outputs, states = [], []
        for i, part in enumerate(parts):
            c_time, m_time = self._state_of(state, f"{prefix}_f{i:02d}_b{block:02d}", i)
            x = joining.concat([part, m_time, m_freq], 1)
            gates_freq = self._split(weights.of_features, x)
            gates_time = gates_freq
            if not self._share_weights:
                gates_time = self._split(weights.of_time, x)
            held = (c_freq, c_time)
            new_freq = self._held(gates_freq, weights.peep_freq, held, c_freq)
            new_time = self._held(gates_time, weights.peep_time, held, c_time)
            held = (new_freq, new_time)
            m_freq = _gate(gates_freq[-1], weights.peep_freq, "O", held) * tanh(new_freq)
            m_time = _gate(gates_time[-1], weights.peep_time, "O", held) * tanh(new_time)
            c_freq = new_freq
            states += [new_time, m_time]
            outputs += [m_time, m_freq]
        return outputs, states

    def _state_of(self, state: Any, name: str, i: int) -> tuple[Any, Any]:
        if self._state_tuple_type:
            return getattr(state, f"{name}_c"), getattr(state, f"{name}_m")
        units = self._num_units
        c = slicing.slice_(state, [0, 2 * i * units], [-1, units])
        return c, slicing.slice_(state, [0, (2 * i + 1) * units], [-1, units])

    def _split(self, weights: tuple[Any, Any], x: Any) -> list:
        kernel, bias = weights
        gates = bias_add(matmul(x, kernel), bias)
        return joining.split(value=gates, num_or_size_splits=3 if self._is_coupled else 4, axis=1)

    def _held(self, gates: list, peepholes: Any, held: tuple, before: Any) -> Any:
        """What is held after a step along time or features."""
        take = _gate(gates[0], peepholes, "I", held)
        if self._is_coupled:
            keep = 1.0 - take
        else:
            keep = _gate(gates[2] + self._forget_bias, peepholes, "F", held)
        return clipped(keep * before + take * tanh(gates[1]), self._cell_clip)


def _gate(x: Any, peepholes: Any, name: str, held: tuple) -> Any:
    """A gate that sees what is held along features and along time, or neither."""
    if not peepholes:
        return sigmoid(x)
    along_features, along_time = peepholes[name]
    return sigmoid(x + along_features * held[0] + along_time * held[1])


class _Weights:
    """The variables of a block."""

    def __init__(self, cell: GridLSTMCell, block: int, rows: int, dtype: Any):
        units = cell._num_units
        columns = (3 if cell._is_coupled else 4) * units

        def product(kind: str) -> tuple[Any, Any]:
            kernel = concat_variable(
                f"W_{kind}_{block}", [rows, columns], dtype, cell._num_unit_shards
            )
            name = f"B_{kind}_{block}"
            return kernel, get_variable(name, shape=[columns], initializer=Zeros(), dtype=dtype)

        def peepholes(kind: str) -> dict[str, list]:
            names = ["I", "O"] if cell._is_coupled else ["F", "I", "O"]
            return {
                name: [
                    get_variable(f"W_{name}_diag_{kind}{end}_{block}", shape=[units], dtype=dtype)
                    for end in "ft"
                ]
                for name in names
            }

        self.of_features = product("f")
        self.of_time = self.of_features if cell._share_weights else product("t")
        self.peep_freq = peepholes("freq") if cell._use_peepholes else None
        self.peep_time = self.peep_freq
        if cell._use_peepholes and not cell._share_weights:
            self.peep_time = peepholes("time")


class BidirectionalGridLSTMCell(GridLSTMCell):
    """`GridLSTMCell` that goes over features in both directions.

    Args:
      backward_slice_offset: how many features later the windows of the second direction start.
      All others are as for `GridLSTMCell`.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        share_time_frequency_weights: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_unit_shards: int = 1,
        forget_bias: float = 1.0,
        feature_size: int | None = None,
        frequency_skip: int | None = None,
        num_frequency_blocks: Sequence[int] | None = None,
        start_freqindex_list: Sequence[int] | None = None,
        end_freqindex_list: Sequence[int] | None = None,
        couple_input_forget_gates: bool = False,
        backward_slice_offset: int = 0,
        reuse: bool | None = None,
    ):
        super().__init__(
            num_units,
            use_peepholes,
            share_time_frequency_weights,
            cell_clip,
            initializer,
            num_unit_shards,
            forget_bias,
            feature_size,
            frequency_skip,
            num_frequency_blocks,
            start_freqindex_list,
            end_freqindex_list,
            couple_input_forget_gates,
            True,
            reuse,
        )
        self._backward_slice_offset = int(backward_slice_offset)
        self._name_states("BidirectionalGridLSTMStateTuple", ["fwd_state", "bwd_state"])
        self._output_size *= 2

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        batch_size = inputs.shape.as_list()[0] or shape_of.shape(inputs)[0]
        forward = self._parts(inputs)
        backward = forward
        if self._backward_slice_offset:
            backward = self._parts(inputs, self._backward_slice_offset)
        outputs, states = [], []
        directions = {"fwd": forward, "bwd": [parts[::-1] for parts in backward]}
        for direction, blocks in directions.items():
            with variable_scope(direction):
                for block, parts in enumerate(blocks):
                    made, after = self._over(parts, block, state, batch_size, f"{direction}_state")
                    outputs += made
                    states += after
        return joining.concat(outputs, 1), self._state_tuple_type(*states)
