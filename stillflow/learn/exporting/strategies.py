"""Export strategies that are made for a program."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from stillflow.checkpoint.management import latest_checkpoint
from stillflow.estimator.estimator import Estimator
from stillflow.estimator.receivers import build_parsing_serving_input_receiver_fn
from stillflow.events.event_file import summary_iterator
from stillflow.input.columns.contrib.parsing import create_feature_spec_for_parsing
from stillflow.learn.estimators.constants import MetricKey
from stillflow.learn.exporting import folders
from stillflow.learn.exporting.input_fns import build_parsing_serving_input_fn
from stillflow.learn.exporting.signatures import SWITCH
from stillflow.learn.exporting.strategy import ExportStrategy
from stillflow.platform import files
from stillflow.platform.deprecation import deprecated

_Compare = Callable[[Any, Any], bool]


@deprecated(None, SWITCH)
def make_export_strategy(
    serving_input_fn: Callable[[], Any],
    default_output_alternative_key: str | None = None,
    assets_extra: Mapping[str, str] | None = None,
    as_text: bool = False,
    exports_to_keep: int | None = 5,
    strip_default_attrs: bool | None = None,
) -> ExportStrategy:
    """A strategy called "Servo", which writes SavedModels and keeps the newest.

    Args:
      serving_input_fn: returns InputFnOps, or for a `tf.estimator.Estimator` a
        ServingInputReceiver.
      default_output_alternative_key: what is served by default of several heads.
    """

    def export_fn(
        estimator: Any,
        export_dir_base: Any,
        checkpoint_path: str | None = None,
        strip_default_attrs: bool | None = False,
    ) -> Any:
        settings: dict[str, Any] = {}
        if not isinstance(estimator, Estimator):
            settings["default_output_alternative_key"] = default_output_alternative_key
        elif default_output_alternative_key is not None:
            raise ValueError(
                "default_output_alternative_key is not supported in core Estimator. Given: "
                f"{default_output_alternative_key}"
            )
        written = estimator.export_savedmodel(
            export_dir_base,
            serving_input_fn,
            assets_extra=assets_extra,
            as_text=as_text,
            checkpoint_path=checkpoint_path,
            strip_default_attrs=bool(strip_default_attrs),
            **settings,
        )
        folders.garbage_collect_exports(export_dir_base, exports_to_keep)
        return written

    return ExportStrategy("Servo", export_fn, strip_default_attrs)


@deprecated(None, "Use tf.estimator.export.build_parsing_serving_input_receiver_fn")
def make_parsing_export_strategy(
    feature_columns: Any,
    default_output_alternative_key: str | None = None,
    assets_extra: Mapping[str, str] | None = None,
    as_text: bool = False,
    exports_to_keep: int | None = 5,
    target_core: bool = False,
    strip_default_attrs: bool | None = None,
) -> ExportStrategy:
    """`make_export_strategy` of a model that is fed Examples, parsed as its columns need.

    Args:
      target_core: whether the estimator is a `tf.estimator.Estimator`.
    """
    spec = create_feature_spec_for_parsing(feature_columns)
    if target_core:
        serving_input_fn: Any = build_parsing_serving_input_receiver_fn(spec)
    else:
        serving_input_fn = build_parsing_serving_input_fn(spec)
    return make_export_strategy(
        serving_input_fn,
        default_output_alternative_key=default_output_alternative_key,
        assets_extra=assets_extra,
        as_text=as_text,
        exports_to_keep=exports_to_keep,
        strip_default_attrs=strip_default_attrs,
    )


def is_loss_smaller(best: Any, candidate: Any) -> bool:
    """Whether the candidate's loss is below the best one; ValueError where there is none."""
    for name, results in (("curr_best", best), ("cand", candidate)):
        if not results or MetricKey.LOSS not in results:
            raise ValueError(f"{name}_eval_result cannot be empty or no loss is found in it.")
    return best[MetricKey.LOSS] > candidate[MetricKey.LOSS]


class BestModelSelector:
    """Says of each evaluated checkpoint whether it is the best one yet.

    Args:
      event_file_pattern: files with the results of earlier trainings.
      compare_fn: of the best results and others, whether the latter are better; by default of two
        losses the smaller one.
    """

    @deprecated(None, SWITCH)
    def __init__(self, event_file_pattern: str | None = None, compare_fn: _Compare | None = None):
        self._compare_fn = compare_fn or is_loss_smaller
        self._best_eval_result = self._best_in(event_file_pattern)

    def update(self, checkpoint_path: str, eval_result: Any) -> tuple[str, Any]:
        """Returns both arguments if they are the best yet, else ("", None).

        Raises:
          ValueError: there is no path, or there are no results.
        """
        if not checkpoint_path:
            raise ValueError("Checkpoint path is empty.")
        if eval_result is None:
            raise ValueError("%s has empty evaluation results.", checkpoint_path)
        best = self._best_eval_result
        if best is not None and not self._compare_fn(best, eval_result):
            return "", None
        self._best_eval_result = eval_result
        return checkpoint_path, eval_result

    def _best_in(self, pattern: str | None) -> Any:
        best = None
        for path in files.Glob(pattern) if pattern else ():
            for event in summary_iterator(path):
                if not event.HasField("summary"):
                    continue
                values = [v for v in event.summary.value if v.HasField("simple_value")]
                results = {value.tag: value.simple_value for value in values}
                if best is None or self._compare_fn(best, results):
                    best = results
        return best


@deprecated(None, SWITCH)
def make_best_model_export_strategy(
    serving_input_fn: Callable[[], Any],
    exports_to_keep: int | None = 1,
    model_dir: str | None = None,
    event_file_pattern: str | None = None,
    compare_fn: _Compare | None = None,
    default_output_alternative_key: str | None = None,
    strip_default_attrs: bool | None = None,
) -> ExportStrategy:
    """A strategy called "best_model", which exports checkpoints better than all before.

    Args:
      model_dir, event_file_pattern: where the results of earlier trainings are.
      compare_fn: as BestModelSelector's.
    """
    inner = make_export_strategy(
        serving_input_fn,
        exports_to_keep=exports_to_keep,
        default_output_alternative_key=default_output_alternative_key,
        strip_default_attrs=strip_default_attrs,
    )
    pattern = None
    if model_dir and event_file_pattern:
        pattern = os.path.join(model_dir, event_file_pattern)
    selector = BestModelSelector(pattern, compare_fn)

    def export_fn(
        estimator: Any, export_dir_base: str, checkpoint_path: str, eval_result: Any = None
    ) -> Any:
        path = checkpoint_path or latest_checkpoint(estimator.model_dir) or ""
        path, results = selector.update(path, eval_result)
        if not path or results is None:
            return ""
        folder = os.path.join(export_dir_base, os.path.basename(path))
        return inner.export(estimator, folder, path, results)

    return ExportStrategy("best_model", export_fn)


@deprecated(None, SWITCH)
def extend_export_strategy(
    base_export_strategy: ExportStrategy,
    post_export_fn: Callable[[Any, str], str],
    post_export_name: str | None = None,
) -> ExportStrategy:
    """A strategy that works on what another one exports.

    Args:
      post_export_fn: of the export's folder and one to write to; returns a folder in the latter,
        which takes the export's place.
    """

    def export_fn(estimator: Any, export_dir_base: str, checkpoint_path: str | None = None) -> str:
        base = _new_folder(export_dir_base, "base", "base export directory")
        exported = base_export_strategy.export(estimator, base, checkpoint_path)
        post = _new_folder(export_dir_base, "post", "temp export directory")
        result = post_export_fn(exported, post)
        if not result.startswith(post):
            raise ValueError(f"post_export_fn must return a sub-directory of {post}")
        final = os.path.join(export_dir_base, os.path.relpath(result, post))
        if files.Exists(final):
            raise RuntimeError("Failed to obtain final export directory")
        files.Rename(result, final)
        files.DeleteRecursively(base)
        files.DeleteRecursively(post)
        return final

    return ExportStrategy(post_export_name or base_export_strategy.name, export_fn)


def _new_folder(base: str, kind: str, what: str) -> str:
    folder = os.path.join(base, f"temp-{kind}-export-{int(time.time())}")
    if files.Exists(folder):
        raise RuntimeError(f"Failed to obtain {what}")
    files.MakeDirs(folder)
    return folder
