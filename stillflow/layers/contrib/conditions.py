"""Choices of layers between what is known while building and what a run decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare import static
from stillflow.graph.operation import Tensor
from stillflow.ops.control.cond import cond
from stillflow.ops.variables.variable import Variable


def constant_value(value_or_tensor_or_var: Any, dtype: Any = None) -> Any:
    """A tensor's value where it is known while building, else None; other values as they are.

    Raises:
      ValueError: the value is None, or of another type than `dtype`.
    """
    value = value_or_tensor_or_var
    if value is None:
        raise ValueError("value_or_tensor_or_var cannot be None")
    if not isinstance(value, (Tensor, Variable)):
        return value
    if dtype and value.dtype != dtype:
        raise ValueError(f"It has the wrong type {value.dtype} instead of {dtype}")
    return static.constant_value(value) if isinstance(value, Tensor) else None


def static_cond(pred: Any, fn1: Callable[[], Any], fn2: Callable[[], Any]) -> Any:
    """`fn1()` if `pred` holds, else `fn2()`; TypeError when one of them cannot be called."""
    if not callable(fn1):
        raise TypeError("fn1 must be callable.")
    if not callable(fn2):
        raise TypeError("fn2 must be callable.")
    return fn1() if pred else fn2()


def smart_cond(
    pred: Any, fn1: Callable[[], Any], fn2: Callable[[], Any], name: str | None = None
) -> Any:
    """`static_cond` where `pred` is known while building, else a `tf.cond`."""
    value = constant_value(pred)
    return cond(pred, fn1, fn2, name=name) if value is None else static_cond(value, fn1, fn2)
