"""What a callback is: methods that trainings, evaluations and predictions call."""

from __future__ import annotations

from typing import Any

Logs = dict[str, Any] | None


class Callback:
    """Does nothing; subclasses override what they want to be told.

    Attributes:
      params: what the training was asked for: "epochs", "steps", "samples", "batch_size",
        "verbose", "metrics", "do_validation".
      model: that is trained.
    """

    def __init__(self) -> None:
        self.validation_data: Any = None
        self.model: Any = None
        self._chief_worker_only: bool | None = None

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params

    def set_model(self, model: Any) -> None:
        self.model = model

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Before a batch of a training; the older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """After a batch of a training; the older name of `on_train_batch_end`."""

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Before an epoch of a training."""

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """After an epoch of a training; `logs` has its loss and metrics, by name."""

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Before a batch of a training; `logs` has its "batch" (a number) and "size"."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """After a batch of a training; `logs` has loss and metrics up to here too."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Before a batch of an evaluation, also of one within a training."""

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        """After a batch of an evaluation, also of one within a training."""

    def on_predict_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Before a batch of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Logs = None) -> None:
        """After a batch of a prediction; `logs` has its "outputs"."""

    def on_train_begin(self, logs: Logs = None) -> None:
        """Before a training."""

    def on_train_end(self, logs: Logs = None) -> None:
        """After a training."""

    def on_test_begin(self, logs: Logs = None) -> None:
        """Before an evaluation, also of one within a training."""

    def on_test_end(self, logs: Logs = None) -> None:
        """After an evaluation, also of one within a training."""

    def on_predict_begin(self, logs: Logs = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Logs = None) -> None:
        """After a prediction."""
