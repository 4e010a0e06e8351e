"""LSTMs whose products are convolutions."""

from __future__ import annotations

from typing import Any

from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers.recurrent.cell import KERNEL, RNNCell
from stillflow.layers.recurrent.lstm import LSTMStateTuple
from stillflow.ops.array import joining
from stillflow.ops.math.elementwise import sigmoid
from stillflow.ops.math.trigonometric import tanh
from stillflow.ops.nn.convolution import conv2d
from stillflow.ops.nn.one_dimensional import conv1d
from stillflow.ops.variables.initializers import Constant
from stillflow.ops.variables.scope import get_variable


class ConvLSTMCell(RNNCell):
    """The convolutional LSTM of Shi et al., 2015 (arXiv:1506.04214).

    Args:
      conv_ndims: along how many axes it goes, 1 to 3.
      input_shape: of the inputs without the batch, channels last.
      output_channels: of state and output.
      kernel_shape: the size of the kernel along each axis.
      use_bias: whether there is a bias.
      skip_connection: whether inputs are joined to the output.
      forget_bias: added to the forget gate.
      initializers: not looked at, as in TensorFlow.
      name: as for `tf.layers.Layer`.

    Raises:
      ValueError: `input_shape` is not of `conv_ndims` + 1 sizes.
    """

    def __init__(
        self,
        conv_ndims: int,
        input_shape: list[int],
        output_channels: int,
        kernel_shape: Any,
        use_bias: bool = True,
        skip_connection: bool = False,
        forget_bias: float = 1.0,
        initializers: Any = None,
        name: Any = "conv_lstm_cell",
    ):
        super().__init__(name=name)
        del initializers
        if conv_ndims != len(input_shape) - 1:
            raise ValueError(f"Invalid input_shape {input_shape} for conv_ndims={conv_ndims}.")
        self._conv_ndims = conv_ndims
        self._output_channels = output_channels
        self._kernel_shape = list(kernel_shape)
        self._use_bias = use_bias
        self._forget_bias = forget_bias
        self._skip_connection = skip_connection
        channels = output_channels + (input_shape[-1] if skip_connection else 0)
        size = TensorShape([*input_shape[:-1], output_channels])
        self._state_size = LSTMStateTuple(size, size)
        self._output_size = TensorShape([*input_shape[:-1], channels])

    @property
    def output_size(self) -> Any:
        return self._output_size

    @property
    def state_size(self) -> Any:
        return self._state_size

    def call(self, inputs: Any, state: Any, scope: Any = None) -> tuple[Any, Any]:
        held, hidden = state
        gates = _convolved(
            *([inputs, hidden], self._kernel_shape, 4 * self._output_channels, self._use_bias)
        )
        axis = self._conv_ndims + 1
        i, j, f, o = joining.split(value=gates, num_or_size_splits=4, axis=axis)
        held = sigmoid(f + self._forget_bias) * held
        held += sigmoid(i) * tanh(j)
        output = tanh(held) * sigmoid(o)
        if self._skip_connection:
            output = joining.concat([output, inputs], axis=-1)
        return output, LSTMStateTuple(held, output)


class Conv1DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` along one axis."""

    def __init__(self, name: Any = "conv_1d_lstm_cell", **kwargs: Any):
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` along two axes."""

    def __init__(self, name: Any = "conv_2d_lstm_cell", **kwargs: Any):
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` along three axes."""

    def __init__(self, name: Any = "conv_3d_lstm_cell", **kwargs: Any):
        super().__init__(conv_ndims=3, name=name, **kwargs)


def _convolved(args: list, filter_size: list[int], features: int, bias: bool) -> Any:
    """args joined by their channels and convolved with "kernel", plus "biases"."""
    shapes = [each.shape.as_list() for each in args]
    rank = len(shapes[0])
    for shape in shapes:
        if len(shape) not in (3, 4, 5):
            raise ValueError(f"Conv Linear expects 3D, 4D or 5D arguments: {shapes}")
        if len(shape) != rank:
            raise ValueError(f"Conv Linear expects all args to be of same Dimension: {shapes}")
    channels, dtype = sum(shape[-1] for shape in shapes), args[0].dtype
    kernel = get_variable(KERNEL, [*filter_size, channels, features], dtype=dtype)
    convolve, strides = _convolution_of(rank)
    result = convolve(joining.concat(axis=rank - 1, values=args), kernel, strides, padding="SAME")
    if not bias:
        return result
    return result + get_variable(
        "biases", [features], dtype=dtype, initializer=Constant(0.0, dtype=dtype)
    )


def _convolution_of(rank: int) -> tuple[Any, Any]:
    """(the function, its strides) for inputs of a rank"""
    if rank == 3:
        return conv1d, 1
    if rank == 4:
        return conv2d, [1] * 4
    from stillflow.ops.nn.convolution_3d import conv3d

    return conv3d, [1] * 5
