"""Linear operators: what they give, node by node."""

import numpy as np

from .arrays import f32, num, pos, unit
from .suite import Suite

suite = Suite("operators")
case = suite.case

SUMS = {"rtol": 1e-4, "atol": 1e-5, "why": "factored by another library"}

SPD = num([[4, 1, 0], [1, 3, -1], [0, -1, 5]])
LOWER = np.tril(unit(2, 3, 3)) + 2 * np.eye(3, dtype=np.float32)


def all_of(tf, operator, x):
    """What a square operator on n elements gives, x being f[..., n, k]."""
    return [
        operator.matmul(x),
        operator.matvec(x[..., 0], adjoint=True),
        operator.solve(x),
        operator.solvevec(x[..., 0], adjoint=True),
        operator.determinant(),
        operator.log_abs_determinant(),
        operator.trace(),
        operator.to_dense(),
        operator.diag_part(),
    ]


case(
    "full_matrix",
    lambda tf, m, x: all_of(tf, tf.linalg.LinearOperatorFullMatrix(m, is_square=True), x),
    SPD,
    f32(3, 2),
    **SUMS,
)
case(
    "full_matrix_of_hints",
    lambda tf, m, x: all_of(
        tf,
        tf.linalg.LinearOperatorFullMatrix(
            m, is_self_adjoint=True, is_positive_definite=True, name="spd"
        ),
        x,
    ),
    SPD,
    f32(3, 2),
    **SUMS,
)
case(
    "full_matrix_not_square",
    lambda tf, m, x: [
        tf.linalg.LinearOperatorFullMatrix(m).matmul(x, adjoint_arg=True),
        tf.linalg.LinearOperatorFullMatrix(m).add_to_tensor(m),
    ],
    f32(2, 3),
    f32(4, 3),
)
case(
    "lower_triangular",
    lambda tf, m, x: all_of(tf, tf.linalg.LinearOperatorLowerTriangular(m), x),
    LOWER,
    f32(2, 3, 2),
    **SUMS,
)
case(
    "lower_triangular_broadcast",
    lambda tf, m, x: tf.linalg.LinearOperatorLowerTriangular(m).solve(x),
    LOWER,
    f32(1, 3, 2),
    **SUMS,
)
case(
    "diag",
    lambda tf, d, x: all_of(tf, tf.linalg.LinearOperatorDiag(d, name="d"), x),
    pos(2, 3),
    f32(2, 3, 2),
    **SUMS,
)
case(
    "diag_added",
    lambda tf, d, x: tf.linalg.LinearOperatorDiag(d).add_to_tensor(x),
    pos(3),
    f32(3, 3),
)
case("identity", lambda tf, x: all_of(tf, tf.linalg.LinearOperatorIdentity(3), x), f32(3, 2))
case(
    "identity_batch",
    lambda tf, x: all_of(tf, tf.linalg.LinearOperatorIdentity(3, batch_shape=[2]), x),
    f32(2, 3, 2),
)
case(
    "scaled_identity",
    lambda tf, m, x: all_of(tf, tf.linalg.LinearOperatorScaledIdentity(3, m), x)[:-1],
    pos(2),
    f32(2, 3, 2),
    **SUMS,
)
case(
    "scaled_identity_added",
    lambda tf, m, x: tf.linalg.LinearOperatorScaledIdentity(num_rows=3, multiplier=m).add_to_tensor(
        x
    ),
    num(2.5),
    f32(3, 3),
)
case(
    "shapes",
    lambda tf, m: [
        part
        for operator in (
            tf.linalg.LinearOperatorLowerTriangular(m),
            tf.linalg.LinearOperatorDiag(m[..., 0]),
        )
        for part in (
            operator.shape_tensor(),
            operator.batch_shape_tensor(),
            operator.tensor_rank_tensor(),
            operator.domain_dimension_tensor(),
            operator.range_dimension_tensor(),
        )
    ],
    LOWER,
    grad=False,
)
