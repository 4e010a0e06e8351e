"""Callbacks that keep or show what a training gave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from stillflow.keras.callbacks.callback import Callback, Logs
from stillflow.keras.utils.progbar import Progbar


class BaseLogger(Callback):
    """Averages metrics over an epoch; the first callback of every training.

    Args:
      stateful_metrics: names of metrics that average themselves.
    """

    def __init__(self, stateful_metrics: Iterable[str] | None = None):
        super().__init__()
        self.stateful_metrics = set(stateful_metrics or ())

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.seen = 0
        self.totals: dict[str, Any] = {}

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        logs = logs or {}
        size = logs.get("size", 0)
        self.seen += size * logs.get("num_steps", 1)
        for name, value in logs.items():
            if name in self.stateful_metrics:
                self.totals[name] = value
            else:
                self.totals[name] = self.totals.get(name, 0) + np.float64(value) * size

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if logs is None:
            return
        for name in self.params["metrics"]:
            if name in self.stateful_metrics and name in self.totals:
                logs[name] = self.totals[name]
            elif name in self.totals:
                logs[name] = self.totals[name] / self.seen


class History(Callback):
    """Remembers what the epochs gave; the last callback of every training, and its result.

    Attributes:
      epoch: their numbers.
      history: lists of losses and metrics, by name.
    """

    def on_train_begin(self, logs: Logs = None) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class ProgbarLogger(Callback):
    """Shows metrics beside a progress bar.

    Args:
      count_mode: whether "samples" or "steps" are counted.
      stateful_metrics: names of metrics that are not to be averaged.

    Raises:
      ValueError: another count_mode.
    """

    def __init__(self, count_mode: str = "samples", stateful_metrics: Iterable[str] | None = None):
        super().__init__()
        if count_mode not in ("samples", "steps"):
            raise ValueError(
                f"Unknown `count_mode`: {count_mode}. It is to be 'samples' or 'steps'."
            )
        self.use_steps = count_mode == "steps"
        self.stateful_metrics = set(stateful_metrics or ())
        self.log_values: list[tuple[str, Any]] = []

    def on_train_begin(self, logs: Logs = None) -> None:
        self.verbose = self.params["verbose"]
        self.epochs = self.params["epochs"]

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.seen = 0
        self.target = self.params["steps" if self.use_steps else "samples"]
        if self.verbose and self.epochs > 1:
            print(f"Epoch {epoch + 1}/{self.epochs}")
        self.progbar = Progbar(
            target=self.target,
            verbose=self.verbose,
            stateful_metrics=self.stateful_metrics,
            unit_name="step" if self.use_steps else "sample",
        )

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        self.log_values = []

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        logs = logs or {}
        steps = logs.get("num_steps", 1)
        self.seen += steps if self.use_steps else logs.get("size", 0) * steps
        self._take(logs)
        # The last one is shown at the end of the epoch, where validation is known.
        if self.verbose and (self.target is None or self.seen < self.target):
            self.progbar.update(self.seen, self.log_values)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self._take(logs or {})
        if self.verbose:
            self.progbar.update(self.seen, self.log_values)

    def _take(self, logs: dict[str, Any]) -> None:
        self.log_values += [(name, logs[name]) for name in self.params["metrics"] if name in logs]
