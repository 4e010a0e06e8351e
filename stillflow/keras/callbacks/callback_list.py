"""Several callbacks called as one, and a warning where they are slow."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from typing import Any

from stillflow.keras.callbacks.callback import Callback, Logs
from stillflow.keras.utils.mode_keys import ModeKeys
from stillflow.platform import logging

_SLOW_SECONDS = 0.1
_SLOW_SHARE = 0.95  # of the time that a batch takes


class CallbackList:
    """Hands every event to all of its callbacks, in their order.

    Args:
      queue_length: the median of how many batches tells whether a method is slow.
    """

    def __init__(self, callbacks: Iterable[Callback] | None = None, queue_length: int = 10):
        self.callbacks = list(callbacks or ())
        self.queue_length = queue_length
        self.params: dict[str, Any] = {}
        self.model: Any = None
        self._reset_batch_timing()

    def __iter__(self) -> Iterator[Callback]:
        return iter(self.callbacks)

    def append(self, callback: Callback) -> None:
        self.callbacks.append(callback)

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        self.model = model
        for callback in self.callbacks:
            callback.set_model(model)

    # Batches --------------------------------------------------------------------------------------

    def _reset_batch_timing(self) -> None:
        self._batch_began = time.time()
        self._batch_took = 0.0
        self._method_took: dict[str, deque[float]] = defaultdict(
            lambda: deque(maxlen=self.queue_length)
        )

    def _call_batch_hook(self, mode: str, hook: str, batch: int, logs: Logs = None) -> None:
        """Calls `on_{mode}_batch_{hook}` of all."""
        if not self.callbacks:
            return
        began = time.time()
        if hook == "begin":
            self._batch_began = began
        elif hook == "end":
            self._batch_took = began - self._batch_began
        name = f"on_{mode}_batch_{hook}"
        logs = logs or {}
        for callback in self.callbacks:
            getattr(callback, name)(batch, logs)
        took = self._method_took[name]
        took.append(time.time() - began)
        if self._batch_took > 0 and max(took) > _SLOW_SECONDS:
            self._warn_where_slow(name, statistics.median(took))

    def _warn_where_slow(self, method: str, median: float) -> None:
        if median > _SLOW_SECONDS and median > _SLOW_SHARE * self._batch_took:
            logging.warning(
                "Method (%s) is slow compared to the batch update (%f). Check your callbacks.",
                method,
                median,
            )

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        self._call_batch_hook(ModeKeys.TRAIN, "begin", batch, logs)

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._call_batch_hook(ModeKeys.TRAIN, "end", batch, logs)

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        self._call_batch_hook(ModeKeys.TRAIN, "begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._call_batch_hook(ModeKeys.TRAIN, "end", batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Logs = None) -> None:
        self._call_batch_hook(ModeKeys.TEST, "begin", batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._call_batch_hook(ModeKeys.TEST, "end", batch, logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs = None) -> None:
        self._call_batch_hook(ModeKeys.PREDICT, "begin", batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._call_batch_hook(ModeKeys.PREDICT, "end", batch, logs)

    # Epochs and wholes ----------------------------------------------------------------------------

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        logs = logs or {}
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, logs)
        self._reset_batch_timing()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        logs = logs or {}
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def _call_begin_hook(self, mode: str) -> None:
        """Calls `on_{mode}_begin` of all."""
        getattr(self, f"on_{mode}_begin")()

    def _call_end_hook(self, mode: str) -> None:
        """Calls `on_{mode}_end` of all."""
        getattr(self, f"on_{mode}_end")()

    def on_train_begin(self, logs: Logs = None) -> None:
        for callback in self.callbacks:
            callback.on_train_begin(logs)

    def on_train_end(self, logs: Logs = None) -> None:
        for callback in self.callbacks:
            callback.on_train_end(logs)

    def on_test_begin(self, logs: Logs = None) -> None:
        for callback in self.callbacks:
            callback.on_test_begin(logs)

    def on_test_end(self, logs: Logs = None) -> None:
        for callback in self.callbacks:
            callback.on_test_end(logs)

    def on_predict_begin(self, logs: Logs = None) -> None:
        for callback in self.callbacks:
            callback.on_predict_begin(logs)

    def on_predict_end(self, logs: Logs = None) -> None:
        for callback in self.callbacks:
            callback.on_predict_end(logs)
