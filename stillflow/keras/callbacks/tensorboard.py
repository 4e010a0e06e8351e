"""`tf.keras.callbacks.TensorBoard`: a training is written for TensorBoard."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from stillflow.events.file_writer import FileWriter
from stillflow.graph.context import executing_eagerly
from stillflow.keras.callbacks.callback import Callback, Logs
from stillflow.keras.callbacks.embeddings import EmbeddingsWriter
from stillflow.keras.callbacks.weight_summaries import summarize
from stillflow.layers.keras_graph import get_graph, in_graph
from stillflow.ops.summaries.common import new_summary
from stillflow.ops.summaries.merging import merge_all

_NO_METRICS = ("batch", "size", "num_steps")


class TensorBoard(Callback):
    """Writes losses and metrics, and if asked the graph, weights and embeddings.

    Args:
      log_dir: the folder.
      histogram_freq: after how many epochs summaries of weights and outputs are computed, on the
        data that the training is judged by; 0 for never.
      batch_size: how many samples of `embeddings_data` a run takes.
      write_graph: whether the graph is written.
      write_grads: whether there are summaries of gradients too.
      write_images: whether weights are shown as pictures too.
      embeddings_freq: after how many epochs embeddings are saved; 0 for never.
      embeddings_layer_names: of which layers; all Embeddings by default.
      embeddings_metadata: the file that labels their rows, or a dict by layer's name.
      embeddings_data: inputs that are embedded.
      update_freq: "epoch", "batch", or after how many samples losses are written.
      profile_batch: accepted; batches are not profiled. `tf.RunMetadata` of a run tells its times.
    """

    def __init__(
        self,
        log_dir: Any = "./logs",
        histogram_freq: int = 0,
        batch_size: int = 32,
        write_graph: bool = True,
        write_grads: bool = False,
        write_images: bool = False,
        embeddings_freq: int = 0,
        embeddings_layer_names: Any = None,
        embeddings_metadata: Any = None,
        embeddings_data: Any = None,
        update_freq: Any = "epoch",
        profile_batch: int = 2,
    ):
        super().__init__()
        del profile_batch
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.merged: Any = None
        self.write_graph = write_graph
        self.write_grads = write_grads
        self.write_images = write_images
        self.batch_size = batch_size
        self.embeddings_freq = embeddings_freq
        self.embeddings_layer_names = embeddings_layer_names
        self.embeddings_metadata = embeddings_metadata
        self.embeddings_data = embeddings_data
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self._total_batches_seen = 0
        self._total_val_batches_seen = 0
        self._samples_seen = 0
        self._samples_seen_at_last_write = 0
        self._embeddings: EmbeddingsWriter | None = None
        self._chief_worker_only = True

    def _init_writer(self, model: Any) -> None:
        """Opens `writer`; a subclass may open another."""
        graph = get_graph() if self.write_graph else None
        with in_graph():
            self.writer = FileWriter(self.log_dir, graph)

    def set_model(self, model: Any) -> None:
        if self.embeddings_freq and self.embeddings_data is None:
            raise ValueError("To visualize embeddings, embeddings_data must be provided.")
        self.model = model
        self._init_writer(model)
        if self.histogram_freq and self.merged is None:
            summarize(model, self.write_grads, self.write_images)
        self.merged = None if executing_eagerly() else merge_all()
        if self.embeddings_freq:
            self._embeddings = EmbeddingsWriter(
                model,
                self.writer,
                self.log_dir,
                self.embeddings_data,
                self.embeddings_layer_names,
                self.embeddings_metadata,
                self.batch_size,
            )

    # Losses and metrics ---------------------------------------------------------------------------

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        logs = logs or {}
        self._samples_seen += logs.get("size", 1)
        since = self._samples_seen - self._samples_seen_at_last_write
        if self.update_freq != "epoch" and since >= self.update_freq:
            self._write_custom_summaries(self._total_batches_seen, _prefixed("batch_", logs))
            self._samples_seen_at_last_write = self._samples_seen
        self._total_batches_seen += 1

    def _write_custom_summaries(self, step: int, logs: Logs = None) -> None:
        """Writes numbers by their tags; a subclass may add some."""
        for tag, value in (logs or {}).items():
            summary = new_summary()
            number = value.item() if isinstance(value, np.ndarray) else value
            summary.value.add(tag=tag, simple_value=number)
            self.writer.add_summary(summary, step)
        self.writer.flush()

    # Summaries of weights, on the data of validation ----------------------------------------------

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        if not self.histogram_freq or epoch % self.histogram_freq:
            return
        self.model._make_test_function()
        function = self.model.test_function
        if self.merged not in function.fetches:
            function.fetches.append(self.merged)
            function.fetch_callbacks[self.merged] = self._fetch_callback

    def _fetch_callback(self, summary: Any) -> None:
        self.writer.add_summary(summary, self._total_val_batches_seen)
        self._total_val_batches_seen += 1

    def _stop_fetching(self) -> None:
        if not self.histogram_freq:
            return
        function = self.model.test_function
        if self.merged in function.fetches:
            function.fetches.remove(self.merged)
            function.fetch_callbacks.pop(self.merged, None)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        step = epoch if self.update_freq == "epoch" else self._samples_seen
        self._write_custom_summaries(step, _prefixed("epoch_", logs or {}))
        self._stop_fetching()
        if self._embeddings is not None and epoch % self.embeddings_freq == 0:
            self._embeddings.write(epoch)

    def on_train_end(self, logs: Logs = None) -> None:
        self.writer.close()


def _prefixed(prefix: str, logs: dict[str, Any]) -> dict[str, Any]:
    return {prefix + name: value for name, value in logs.items() if name not in _NO_METRICS}
