"""`tf.keras.layers.GRU`: Cho et al., 2014 (arXiv:1406.1078)."""

from __future__ import annotations

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
from stillflow.keras.layers.recurrent.of_cell import GatedLayer, check_implementation, of_cell
from stillflow.layers import identifiers
from stillflow.ops.array.stacking import unstack

_BEFORE = ("units", "activation", "recurrent_activation", "use_bias", *INITIALIZERS, *REGULARIZERS)
_AFTER = (*CONSTRAINTS, *RATES, "implementation", "reset_after")


class GRUCell(CellOfUnits):
    """A cell whose gates z and r choose what of the state is kept, and what is looked at.

    Args:
      recurrent_activation: of the gates; a function, its name, or None for none.
      implementation: 1 for a product a gate, 2 for one of all gates.
      reset_after: r is multiplied with what is made of the state, as cuDNN does; the bias then has
        a row for inputs and one for states.
      All others are as for `CellOfUnits`; the columns of its weights are those of z, r, and h.
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
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        implementation: int = 1,
        reset_after: bool = False,
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
        self.implementation = implementation
        self.reset_after = reset_after
        self.state_size = self.units
        self.output_size = self.units

    def build(self, input_shape: Any) -> None:
        rows = 2 if self.reset_after else 0
        self._add_weights_of_gates(input_shape, 3, rows, self.bias_initializer)
        self.built = True

    def call(self, inputs: Any, states: Any, training: Any = None) -> tuple[Tensor, list[Tensor]]:
        before = states[0]
        masks = self.get_dropout_mask_for_cell(inputs, training, count=3)
        recurrent_masks = self.get_recurrent_dropout_mask_for_cell(before, training, count=3)
        biases = unstack(self.bias) if self.use_bias and self.reset_after else [self.bias, None]
        if self.implementation == 1:
            z, candidate = self._gate_by_gate(inputs, masks, before, recurrent_masks, biases)
        else:
            inputs = masked(inputs, masks, self.dropout)
            from_inputs = _biased(dot(inputs, self.kernel), biases[0])
            parts = [from_inputs[:, self._gate(i, 3)] for i in range(3)]
            before = masked(before, recurrent_masks, self.recurrent_dropout)
            z, candidate = self._all_at_once(parts, before, biases[1])
        h = z * before + (1 - z) * candidate
        return h, [h]

    def _gate_by_gate(
        self, inputs: Any, masks: Any, before: Any, recurrent_masks: Any, biases: list[Any]
    ) -> tuple[Tensor, Tensor]:
        """(how much of the state is kept, the new state)"""
        each = masked_each(inputs, masks, self.dropout, 3)
        x = [dot(each[i], self.kernel[:, self._gate(i, 3)]) for i in range(3)]
        x = [self._with_bias(x[i], biases[0], i) for i in range(3)]
        h = masked_each(before, recurrent_masks, self.recurrent_dropout, 3)
        gates = [self._from_states(h[i], i, 3) for i in range(2)]
        gates = [self._with_bias(gates[i], biases[1], i) for i in range(2)]
        z, r = (self.recurrent_activation(x[i] + gates[i]) for i in range(2))
        if self.reset_after:
            from_states = r * self._with_bias(self._from_states(h[2], 2, 3), biases[1], 2)
        else:
            from_states = self._from_states(r * h[2], 2, 3)
        return z, self.activation(x[2] + from_states)

    def _all_at_once(
        self, from_inputs: list[Tensor], before: Any, bias: Any
    ) -> tuple[Tensor, Tensor]:
        """As `_gate_by_gate`, of what is made of the inputs."""
        if self.reset_after:
            inner = _biased(dot(before, self.recurrent_kernel), bias)
        else:
            inner = dot(before, self.recurrent_kernel[:, : 2 * self.units])
        gates = [inner[:, self._gate(i, 3)] for i in range(2)]
        z, r = (self.recurrent_activation(from_inputs[i] + gates[i]) for i in range(2))
        if self.reset_after:
            from_states = r * inner[:, self._gate(2, 3)]
        else:
            from_states = self._from_states(r * before, 2, 3)
        return z, self.activation(from_inputs[2] + from_states)

    def _with_bias(self, x: Tensor, bias: Any, index: int) -> Tensor:
        return x if bias is None else bias_add(x, bias[self._gate(index, 3)])


def _biased(x: Tensor, bias: Any) -> Tensor:
    return x if bias is None else bias_add(x, bias)


class GRU(GatedLayer):
    """`RNN` of a `GRUCell`.

    Args:
      return_sequences, return_state, go_backwards, stateful, unroll, and others by name: as for
        `RNN`.
      activity_regularizer: a function of the output that gives a loss.
      All others are as for `GRUCell`.
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
        reset_after: bool = False,
        **kwargs: Any,
    ):
        check_implementation(implementation)
        cell = GRUCell(
            units,
            activation,
            recurrent_activation,
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
            implementation,
            reset_after,
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

    reset_after = of_cell("reset_after")
