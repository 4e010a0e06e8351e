"""Second derivatives: `tf.hessians`, and Hessians times vectors."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.gradients.walk import gradients
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import joining, reshaping, shape_of
from stillflow.ops.control import ordering
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.math import arithmetic
from stillflow.ops.tensor_array.tensor_array import TensorArray


def hessians(
    ys: Any,
    xs: Any,
    name: str = "hessians",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: Any = None,
) -> list[Tensor]:
    """Returns, for each x in `xs`, the second derivatives of the sum of `ys`: [*x.shape, *x.shape].

    The options are those of the first derivatives; `name` has no effect, as in TensorFlow 1.15.

    Raises:
      ValueError: `ys`, or their gradient, do not depend on an x.
    """
    xs = list(xs) if isinstance(xs, (list, tuple)) else [xs]
    firsts = gradients(
        ys,
        xs,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
    )
    return [_hessian(first, x) for first, x in zip(firsts, xs, strict=True)]


def _hessian(first: Any, x: Any) -> Tensor:
    """The derivatives by `x` of each element of `first`, one after another in a loop."""
    elements = reshaping.reshape(first, [-1])
    count = shape_of.size(x)

    def with_row(index: Tensor, rows: TensorArray) -> tuple[Tensor, TensorArray]:
        following = index + 1
        return following, rows.write(index, gradients(elements[index], x)[0])

    start = [constant(0, dtypes.int32), TensorArray(x.dtype, count)]
    _, rows = while_loop(lambda index, _: index < count, with_row, start)
    sizes = shape_of.shape(x)
    return reshaping.reshape(rows.stack(), joining.concat((sizes, sizes), 0))


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
