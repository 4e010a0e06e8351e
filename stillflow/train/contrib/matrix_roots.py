"""Roots of symmetric positive matrices by iteration, for devices without decompositions."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array.diagonals import eye
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.linalg.norms import norm
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.arithmetic import pow_
from stillflow.ops.math.casts import cast
from stillflow.ops.math.comparison import logical_and
from stillflow.ops.math.elementwise import abs_, sqrt
from stillflow.ops.reduce.reductions import reduce_max, reduce_sum


def matrix_square_root(
    mat_a: Any, mat_a_size: Any, iter_count: int = 100, ridge_epsilon: Any = 1e-4
) -> Tensor:
    """Returns the square root of mat_a + ridge_epsilon * I, of shape [n, n].

    Goes on while the error gets smaller (Higham, "Stable iterations for the matrix square root",
    1997, equation 2.6).
    """

    def goes_on(i: Any, y: Any, old_y: Any, z: Any, old_z: Any, err: Any, old_err: Any) -> Tensor:
        return logical_and(i < iter_count, err < old_err)

    def step(i: Any, y: Any, _: Any, z: Any, __: Any, err: Any, ___: Any) -> tuple[Any, ...]:
        factor = 0.5 * (3.0 * identity - matmul(z, y))
        new_y, new_z = matmul(y, factor), matmul(factor, z)
        root = new_y * sqrt(size)
        rest = mat_a - matmul(root, root)
        new_err = sqrt(reduce_sum(rest * rest)) / size
        return i + 1, new_y, y, new_z, z, new_err, err

    identity = eye(cast(mat_a_size, dtypes.int32))
    mat_a = mat_a + ridge_epsilon * identity
    size = sqrt(reduce_sum(mat_a * mat_a))
    scaled = mat_a / size
    start = [0, scaled, scaled, identity, identity, size, size + 1.0]
    # The last step made the error larger: the one before it is the result.
    found = while_loop(goes_on, step, start)[2]
    return found * sqrt(size)


def matrix_inverse_pth_root(
    mat_g: Any,
    mat_g_size: Any,
    alpha: float,
    iter_count: int = 100,
    epsilon: float = 1e-6,
    ridge_epsilon: float = 1e-6,
) -> Tensor:
    """Returns (mat_g + ridge_epsilon * I) ** alpha, of shape [n, n]; alpha is -1/p, p whole.

    By Newton's iteration (Guo and Higham, "A Schur-Newton method for the matrix p-th root and its
    inverse", 2006, equation 3.2), until the rest is within `epsilon` of the identity.
    """
    identity = eye(cast(mat_g_size, dtypes.int32))

    def goes_on(i: Any, rest: Any, _: Any) -> Tensor:
        return logical_and(i < iter_count, reduce_max(abs_(rest - identity)) > epsilon)

    def step(i: Any, rest: Any, root: Any) -> tuple[Any, ...]:
        factor = (1 - alpha) * identity + alpha * rest
        return i + 1, matmul(_power(factor, -1.0 / alpha), rest), matmul(root, factor)

    if mat_g_size == 1:
        return pow_(mat_g + ridge_epsilon, alpha)
    damped = mat_g + ridge_epsilon * identity
    z = (1 - 1 / alpha) / (2 * norm(damped))
    return while_loop(goes_on, step, [0, damped * z, identity * pow_(z, -alpha)])[2]


def _power(matrix: Tensor, p: float) -> Tensor:
    """The p-th power by repeated squares; p is a whole positive number."""
    assert p in range(1, int(p) + 1)
    power: Any = None
    while p > 0:
        if p % 2 == 1:
            power = matrix if power is None else matmul(matrix, power)
        p //= 2
        # One square more than needed, as TensorFlow builds it.
        matrix = matmul(matrix, matrix)
    return power
