"""When an experiment evaluates: new checkpoints, and what a program says."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from stillflow.checkpoint.management import latest_checkpoint
from stillflow.monitored.saving import CheckpointSaverListener
from stillflow.platform import logging
from stillflow.platform.decorators import fn_args

_SECS_BETWEEN_WARNINGS = 600


def checked_predicate(predicate: Any) -> Callable[..., bool] | None:
    """The function as one of results and `checkpoint_path`; ValueError if it is none."""
    if predicate is None:
        return None
    if not callable(predicate):
        raise ValueError("`continuous_eval_predicate_fn` must be a callable, or None.")
    if "checkpoint_path" in fn_args(predicate):
        return predicate
    return lambda eval_results, checkpoint_path: predicate(eval_results)


class FreshCheckpoints:
    """The latest checkpoint of a folder, if it is another than before or `once` is False."""

    def __init__(self, model_dir: str, once: bool):
        self._model_dir = model_dir
        self._once = once
        self._last_warning = 0.0
        self.previous: str | None = None

    def next(self) -> str | None:
        """The path, or None, of which it warns now and then."""
        path = latest_checkpoint(self._model_dir)
        if path and not (self._once and path == self.previous):
            return path
        if time.time() - self._last_warning > _SECS_BETWEEN_WARNINGS:
            logging.warning(
                "No new checkpoint ready for evaluation."
                if path
                else "Estimator is not fitted yet. Will start an evaluation when a checkpoint is "
                "ready."
            )
            self._last_warning = time.time()
        return None

    def done(self, path: str) -> None:
        """That checkpoint is evaluated."""
        self.previous = path
        self._last_warning = 0


class EvalAndExportListener(CheckpointSaverListener):
    """Evaluates and exports each checkpoint that is saved."""

    def __init__(self, eval_fn: Callable[..., Any], export_fn: Callable[..., Any], model_dir: str):
        self._eval_fn = eval_fn
        self._export_fn = export_fn
        self._model_dir = model_dir
        self._latest_path: str | None = None
        self._eval_result: Any = None
        self._export_results: Any = None

    def after_save(self, session: Any, global_step_value: int) -> None:
        logging.info("Checking for checkpoint in %s", self._model_dir)
        path = latest_checkpoint(self._model_dir)
        if not path:
            logging.warning("Skipping evaluation and export since model has not been saved yet.")
        elif path == self._latest_path:
            logging.warning("Skipping evaluation due to same latest checkpoint %s.", path)
        else:
            self._latest_path = path
            self._eval_result = self._eval_fn(name="intermediate_export", checkpoint_path=path)
            self._export_results = self._export_fn(self._eval_result, checkpoint_path=path)

    @property
    def eval_result(self) -> Any:
        return self._eval_result

    @property
    def export_results(self) -> Any:
        return self._export_results
