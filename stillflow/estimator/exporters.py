"""`tf.estimator.Exporter` and its kin: which checkpoints become SavedModels."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Callable, Mapping
from typing import Any

from stillflow.events.event_file import summary_iterator
from stillflow.platform import logging
from stillflow.platform.decorators import fn_args

_Results = Mapping[str, Any]
_STAMP_DIGITS = 10  # of a folder that is named by the time


class Exporter:
    """Base of what is called after each evaluation of `train_and_evaluate`."""

    @property
    def name(self) -> str:
        """The folder below `export` that it writes to."""
        raise NotImplementedError

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: _Results,
        is_the_final_export: bool,
    ) -> Any:
        """Returns the folder that was written, or None."""
        raise NotImplementedError


class _SavedModelExporter(Exporter):
    """Writes a SavedModel each time, and of those in its folder keeps the newest."""

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable[[], Any] | None,
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        exports_to_keep: int | None = None,
    ):
        self._name = name
        self._serving_input_receiver_fn = serving_input_receiver_fn
        self._assets_extra = assets_extra
        self._as_text = as_text
        self._exports_to_keep = exports_to_keep

    @property
    def name(self) -> str:
        return self._name

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: _Results,
        is_the_final_export: bool,
    ) -> Any:
        written = estimator.export_saved_model(
            export_path,
            self._serving_input_receiver_fn,
            assets_extra=self._assets_extra,
            as_text=self._as_text,
            checkpoint_path=checkpoint_path,
        )
        self._remove_old(export_path)
        return written

    def _remove_old(self, base: str) -> None:
        if self._exports_to_keep is None:
            return
        stamped = [n for n in os.listdir(base) if len(n) == _STAMP_DIGITS and n.isdigit()]
        for name in sorted(stamped, key=int)[: -self._exports_to_keep]:
            path = os.path.join(base, name)
            try:
                shutil.rmtree(path)
            except OSError as error:
                logging.warning("Can not delete %s recursively: %s", path, error)


class LatestExporter(_SavedModelExporter):
    """Exports each checkpoint that was evaluated; keeps the newest `exports_to_keep`."""

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ):
        if exports_to_keep is not None and exports_to_keep <= 0:
            raise ValueError("`exports_to_keep`, if provided, must be positive number")
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text, exports_to_keep)


class FinalExporter(_SavedModelExporter):
    """Exports the last checkpoint, once the training is over."""

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Callable[[], Any],
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
    ):
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: _Results,
        is_the_final_export: bool,
    ) -> Any:
        if not is_the_final_export:
            return None
        logging.info("Performing the final export in the end of training.")
        return super().export(
            estimator, export_path, checkpoint_path, eval_result, is_the_final_export
        )


def loss_smaller(best_eval_result: _Results, current_eval_result: _Results) -> bool:
    """Whether the current loss is below the best one; ValueError where there is none."""
    for name, results in (("best", best_eval_result), ("current", current_eval_result)):
        if not results or "loss" not in results:
            raise ValueError(f"{name}_eval_result cannot be empty or no loss is found in it.")
    return best_eval_result["loss"] > current_eval_result["loss"]


class BestExporter(_SavedModelExporter):
    """Exports checkpoints that are better than all before.

    Args:
      event_file_pattern: where, in the model's folder, the results of earlier trainings are.
      compare_fn: of `best_eval_result` and `current_eval_result`, whether the latter is better; of
        two losses the smaller one by default.
    """

    def __init__(
        self,
        name: str = "best_exporter",
        serving_input_receiver_fn: Callable[[], Any] | None = None,
        event_file_pattern: str | None = "eval/*.tfevents.*",
        compare_fn: Callable[..., bool] = loss_smaller,
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ):
        _check_comparison(compare_fn)
        if exports_to_keep is not None and exports_to_keep <= 0:
            raise ValueError(
                f"`exports_to_keep`, if provided, must be a positive number. Got {exports_to_keep}"
            )
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text, exports_to_keep)
        self._compare_fn = compare_fn
        self._event_file_pattern = event_file_pattern
        self._model_dir: str | None = None
        self._best_eval_result: _Results | None = None

    def export(
        self,
        estimator: Any,
        export_path: str,
        checkpoint_path: str,
        eval_result: _Results,
        is_the_final_export: bool,
    ) -> Any:
        if self._model_dir != estimator.model_dir and self._event_file_pattern:
            logging.info("Loading best metric from event files.")
            self._model_dir = estimator.model_dir
            pattern = os.path.join(estimator.model_dir, self._event_file_pattern)
            self._best_eval_result = self._best_in(pattern)
        best = self._best_eval_result
        is_better = best is None or self._compare_fn(
            best_eval_result=best, current_eval_result=eval_result
        )
        if not is_better:
            return None
        logging.info("Performing best model export.")
        self._best_eval_result = eval_result
        return super().export(
            estimator, export_path, checkpoint_path, eval_result, is_the_final_export
        )

    def _best_in(self, pattern: str) -> _Results | None:
        best: _Results | None = None
        for path in sorted(glob.glob(pattern)):
            for event in summary_iterator(path):
                found = {
                    value.tag: value.simple_value
                    for value in event.summary.value
                    if value.HasField("simple_value")
                }
                if found and (best is None or self._compare_fn(best, found)):
                    best = found
        return best


def _check_comparison(compare_fn: Any) -> None:
    if compare_fn is None:
        raise ValueError("`compare_fn` must not be None.")
    names, wanted = set(fn_args(compare_fn)), {"best_eval_result", "current_eval_result"}
    for name in sorted(wanted):
        if name not in names:
            raise ValueError(f"compare_fn ({compare_fn}) must include {name} argument.")
    if names - wanted:
        raise ValueError(
            f"compare_fn ({compare_fn}) has following not expected args: {list(names - wanted)}"
        )
