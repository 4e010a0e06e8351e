"""Matrix products and matrices."""

import numpy as np

from .arrays import bools, empty, f32, f64, ints, num, pos
from .suite import Suite

suite = Suite("linalg")
case = suite.case

for ta in (False, True):
    for tb in (False, True):
        a = f32(3, 2) if ta else f32(2, 3)
        b = f32(4, 3, at=1) if tb else f32(3, 4, at=1)
        tag = "t" * ta + "_" + "t" * tb

        def product(tf, x, y, ta=ta, tb=tb):
            return tf.matmul(x, y, transpose_a=ta, transpose_b=tb)

        def adjoint(tf, x, y, ta=ta, tb=tb):
            return tf.matmul(x, y, adjoint_a=ta, adjoint_b=tb)

        case("matmul_" + tag, product, a, b)
        case("matmul_adjoint_" + tag, adjoint, a, b)
        case("matmul_float64_" + tag, product, a.astype("float64"), b.astype("float64"))
        case("matmul_batch_" + tag, product, f32(2, *a.shape), f32(2, *b.shape, at=1))
        case(
            "matmul_sparse_" + tag,
            lambda tf, x, y, ta=ta, tb=tb: tf.matmul(
                x, y, transpose_a=ta, transpose_b=tb, a_is_sparse=True
            ),
            a,
            b,
        )
case("matmul_b_is_sparse", lambda tf, x, y: tf.matmul(x, y, b_is_sparse=True), f32(2, 3), f32(3, 1))
case("matmul_int32", lambda tf, x, y: tf.matmul(x, y), ints([[1, 2]]), ints([[3], [-4]]))
case("matmul_empty_inner", lambda tf, x, y: tf.matmul(x, y), empty(2, 0), empty(0, 3))
case("matmul_empty_batch", lambda tf, x, y: tf.matmul(x, y), empty(0, 3), f32(3, 2))
case("matmul_rank4", lambda tf, x, y: tf.matmul(x, y), f32(2, 2, 1, 3), f32(2, 2, 3, 2, at=1))
case("matmul_batch_broadcast", lambda tf, x, y: tf.matmul(x, y), f32(2, 1, 2, 3), f32(3, 3, 2))
case("matmul_rank3_by_rank2", lambda tf, x, y: tf.matmul(x, y), f32(2, 2, 3), f32(3, 2, at=1))
case("matmul_named", lambda tf, x, y: tf.matmul(x, y, name="y"), f32(1, 2), f32(2, 1))
case("matmul_of_arrays", lambda tf: tf.matmul([[1.0, 2.0]], [[3.0], [4.0]]))
case("matvec", lambda tf, x, y: tf.linalg.matvec(x, y), f32(2, 3), f32(3, at=1))
case(
    "matvec_transpose", lambda tf, x, y: tf.linalg.matvec(x, y, transpose_a=True), f32(3, 2), f32(3)
)
case("xw_plus_b", lambda tf, x, w, b: tf.nn.xw_plus_b(x, w, b), f32(2, 3), f32(3, 2), f32(2))
case("relu_layer", lambda tf, x, w, b: tf.nn.relu_layer(x, w, b), f32(2, 3), f32(3, 2), f32(2))

T = f32(2, 3, 4), f32(4, 3, 2, at=1)
case("tensordot_1", lambda tf, x, y: tf.tensordot(x, y, 1), f32(2, 3), f32(3, 2, at=1))
case("tensordot_vectors", lambda tf, x, y: tf.tensordot(x, y, 1), f32(3), f32(3, at=1))
case("tensordot_outer", lambda tf, x, y: tf.tensordot(x, y, 0), f32(2), f32(3, at=1))
case("tensordot_axes", lambda tf, x, y: tf.tensordot(x, y, [[1, 2], [1, 0]]), *T)
case("tensordot_negative", lambda tf, x, y: tf.tensordot(x, y, [[-1], [0]]), *T)
case(
    "tensordot_rank3_dense",
    lambda tf, x, y: tf.tensordot(x, y, [[2], [0]]),
    f32(2, 3, 4),
    f32(4, 2),
)
case(
    "tensordot_axes_array", lambda tf, x, y: tf.tensordot(x, y, ints([[1], [0]])), f32(2, 3), f32(3)
)
for equation, shapes in [
    ("ij,jk->ik", [(2, 3), (3, 4)]),
    ("ij,kj->ik", [(2, 3), (4, 3)]),
    ("bij,bjk->bik", [(2, 2, 3), (2, 3, 1)]),
    ("i,i->", [(3,), (3,)]),
    ("i,j->ij", [(2,), (3,)]),
    ("ij->ji", [(2, 3)]),
    ("ij->i", [(2, 3)]),
    ("ij,jk", [(2, 3), (3, 2)]),
    ("bik,kh->bih", [(2, 2, 3), (3, 2)]),
]:
    case(
        "einsum_" + equation,
        lambda tf, *xs, e=equation: tf.einsum(e, *xs),
        *[f32(*shape, at=i) for i, shape in enumerate(shapes)],
    )

M = f32(3, 3)
case("eye", lambda tf: [tf.eye(3), tf.eye(2, 3), tf.eye(2, dtype=tf.int32)])
case("eye_batch", lambda tf: tf.eye(2, batch_shape=[3]))
case("diag", lambda tf, x: tf.diag(x), f32(3))
case("diag_of_matrix", lambda tf, x: tf.diag(x), f32(2, 2))
case("diag_part", lambda tf, x: tf.diag_part(x), M)
case("matrix_diag", lambda tf, x: tf.matrix_diag(x), f32(2, 3))
case("matrix_diag_part", lambda tf, x: tf.matrix_diag_part(x), f32(2, 2, 3))
case("matrix_set_diag", lambda tf, x, d: tf.matrix_set_diag(x, d), f32(2, 3), f32(2, at=1))
case(
    "matrix_band_part",
    lambda tf, x: [tf.matrix_band_part(x, *b) for b in ((0, -1), (-1, 0), (1, 1), (0, 0))],
    f32(3, 4),
)
case("matrix_transpose", lambda tf, x: tf.matrix_transpose(x), f32(2, 3, 4))
case("matrix_transpose_2d", lambda tf, x: tf.linalg.transpose(x), f32(2, 3))
case("trace", lambda tf, x: tf.trace(x), f32(2, 3, 3))
SOLVABLE = num([[4, 1, 0], [1, 3, -1], [0.5, -1, 5]])
SPD = num([[4, 1, 0], [1, 3, -1], [0, -1, 5]])
case("matrix_inverse", lambda tf, x: tf.matrix_inverse(x), SOLVABLE)
case("matrix_determinant", lambda tf, x: tf.matrix_determinant(x), SOLVABLE)
case("matrix_solve", lambda tf, x, y: tf.matrix_solve(x, y), SOLVABLE, f32(3, 2))
case("cholesky", lambda tf, x: tf.cholesky(x), SPD)
case("triangular_solve", lambda tf, x, y: tf.matrix_triangular_solve(x, y), SOLVABLE, f32(3, 1))
case(
    "triangular_solve_zeros",
    lambda tf, x: [
        tf.cast(
            tf.equal(tf.matrix_triangular_solve(x, tf.eye(5, batch_shape=[2]), lower, adj), 0),
            "int32",
        )
        for lower in (True, False)
        for adj in (True, False)
    ],
    f32(2, 5, 5) + 3 * np.eye(5, dtype=np.float32),
    grad=False,
)
case(
    "triangular_solve_batch",
    lambda tf, x, y: [
        tf.matrix_triangular_solve(x, y, lower, adj)
        for lower in (True, False)
        for adj in (True, False)
    ],
    f32(2, 5, 5) + 3 * np.eye(5, dtype=np.float32),
    f32(2, 5, 2),
)
case("cross", lambda tf, x, y: tf.cross(x, y), f32(2, 3), f32(2, 3, at=1))
case("matmul_then_bias", lambda tf, x, w, b: tf.matmul(x, w) + b, f32(2, 3), f32(3, 2), f32(2))
case(
    "two_layers",
    lambda tf, x, v, w: tf.matmul(tf.nn.relu(tf.matmul(x, v)), w),
    f32(4, 2),
    f32(2, 3, at=1),
    f32(3, 1, at=2),
)
case(
    "mse_course",
    lambda tf, x, w, y: tf.reduce_mean(tf.square(tf.matmul(x, w) - y)),
    f32(4, 2),
    f32(2, 1),
    f32(4, 1),
)
case(
    "custom_loss_course",
    lambda tf, y_, y: tf.reduce_sum(tf.where(tf.greater(y, y_), (y - y_) * 9, (y_ - y) * 1)),
    f32(4, 1),
    f32(4, 1, at=1),
)
case(
    "bool_matmul_by_cast",
    lambda tf, x: tf.matmul(tf.to_float(x), tf.to_float(x)),
    bools([[True, False], [True, True]]),
)
case(
    "matmul_large",
    lambda tf, x, y: tf.reduce_mean(tf.matmul(x, y), 0),
    f32(17, 40),
    pos(40, 9),
    atol=1e-4,
    why="sums of 680 products of either sign",
)
case("matmul_float64_large", lambda tf, x, y: tf.matmul(x, y), f64(5, 60), f64(60, 2))
case(
    "norm_spectral_of_unknown_rank",
    lambda tf, x: [
        tf.norm(tf.placeholder_with_default(x, None), 2, axes, keepdims=True)
        for axes in [(-2, -1), (0, -1), (2, 0)]
    ],
    f32(2, 3, 4),
    grad=False,
)
case("norm_spectral", lambda tf, x: [tf.norm(x, 2, (0, 2)), tf.norm(x, 2, [-2, -1])], f32(2, 3, 4))
