"""TensorFlow 2's `TensorBoard` callback: `tf.compat.v2.keras.callbacks.TensorBoard`.

A folder each has what is written of the training and of what it is judged by.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from stillflow.graph.eager_graph import eager_mode
from stillflow.keras.callbacks.callback import Callback, Logs
from stillflow.keras.engine.sequential import Sequential
from stillflow.layers.keras_graph import get_graph
from stillflow.layers.settings import image_data_format
from stillflow.layers.values import get_value
from stillflow.platform import logging
from stillflow.runtime.eager import mode
from stillflow.train.recording import conditions, version_2, writers, writing

assert mode  # registers what carries operations out, in programs of graphs too

_NO_METRICS = ("batch", "size", "num_steps")
_TRAIN, _VALIDATION = "train", "validation"
_OLDER = {
    "write_grads": "`write_grads` will be ignored in TensorFlow 2.0 for the `TensorBoard` "
    "Callback.",
    "batch_size": "`batch_size` is no longer needed in the `TensorBoard` Callback and will be "
    "ignored in TensorFlow 2.0.",
    "embeddings_layer_names": "`embeddings_layer_names` is not supported in TensorFlow 2.0. "
    "Instead, all `Embedding` layers will be visualized.",
    "embeddings_data": "`embeddings_data` is not supported in TensorFlow 2.0. Instead, all "
    "`Embedding` variables will be visualized.",
}


class TensorBoard(Callback):
    """Writes losses and metrics, the graph and the model, and if asked weights.

    Args:
      log_dir: the folder, in which are `train` and `validation`.
      histogram_freq: after how many epochs histograms of weights are written; 0 for never.
      write_graph: whether the graph and the model's configuration are written.
      write_images: whether weights are shown as pictures too, with the histograms.
      update_freq: "epoch", "batch", or after how many batches losses are written.
      profile_batch: accepted; batches are not profiled. `tf.RunMetadata` of a run tells its times.
      embeddings_freq: after how many epochs the weights are saved; 0 for never.
      embeddings_metadata: accepted, for programs that say which file labels rows.
      kwargs: arguments of the older callback, which are not looked at.

    Raises:
      ValueError: another keyword.
    """

    def __init__(
        self,
        log_dir: Any = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        update_freq: Any = "epoch",
        profile_batch: int = 2,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
        **kwargs: Any,
    ):
        super().__init__()
        _check(kwargs)
        del profile_batch
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self.embeddings_freq = embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self._writers: dict[str, Any] = {}
        self._batches_seen = {_TRAIN: 0, _VALIDATION: 0}
        self._before: Any = None
        self._chief_worker_only = True

    @contextmanager
    def _writing(self, run: str) -> Iterator[None]:
        """A block whose summaries go to the folder of a run, at once."""
        with eager_mode():
            if run not in self._writers:
                path = os.path.join(self.log_dir, run)
                self._writers[run] = writers.create_file_writer_v2(path)
            with self._writers[run].as_default(), conditions.always_record_summaries():
                yield

    def set_model(self, model: Any) -> None:
        self.model = model
        self._close()
        opened = conditions.open_now
        self._before = opened.writer, opened.recording, opened.step
        if not self.write_graph:
            return
        definition = None if model.run_eagerly else get_graph().as_graph_def()
        with self._writing(_TRAIN):
            if definition is not None:
                writing.graph(definition.SerializeToString(), step=0)
            if model._is_graph_network or isinstance(model, Sequential):
                _write_model(model)

    def _close(self) -> None:
        with eager_mode():
            for writer in self._writers.values():
                writer.close()
        self._writers.clear()

    # Summaries of layers --------------------------------------------------------------------------

    def _open(self, run: str) -> None:
        """Has summaries that layers write, where batches run eagerly, go to the folder of a run."""
        if self.update_freq == "epoch":
            return
        opened, seen = conditions.open_now, self._batches_seen
        with self._writing(run):
            writer = self._writers[run]
        opened.writer, opened.recording = writer, lambda: seen[run] % self.update_freq == 0
        conditions.set_step(seen[run])

    def _count(self, run: str) -> None:
        self._batches_seen[run] += 1
        if self.update_freq != "epoch":
            conditions.set_step(self._batches_seen[run])

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self._open(_TRAIN)

    def on_test_begin(self, logs: Logs = None) -> None:
        self._open(_VALIDATION)

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._count(_VALIDATION)

    # Losses and metrics ---------------------------------------------------------------------------

    def on_train_begin(self, logs: Logs = None) -> None:
        self._batches_seen = {_TRAIN: 0, _VALIDATION: 0}

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        if self.update_freq != "epoch" and batch % self.update_freq == 0:
            self._write_metrics(logs, "batch_", self._batches_seen[_TRAIN])
        self._count(_TRAIN)

    def _write_metrics(self, logs: Logs, prefix: str, step: int) -> None:
        """Writes numbers, those of validation to a folder of their own."""
        found: dict[str, dict[str, Any]] = {_TRAIN: {}, _VALIDATION: {}}
        for name, value in (logs or {}).items():
            if name not in _NO_METRICS:
                run = _VALIDATION if name.startswith("val_") else _TRAIN
                found[run][prefix + name.removeprefix("val_")] = value
        for run, numbers in found.items():
            if numbers:
                with self._writing(run):
                    for tag, value in numbers.items():
                        writing.scalar(tag, np.asarray(value, np.float32), step=step)

    # Weights --------------------------------------------------------------------------------------

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self._write_metrics(logs, "epoch_", epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            path = os.path.join(self.log_dir, _TRAIN, f"keras_embedding.ckpt-{epoch}")
            self.model.save_weights(path)

    def _write_weights(self, epoch: int) -> None:
        weights = [weight for layer in self.model.layers for weight in layer.weights]
        values = [(weight.name.replace(":", "_"), get_value(weight)) for weight in weights]
        with self._writing(_TRAIN):
            for name, value in values:
                writing.histogram(name, value, step=epoch)
                picture = _picture(value) if self.write_images else None
                if picture is not None:
                    writing.image(name, picture, step=epoch)
            self._writers[_TRAIN].flush()

    def on_train_end(self, logs: Logs = None) -> None:
        self._close()
        opened = conditions.open_now
        opened.writer, opened.recording, opened.step = self._before


def _check(given: dict[str, Any]) -> None:
    """Warns of arguments of the older callback; ValueError for others."""
    for name, warning in _OLDER.items():
        if given.get(name):
            logging.warning(warning)
    unknown = set(given) - set(_OLDER)
    if unknown:
        raise ValueError(f"Unrecognized arguments in `TensorBoard` Callback: {unknown}")


def _write_model(model: Any) -> None:
    """Writes a model's configuration for TensorBoard's page of graphs."""
    from tensorboard.compat.proto.summary_pb2 import SummaryMetadata  # as heavy as protobuf

    try:
        told = model.to_json()
    except Exception as error:  # a layer of a program, whose training goes on
        logging.warn(f"Model failed to serialize as JSON. Ignoring... {error}")
        return
    metadata = SummaryMetadata()
    metadata.plugin_data.plugin_name = "graph_keras_model"
    metadata.plugin_data.content = b"1"
    version_2.write("keras", told, step=0, metadata=metadata)


def _picture(weight: np.ndarray) -> np.ndarray | None:
    """A weight as pictures, f32[n, height, width, channels]; None for one of too many axes."""
    value = np.squeeze(weight)
    if value.ndim == 1:
        return value.reshape(1, -1, 1, 1)
    if value.ndim == 2:
        value = value.T if value.shape[0] > value.shape[1] else value
        return value[None, :, :, None]
    if value.ndim == 3:
        is_last = image_data_format() == "channels_last"
        return (value.transpose(2, 0, 1) if is_last else value)[..., None]
    return value if value.ndim == 4 and value.shape[-1] in (1, 3, 4) else None
