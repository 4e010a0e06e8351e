"""What an estimator refuses of its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from stillflow.monitored.hook import SessionRunHook
from stillflow.monitored.saving import CheckpointSaverListener
from stillflow.platform import logging
from stillflow.platform.decorators import fn_args

_MODEL_ARGUMENTS = {"features", "labels", "mode", "params", "self", "config"}
# What subclasses may define anew.
_OPEN = {"model_fn", "_create_and_assert_global_step", "_export_all_saved_models"}


def check_overrides(cls: type, base: type) -> None:
    """ValueError where a subclass of Estimator, which is `base`, overrides a method."""
    if cls is base or cls.__name__ == "TPUEstimator":
        return
    own = {name for name in vars(cls) if not name.startswith("__")} - _OPEN
    overridden = [name for name in own & set(dir(base)) if name in vars(base)]
    if overridden:
        raise ValueError(
            f"Subclasses of Estimator cannot override members of Estimator. {cls} does override "
            f"{overridden}"
        )


def check_model_fn(model_fn: Callable[..., Any], params: Any) -> None:
    names = set(fn_args(model_fn))
    if "features" not in names:
        raise ValueError(f"model_fn ({model_fn}) must include features argument.")
    if params is not None and "params" not in names:
        raise ValueError(
            f"model_fn ({model_fn}) does not include params argument, but params ({params}) is "
            "passed to Estimator."
        )
    if params is None and "params" in names:
        logging.warning(
            f"Estimator's model_fn ({model_fn}) includes params argument, but params are not "
            "passed to Estimator."
        )
    others = list(names - _MODEL_ARGUMENTS)
    if others:
        raise ValueError(f"model_fn ({model_fn}) has following not expected args: {others}")


def check_positive(name: str, number: int | None) -> None:
    if number is not None and number <= 0:
        raise ValueError(f"Must specify {name} > 0, given: {number}")


def checked_hooks(hooks: Iterable[SessionRunHook] | None) -> list[SessionRunHook]:
    found = list(hooks or [])
    for hook in found:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(f"Hooks must be a SessionRunHook, given: {hook}")
    return found


def checked_listeners(
    listeners: Iterable[CheckpointSaverListener] | None,
) -> list[CheckpointSaverListener]:
    found = list(listeners or [])
    for listener in found:
        if not isinstance(listener, CheckpointSaverListener):
            raise TypeError(
                f"saving_listeners must be a list of CheckpointSaverListener, given: {listener}"
            )
    return found
