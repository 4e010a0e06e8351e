"""What is called in place of a Python function, and how AutoGraph converts the function behind it.

Such an object has `called_function`, and `converted_with(options, args, kwargs)`, which calls that
one converted.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from stillflow.autograph.calling import converted_call
from stillflow.autograph.options import ConversionOptions
from stillflow.graph.graph import get_default_graph
from stillflow.platform.decorators import unwrap


def call_converted(function: Any, options: ConversionOptions, args: tuple, kwargs: Any) -> Any:
    """Calls a function, or what stands for one, converted."""
    own = getattr(function, "converted_with", None)
    if own is not None:
        return own(options, args, kwargs)
    return converted_call(unwrap(function)[1], options, args, kwargs)


class WeakMethod:
    """A method of an object that it does not keep alive."""

    def __init__(self, function: Callable, instance: Any):
        self.called_function = function
        self.instance = weakref.ref(instance)
        self.__name__ = getattr(function, "__name__", "function")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.called_function(self.instance(), *args, **kwargs)

    def converted_with(self, options: ConversionOptions, args: tuple, kwargs: Any) -> Any:
        return call_converted(self.called_function, options, (self.instance(), *args), kwargs)


class WithCreator:
    """A function in which something else makes the variables."""

    def __init__(self, function: Callable, creator: Callable):
        self.called_function = function
        self._creator = creator
        self.__name__ = getattr(function, "__name__", "function")
        if hasattr(function, "instance"):
            self.instance = function.instance

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with get_default_graph()._variable_creator_scope(self._creator, priority=50):
            return self.called_function(*args, **kwargs)

    def converted_with(self, options: ConversionOptions, args: tuple, kwargs: Any) -> Any:
        with get_default_graph()._variable_creator_scope(self._creator, priority=50):
            return call_converted(self.called_function, options, args, kwargs)
