"""`BasicDecoder`: a cell and a helper that samples and makes the next inputs."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.graph import nest
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers import base
from stillflow.layers.recurrent.likeness import assert_like_rnncell
from stillflow.layers.seq2seq.decoding import Decoder
from stillflow.layers.seq2seq.helpers import Helper


class BasicDecoderOutput(NamedTuple):
    """What a step gives: the cell's output, and what was sampled from it."""

    rnn_output: Any
    sample_id: Any


class BasicDecoder(Decoder):
    """A decoder of a cell, whose outputs a helper samples from and makes the next inputs of.

    Args:
      initial_state: in the structure of the cell's state.
      output_layer: a `tf.layers.Layer` that the outputs go through before they are sampled from.

    Raises:
      TypeError: an argument is no cell, Helper or layer.
    """

    def __init__(self, cell: Any, helper: Any, initial_state: Any, output_layer: Any = None):
        assert_like_rnncell("cell", cell)
        if not isinstance(helper, Helper):
            raise TypeError(f"helper must be a Helper, received: {type(helper)}")
        if output_layer is not None and not isinstance(output_layer, base.Layer):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell = cell
        self._helper = helper
        self._initial_state = initial_state
        self._output_layer = output_layer

    @property
    def batch_size(self) -> Any:
        return self._helper.batch_size

    @property
    def output_size(self) -> BasicDecoderOutput:
        size = size_behind(self._output_layer, self._cell.output_size)
        return BasicDecoderOutput(size, self._helper.sample_ids_shape)

    @property
    def output_dtype(self) -> BasicDecoderOutput:
        dtype = nest.flatten(self._initial_state)[0].dtype
        size = size_behind(self._output_layer, self._cell.output_size)
        of_outputs = nest.map_structure(lambda _: dtype, size)
        return BasicDecoderOutput(of_outputs, self._helper.sample_ids_dtype)

    def initialize(self, name: str | None = None) -> Any:
        return (*self._helper.initialize(), self._initial_state)

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        with name_scope(name, "BasicDecoderStep", [time]):
            outputs, state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            ids = self._helper.sample(time=time, outputs=outputs, state=state)
            finished, next_inputs, next_state = self._helper.next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=ids
            )
        return BasicDecoderOutput(outputs, ids), next_state, next_inputs, finished


def size_behind(layer: Any, size: Any) -> Any:
    """The size of outputs behind a layer, if there is one, as shapes without the batch."""
    if layer is None:
        return size
    with_batch = nest.map_structure(lambda each: TensorShape([None]).concatenate(each), size)
    return nest.map_structure(lambda each: each[1:], layer.compute_output_shape(with_batch))
