"""Linear operators made of others, or known by few numbers: what they give, node by node."""

import numpy as np

from .arrays import f32, num, unit
from .suite import Suite

suite = Suite("composed_operators")


def case(id, fn, *inputs, **kwargs):
    """Adds a program that runs `fn(tf, *inputs)` and the gradients of the sum of what it gives."""

    def program(tf, run):
        held = [tf.placeholder(x.dtype, x.shape) for x in inputs]
        feeds = dict(zip(held, inputs))  # noqa: B905 (TensorFlow's Python has no `strict`)
        given = fn(tf, *held)
        given = given if isinstance(given, list) else [given]
        run.note([str(x.shape) for x in given])
        run(given, feeds)
        loss = sum(tf.reduce_sum(x) for x in given if x.dtype == tf.float32)
        run([x for x in tf.gradients(loss, held) if x is not None], feeds)

    suite.case(id, program, grad=False, **kwargs)


SUMS = {"rtol": 1e-4, "atol": 1e-5, "why": "factored by another library"}

SPD = num([[4, 1, 0], [1, 3, -1], [0, -1, 5]])
OTHER = num([[2, -1], [0.5, 3]])
DIAGONAL = num([[1, -2], [3, 0.5]])
SPECTRUM = num([3.0, 1.0, 2.0, 1.0])


def all_of(tf, operator, x):
    """What a square operator on n elements gives, x being f[..., n, k]."""
    return [
        operator.matmul(x),
        operator.matmul(x, adjoint=True),
        operator.matvec(x[..., 0], adjoint=True),
        operator.solve(x),
        operator.solvevec(x[..., 0], adjoint=True),
        operator.determinant(),
        operator.log_abs_determinant(),
        operator.trace(),
        operator.to_dense(),
        operator.diag_part(),
        operator.add_to_tensor(operator.to_dense()),
        operator.shape_tensor(),
    ]


def square(id, make, *inputs, size, batch=(), **kwargs):
    """Adds all that a square operator of the inputs gives, on two columns."""
    case(
        id,
        lambda tf, x, *parts: all_of(tf, make(tf.linalg, *parts), x),
        unit(*batch, size, 2),
        *inputs,
        **{**SUMS, **kwargs},
    )


def full(linalg, matrix, **hints):
    return linalg.LinearOperatorFullMatrix(matrix, is_non_singular=True, **hints)


def definite(linalg, matrix):
    return full(linalg, matrix, is_self_adjoint=True, is_positive_definite=True)


square("adjoint", lambda linalg, m: full(linalg, m).adjoint(), SPD + f32(3, 3), size=3)
square("inversion", lambda linalg, m: full(linalg, m).inverse(), SPD, size=3)
square("cholesky", lambda linalg, m: definite(linalg, m).cholesky(), SPD, size=3)
square(
    "composition",
    lambda linalg, a, d: linalg.LinearOperatorComposition(
        [full(linalg, a), linalg.LinearOperatorDiag(d, is_non_singular=True)]
    ),
    OTHER,
    DIAGONAL,
    size=2,
)
square(
    "blocks",
    lambda linalg, a, d: linalg.LinearOperatorBlockDiag(
        [definite(linalg, a), linalg.LinearOperatorDiag(d, is_non_singular=True)]
    ),
    SPD,
    DIAGONAL,
    size=5,
    batch=(2,),
)
square(
    "kronecker",
    lambda linalg, a, b: linalg.LinearOperatorKronecker(
        [full(linalg, a, is_square=True), full(linalg, b, is_square=True)]
    ),
    OTHER,
    SPD,
    size=6,
)
square(
    "kronecker_of_batches",
    lambda linalg, d, b: linalg.LinearOperatorKronecker(
        [linalg.LinearOperatorDiag(d, is_non_singular=True), full(linalg, b, is_square=True)]
    ),
    DIAGONAL,
    OTHER,
    size=4,
    batch=(2,),
)
square(
    "low_rank",
    lambda linalg, m, u, v: linalg.LinearOperatorLowRankUpdate(
        full(linalg, m, is_square=True), u, v=v, is_non_singular=True
    ),
    SPD,
    unit(3, 1),
    unit(3, 1) + 0.5,
    size=3,
)
square(
    "low_rank_of_hints",
    lambda linalg, d, u, update: linalg.LinearOperatorLowRankUpdate(
        linalg.LinearOperatorDiag(d, is_positive_definite=True),
        u,
        update,
        is_diag_update_positive=True,
    ),
    num([1, 2, 3]),
    unit(2, 3, 2),
    num([0.5, 2]),
    size=3,
    batch=(2,),
)
square(
    "householder",
    lambda linalg, axis: linalg.LinearOperatorHouseholder(axis),
    num([[1, 2, 3], [0, -1, 1]]),
    size=3,
    batch=(2,),
)
square(
    "circulant",
    lambda linalg, spectrum: linalg.LinearOperatorCirculant(spectrum, input_output_dtype="float32"),
    SPECTRUM,
    size=4,
)
square(
    "circulant_2d",
    lambda linalg, spectrum: linalg.LinearOperatorCirculant2D(
        spectrum, input_output_dtype="float32"
    ),
    num([[3.0, 1.0, 1.0], [2.0, 1.5, 1.5]]),
    size=6,
)
square(
    "toeplitz",
    lambda linalg, col, row: linalg.LinearOperatorToeplitz(col, row, is_non_singular=True),
    num([3, 1, -1]),
    num([3, 0.5, 2]),
    size=3,
)
case(
    "circulant_of_complex",
    lambda tf, x, spectrum: [
        part(value)
        for value in all_of(
            tf,
            tf.linalg.LinearOperatorCirculant(tf.complex(spectrum, spectrum[::-1])),
            tf.complex(x, x),
        )[:-1]
        for part in (tf.real, tf.imag)
    ],
    unit(4, 2),
    SPECTRUM,
    **SUMS,
)
case(
    "circulant_kernel",
    lambda tf, spectrum: tf.linalg.LinearOperatorCirculant3D(
        spectrum, input_output_dtype=tf.float32
    ).convolution_kernel(),
    unit(2, 2, 2) + 3,
)
case(
    "zeros",
    lambda tf, x: (
        [
            operator.matmul(x)
            for operator in (
                tf.linalg.LinearOperatorZeros(3),
                tf.linalg.LinearOperatorZeros(2, 3, is_square=False, is_self_adjoint=False),
                tf.linalg.LinearOperatorZeros(3, batch_shape=[2]),
            )
        ]
        + [
            tf.linalg.LinearOperatorZeros(3, batch_shape=[2]).determinant(),
            tf.linalg.LinearOperatorZeros(3).trace(),
            tf.linalg.LinearOperatorZeros(3).diag_part(),
            tf.linalg.LinearOperatorZeros(3).add_to_tensor(x),
        ]
    ),
    f32(3, 3),
)
case(
    "more_right_sides",
    lambda tf, m, lower, x: [
        tf.linalg.LinearOperatorFullMatrix(m, is_square=True).solve(x, adjoint=True),
        tf.linalg.LinearOperatorLowerTriangular(lower).solve(x),
        tf.linalg.LinearOperatorLowerTriangular(lower).solvevec(x[..., 0], adjoint=True),
    ],
    SPD,
    np.tril(SPD),
    unit(2, 2, 3, 1),
    **SUMS,
)


def combined(id, make, *inputs):
    """Adds what becomes of two operators that are multiplied and solved for."""

    def built(tf, *parts):
        a, b = make(tf.linalg, *parts)
        made = [a.matmul(b), b.matmul(a), a.solve(b)]
        return [operator.to_dense() for operator in made]

    case(id, built, *inputs, **SUMS)


combined(
    "products_of_matrices",
    lambda linalg, a, b: (full(linalg, a), full(linalg, b)),
    SPD,
    SPD + f32(3, 3),
)
combined(
    "products_with_an_identity",
    lambda linalg, a: (linalg.LinearOperatorIdentity(3), full(linalg, a)),
    SPD,
)
combined(
    "products_of_diagonals",
    lambda linalg, a, b: (linalg.LinearOperatorDiag(a), linalg.LinearOperatorDiag(b)),
    num([1, 2, 4]),
    num([3, -1, 2]),
)
combined(
    "products_with_a_multiple",
    lambda linalg, a, b: (
        linalg.LinearOperatorDiag(a),
        linalg.LinearOperatorScaledIdentity(3, b),
    ),
    num([1, 2, 4]),
    num(3),
)
combined(
    "products_with_a_triangle",
    lambda linalg, a, b: (
        linalg.LinearOperatorDiag(a),
        linalg.LinearOperatorLowerTriangular(b),
    ),
    num([1, 2, 4]),
    SPD,
)
combined(
    "products_of_circulants",
    lambda linalg, a, b: [linalg.LinearOperatorCirculant(x, is_non_singular=True) for x in (a, b)],
    SPECTRUM,
    SPECTRUM[::-1].copy(),
)
case(
    "others_of_each",
    lambda tf, d, m: [
        other.to_dense()
        for operator in (
            tf.linalg.LinearOperatorDiag(d, is_positive_definite=True),
            tf.linalg.LinearOperatorScaledIdentity(2, d[0], is_positive_definite=True),
            tf.linalg.LinearOperatorIdentity(2),
            tf.linalg.LinearOperatorBlockDiag(
                [definite(tf.linalg, m), tf.linalg.LinearOperatorIdentity(1)]
            ),
            tf.linalg.LinearOperatorKronecker(
                [definite(tf.linalg, m), tf.linalg.LinearOperatorIdentity(2)]
            ),
        )
        for other in (operator.inverse(), operator.cholesky(), operator.H)
    ],
    num([2, 3]),
    SPD,
    **SUMS,
)
