"""What input functions return: tensors, or a dataset, which a hook starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.scopes import device
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.dataset_v1 import make_initializable_iterator
from stillflow.monitored.hook import SessionRunHook
from stillflow.platform.decorators import fn_args


class DatasetInitializerHook(SessionRunHook):
    """Starts the iterator of a dataset in each session."""

    def __init__(self, iterator: Any):
        self._iterator = iterator

    def begin(self) -> None:
        self._initializer = self._iterator.initializer

    def after_create_session(self, session: Any, coord: Any) -> None:
        session.run(self._initializer)


def call_input_fn(input_fn: Callable[..., Any], **available: Any) -> Any:
    """Calls a function with those of `available` that it takes, on the CPU."""
    taken = fn_args(input_fn)
    with device("/cpu:0"):
        return input_fn(**{name: value for name, value in available.items() if name in taken})


def parsed(result: Any) -> tuple[Any, Any, list[SessionRunHook]]:
    """Features, labels or None, and hooks of what an input function returned.

    Raises:
      ValueError: a tuple of another number of parts.
    """
    hooks: list[SessionRunHook] = []
    if isinstance(result, DatasetV2):
        iterator = make_initializable_iterator(result)
        hooks.append(DatasetInitializerHook(iterator))
        result = iterator.get_next()
    return (*features_and_labels(result), hooks)


def features_and_labels(result: Any) -> tuple[Any, Any]:
    """Features, and labels or None; ValueError for a tuple of another number of parts."""
    if not isinstance(result, (list, tuple)):
        return result, None
    if len(result) != 2:
        raise ValueError("input_fn should return (features, labels) as a len 2 tuple.")
    return result[0], result[1]
