"""What the cells of `SimpleRNN`, `GRU` and `LSTM` share."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape
from stillflow.keras.backend.products import dot
from stillflow.keras.layers.recurrent.dropout_masks import DropoutRNNCellMixin
from stillflow.keras.layers.recurrent.sizes import zero_state
from stillflow.layers import identifiers
from stillflow.layers.base_layer import Layer

#: Names of arguments in the order in which configurations tell them.
INITIALIZERS = ("kernel_initializer", "recurrent_initializer", "bias_initializer")
REGULARIZERS = ("kernel_regularizer", "recurrent_regularizer", "bias_regularizer")
CONSTRAINTS = ("kernel_constraint", "recurrent_constraint", "bias_constraint")
RATES = ("dropout", "recurrent_dropout")


class AbstractRNNCell(Layer):
    """The base of cells that programs write.

    One defines `call(inputs, states)`, which returns (output, states after it), and the properties
    `state_size` and `output_size`.
    """

    def call(self, inputs: Any, states: Any) -> tuple[Any, Any]:
        """(the output, the states after it)"""
        raise NotImplementedError("Abstract method")

    @property
    def state_size(self) -> Any:
        """The size of the state, or a nest of sizes; sizes are numbers or shapes."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        raise NotImplementedError("Abstract method")

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None):
        """Zeros for `inputs`, or for as many sequences and the type that are given."""
        return zero_state(self, inputs, batch_size, dtype)


class CellOfKernels(DropoutRNNCellMixin, Layer):
    """A cell of a kernel for its inputs, one for its states, and a bias.

    Args:
      activation: of the output; a function, its name, or None for none.
      use_bias: whether there is a bias.
      kernel_initializer, recurrent_initializer, bias_initializer: of `kernel`, of
        `recurrent_kernel`, of `bias`; regularizers and constraints likewise.
      dropout, recurrent_dropout: the part of inputs, of states, that becomes 0 in training.
      Others by name as for `Layer`.
    """

    state_size: Any

    def __init__(
        self,
        activation: Any,
        use_bias: bool,
        kernel_initializer: Any,
        recurrent_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        recurrent_regularizer: Any,
        bias_regularizer: Any,
        kernel_constraint: Any,
        recurrent_constraint: Any,
        bias_constraint: Any,
        dropout: float,
        recurrent_dropout: float,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.activation = identifiers.activation_of(activation)
        self.use_bias = use_bias
        self.kernel_initializer = identifiers.initializer_of(kernel_initializer)
        self.recurrent_initializer = identifiers.initializer_of(recurrent_initializer)
        self.bias_initializer = identifiers.initializer_of(bias_initializer)
        self.kernel_regularizer = identifiers.regularizer_of(kernel_regularizer)
        self.recurrent_regularizer = identifiers.regularizer_of(recurrent_regularizer)
        self.bias_regularizer = identifiers.regularizer_of(bias_regularizer)
        self.kernel_constraint = identifiers.constraint_of(kernel_constraint)
        self.recurrent_constraint = identifiers.constraint_of(recurrent_constraint)
        self.bias_constraint = identifiers.constraint_of(bias_constraint)
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))

    def _add_weights(
        self,
        kernel_shape: tuple[int | None, ...],
        recurrent_shape: tuple[int, ...],
        bias_shape: tuple[int, ...],
        bias_initializer: Any,
    ) -> None:
        """Makes the variables; the bias only where there is one."""
        self.kernel = self.add_weight(
            shape=kernel_shape,
            name="kernel",
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            shape=recurrent_shape,
            name="recurrent_kernel",
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=bias_shape,
                name="bias",
                initializer=bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )


class CellOfUnits(CellOfKernels):
    """A cell of vectors.

    Args:
      units: the size of the output, and of each state.
      All others are as for `CellOfKernels`.

    Attributes:
      kernel: f[features, gates * units]
      recurrent_kernel: f[units, gates * units]
      bias: f[gates * units], or None.
    """

    output_size: Any

    def __init__(self, units: int, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.units = units

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None):
        """Zeros for `inputs`, or for as many sequences and the type that are given."""
        return zero_state(self, inputs, batch_size, dtype)

    def _add_weights_of_gates(
        self, input_shape: Any, gates: int, bias_rows: int, bias_initializer: Any
    ) -> None:
        """Makes the variables for inputs of a shape; a bias of 0 rows is a vector."""
        columns = gates * self.units
        self._add_weights(
            (as_shape(input_shape).as_list()[-1], columns),
            (self.units, columns),
            (bias_rows, columns) if bias_rows else (columns,),
            bias_initializer,
        )

    def _gate(self, index: int, count: int) -> slice:
        """Where the columns of one of `count` gates are."""
        first = index * self.units if index else None
        return slice(first, (index + 1) * self.units if index + 1 < count else None)

    def _from_states(self, states: Any, index: int, count: int) -> Tensor:
        """`states` times the columns of `recurrent_kernel` of one of `count` gates."""
        return dot(states, self.recurrent_kernel[:, self._gate(index, count)])


def masked_each(values: Any, masks: Any, rate: float, count: int) -> list[Any]:
    """`values` times each mask; `count` times themselves unless `rate` is between 0 and 1."""
    return [values * mask for mask in masks] if 0 < rate < 1 else [values] * count


def masked(values: Any, masks: Any, rate: float) -> Any:
    """`values` times the first mask, where `rate` is between 0 and 1."""
    return values * masks[0] if 0 < rate < 1 else values
