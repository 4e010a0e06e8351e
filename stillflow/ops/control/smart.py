"""Choices that are made while building where the condition is known by then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.static import constant_value
from stillflow.graph.operation import Tensor
from stillflow.ops.control.case import case_by
from stillflow.ops.control.cond import cond


def smart_cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    name: str | None = None,
) -> Any:
    """Returns `true_fn()` or `false_fn()` where `pred` is known, else a `tf.cond` of them.

    Raises:
      TypeError: a function cannot be called, or `pred` is no condition.
    """
    if not callable(true_fn):
        raise TypeError("`true_fn` must be callable.")
    if not callable(false_fn):
        raise TypeError("`false_fn` must be callable.")
    value = smart_constant_value(pred)
    if value is None:
        return cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return true_fn() if value else false_fn()


def smart_constant_value(pred: Any) -> Any:
    """Whether `pred` holds, where that is known while building, else None.

    Raises:
      TypeError: it is neither a tensor nor a bool, nor 0 or 1.
    """
    if isinstance(pred, Tensor):
        return constant_value(pred)
    if pred in (0, 1):
        return bool(pred)
    raise TypeError(
        f"`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {type(pred)}"
    )


def smart_case(
    pred_fn_pairs: Any,
    default: Callable[[], Any] | None = None,
    exclusive: bool = False,
    name: str = "smart_case",
) -> Any:
    """`tf.case` in which conditions may be Python bools; those that are known leave no node.

    Raises:
      TypeError: as `tf.case`.
    """
    return case_by(smart_cond, pred_fn_pairs, default, exclusive, name, allow_python_preds=True)
