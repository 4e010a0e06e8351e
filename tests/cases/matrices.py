"""Functions of matrices, and linear equations solved as well as can be."""

import numpy as np

from .arrays import dbl, f32, f64, num, unit
from .suite import Suite

suite = Suite("matrices")
case = suite.case

FACTORS = {"rtol": 1e-3, "atol": 1e-4, "why": "factored by another library"}

WELL = num([[4, 1, 0], [1, 3, -1], [0, -1, 5]])
PIVOTED = num([[0, 2, 1], [4, 1, 0.5], [1, 3, -2]])
TWO = np.stack([WELL[:2, :2], WELL[1:, 1:]])

for name, x in (
    ("small", unit(2, 2) / 4),
    ("middle", unit(2, 2, 2)),
    ("large", 8 * unit(2, 2)),
    ("of_doubles", f64(2, 2)),
    ("of_large_doubles", 9 * f64(3, 3)),
):
    case("expm_" + name, lambda tf, x: tf.linalg.expm(x), x, **FACTORS)
case("expm_named", lambda tf, x: tf.linalg.expm(x, name="e"), unit(1, 2, 2, 2), **FACTORS)
case("sqrtm", lambda tf, x: tf.linalg.sqrtm(x), WELL, **FACTORS)
case("sqrtm_batch", lambda tf, x: tf.matrix_square_root(x), TWO, **FACTORS)
case(
    "logm",
    lambda tf, x: tf.math.real(tf.linalg.logm(tf.cast(x, tf.complex64))),
    WELL,
    grad=False,
    **FACTORS,
)
case("lu", lambda tf, x: tf.linalg.lu(x), PIVOTED, grad=False, **FACTORS)
case("lu_batch", lambda tf, x: tf.linalg.lu(x, tf.int64), TWO, grad=False, **FACTORS)
for name, shape in (("tall", (4, 2)), ("square", (3, 3)), ("wide", (2, 4)), ("batch", (2, 3, 2))):
    a, b = PIVOTED if name == "square" else f32(*shape), f32(*shape[:-1], 2, at=1)
    case("lstsq_" + name, lambda tf, a, b: tf.linalg.lstsq(a, b), a, b, **FACTORS)
    case(
        f"lstsq_{name}_regularized",
        lambda tf, a, b: tf.matrix_solve_ls(a, b, l2_regularizer=0.5, name="x"),
        a,
        b,
        **FACTORS,
    )
    case(
        f"lstsq_{name}_slow",
        lambda tf, a, b: tf.linalg.lstsq(a, b, fast=False),
        a,
        b,
        grad=False,
        **FACTORS,
    )
case(
    "matrix_solve_ls_op",
    lambda tf, a, b: tf.raw_ops.MatrixSolveLs(matrix=a, rhs=b, l2_regularizer=0.25),
    f32(4, 2),
    f32(4, 1, at=1),
    **FACTORS,
)
case(
    "matrix_solve_ls_op_wide",
    lambda tf, a, b: tf.raw_ops.MatrixSolveLs(matrix=a, rhs=b, l2_regularizer=0.25),
    f32(2, 4),
    f32(2, 1, at=1),
    **FACTORS,
)
DEFICIENT = num([[1, 2], [2, 4], [0, 0]])
case("matrix_rank", lambda tf, x: tf.linalg.matrix_rank(x), DEFICIENT, grad=False)
case("matrix_rank_tol", lambda tf, x: tf.linalg.matrix_rank(x, 3.0), WELL, grad=False)
case("pinv", lambda tf, x: tf.linalg.pinv(x), f32(3, 2), **FACTORS)
case("pinv_deficient", lambda tf, x: tf.linalg.pinv(x), DEFICIENT, grad=False, **FACTORS)
case(
    "pinv_rcond",
    lambda tf, x: tf.linalg.pinv(x, rcond=0.5, name="p"),
    dbl([[2, 0], [0, 0.5]]),
    grad=False,
    **FACTORS,
)

# Three diagonals.

THREE = num([[1, 0.5, 2, 0], [4, 3, -5, 6], [0, 1, -1, 2]])
for pivoting in (True, False):
    case(
        f"tridiagonal_solve_{pivoting}".lower(),
        lambda tf, d, b, p=pivoting: tf.linalg.tridiagonal_solve(d, b, partial_pivoting=p),
        np.stack([THREE, 2 * THREE]),
        f32(2, 4, 2),
        **FACTORS,
    )
case(
    "tridiagonal_solve_exchanged",
    lambda tf, d, b: tf.linalg.tridiagonal_solve(d, b, name="t"),
    num([[1, 2, 0], [0, 1, 1], [0, 3, 4]]),
    f32(3),
    **FACTORS,
)
case(
    "tridiagonal_solve_sequence",
    lambda tf, d, b: tf.linalg.tridiagonal_solve(
        [d[0, :-1], d[1], d[2, 1:]], b, "sequence", transpose_rhs=True
    ),
    THREE,
    f32(2, 4),
    **FACTORS,
)
case(
    "tridiagonal_solve_matrix",
    lambda tf, m, b: tf.linalg.tridiagonal_solve(m, b, "matrix"),
    WELL,
    f32(3, 1),
    **FACTORS,
)
case(
    "tridiagonal_matmul",
    lambda tf, d, b: tf.linalg.tridiagonal_matmul(d, b),
    np.stack([THREE, 2 * THREE]),
    f32(2, 4, 2),
)
case(
    "tridiagonal_matmul_matrix",
    lambda tf, m, b: tf.linalg.tridiagonal_matmul(m, b, "matrix", name="t"),
    WELL,
    f32(3, 2),
)
case(
    "tridiagonal_matmul_sequence",
    lambda tf, d, b: tf.linalg.tridiagonal_matmul([d[0], d[1], d[2]], b, "sequence"),
    THREE,
    f32(4, 1),
)
