"""Monitors that look at how good the model is: validation, early stopping, NaN."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from stillflow.checkpoint import management
from stillflow.estimator import estimator as estimators
from stillflow.learn.monitors.base import EveryN, output_of
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated


class ValidationMonitor(EveryN):
    """Evaluates each new checkpoint while the model is trained, and may stop early.

    Args:
      x, y, batch_size, input_fn: what to evaluate on: arrays, or a function.
      eval_steps: over how many batches.
      metrics: {name: MetricSpec}.
      early_stopping_rounds: stops if for so many steps the metric got no better.
      early_stopping_metric, early_stopping_metric_minimize: which metric, and whether less is
        better.
      check_interval_secs: looks for a new checkpoint at most so often.

    Raises:
      ValueError: neither `x` nor `input_fn` is given.
    """

    def __init__(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Callable[[], Any] | None = None,
        batch_size: int | None = None,
        eval_steps: int | None = None,
        every_n_steps: int = 100,
        metrics: Any = None,
        hooks: Any = None,
        early_stopping_rounds: int | None = None,
        early_stopping_metric: str = "loss",
        early_stopping_metric_minimize: bool = True,
        name: str | None = None,
        check_interval_secs: float | None = 5,
    ):
        super().__init__(every_n_steps=every_n_steps, first_n_steps=-1)
        if x is None and input_fn is None:
            raise ValueError("Either x or input_fn should be provided.")
        self.x = x
        self.y = y
        self.input_fn = input_fn
        self.batch_size = batch_size
        self.eval_steps = eval_steps
        self.metrics = metrics
        self.hooks = hooks
        self.early_stopping_rounds = early_stopping_rounds
        self.early_stopping_metric = early_stopping_metric
        self.early_stopping_metric_minimize = early_stopping_metric_minimize
        self.name = name
        self._best_value_step: int | None = None
        self._best_value: Any = None
        self._best_metrics: Any = None
        self._early_stopped = False
        self._latest_path: str | None = None
        self._latest_path_step: int | None = None
        self._last_checkpoint_check_time: float | None = None
        self._check_interval_secs = check_interval_secs

    @property
    def early_stopped(self) -> bool:
        """Whether it stopped the training."""
        return self._early_stopped

    @property
    def best_step(self) -> int | None:
        return self._best_value_step

    @property
    def best_value(self) -> Any:
        return self._best_value

    @property
    def best_metrics(self) -> Any:
        """All metrics of the best step."""
        return self._best_metrics

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool:
        super().every_n_step_end(step, outputs)
        if self._estimator is None:
            raise ValueError("Missing call to set_estimator.")
        if not self._has_new_checkpoint(step):
            return False
        results = self._evaluate_estimator()
        shown = ", ".join(f"{name} = {value}" for name, value in results.items())
        logging.info("Validation (step %d): %s", step, shown)
        return self.early_stopping_rounds is not None and self._stops(step, results)

    def _has_new_checkpoint(self, step: int) -> bool:
        now, last = time.time(), self._last_checkpoint_check_time
        interval = self._check_interval_secs
        if interval is not None and last is not None and now - last <= interval:
            logging.debug(
                "Skipping evaluation since less than %d seconds have passed since last check for a "
                "new checkpoint.",
                interval,
            )
            return False
        self._last_checkpoint_check_time = now
        path = management.latest_checkpoint(self._estimator.model_dir)
        if path is None:
            logging.debug(
                "Skipping evaluation since model has not been saved yet at step %d.", step
            )
            return False
        if path == self._latest_path:
            logging.debug(
                "Skipping evaluation due to same checkpoint %s for step %d as for step %d.",
                path,
                step,
                self._latest_path_step,
            )
            return False
        self._latest_path, self._latest_path_step = path, step
        return True

    def _evaluate_estimator(self) -> Any:
        settings = {
            "input_fn": self.input_fn,
            "steps": self.eval_steps,
            "hooks": self.hooks,
            "name": self.name,
        }
        arrays = {"x": self.x, "y": self.y, "batch_size": self.batch_size, "metrics": self.metrics}
        if not isinstance(self._estimator, estimators.Estimator):
            return self._estimator.evaluate(**arrays, **settings)
        if any(value is not None for value in arrays.values()):
            raise ValueError(
                "tf.estimator.Estimator does not support following arguments: x, y, batch_size, "
                "metrics. Should set as `None` in ValidationMonitor"
            )
        return self._estimator.evaluate(**settings)

    def _stops(self, step: int, results: Mapping[str, Any]) -> bool:
        name, minimize = self.early_stopping_metric, self.early_stopping_metric_minimize
        if name not in results:
            raise ValueError(f"Metric {name} missing from outputs {set(results.keys())}.")
        value, best = results[name], self._best_value
        if best is None or (value < best if minimize else value > best):
            self._best_value = value
            self._best_metrics = copy.deepcopy(results)
            self._best_value_step = step
        assert self._best_value_step is not None
        assert self.early_stopping_rounds is not None
        if step - self._best_value_step < self.early_stopping_rounds:
            return False
        logging.info(
            f"Stopping. Best step: {self._best_value_step} with {name} = {self._best_value}."
        )
        self._early_stopped = True
        return True


class NanLossDuringTrainingError(RuntimeError):
    """The loss became NaN."""

    def __str__(self) -> str:
        return "NaN loss during training."


class NanLoss(EveryN):
    """Stops when the loss is NaN: with an error, or without.

    Args:
      loss_tensor: the loss.
    """

    def __init__(self, loss_tensor: Any, every_n_steps: int = 100, fail_on_nan_loss: bool = True):
        super().__init__(every_n_steps=every_n_steps)
        self._loss_tensor = loss_tensor
        self._fail_on_nan_loss = fail_on_nan_loss

    def every_n_step_begin(self, step: int) -> list[Any]:
        super().every_n_step_begin(step)
        return [self._loss_tensor]

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool | None:
        super().every_n_step_end(step, outputs)
        if not np.isnan(output_of(outputs, self._loss_tensor)):
            return None
        if self._fail_on_nan_loss:
            logging.error("Model diverged with loss = NaN.")
            raise NanLossDuringTrainingError
        logging.warning("Model diverged with loss = NaN.")
        return True


class ExportMonitor(EveryN):
    """Exported models in a form of before SavedModels, with `Estimator.export`.

    Nothing loads that form now, and it is refused when it comes to an export.
    """

    @deprecated(
        "2017-03-25",
        "ExportMonitor is deprecated. Please pass an ExportStrategy to Experiment instead.",
    )
    def __init__(
        self,
        every_n_steps: int,
        export_dir: str,
        input_fn: Callable[[], Any] | None = None,
        input_feature_key: str | None = None,
        exports_to_keep: int | None = 5,
        signature_fn: Callable[..., Any] | None = None,
        default_batch_size: int | None = 1,
    ):
        super().__init__(every_n_steps=every_n_steps)
        self._export_dir = export_dir
        self._exports_to_keep = exports_to_keep
        self._signature_fn = signature_fn
        self._settings = {
            "input_fn": input_fn,
            "input_feature_key": input_feature_key,
            "default_batch_size": default_batch_size,
            "use_deprecated_input_fn": input_fn is None,
        }

    @property
    def export_dir(self) -> str:
        return self._export_dir

    @property
    def exports_to_keep(self) -> int | None:
        return self._exports_to_keep

    @property
    def signature_fn(self) -> Callable[..., Any] | None:
        return self._signature_fn

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> None:
        super().every_n_step_end(step, outputs)
        if isinstance(self._estimator, estimators.Estimator):
            raise ValueError(
                "ExportMonitor does not support `tf.estimator.Estimator. `. Please pass an "
                "ExportStrategy to Experiment instead."
            )
        self._estimator.export(
            self.export_dir,
            exports_to_keep=self.exports_to_keep,
            signature_fn=self.signature_fn,
            **self._settings,
        )
