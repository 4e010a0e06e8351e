"""`AttentionCellWrapper`: a cell that attends to its own last outputs."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.layers.recurrent.cell import RNNCell
from stillflow.layers.recurrent.likeness import assert_like_rnncell
from stillflow.layers.recurrent.linear import Linear
from stillflow.layers.recurrent.lstm import warn_of_joined_state
from stillflow.ops.array import joining, reshaping, slicing
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.convolution import conv2d
from stillflow.ops.nn.softmax import softmax
from stillflow.ops.reduce.reductions import reduce_sum
from stillflow.ops.variables.scope import get_variable, variable_scope


class AttentionCellWrapper(RNNCell):
    """Attention over the last outputs of a cell: Bahdanau et al., 2014 (arXiv:1409.0473).

    Args:
      cell: the cell.
      attn_length: how many of the last outputs it sees.
      attn_size: the size of the attention, which is the output; that of the cell by default.
      attn_vec_size: the size of the features by which it looks; `attn_size` by default.
      input_size: the size of the inputs of the cell; that of the inputs by default.
      state_is_tuple: the state is (that of the cell, attention, last outputs); False joins them.
      reuse: whether the variables exist already.

    Raises:
      TypeError: `cell` is not like a cell.
      ValueError: its state is a tuple although `state_is_tuple` is False; no length.
    """

    def __init__(
        self,
        cell: Any,
        attn_length: int,
        attn_size: int | None = None,
        attn_vec_size: int | None = None,
        input_size: int | None = None,
        state_is_tuple: bool = True,
        reuse: bool | None = None,
    ):
        super().__init__(_reuse=reuse)
        assert_like_rnncell("cell", cell)
        if nest.is_nested(cell.state_size) and not state_is_tuple:
            raise ValueError(
                "Cell returns tuple of states, but the flag state_is_tuple is not set. "
                f"State size is: {cell.state_size}"
            )
        if attn_length <= 0:
            raise ValueError(f"attn_length should be greater than zero, got {attn_length}")
        if not state_is_tuple:
            warn_of_joined_state(self)
        self._cell = cell
        self._attn_length = attn_length
        self._attn_size = cell.output_size if attn_size is None else attn_size
        self._attn_vec_size = self._attn_size if attn_vec_size is None else attn_vec_size
        self._input_size = input_size
        self._state_is_tuple = state_is_tuple
        self._linears: dict[str, Linear] = {}

    @property
    def state_size(self) -> Any:
        sizes = (self._cell.state_size, self._attn_size, self._attn_size * self._attn_length)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> int:
        return self._attn_size

    def call(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        state, attention, last = self._parts(state)
        last = reshaping.reshape(last, [-1, self._attn_length, self._attn_size])
        input_size = self._input_size
        if input_size is None:
            input_size = inputs.shape.as_list()[1]
        inputs = self._linear("inputs", [inputs, attention], input_size)
        output, state = self._cell(inputs, state)
        query = joining.concat(nest.flatten(state), 1) if self._state_is_tuple else state
        attention, last = self._attention(query, last)
        with variable_scope("attn_output_projection"):
            output = self._linear("output", [output, attention], self._attn_size)
        last = joining.concat([last, reshaping.expand_dims(output, 1)], 1)
        last = reshaping.reshape(last, [-1, self._attn_length * self._attn_size])
        if self._state_is_tuple:
            return output, (state, attention, last)
        return output, joining.concat([state, attention, last], 1)

    def _parts(self, state: Any) -> Any:
        if self._state_is_tuple:
            return state
        begin, parts = 0, []
        sizes = (self._cell.state_size, self._attn_size, self._attn_size * self._attn_length)
        for size in sizes:
            parts.append(slicing.slice_(state, [0, begin], [-1, size]))
            begin += size
        return parts

    def _linear(self, name: str, args: Any, size: int) -> Any:
        if name not in self._linears:
            self._linears[name] = Linear(args, size, True)
        return self._linears[name](args)

    def _attention(self, query: Any, last: Any) -> tuple[Any, Any]:
        """(the attention, the last outputs but the first of them)"""
        size, features = self._attn_size, self._attn_vec_size
        with variable_scope("attention"):
            k = get_variable("attn_w", [1, 1, size, features])
            v = get_variable("attn_v", [features])
            hidden = reshaping.reshape(last, [-1, self._attn_length, 1, size])
            seen = conv2d(hidden, k, [1, 1, 1, 1], "SAME")
            y = self._linear("query", query, features)
            y = reshaping.reshape(y, [-1, 1, 1, features])
            weights = softmax(reduce_sum(v * tanh(seen + y), [2, 3]))
            weights = reshaping.reshape(weights, [-1, self._attn_length, 1, 1])
            attention = reduce_sum(weights * hidden, [1, 2])
            attention = reshaping.reshape(attention, [-1, size])
            return attention, slicing.slice_(last, [0, 1, 0], [-1, -1, -1])
