"""`tf.keras.layers.ConvLSTM2D`: Shi et al., 2015 (arXiv:1506.04214), without peepholes."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import as_shape
from stillflow.keras.backend.bias import bias_add
from stillflow.keras.backend.convolution import conv2d
from stillflow.keras.layers.recurrent.cells import (
    CONSTRAINTS,
    INITIALIZERS,
    RATES,
    REGULARIZERS,
    CellOfKernels,
    masked_each,
)
from stillflow.keras.layers.recurrent.convolutional import ConvRNN2D
from stillflow.keras.layers.recurrent.forgetting import forgets_little
from stillflow.keras.layers.recurrent.of_cell import ToldOfCell, of_cell
from stillflow.layers import identifiers
from stillflow.layers.geometry import channels_of, normalize_padding
from stillflow.layers.settings import image_data_format
from stillflow.layers.utils import normalize_data_format, normalize_tuple
from stillflow.ops.array.joining import split

_BEFORE = (
    *("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate"),
    *("activation", "recurrent_activation", "use_bias"),
    *(*INITIALIZERS, "unit_forget_bias", *REGULARIZERS),
)
_AFTER = (*CONSTRAINTS, *RATES)


class ConvLSTM2DCell(CellOfKernels):
    """An LSTM of pictures, whose products are convolutions.

    Args:
      filters: the number of channels of the output, and of each state.
      kernel_size, strides, padding, dilation_rate: of the convolution of inputs; that of states is
        of the same size, with strides of 1.
      data_format: "channels_last" or "channels_first"; what `image_data_format` says, by default.
      recurrent_activation: of the gates; a function, its name, or None for none.
      unit_forget_bias: the bias of the forget gate is 1 at first.
      All others are as for `CellOfKernels`; the channels of its weights are those of the input
      gate, the forget gate, the carry, and the output gate.
    """

    _described: tuple[str, ...] = (*_BEFORE, *_AFTER)

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
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
        **kwargs: Any,
    ):
        super().__init__(
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
        self.filters = filters
        self.kernel_size = normalize_tuple(kernel_size, 2, "kernel_size")
        self.strides = normalize_tuple(strides, 2, "strides")
        self.padding = normalize_padding(padding)
        self.data_format = normalize_data_format(data_format or image_data_format())
        self.dilation_rate = normalize_tuple(dilation_rate, 2, "dilation_rate")
        self.recurrent_activation = identifiers.activation_of(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.state_size = (self.filters, self.filters)

    def build(self, input_shape: Any) -> None:
        axis = 1 if self.data_format == "channels_first" else -1
        channels = channels_of(as_shape(input_shape), axis)
        self.kernel_shape = (*self.kernel_size, channels, self.filters * 4)
        initializer = self.bias_initializer
        if self.unit_forget_bias:
            initializer = forgets_little(initializer, self.filters)
        self._add_weights(
            self.kernel_shape,
            (*self.kernel_size, self.filters, self.filters * 4),
            (self.filters * 4,),
            initializer,
        )
        self.built = True

    def call(self, inputs: Any, states: Any, training: Any = None) -> tuple[Tensor, list[Tensor]]:
        h_before, c_before = states[0], states[1]
        masks = self.get_dropout_mask_for_cell(inputs, training, count=4)
        recurrent_masks = self.get_recurrent_dropout_mask_for_cell(h_before, training, count=4)
        each = masked_each(inputs, masks, self.dropout, 4)
        states_of_each = masked_each(h_before, recurrent_masks, self.recurrent_dropout, 4)
        kernels = split(self.kernel, 4, axis=3)
        recurrent_kernels = split(self.recurrent_kernel, 4, axis=3)
        biases = split(self.bias, 4) if self.use_bias else [None] * 4
        x = [
            self.input_conv(each[i], kernels[i], biases[i], padding=self.padding) for i in range(4)
        ]
        h = [self.recurrent_conv(states_of_each[i], recurrent_kernels[i]) for i in range(4)]
        i = self.recurrent_activation(x[0] + h[0])
        f = self.recurrent_activation(x[1] + h[1])
        c = f * c_before + i * self.activation(x[2] + h[2])
        o = self.recurrent_activation(x[3] + h[3])
        output = o * self.activation(c)
        return output, [output, c]

    def input_conv(self, x: Any, w: Any, b: Any = None, padding: str = "valid") -> Tensor:
        """The convolution of inputs with a kernel, and a bias if there is one."""
        made = conv2d(
            x,
            w,
            strides=self.strides,
            padding=padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )
        return made if b is None else bias_add(made, b, data_format=self.data_format)

    def recurrent_conv(self, x: Any, w: Any) -> Tensor:
        """The convolution of states with a kernel."""
        return conv2d(x, w, strides=(1, 1), padding="same", data_format=self.data_format)


class ConvLSTM2D(ToldOfCell, ConvRNN2D):
    """`ConvRNN2D` of a `ConvLSTM2DCell`.

    Args:
      return_sequences, go_backwards, stateful, and others by name: as for `RNN`.
      activity_regularizer: a function of the output that gives a loss.
      All others are as for `ConvLSTM2DCell`.
    """

    _described: tuple[str, ...] = (*_BEFORE, "activity_regularizer", *_AFTER)

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
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
        return_sequences: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        **kwargs: Any,
    ):
        cell = ConvLSTM2DCell(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
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
            dtype=kwargs.get("dtype"),
        )
        super().__init__(
            cell,
            return_sequences=return_sequences,
            go_backwards=go_backwards,
            stateful=stateful,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )

    filters = of_cell("filters")
    kernel_size = of_cell("kernel_size")
    strides = of_cell("strides")
    padding = of_cell("padding")
    data_format = of_cell("data_format")
    dilation_rate = of_cell("dilation_rate")
    recurrent_activation = of_cell("recurrent_activation")
    unit_forget_bias = of_cell("unit_forget_bias")
