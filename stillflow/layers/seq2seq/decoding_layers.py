"""Decoders that are layers of Keras: their inputs come with the call."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.graph.tensor_shape import TensorShape
from stillflow.layers.base_layer import Layer
from stillflow.layers.recurrent.likeness import assert_like_rnncell
from stillflow.layers.seq2seq.basic import BasicDecoderOutput, size_behind
from stillflow.layers.seq2seq.decoding import BaseDecoder
from stillflow.layers.seq2seq.samplers import Sampler


class BasicDecoderV2(BaseDecoder):
    """A decoder of a cell, whose outputs a sampler samples from and makes the next inputs of.

    Args:
      output_layer: a layer that the outputs go through before they are sampled from.
      Others by name as for BaseDecoder.

    Raises:
      TypeError: an argument is no cell, Sampler or layer.
    """

    def __init__(self, cell: Any, sampler: Any, output_layer: Any = None, **kwargs: Any):
        assert_like_rnncell("cell", cell)
        if not isinstance(sampler, Sampler):
            raise TypeError(f"sampler must be a Sampler, received: {sampler}")
        if output_layer is not None and not isinstance(output_layer, Layer):
            raise TypeError(f"output_layer must be a Layer, received: {output_layer}")
        self.cell = cell
        self.sampler = sampler
        self.output_layer = output_layer
        super().__init__(**kwargs)

    def initialize(self, inputs: Any, initial_state: Any = None, **kwargs: Any) -> Any:
        self._cell_dtype = nest.flatten(initial_state)[0].dtype
        return (*self.sampler.initialize(inputs, **kwargs), initial_state)

    @property
    def batch_size(self) -> Any:
        return self.sampler.batch_size

    def _rnn_output_size(self) -> Any:
        return size_behind(self.output_layer, TensorShape(self.cell.output_size))

    @property
    def output_size(self) -> BasicDecoderOutput:
        return BasicDecoderOutput(self._rnn_output_size(), self.sampler.sample_ids_shape)

    @property
    def output_dtype(self) -> BasicDecoderOutput:
        of_outputs = nest.map_structure(lambda _: self._cell_dtype, self._rnn_output_size())
        return BasicDecoderOutput(of_outputs, self.sampler.sample_ids_dtype)

    def step(self, time: Any, inputs: Any, state: Any) -> Any:
        outputs, state = self.cell(inputs, state)
        if self.output_layer is not None:
            outputs = self.output_layer(outputs)
        ids = self.sampler.sample(time=time, outputs=outputs, state=state)
        finished, next_inputs, next_state = self.sampler.next_inputs(
            time=time, outputs=outputs, state=state, sample_ids=ids
        )
        return BasicDecoderOutput(outputs, ids), next_state, next_inputs, finished
