"""The callbacks of a loop over batches, told what the loop is for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.keras.callbacks.callback import Callback
from stillflow.keras.callbacks.callback_list import CallbackList
from stillflow.keras.callbacks.loggers import BaseLogger, History, ProgbarLogger
from stillflow.keras.utils.mode_keys import ModeKeys


def configure_callbacks(
    callbacks: Any,
    model: Any,
    do_validation: bool = False,
    batch_size: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    samples: int | None = None,
    verbose: int = 1,
    count_mode: str = "steps",
    mode: str = ModeKeys.TRAIN,
) -> CallbackList:
    """Returns the callbacks as one; those of a training have its averages and history beside.

    Args:
      callbacks: a list, None, or a CallbackList, which is returned as it is.
      do_validation: whether epochs end with an evaluation.
      verbose: whether a progress bar is among them, which counts as `count_mode` says.
    """
    if isinstance(callbacks, CallbackList):
        return callbacks
    members: list[Callback] = _as_list(callbacks)
    if mode == ModeKeys.TRAIN:
        model.history = History()
        members = [BaseLogger(), *members, model.history]
        if verbose:
            members.append(ProgbarLogger(count_mode))
    told = CallbackList(members)
    told.set_model(model._get_callback_model())
    set_callback_parameters(
        told,
        model,
        do_validation=do_validation,
        batch_size=batch_size,
        epochs=epochs,
        steps_per_epoch=steps_per_epoch,
        samples=samples,
        verbose=verbose,
        mode=mode,
    )
    told.model.stop_training = False
    return told


def _as_list(callbacks: Iterable[Callback] | Callback | None) -> list[Callback]:
    if isinstance(callbacks, Callback):
        raise TypeError(
            f"`callbacks` is to be a list of callbacks. Got: {callbacks}; pass [{callbacks}]"
        )
    return list(callbacks or ())


def set_callback_parameters(
    callback_list: CallbackList,
    model: Any,
    do_validation: bool = False,
    batch_size: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    samples: int | None = None,
    verbose: int = 1,
    mode: str = ModeKeys.TRAIN,
) -> None:
    """Tells callbacks what `configure_callbacks` was told, and the names of the metrics."""
    for callback in callback_list:
        if isinstance(callback, (BaseLogger, ProgbarLogger)):
            callback.stateful_metrics = set(model.metrics_names[1:])
    metrics: list[str] = []
    if mode != ModeKeys.PREDICT and hasattr(model, "metrics_names"):
        metrics = list(model.metrics_names)
        if do_validation:
            metrics += [f"val_{name}" for name in model.metrics_names]
    callback_list.set_params(
        {
            "batch_size": batch_size,
            "epochs": epochs,
            "steps": steps_per_epoch,
            "samples": samples,
            "verbose": verbose,
            "do_validation": do_validation,
            "metrics": metrics,
        }
    )


def add_logs(
    names: list[str], logs: dict[str, Any], outputs: Any, mode: str, prefix: str = ""
) -> dict[str, Any]:
    """Adds what a batch or an epoch gave to `logs`, and returns it.

    Args:
      names: those of loss and metrics, whose values `outputs` are unless they are predictions.
    """
    if mode == ModeKeys.PREDICT:
        logs["outputs"] = outputs
    else:
        logs.update(zip([prefix + name for name in names], outputs, strict=False))
    return logs


def progress_bar(
    model: Any, count_mode: str, callbacks: CallbackList, verbose: int
) -> ProgbarLogger:
    """Returns the bar of a loop, which shares the parameters of the callbacks."""
    metrics = model.metrics_names[1:] if hasattr(model, "metrics_names") else None
    bar = ProgbarLogger(count_mode, stateful_metrics=metrics)
    bar.params = callbacks.params
    bar.params["verbose"] = verbose
    return bar
