"""Losses that a program gives a head, and how losses are reduced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array.joining import concat
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.losses.weighting import Reduction
from stillflow.ops.math.comparison import equal
from stillflow.ops.reduce.reductions import reduce_all
from stillflow.platform.decorators import fn_args

_ARGUMENTS = {"labels", "logits", "features"}


def check_reduction(loss_reduction: str) -> None:
    """ValueError for a reduction that gives no scalar, or is none."""
    if loss_reduction not in Reduction.all() or loss_reduction == Reduction.NONE:
        raise ValueError(f"Invalid loss_reduction: {loss_reduction}")


def check_loss_fn(loss_fn: Callable[..., Any] | None, further: tuple[str, ...] = ()) -> None:
    """ValueError where `loss_fn` takes no labels and logits, or arguments that there are not."""
    if not loss_fn:
        return
    names = fn_args(loss_fn)
    for required in ("labels", "logits"):
        if required not in names:
            raise ValueError(f"loss_fn must contain argument: {required}. Given arguments: {names}")
    others = list(set(names) - _ARGUMENTS - set(further))
    if others:
        raise ValueError(f"loss_fn has unexpected args: {others}")


def call_loss_fn(
    loss_fn: Callable[..., Any],
    labels: Tensor,
    logits: Tensor,
    features: dict[str, Any],
    size: int = 1,
) -> Tensor:
    """The losses of each example, f[..., size]; a run refuses others."""
    given = {"features": features} if "features" in fn_args(loss_fn) else {}
    with name_scope(None, "call_loss_fn", [labels, logits, *features.values()]):
        losses = loss_fn(labels=labels, logits=logits, **given)
        theirs = shape(logits, name="logits_shape")
        wanted = concat([theirs[:-1], [size]], axis=0, name="expected_loss_shape")
        own = shape(losses, name="loss_shape")
        message = f"loss_fn must return Tensor of shape [D0, D1, ... DN, {size}]. "
        fits = assert_that(
            reduce_all(equal(own, wanted)),
            [message, "logits_shape: ", theirs, "loss_shape: ", own],
            name="check_loss_shape",
        )
        with control_dependencies([fits]):
            return identity(losses)
