"""A decorator of what may change or go: `tf.contrib.framework.experimental`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from stillflow.platform import logging


def experimental(func: Callable) -> Callable:
    """The function, which warns at each call that it is experimental.

    Raises:
      ValueError: it is none.
    """
    if not callable(func):
        raise ValueError(
            f"{func} is not a function. If this is a property, make sure @property appears before "
            "@experimental in your source code."
        )

    @functools.wraps(func)
    def warning(*args: Any, **kwargs: Any) -> Any:
        logging.warning(
            "%s (from %s) is experimental and may change or be removed at any time, and without "
            "warning.",
            func.__qualname__,
            func.__module__,
        )
        return func(*args, **kwargs)

    warning.__doc__ = f"{func.__doc__ or ''}\n\n    THIS FUNCTION IS EXPERIMENTAL."
    return warning
