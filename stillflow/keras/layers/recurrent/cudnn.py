"""`tf.keras.layers.CuDNNLSTM` and `CuDNNGRU`: networks of cuDNN, which run on any device here."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.declare.constants import constant
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape
from stillflow.keras.backend.arranging import reverse
from stillflow.keras.layers.recurrent.cells import CONSTRAINTS, INITIALIZERS, REGULARIZERS
from stillflow.keras.layers.recurrent.forgetting import forgets_little
from stillflow.keras.layers.recurrent.rnn import RNN, check_states
from stillflow.keras.layers.recurrent.sizes import list_of_sizes
from stillflow.layers import configs, identifiers
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.ops.array.joining import concat
from stillflow.ops.array.reshaping import expand_dims, reshape
from stillflow.ops.array.transposing import transpose
from stillflow.ops.recurrent.cudnn import cudnn_rnn_v2


class _Sizes(NamedTuple):
    """What a network of cuDNN has for a cell."""

    state_size: Any


class CuDNNLayer(RNN):
    """What `CuDNNLSTM` and `CuDNNGRU` share.

    Args:
      units: the size of the output, and of each state.
      kernel_initializer, recurrent_initializer, bias_initializer: of `kernel`, of
        `recurrent_kernel`, of `bias`; regularizers and constraints likewise.
      return_sequences, return_state, go_backwards, stateful, time_major: as for `RNN`.
      Others by name as for `Layer`.

    Attributes:
      kernel: f[features, columns]
      recurrent_kernel: f[units, columns]
      bias: f[2 columns], those for inputs and those for states.
    """

    #: The places of the gates' columns, in the order in which cuDNN takes the gates.
    _gates: tuple[int, ...]
    _mode: str
    unroll = False
    kernel_initializer: Any
    recurrent_initializer: Any
    bias_initializer: Any

    def __init__(
        self,
        units: int,
        state_size: Any,
        initializers: tuple[Any, Any, Any],
        regularizers: tuple[Any, Any, Any],
        activity_regularizer: Any,
        constraints: tuple[Any, Any, Any],
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        time_major: bool = False,
        **kwargs: Any,
    ):
        self.units = units
        self._cell = _Sizes(state_size)
        Layer.__init__(self, **kwargs)
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.time_major = time_major
        self.supports_masking = False
        self.input_spec = [InputSpec(ndim=3)]
        self.state_spec = [InputSpec(shape=(None, size)) for size in list_of_sizes(state_size)]
        self.constants_spec = None
        self._states = None
        self._num_constants = 0
        self._vector_shape = constant([-1])
        for name, given in zip(INITIALIZERS, initializers, strict=True):
            setattr(self, name, identifiers.initializer_of(given))
        for name, given in zip(REGULARIZERS, regularizers, strict=True):
            setattr(self, name, identifiers.regularizer_of(given))
        self.activity_regularizer = identifiers.regularizer_of(activity_regularizer)
        for name, given in zip(CONSTRAINTS, constraints, strict=True):
            setattr(self, name, identifiers.constraint_of(given))

    @property
    def cell(self) -> Any:
        """The sizes of the states."""
        return self._cell

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        features, columns = as_shape(input_shape).as_list()[-1], self.units * len(self._gates)
        self.kernel = self._add(0, (features, columns), self.kernel_initializer)
        self.recurrent_kernel = self._add(1, (self.units, columns), self.recurrent_initializer)
        self.bias = self._add(2, (2 * columns,), self._initial_bias())
        self.built = True

    def _add(self, index: int, shape: tuple[int | None, ...], initializer: Any) -> Any:
        """Makes a weight, with the regularizer and the constraint of that number."""
        return self.add_weight(
            shape=shape,
            name=("kernel", "recurrent_kernel", "bias")[index],
            initializer=initializer,
            regularizer=getattr(self, REGULARIZERS[index]),
            constraint=getattr(self, CONSTRAINTS[index]),
        )

    def _initial_bias(self) -> Any:
        return self.bias_initializer

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: Any = None,
        initial_state: Any = None,
        constants: Any = None,
    ) -> Any:
        if isinstance(mask, list):
            mask = mask[0]
        if mask is not None:
            raise ValueError(
                "Masking is not supported for CuDNN RNNs.\n"
                "  LSTM and GRU take masks; their weights load into these layers and back."
            )
        if isinstance(inputs, list):
            inputs, initial_state = inputs[0], inputs[1:]
        elif initial_state is None:
            initial_state = self.states if self.stateful else self.get_initial_state(inputs)
        check_states(initial_state, self.states)
        if self.go_backwards:
            inputs = reverse(inputs, 1)
        output, states = self._process_batch(inputs, initial_state)
        if self.stateful:
            pairs = zip(self.states, states, strict=True)
            self.add_update([kept.assign(state) for kept, state in pairs])
        return [output, *states] if self.return_state else output

    def _process_batch(self, inputs: Any, initial_state: Any) -> tuple[Tensor, list[Tensor]]:
        """(the output, the last states)"""
        if not self.time_major:
            inputs = transpose(inputs, (1, 0, 2))
        before = [expand_dims(state, axis=0) for state in initial_state]
        output, *after = cudnn_rnn_v2(
            inputs,
            before[0],
            before[1] if len(before) > 1 else 0,
            self._params(),
            is_training=True,
            rnn_mode=self._mode,
        )[: 1 + len(before)]
        if self.stateful or self.return_state:
            after = [state[0] for state in after]
        if not self.return_sequences:
            return output[-1], after
        return output if self.time_major else transpose(output, (1, 0, 2)), after

    def _params(self) -> Tensor:
        """The weights as the vector that cuDNN takes."""
        count = len(self._gates)
        ends = {count - 1: None}
        biases = {2 * count - 1: None}

        def part(index: int, last: dict[int, None]) -> slice:
            first = index * self.units if index else None
            return slice(first, last.get(index, (index + 1) * self.units))

        parts = [
            *(self.kernel[:, part(i, ends)] for i in self._gates),
            *(self.recurrent_kernel[:, part(i, ends)] for i in self._gates),
            *(self.bias[part(i, biases)] for i in self._gates),
            *(self.bias[part(count + i, biases)] for i in self._gates),
        ]
        return concat([reshape(each, self._vector_shape) for each in parts], axis=0)

    def get_config(self) -> dict[str, Any]:
        config = configs.of_layer(self)
        del config["unroll"]
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        return cls(**config)


class CuDNNGRU(CuDNNLayer):
    """A GRU as cuDNN computes it: that of `GRU` with `reset_after`.

    All arguments are as for `CuDNNLayer`; the columns of its weights are those of z, r, and h.
    """

    _gates = (1, 0, 2)
    _mode = "gru"
    _described: tuple[str, ...] = (
        *("units", *INITIALIZERS, *REGULARIZERS, "activity_regularizer", *CONSTRAINTS),
    )

    def __init__(
        self,
        units: int,
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
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ):
        super().__init__(
            units,
            units,
            (kernel_initializer, recurrent_initializer, bias_initializer),
            (kernel_regularizer, recurrent_regularizer, bias_regularizer),
            activity_regularizer,
            (kernel_constraint, recurrent_constraint, bias_constraint),
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            **kwargs,
        )


class CuDNNLSTM(CuDNNLayer):
    """An LSTM as cuDNN computes it: that of `LSTM` with gates of `sigmoid`.

    Args:
      unit_forget_bias: the bias of the forget gate is 1 at first.
      All others are as for `CuDNNLayer`; the columns of its weights are those of the input gate,
      the forget gate, the carry, and the output gate.
    """

    _gates = (0, 1, 2, 3)
    _mode = "lstm"
    _described: tuple[str, ...] = (
        *("units", *INITIALIZERS, "unit_forget_bias"),
        *(*REGULARIZERS, "activity_regularizer", *CONSTRAINTS),
    )

    def __init__(
        self,
        units: int,
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
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ):
        super().__init__(
            units,
            (units, units),
            (kernel_initializer, recurrent_initializer, bias_initializer),
            (kernel_regularizer, recurrent_regularizer, bias_regularizer),
            activity_regularizer,
            (kernel_constraint, recurrent_constraint, bias_constraint),
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            **kwargs,
        )
        self.unit_forget_bias = unit_forget_bias

    def _initial_bias(self) -> Any:
        if not self.unit_forget_bias:
            return self.bias_initializer
        return forgets_little(self.bias_initializer, self.units, before=5)
