"""`tf.keras.callbacks.ModelCheckpoint`: the model is saved as it trains."""

from __future__ import annotations

import os
import re
from typing import Any

from stillflow.checkpoint.management import checkpoint_exists, latest_checkpoint
from stillflow.keras.callbacks.callback import Callback, Logs
from stillflow.keras.callbacks.monitoring import better, worst
from stillflow.platform import logging

_FORMATTED = re.compile(r"\{.*\}")


class ModelCheckpoint(Callback):
    """Saves the model, or its weights, after epochs or after numbers of samples.

    Args:
      filepath: may have format fields for "epoch" and for the names of metrics.
      monitor: the metric that tells which epoch is best.
      verbose: 1 to tell of it.
      save_best_only: whether only a model that is better than all before is saved.
      save_weights_only: whether weights alone are saved; models of a program's own class are so
        anyway.
      mode: "min" where less is better, "max" where more is, "auto" by the name.
      save_freq: "epoch", or after how many samples.
      load_weights_on_restart: by keyword: whether the training begins with the newest file that
        `filepath` may have named.
      period: by keyword: after how many epochs.

    Raises:
      ValueError: `save_freq` is neither.
    """

    def __init__(
        self,
        filepath: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: Any = "epoch",
        **kwargs: Any,
    ):
        super().__init__()
        self.monitor = monitor
        self.verbose = verbose
        self.filepath: str = os.fspath(filepath) if isinstance(filepath, os.PathLike) else filepath
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.epochs_since_last_save = 0
        self._samples_seen_since_last_saving = 0
        self._current_epoch = 0
        self._take_older_options(kwargs)
        self.monitor_op = better("ModelCheckpoint", mode, monitor, ("acc", "fmeasure"))
        self.best: Any = worst(self.monitor_op)
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(
                f"Unrecognized save_freq: {save_freq}. It is to be 'epoch' or a number of samples."
            )
        self._chief_worker_only = False

    def _take_older_options(self, options: dict[str, Any]) -> None:
        self.load_weights_on_restart = options.get("load_weights_on_restart", False)
        self.period = options.get("period", 1)
        if "load_weights_on_restart" in options:
            logging.warning(
                "`load_weights_on_restart` argument is deprecated. Please use "
                "`model.load_weights()` for loading weights before the start of `model.fit()`."
            )
        if "period" in options:
            logging.warning(
                "`period` argument is deprecated. Please use `save_freq` to specify the frequency "
                "in number of samples seen."
            )

    def set_model(self, model: Any) -> None:
        self.model = model
        is_described = model._is_graph_network or type(model).__name__ == "Sequential"
        self.save_weights_only = self.save_weights_only or not is_described

    # When -----------------------------------------------------------------------------------------

    def on_train_begin(self, logs: Logs = None) -> None:
        if not self.load_weights_on_restart:
            return
        path = self._get_most_recently_modified_file_matching_pattern(self.filepath)
        if path is None or not (os.path.exists(path) or checkpoint_exists(path)):
            return
        try:
            self.model.load_weights(path)
        except (OSError, ValueError) as error:
            raise ValueError(f"Error loading file from {path}. Reason: {error}") from error

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        logs = logs or {}
        if not isinstance(self.save_freq, int):
            return
        self._samples_seen_since_last_saving += logs.get("size", 1)
        if self._samples_seen_since_last_saving >= self.save_freq:
            self._save_model(self._current_epoch, logs)
            self._samples_seen_since_last_saving = 0

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self._current_epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.epochs_since_last_save += 1
        if self.save_freq == "epoch" and self.epochs_since_last_save >= self.period:
            self._save_model(epoch, logs or {})

    # What -----------------------------------------------------------------------------------------

    def _save_model(self, epoch: int, logs: dict[str, Any]) -> None:
        self.epochs_since_last_save = 0
        path = self.filepath.format(epoch=epoch + 1, **logs)
        if self.save_best_only:
            self._save_if_best(path, epoch, logs.get(self.monitor))
        else:
            self._tell(epoch, f"saving model to {path}")
            self._save_to(path)

    def _save_if_best(self, path: str, epoch: int, current: Any) -> None:
        if current is None:
            logging.warning("Can save best model only with %s available, skipping.", self.monitor)
        elif self.monitor_op(current, self.best):
            self._tell(
                epoch,
                f"{self.monitor} improved from {self.best:0.5f} to {current:0.5f}, saving model "
                f"to {path}",
            )
            self.best = current
            self._save_to(path)
        else:
            self._tell(epoch, f"{self.monitor} did not improve from {self.best:0.5f}")

    def _tell(self, epoch: int, what: str) -> None:
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1:05d}: {what}")

    def _save_to(self, path: str) -> None:
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)

    def _get_most_recently_modified_file_matching_pattern(self, filepath: str) -> str | None:
        """The newest file that `filepath` may have named; of several as new, the last by name."""
        folder, name = os.path.split(filepath)
        pattern = re.compile("^" + _FORMATTED.sub(".*", name) + "$")
        checkpoint = latest_checkpoint(folder)
        if checkpoint is not None and pattern.match(os.path.basename(checkpoint)):
            return checkpoint
        if not os.path.isdir(folder):
            return None
        names = [each for each in os.listdir(folder) if pattern.match(each)]
        changed = {
            path: os.path.getmtime(path) for path in (os.path.join(folder, n) for n in names)
        }
        last_change = max(changed.values(), default=0.0)
        newest = [path for path, time in changed.items() if time == last_change]
        return newest[0] if len(newest) == 1 else max(changed, default=None)
