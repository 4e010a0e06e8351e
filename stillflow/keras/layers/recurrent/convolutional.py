"""`ConvRNN2D`: cells of pictures over sequences of pictures."""

from __future__ import annotations

from typing import Any

from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.keras.layers.recurrent.rnn import RNN
from stillflow.keras.layers.recurrent.sizes import list_of_sizes
from stillflow.layers.base_layer import Layer
from stillflow.layers.input_spec import InputSpec
from stillflow.layers.utils import conv_output_length
from stillflow.ops.array import filling
from stillflow.ops.reduce.reductions import reduce_sum


class ConvRNN2D(RNN):
    """Goes over sequences of pictures, n[batch, time, ...], with a cell that convolves.

    The cell has `filters`, `kernel_size`, `strides`, `padding`, `data_format`, `dilation_rate`,
    `kernel_shape`, and `input_conv(pictures, kernel, padding=...)`; its `state_size` holds numbers
    of channels.

    Args:
      cell: a cell; others as for `RNN`.

    Raises:
      TypeError: `unroll`, or a list of cells.
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        **kwargs: Any,
    ):
        if unroll:
            raise TypeError("Unrolling isn't possible with convolutional RNNs.")
        if isinstance(cell, (list, tuple)):
            raise TypeError("It is not possible at the moment tostack convolutional cells.")
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, unroll, **kwargs
        )
        self.input_spec = [InputSpec(ndim=5)]

    # Shapes ---------------------------------------------------------------------------------------

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the output; with those of the states behind it, a list, if they follow."""
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        batch, steps, *picture = as_shape(input_shape).as_list()
        cell = self.cell
        first = 1 if cell.data_format == "channels_first" else 0
        sizes: list[int | None] = [
            conv_output_length(
                picture[first + i],
                cell.kernel_size[i],
                padding=cell.padding,
                stride=cell.strides[i],
                dilation=cell.dilation_rate[i],
            )
            for i in range(2)
        ]
        sizes.insert(0 if first else 2, cell.filters)
        output = TensorShape([batch, steps, *sizes] if self.return_sequences else [batch, *sizes])
        states = [TensorShape([batch, *sizes]) for _ in range(2)]
        return [output, *states] if self.return_state else output

    def build(self, input_shape: Any) -> None:
        constants_shape = input_shape[-self._num_constants :] if self._num_constants else None
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        batch, _, *picture = as_shape(input_shape).as_list()
        self.input_spec[0] = InputSpec(shape=(batch if self.stateful else None, None, *picture))
        if isinstance(self.cell, Layer):
            step = (batch, *picture)
            self.cell.build(step if constants_shape is None else [step, *constants_shape])
        sizes = list_of_sizes(self.cell.state_size)
        if self.state_spec is not None:
            self._check_channels(sizes)
        else:
            self.state_spec = [InputSpec(shape=self._with_channels([None] * 4, n)) for n in sizes]
        if self.stateful:
            self.reset_states()
        self.built = True

    def _check_channels(self, sizes: list[int]) -> None:
        axis = self._channel_axis
        if [spec.shape[axis] for spec in self.state_spec] != sizes:
            raise ValueError(
                "An initial_state was passed that is not compatible with `cell.state_size`. "
                f"Received `state_spec`={[spec.shape for spec in self.state_spec]}; However "
                f"`cell.state_size` is {self.cell.state_size}"
            )

    @property
    def _channel_axis(self) -> int:
        return 1 if self.cell.data_format == "channels_first" else 3

    def _with_channels(self, shape: list[Any], channels: int) -> tuple[Any, ...]:
        """The shape of pictures, with a number of channels."""
        shape = list(shape)
        shape[self._channel_axis] = channels
        return tuple(shape)

    def get_initial_state(self, inputs: Any) -> list[Any]:
        """Zeros in the shape of what the cell's convolution makes of a picture."""
        cell = self.cell
        picture = reduce_sum(filling.zeros_like(inputs), axis=1)
        kernel = filling.zeros((*cell.kernel_shape[:-1], cell.filters))
        state = cell.input_conv(picture, kernel, padding=cell.padding)
        return [state for _ in list_of_sizes(cell.state_size)]

    def _most_steps(self, inputs: Any) -> int | None:
        return inputs.shape.as_list()[1]

    def _shapes_of_states(self) -> Any:
        assert self.input_spec is not None
        shape = self.compute_output_shape(self.input_spec[0].shape)
        sizes = (shape[0] if self.return_state else shape).as_list()
        if self.return_sequences:
            del sizes[1]
        if None in sizes:
            raise ValueError(
                "If a RNN is stateful, it needs to know its batch size. Specify the batch size of "
                "your input tensors: \n"
                "- If using a Sequential model, specify the batch size by passing a "
                "`batch_input_shape` argument to your first layer.\n"
                "- If using the functional API, specify the time dimension by passing a "
                "`batch_shape` argument to your Input layer.\n"
                "The same thing goes for the number of rows and columns."
            )
        channels = list_of_sizes(self.cell.state_size)
        return [TensorShape(self._with_channels(sizes, count)) for count in channels]
