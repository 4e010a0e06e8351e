"""`tf.keras.layers.LSTM`: Hochreiter and Schmidhuber, 1997."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.keras.backend.bias import bias_add
from stillflow.keras.backend.products import dot
from stillflow.keras.layers.recurrent.cells import (
    CONSTRAINTS,
    INITIALIZERS,
    RATES,
    REGULARIZERS,
    CellOfUnits,
    masked,
    masked_each,
)
from stillflow.keras.layers.recurrent.forgetting import forgets_little
from stillflow.keras.layers.recurrent.of_cell import GatedLayer, check_implementation, of_cell
from stillflow.layers import identifiers
from stillflow.ops.array.joining import split
from stillflow.tracking.assigning import NoDependency

_BEFORE = (
    *("units", "activation", "recurrent_activation", "use_bias"),
    *(*INITIALIZERS, "unit_forget_bias", *REGULARIZERS),
)
_AFTER = (*CONSTRAINTS, *RATES, "implementation")


class LSTMCell(CellOfUnits):
    """A cell of an output h and a carry c, f[batch, units] each, which are its states.

    Args:
      recurrent_activation: of the gates; a function, its name, or None for none.
      unit_forget_bias: the bias of the forget gate is 1 at first.
      implementation: 1 for a product a gate, 2 for one of all gates.
      All others are as for `CellOfUnits`; the columns of its weights are those of the input gate,
      the forget gate, the carry, and the output gate.
    """

    _described: tuple[str, ...] = (*_BEFORE, *_AFTER)

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        implementation: int = 1,
        **kwargs: Any,
    ):
        super().__init__(
            units,
            activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            bias_initializer,
            kernel_regularizer,
            recurrent_regularizer,
            bias_regularizer,
            kernel_constraint,
            recurrent_constraint,
            bias_constraint,
            dropout,
            recurrent_dropout,
            **kwargs,
        )
        self.recurrent_activation = identifiers.activation_of(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.implementation = implementation
        self.state_size = NoDependency([self.units, self.units])
        self.output_size = self.units

    def build(self, input_shape: Any) -> None:
        initializer = self.bias_initializer
        if self.unit_forget_bias:
            initializer = forgets_little(initializer, self.units)
        self._add_weights_of_gates(input_shape, 4, 0, initializer)
        self.built = True

    def call(self, inputs: Any, states: Any, training: Any = None) -> tuple[Tensor, list[Tensor]]:
        h_before, c_before = states[0], states[1]
        masks = self.get_dropout_mask_for_cell(inputs, training, count=4)
        recurrent_masks = self.get_recurrent_dropout_mask_for_cell(h_before, training, count=4)
        if self.implementation == 1:
            each = masked_each(inputs, masks, self.dropout, 4)
            kernels = split(self.kernel, 4, axis=1)
            x = [dot(each[i], kernels[i]) for i in range(4)]
            if self.use_bias:
                biases = split(self.bias, 4, axis=0)
                x = [bias_add(x[i], biases[i]) for i in range(4)]
            h = masked_each(h_before, recurrent_masks, self.recurrent_dropout, 4)
            c, o = self._compute_carry_and_output(x, h, c_before)
        else:
            z = dot(masked(inputs, masks, self.dropout), self.kernel)
            h_before = masked(h_before, recurrent_masks, self.recurrent_dropout)
            z += dot(h_before, self.recurrent_kernel)
            if self.use_bias:
                z = bias_add(z, self.bias)
            c, o = self._compute_carry_and_output_fused(split(z, 4, axis=1), c_before)
        h = o * self.activation(c)
        return h, [h, c]

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None):
        return list(super().get_initial_state(inputs, batch_size, dtype))

    def _compute_carry_and_output(
        self, x: Sequence[Any], h: Sequence[Any], c_before: Any
    ) -> tuple[Tensor, Tensor]:
        """(the new carry, the output gate), of what is made of inputs, and the output before."""
        i = self.recurrent_activation(x[0] + self._from_states(h[0], 0, 4))
        f = self.recurrent_activation(x[1] + self._from_states(h[1], 1, 4))
        c = f * c_before + i * self.activation(x[2] + self._from_states(h[2], 2, 4))
        o = self.recurrent_activation(x[3] + self._from_states(h[3], 3, 4))
        return c, o

    def _compute_carry_and_output_fused(
        self, z: Sequence[Any], c_before: Any
    ) -> tuple[Tensor, Tensor]:
        """(the new carry, the output gate), of what is made of inputs and the output before."""
        i, f = self.recurrent_activation(z[0]), self.recurrent_activation(z[1])
        c = f * c_before + i * self.activation(z[2])
        return c, self.recurrent_activation(z[3])


class PeepholeLSTMCell(LSTMCell):
    """An LSTMCell whose gates look at the carry too: Gers et al., 2002.

    All arguments are as for `LSTMCell`.
    """

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.input_gate_peephole_weights = self._add_peephole("input_gate_peephole_weights")
        self.forget_gate_peephole_weights = self._add_peephole("forget_gate_peephole_weights")
        self.output_gate_peephole_weights = self._add_peephole("output_gate_peephole_weights")

    def _add_peephole(self, name: str) -> Any:
        return self.add_weight(shape=(self.units,), name=name, initializer=self.kernel_initializer)

    def _compute_carry_and_output(
        self, x: Sequence[Any], h: Sequence[Any], c_before: Any
    ) -> tuple[Tensor, Tensor]:
        i = self.recurrent_activation(
            x[0] + self._from_states(h[0], 0, 4) + self.input_gate_peephole_weights * c_before
        )
        f = self.recurrent_activation(
            x[1] + self._from_states(h[1], 1, 4) + self.forget_gate_peephole_weights * c_before
        )
        c = f * c_before + i * self.activation(x[2] + self._from_states(h[2], 2, 4))
        o = self.recurrent_activation(
            x[3] + self._from_states(h[3], 3, 4) + self.output_gate_peephole_weights * c
        )
        return c, o

    def _compute_carry_and_output_fused(
        self, z: Sequence[Any], c_before: Any
    ) -> tuple[Tensor, Tensor]:
        i = self.recurrent_activation(z[0] + self.input_gate_peephole_weights * c_before)
        f = self.recurrent_activation(z[1] + self.forget_gate_peephole_weights * c_before)
        c = f * c_before + i * self.activation(z[2])
        o = self.recurrent_activation(z[3] + self.output_gate_peephole_weights * c)
        return c, o


class LSTM(GatedLayer):
    """`RNN` of an `LSTMCell`.

    Args:
      return_sequences, return_state, go_backwards, stateful, unroll, and others by name: as for
        `RNN`.
      activity_regularizer: a function of the output that gives a loss.
      All others are as for `LSTMCell`.
    """

    _described: tuple[str, ...] = (*_BEFORE, "activity_regularizer", *_AFTER)

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        implementation: int = 1,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        **kwargs: Any,
    ):
        check_implementation(implementation)
        cell = LSTMCell(
            units,
            activation,
            recurrent_activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            bias_initializer,
            unit_forget_bias,
            kernel_regularizer,
            recurrent_regularizer,
            bias_regularizer,
            kernel_constraint,
            recurrent_constraint,
            bias_constraint,
            dropout,
            recurrent_dropout,
            implementation,
            dtype=kwargs.get("dtype"),
        )
        super().__init__(
            cell,
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            unroll,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )

    unit_forget_bias = of_cell("unit_forget_bias")
