"""Functions that are called by keyword only: TensorFlow's `python.util.keyword_args`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def keyword_args_only(func: Callable) -> Callable:
    """Decorator of a function that refuses, with a ValueError, arguments without a name.

    Raises:
      ValueError: `func` cannot be called.
    """
    if not callable(func):
        raise ValueError(
            f"{func} is not a function. If this is a property, make sure @property appears before "
            "@keyword_args_only in your source code:\n\n@property\n@keyword_args_only\ndef "
            "method(...)"
        )

    @functools.wraps(func)
    def by_keyword(*args: Any, **kwargs: Any) -> Any:
        if args:
            raise ValueError(f"Must use keyword args to call {func.__name__}.")
        return func(**kwargs)

    return by_keyword
