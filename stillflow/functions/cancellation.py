"""Cancelling of calls that wait: what one of them waits for never comes, it is told so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.resources import cancelled_by
from stillflow.graph.errors import CancelledError


class CancellationManager:
    """Ends the calls of functions that it gives, those that wait and those to come.

    Example: `manager.get_cancelable_function(f.get_concrete_function())` gives a function whose
    calls another thread ends by `manager.start_cancel()`.
    """

    def __init__(self) -> None:
        self._is_cancelled = False

    @property
    def is_cancelled(self) -> bool:
        """Whether `start_cancel` was called."""
        return self._is_cancelled

    def start_cancel(self) -> None:
        """Ends what waits, with CancelledError; what has come to its end is not touched."""
        self._is_cancelled = True

    def get_cancelable_function(self, concrete_function: Any) -> Callable[..., Any]:
        """A ConcreteFunction whose calls this manager ends."""
        cancelable: Callable[..., Any] = concrete_function._experimental_with_cancellation_manager(
            self
        )
        return cancelable


def cancelable(function: Callable[..., Any], manager: Any) -> Callable[..., Any]:
    """`function`, whose calls raise CancelledError once its manager has cancelled."""

    def cancellable_call(*args: Any, **kwargs: Any) -> Any:
        if manager.is_cancelled:
            raise CancelledError(None, None, "The call was cancelled before it began")
        with cancelled_by(manager):
            return function(*args, **kwargs)

    return cancellable_call
