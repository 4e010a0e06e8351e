"""`tf.keras.layers.SimpleRNN`: the output is fed back."""

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
)
from stillflow.keras.layers.recurrent.of_cell import CellLayer
from stillflow.platform import logging


class SimpleRNNCell(CellOfUnits):
    """output = activation(inputs @ kernel + bias + last output @ recurrent_kernel)

    All arguments are as for `CellOfUnits`.
    """

    _described: tuple[str, ...] = (
        *("units", "activation", "use_bias"),
        *(*INITIALIZERS, *REGULARIZERS, *CONSTRAINTS, *RATES),
    )

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
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
        self.state_size = self.units
        self.output_size = self.units

    def build(self, input_shape: Any) -> None:
        self._add_weights_of_gates(input_shape, 1, 0, self.bias_initializer)
        self.built = True

    def call(self, inputs: Any, states: Any, training: Any = None) -> tuple[Tensor, list[Tensor]]:
        before = states[0]
        mask = self.get_dropout_mask_for_cell(inputs, training)
        recurrent_mask = self.get_recurrent_dropout_mask_for_cell(before, training)
        h = dot(inputs if mask is None else inputs * mask, self.kernel)
        if self.bias is not None:
            h = bias_add(h, self.bias)
        if recurrent_mask is not None:
            before = before * recurrent_mask
        output = self.activation(h + dot(before, self.recurrent_kernel))
        return output, [output]


class SimpleRNN(CellLayer):
    """`RNN` of a `SimpleRNNCell`.

    Args:
      return_sequences, return_state, go_backwards, stateful, unroll, and others by name: as for
        `RNN`.
      activity_regularizer: a function of the output that gives a loss.
      All others are as for `SimpleRNNCell`.
    """

    _described: tuple[str, ...] = (
        *("units", "activation", "use_bias"),
        *(*INITIALIZERS, *REGULARIZERS, "activity_regularizer", *CONSTRAINTS, *RATES),
    )

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
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
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        **kwargs: Any,
    ):
        if "implementation" in kwargs:
            kwargs.pop("implementation")
            logging.warning(
                "The `implementation` argument in `SimpleRNN` has been deprecated. Please remove "
                "it from your layer call."
            )
        cell = SimpleRNNCell(
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

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> SimpleRNN:
        config.pop("implementation", None)
        return cls(**config)
