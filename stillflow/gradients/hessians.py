"""Second derivatives: `tf.hessians`, and Hessians times vectors."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.gradients.walk import gradients
from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling, reshaping, stacking
from stillflow.ops.control import ordering
from stillflow.ops.math import arithmetic


def hessians(
    ys: Any,
    xs: Any,
    name: str = "hessians",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: Any = None,
) -> list[Tensor]:
    """Returns, for each x in `xs`, the second derivatives of the sum of `ys`: [*x.shape, *x.shape].

    One gradient is built for each element of an x, so its shape must be known. `name` is accepted
    and has no effect, as in TensorFlow 1.15.

    Raises:
      ValueError: `ys` do not depend on an x.
      NotImplementedError: an x whose shape runs decide.
    """
    options: dict[str, Any] = {
        "colocate_gradients_with_ops": colocate_gradients_with_ops,
        "gate_gradients": gate_gradients,
        "aggregation_method": aggregation_method,
    }
    xs = list(xs) if isinstance(xs, (list, tuple)) else [xs]
    firsts = gradients(ys, xs, **options)
    return [_hessian(first, x, options) for first, x in zip(firsts, xs, strict=True)]


def _hessian(first: Any, x: Any, options: dict[str, Any]) -> Tensor:
    """The derivatives of each element of `first`, a gradient with respect to `x`."""
    sizes = x.get_shape()
    if not sizes.is_fully_defined():
        raise NotImplementedError(
            f"tf.hessians with respect to {x.name}, whose shape {sizes} is not fully known, is in "
            "TensorFlow 1.15 but not yet in Stillflow.\n  Give the placeholder its full shape."
        )
    elements = stacking.unstack(reshaping.reshape(convert_to_tensor(first), [-1]))
    rows = [_or_zeros(gradients(element, x, **options)[0], x) for element in elements]
    return reshaping.reshape(stacking.stack(rows), [*sizes.as_list(), *sizes.as_list()])


def _or_zeros(row: Any, x: Any) -> Tensor:
    return filling.zeros_like(x) if row is None else convert_to_tensor(row)


def hessian_vector_product(ys: Any, xs: Any, v: Any) -> list:
    """The Hessians of `ys` by each of `xs`, times `v`, which are like `xs`."""
    if len(v) != len(xs):
        raise ValueError("xs and v must have the same length.")
    first = gradients(ys, xs)
    products = [
        arithmetic.multiply(grad, ordering.stop_gradient(direction))
        for grad, direction in zip(first, v, strict=True)
        if grad is not None
    ]
    return gradients(products, xs)
