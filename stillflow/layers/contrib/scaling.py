"""A tensor as it is, with a gradient that is scaled."""

from __future__ import annotations

from typing import Any

from stillflow.ops.functions.defun import Defun


def _shapes(op: Any) -> list[Any]:
    return [op.inputs[0].shape]


def _gradients(op: Any, grad: Any) -> list[Any]:
    return [grad * op.inputs[1], None]


@Defun(python_grad_func=_gradients, shape_func=_shapes)
def scale_gradient(inputs: Any, gradient_multiplier: Any) -> Any:
    """Returns `inputs`; its gradient is multiplied by `gradient_multiplier`, f[]."""
    del gradient_multiplier
    return inputs
