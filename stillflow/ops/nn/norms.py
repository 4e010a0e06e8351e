"""L2 norms: as a penalty, and divided out."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import FLOATS
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.math import arithmetic, elementwise
from stillflow.ops.reduce import reductions


@op("L2Loss", "t: T -> output: T", shape=shapes.scalar, types={"T": FLOATS}, total=True)
def l2_loss(xp, x):
    """x: f[...] -> f[], sum(x^2) / 2"""
    flat = x.reshape(-1)
    return xp.multiply(xp.vdot(flat, flat), xp.asarray(0.5, dtype=x.dtype)).astype(x.dtype)


@l2_loss.gradient
def l2_loss_gradient(op, d_loss):
    return op.inputs[0] * d_loss


def l2_normalize(
    x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Tensor:
    """Returns x / sqrt(max(sum(x^2), epsilon)), the sum along `axis`: f[...] -> f[...]."""
    axis = renamed("axis", axis, "dim", dim)
    with name_scope(name, "l2_normalize", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        square_sum = reductions.reduce_sum(elementwise.square(x), axis, keepdims=True)
        inverse = elementwise.rsqrt(arithmetic.maximum(square_sum, epsilon))
        return arithmetic.multiply(x, inverse, name=scope)
