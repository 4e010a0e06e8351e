"""Linear algebra of float16."""

from .arrays import num
from .suite import Suite

suite = Suite("half_matrices")
case = suite.case

HALF = {
    "rtol": 4e-3,
    "atol": 2e-3,
    "why": "of float16, of which TensorFlow rounds each step",
}
SPD = num([[4, 1], [1, 3]])


def half(id, fn):
    """Adds what `fn(tf, x)` gives for a matrix of float16."""

    def built(tf, x):
        given = fn(tf, tf.cast(x, tf.float16))
        given = given if isinstance(given, (list, tuple)) else [given]
        return [tf.cast(y, tf.float32) for y in given]

    case(id, built, SPD, **HALF)


half("cholesky", lambda tf, x: tf.linalg.cholesky(x))
half("triangular_solve", lambda tf, x: tf.linalg.triangular_solve(x, x, adjoint=True))
half("inverse", lambda tf, x: tf.linalg.inv(x))
half("singular_values", lambda tf, x: tf.linalg.svd(x, compute_uv=False))
half("qr", lambda tf, x: tf.abs(tf.linalg.qr(x).r))
half("eigenvalues", lambda tf, x: tf.linalg.eigvalsh(x))
