"""The argument `training` of functions that were traced for true and for false."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from stillflow.layers.call_context import current_call
from stillflow.layers.learning_phase import learning_phase
from stillflow.ops.control.smart import smart_cond

Given = tuple[tuple, dict[str, Any]]


class TrainingArgument:
    """Where calls of a function have it.

    Args:
      spec: the parameters that callers give.
    """

    def __init__(self, spec: inspect.FullArgSpec):
        self._place = spec.args.index("training") if "training" in spec.args else None

    def of(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Its value in a call; None where it is not given."""
        place = self._place
        return kwargs.get("training") if place is None or place >= len(args) else args[place]

    def replaced(self, value: Any, args: tuple, kwargs: dict[str, Any]) -> Given:
        """A call with another value."""
        place = self._place
        if place is None or place >= len(args):
            return args, {**kwargs, "training": value}
        return (*args[:place], value, *args[place + 1 :]), kwargs

    def removed(self, args: tuple, kwargs: dict[str, Any]) -> Given:
        """A call without it."""
        place = self._place
        if place is not None and place < len(args):
            args = (*args[:place], *args[place + 1 :])
        return args, {name: value for name, value in kwargs.items() if name != "training"}

    def call(self, function: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
        """What a function gives in the phase that is given, or that of the call around.

        A phase that is a tensor chooses between two calls.
        """
        training = self.of(args, kwargs)
        if training is None:
            training = current_call().training
        if training is None:
            training = learning_phase()

        def called(value: bool) -> Any:
            given, words = self.replaced(value, args, kwargs)
            return function(*given, **words)

        return smart_cond(training, lambda: called(True), lambda: called(False))
