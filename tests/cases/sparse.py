"""Sparse tensors: arithmetic, products, reductions, and how they are rearranged."""

import numpy as np

from .arrays import f32, longs, num
from .suite import Suite

suite = Suite("sparse")
case = suite.case

#: Six elements of a matrix of 3 rows and 4 columns, and of three more axes.
MATRIX = longs([[0, 1], [0, 3], [1, 0], [2, 1], [2, 2], [2, 3]])
CUBE = longs([[0, 0, 1], [0, 1, 0], [0, 1, 2], [1, 0, 0], [1, 0, 2], [1, 1, 1]])
VALUES = f32(6)
SIZES, CUBE_SIZES = longs([3, 4]), longs([2, 2, 3])


def on(*parts):
    """The inputs of a case of one sparse tensor: its parts, and others."""
    return (MATRIX, VALUES, SIZES, *parts)


# Products ---------------------------------------------------------------------------------------
for a, b in [(False, False), (False, True), (True, False), (True, True)]:
    case(
        f"matmul_{a}_{b}",
        lambda tf, i, v, s, x, a=a, b=b: tf.sparse_tensor_dense_matmul(
            tf.SparseTensor(i, v, s), x, adjoint_a=a, adjoint_b=b
        ),
        *on(f32(*[(4, 2), (2, 4), (3, 2), (2, 3)][2 * a + b])),
    )
case(
    "matmul_complex",
    lambda tf, i, v, s, x: tf.sparse.matmul(tf.SparseTensor(i, v, s), x, adjoint_a=True),
    *(MATRIX, (f32(6) + 1j * f32(6, at=1)).astype(np.complex64), SIZES),
    (f32(3, 2) + 1j * f32(3, 2, at=1)).astype(np.complex64),
    grad=False,
)
case(
    "matmul_repeated",
    lambda tf, i, v, s, x: tf.sparse.sparse_dense_matmul(tf.SparseTensor(i, v, s), x),
    *(longs([[1, 0], [1, 0], [0, 1]]), num([1, 2, 4]), longs([2, 2]), f32(2, 2)),
)
case(
    "matmul_of_nothing",
    lambda tf, i, v, s, x: tf.sparse.matmul(tf.SparseTensor(i, v, s), x),
    *(np.zeros([0, 2], np.int64), f32(0), longs([2, 3]), f32(3, 2)),
)
