"""Which functions are left as they are: Stillflow's own, libraries', and what has no source."""

from __future__ import annotations

import functools
import inspect
import unittest
from typing import Any

from stillflow.platform import logging

# Top-level packages, or modules, whose functions know nothing of tensors' control flow.
_LEFT = (
    *("collections", "copy", "cProfile", "inspect", "ipdb", "linecache", "mock", "pathlib"),
    *("pdb", "posixpath", "pstats", "re", "threading", "numpy", "tensorflow", "stillflow"),
    *("tensorflow_probability", "tensorflow_datasets.core", "jax", "functools", "_pytest"),
)


def is_left_alone(
    o: Any, check_call_override: bool = True, allow_namedtuple_subclass: bool = False
) -> bool:
    """Whether a function, method, class or object is called as it is.

    Args:
      check_call_override: whether an object is, if its `__call__` is.
      allow_namedtuple_subclass: classes that only inherit from a named tuple are not.
    """
    module = functools if isinstance(o, functools.partial) else inspect.getmodule(o)
    name = getattr(module, "__name__", None) or getattr(o, "__module__", None) or ""
    if any(name == left or name.startswith(f"{left}.") for left in _LEFT):
        return not isinstance(o, functools.partial)
    if inspect.isgeneratorfunction(o):
        logging.warning(
            f"Entity {o} appears to be a generator function. It will not be converted by AutoGraph."
        )
        return True
    if check_call_override and _is_object_to_call(o) and is_left_alone(o.__call__):
        return True
    if inspect.ismethod(o) and _owner_is_left(o):
        return True
    if not _is_named_tuple(o):
        return False
    if allow_namedtuple_subclass:
        return not any(_is_named_tuple(base) for base in o.__bases__)
    return True


def is_of_stillflow(o: Any) -> bool:
    """Whether a function, or what an object does when called, is Stillflow's own.

    That needs no conversion. Classes of Stillflow may have TensorFlow's names of modules.
    """
    parts = [o] if inspect.isroutine(o) or inspect.isclass(o) else [o, type(o).__call__]
    return any((getattr(p, "__module__", None) or "").startswith("stillflow.") for p in parts)


def _is_object_to_call(o: Any) -> bool:
    is_plain = inspect.isclass(o) or inspect.isroutine(o) or not hasattr(o, "__call__")  # noqa: B004
    return not is_plain and type(o) is not type(o.__call__)


def _owner_is_left(method: Any) -> bool:
    """Whether the class that defines a method is left alone."""
    owner = method.__self__ if inspect.isclass(method.__self__) else type(method.__self__)
    if issubclass(owner, unittest.TestCase):
        return True
    name = method.__func__.__name__ if hasattr(method.__func__, "__name__") else ""
    defining = next((each for each in owner.__mro__ if name in vars(each)), owner)
    return is_left_alone(defining, check_call_override=False, allow_namedtuple_subclass=True)


def _is_named_tuple(o: Any) -> bool:
    return inspect.isclass(o) and issubclass(o, tuple) and hasattr(o, "_fields")
