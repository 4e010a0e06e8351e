"""Softplus over another scale, of which the scale can be learnt."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.control.ordering import identity
from stillflow.ops.functions.defun import Defun
from stillflow.ops.math import arithmetic, casts, elementwise
from stillflow.ops.nn.activations import softplus
from stillflow.ops.reduce import reductions

_EPSILON = 1e-8


def scaled_softplus(x: Any, alpha: Any, clip: Any = None, name: str | None = None) -> Tensor:
    """Returns alpha * log(1 + exp(x / alpha)), at most `clip`: f[...] -> f[...].

    Args:
      alpha: positive, broadcast to `x`; the smaller, the nearer is this to `relu`.
      clip: the largest value, broadcast to `x`.
    """
    has_clip = clip is not None
    with name_scope(name, "scaled_softplus", [x, alpha, *([clip] if has_clip else [])]):
        x = convert_to_tensor(x, name="x")
        dtype = x.dtype
        alpha = convert_to_tensor(alpha, dtype=dtype, name="alpha")
        y = alpha * softplus(x / alpha)
        inputs = [y, x, alpha]
        if has_clip:
            clip = convert_to_tensor(clip, dtype=dtype, name="clip")
            y = arithmetic.minimum(y, clip)
            inputs = [y, x, alpha, clip]
        helper = Defun(
            *[dtype] * len(inputs),
            func_name=f"ScaledSoftplusHelper_{'clip_' if has_clip else ''}{dtype.name}",
            shape_func=lambda op: [op.inputs[0].shape],
            python_grad_func=_gradient,
        )
        return helper(_first_of_four if has_clip else _first_of_three)(*inputs)


# Functions of a graph take as many arguments as their inputs; what counts is the gradient's rule.


def _first_of_three(y: Tensor, x: Tensor, alpha: Tensor) -> Tensor:
    return y


def _first_of_four(y: Tensor, x: Tensor, alpha: Tensor, clip: Tensor) -> Tensor:
    return y


def _gradient(op: Any, g: Tensor) -> list[Tensor | None]:
    """By y, which is known, for x, which may be large."""
    y, x, alpha, *clip = op.inputs
    with control_dependencies([g]):
        y = identity(y)
    of_clip: list[Tensor | None] = []
    if clip:
        is_below = casts.cast(y < clip[0], g.dtype)
        of_clip = [_summed_like(g * (1.0 - is_below), clip[0])]
        g *= is_below
    y /= alpha
    rest = elementwise.exp(-y)
    by_x = 1.0 - rest
    by_alpha = y * rest - by_x * elementwise.log(by_x + _EPSILON)
    return [None, _summed_like(g * by_x, x), _summed_like(g * by_alpha, alpha), *of_clip]


def _summed_like(g: Tensor, x: Tensor) -> Tensor:
    sizes, own = shape_of.shape(x), shape_of.shape(g)
    axes, _ = filling.broadcast_gradient_args(sizes, own)
    return reshaping.reshape(reductions.reduce_sum(g, axes), sizes)
