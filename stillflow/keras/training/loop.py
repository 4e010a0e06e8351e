"""A loop over epochs and their batches, and the callbacks around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.keras.callbacks.callback_list import CallbackList
from stillflow.keras.callbacks.configuring import add_logs
from stillflow.keras.callbacks.loggers import ProgbarLogger
from stillflow.keras.training.aggregating import Aggregator
from stillflow.keras.training.validation import should_run_validation
from stillflow.keras.utils.mode_keys import ModeKeys
from stillflow.platform import logging
from stillflow.runtime.expecting import expecting


class Loop:
    """What loops over arrays, over datasets and over generators have in common.

    Args:
      mode: one of ModeKeys.
      callbacks, bar: are told of everything; the bar after the callbacks.
      aggregator: makes one result of those of an epoch's batches.
      validate: evaluates at the end of an epoch; None where nothing does.
      validation_freq: at the end of which epochs.
      on_next_epoch: is called between two epochs.
      batches: how many an epoch has, where that is known.
    """

    def __init__(
        self,
        model: Any,
        mode: str,
        callbacks: CallbackList,
        bar: ProgbarLogger,
        aggregator: Aggregator,
        validate: Callable[[], Any] | None = None,
        validation_freq: Any = 1,
        on_next_epoch: Callable[[], None] | None = None,
        batches: int | None = None,
    ):
        self.model = model
        self.mode = mode
        self.callbacks = callbacks
        self.bar = bar
        self.aggregator = aggregator
        self._validate = validate
        self._validation_freq = validation_freq
        self._on_next_epoch = on_next_epoch
        self._names: list[str] = []
        self._batches = batches
        self._expecting = expecting(batches)

    @property
    def is_stopped(self) -> bool:
        """Whether a callback, or an end of the data, has ended the training."""
        return bool(self.callbacks.model.stop_training)

    def stop(self) -> None:
        self.callbacks.model.stop_training = True

    def run(self, epochs: int, initial_epoch: int, run_batches: Callable[[], None]) -> Any:
        """Runs all epochs; `run_batches` runs those of one.

        Returns:
          the history of a training, else the result of the last epoch.
        """
        self.callbacks.model.stop_training = False
        self.callbacks._call_begin_hook(self.mode)
        self.bar.on_train_begin()
        results = None
        self._expecting = expecting((self._batches or 0) * (epochs - initial_epoch))
        for epoch in range(initial_epoch, epochs):
            if self.is_stopped:
                break
            results = self._epoch(epoch, run_batches)
            if self._on_next_epoch and epoch < epochs - 1:
                self._on_next_epoch()
        self.callbacks._call_end_hook(self.mode)
        return self.model.history if self.mode == ModeKeys.TRAIN else results

    def _epoch(self, epoch: int, run_batches: Callable[[], None]) -> Any:
        trains = self.mode == ModeKeys.TRAIN
        logs: dict[str, Any] = {}
        self.model.reset_metrics()
        self._names = self._metrics_names()
        if trains:
            self.callbacks.on_epoch_begin(epoch, logs)
        self.bar.on_epoch_begin(epoch, logs)
        run_batches()
        self.aggregator.finalize()
        results = self.aggregator.results
        add_logs(self._names, logs, results, self.mode)
        self._validate_after(epoch, logs)
        if trains:
            self.callbacks.on_epoch_end(epoch, logs)
        self.bar.on_epoch_end(epoch, logs)
        return results[0] if len(results) == 1 else results

    def _metrics_names(self) -> list[str]:
        return [] if self.mode == ModeKeys.PREDICT else self.model.metrics_names

    def _validate_after(self, epoch: int, logs: dict[str, Any]) -> None:
        if self._validate is None or not should_run_validation(self._validation_freq, epoch):
            return
        if self.is_stopped:
            return
        results = self._validate()
        results = results if isinstance(results, list) else [results]
        add_logs(self._names, logs, results, self.mode, prefix="val_")

    def batch(
        self, number: int, size: int, run: Callable[[], Any], start: int = 0, end: int = 0
    ) -> None:
        """Runs a batch of `size` samples: those from `start` up to `end`."""
        logs: dict[str, Any] = {"batch": number, "size": size}
        self.callbacks._call_batch_hook(self.mode, "begin", number, logs)
        self.bar.on_batch_begin(number, logs)
        with self._expecting:
            outputs = run()
        outputs = outputs if isinstance(outputs, list) else [outputs]
        if number == 0:
            self._names = self._metrics_names()  # A model may be compiled by its first batch.
            self.aggregator.create(outputs)
        self.aggregator.aggregate(outputs, start, end)
        add_logs(self._names, logs, outputs, self.mode)
        self.callbacks._call_batch_hook(self.mode, "end", number, logs)
        self.bar.on_batch_end(number, logs)

    def end_of_dataset(
        self, steps_done: int, expected: int | None, steps_name: str, epochs: int
    ) -> None:
        """Takes note that a dataset has no more elements: a fault if a number was expected."""
        if expected:
            self.stop()
            logging.warning(
                "Your dataset ran out of data; interrupting training. Make sure that your dataset "
                f"can generate at least `{steps_name} * epochs` batches (in this case, "
                f"{expected * epochs} batches). You may need to use the repeat() function when "
                "building your dataset."
            )
        elif steps_done > 0:
            self.aggregator.steps = steps_done
            if self.mode == ModeKeys.TRAIN:
                self.bar.params["steps"] = steps_done
                self.bar.progbar.target = steps_done

    def end_of_iterator(self, expected: int, steps_name: str, epochs: int) -> None:
        """Takes note that an iterator or a generator has ended early."""
        self.stop()
        logging.warning(
            "Your dataset iterator ran out of data; interrupting training. Make sure that your "
            f"iterator can generate at least `{steps_name} * epochs` batches (in this case, "
            f"{expected * epochs} batches). You may need touse the repeat() function when building "
            "your dataset."
        )
