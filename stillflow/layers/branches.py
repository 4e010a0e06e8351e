"""What a layer cannot add in a branch: it would have no value where another one is taken."""

from __future__ import annotations

from typing import Any

from stillflow.graph.context import executing_eagerly_outside_functions

_ADDED = (
    "You are using the method `{method}` in a control flow branch in your layer. This is currently "
    "not supported. Please move your call to {method} out of the control flow branch. You can also "
    "resolve this by marking your layer as dynamic (eager-only) by passing `dynamic=True` to the "
    "layer constructor. Any kind of control flow is supported with dynamic layers. Note that using "
    "`dynamic=True` requires you to implement static shape inference in the "
    "`compute_output_shape(input_shape)` method."
)
_REGULARIZER = (
    "You are using a layer with `activity_regularizer` in a control flow branch. This is currently "
    "not supported. Please move your call to the layer with `activity_regularizer` out of the "
    "control flow branch, or pass `dynamic=True` to the model or the layer around."
)


def check_not_in_branch(added: Any, method: str) -> None:
    """RuntimeError where models of eager mode add what is in a branch or a loop.

    Args:
      added: a tensor or an operation.
      method: "add_loss", "add_metric", "add_update", or "activity_regularizer".
    """
    op = getattr(added, "op", added) if not getattr(added, "_is_eager", False) else None
    context = getattr(op, "_control_flow_context", None)
    if context is None or not executing_eagerly_outside_functions():
        return
    is_regularizer = method == "activity_regularizer"
    raise RuntimeError(_REGULARIZER if is_regularizer else _ADDED.format(method=method))
