"""Embeddings of chosen data, for TensorBoard's projector."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from stillflow.events.file_writer import FileWriter
from stillflow.events.projector import visualize_embeddings
from stillflow.graph import dtypes
from stillflow.keras.training.arrays import standardize_input_data
from stillflow.layers.default_session import get_session, track_variable
from stillflow.layers.learning_phase import learning_phase
from stillflow.ops.array.filling import zeros
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.variables.state import assign
from stillflow.ops.variables.variable import Variable
from stillflow.train.saver import Saver

_CHECKPOINT = "keras_embedding.ckpt"


class EmbeddingsWriter:
    """Saves what layers make of data, whenever it is asked to.

    Args:
      data: inputs of the model.
      layer_names: the layers; all Embeddings by default.
      metadata: the file that labels the rows; a dict by layer's name if they differ.
      batch_size: how many rows a run computes.
    """

    def __init__(
        self,
        model: Any,
        writer: FileWriter,
        log_dir: str,
        data: Any,
        layer_names: Sequence[str] | None,
        metadata: Any,
        batch_size: int,
    ):
        self._model = model
        self._log_dir = log_dir
        self._batch_size = batch_size
        self._data = standardize_input_data(data, model.input_names)
        self._start = placeholder(dtypes.int32)
        self._count = placeholder(dtypes.int32)
        names = layer_names or [
            layer.name for layer in model.layers if type(layer).__name__ == "Embedding"
        ]
        chosen = [layer for layer in model.layers if layer.name in names]
        self._variables = {layer.name: self._variable(layer) for layer in chosen}
        self._assignments = [self._assignment(layer) for layer in chosen]
        self._saver = Saver(list(self._variables.values()))
        self._describe(writer, metadata)

    def _variable(self, layer: Any) -> Variable:
        size = math.prod(layer.output.shape.as_list()[1:])
        variable = Variable(zeros((len(self._data[0]), size)), name=f"{layer.name}_embedding")
        track_variable(variable)
        return variable

    def _assignment(self, layer: Any) -> Any:
        """Sets the rows of a batch."""
        variable = self._variables[layer.name]
        rows = reshape(layer.output, (self._count, variable.shape.as_list()[1]))
        return assign(variable[self._start : self._start + self._count], rows)

    def _describe(self, writer: FileWriter, metadata: Any) -> None:
        from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig  # protobuf

        config = ProjectorConfig()
        for name, variable in self._variables.items():
            labels = metadata.get(name) if isinstance(metadata, Mapping) else metadata
            described = config.embeddings.add(tensor_name=variable.name)
            if labels is not None:
                described.metadata_path = labels
        visualize_embeddings(writer, config)

    def write(self, epoch: int) -> None:
        """Computes all rows, and saves them as those of an epoch."""
        session = get_session()
        inputs = self._model.inputs
        for start in range(0, len(self._data[0]), self._batch_size):
            rows = slice(start, start + self._batch_size)
            fed = {tensor: array[rows] for tensor, array in zip(inputs, self._data, strict=True)}
            fed |= {self._start: start, self._count: len(self._data[0][rows])}
            if not isinstance(learning_phase(), int):
                fed[learning_phase()] = False
            session.run(self._assignments, feed_dict=fed)
        self._saver.save(session, os.path.join(self._log_dir, _CHECKPOINT), epoch)
