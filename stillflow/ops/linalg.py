"""Matrix products."""

from __future__ import annotations

from stillflow.ops import shapes
from stillflow.ops.registry import op


@op(
    "MatMul",
    "a: T, b: T -> product: T",
    shape=shapes.matmul,
    flops=lambda a, b: 2 * a[0] * a[1] * max(b),
)
def matmul_op(xp, a, b, *, transpose_a: bool = False, transpose_b: bool = False):
    """a: f[n, k], b: f[k, m] -> f[n, m]; either is transposed first when asked."""
    return xp.matmul(a.T if transpose_a else a, b.T if transpose_b else b)


@matmul_op.gradient
def matmul_gradient(op, dy):
    a, b = op.inputs
    transposed = op.attrs["transpose_a"], op.attrs["transpose_b"]
    if transposed == (False, False):
        return matmul_op(dy, b, transpose_b=True), matmul_op(a, dy, transpose_a=True)
    if transposed == (False, True):
        return matmul_op(dy, b), matmul_op(dy, a, transpose_a=True)
    if transposed == (True, False):
        return matmul_op(b, dy, transpose_b=True), matmul_op(a, dy)
    return (
        matmul_op(b, dy, transpose_a=True, transpose_b=True),
        matmul_op(dy, a, transpose_a=True, transpose_b=True),
    )
