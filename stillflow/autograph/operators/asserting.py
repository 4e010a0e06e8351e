"""`assert` of converted code."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import is_tensor
from stillflow.ops.debug.asserting import assert_that


def assert_stmt(expression1: Any, expression2: Callable[[], Any]) -> Any:
    """`assert expression1, expression2()`: a `tf.Assert` of a tensor.

    Raises:
      ValueError: the second is no function without parameters.
    """
    if not callable(expression2):
        raise ValueError(f"{expression2} must be a callable")
    if inspect.signature(expression2).parameters:
        raise ValueError(f"{expression2} may not have any arguments")
    if is_tensor(expression1):
        shown = expression2()
        return assert_that(expression1, shown if isinstance(shown, list) else [shown])
    assert expression1, expression2()
    return None
