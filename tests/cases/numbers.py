"""Less common mathematics: special functions, complex and half precision, bits, matrices."""

import numpy as np

from .arrays import bools, dbl, f32, f64, half, ints, longs, num, pos, unit
from .suite import Suite, lookup

suite = Suite("numbers")
case = suite.case

# Special functions.

SERIES = dict(rtol=1e-4, why="series in float32")
case(
    "polygamma",
    lambda tf, x: [tf.polygamma(tf.fill([3], n), x) for n in (0.0, 1.0, 2.0, 5.0)],
    pos(3) + 0.5,
    **SERIES,
)
case("polygamma_float64", lambda tf, a, x: tf.polygamma(a, x), dbl([1, 2, 3]), f64(3) + 2.5)
case("zeta_float64", lambda tf, x, q: tf.zeta(x, q), f64(3) + 3.5, f64(3, at=1) + 2.5)
case(
    "igamma_float64",
    lambda tf, a, x: [tf.igamma(a, x), tf.igammac(a, x)],
    f64(4) + 2.5,
    f64(4, at=1) + 2.5,
    rtol=1e-7,
    why="a difference quotient in a",
)
case(
    "igamma_at_corners",
    lambda tf, a, x: [tf.igamma(a, x), tf.igammac(a, x)],
    num([1, 1, 2]),
    num([0, float("inf"), 100]),
    grad=False,
)
case(
    "betainc",
    lambda tf, a, b, x: tf.betainc(a, b, x),
    f64(3) + 2.5,
    f64(3, at=1) + 2.5,
    dbl([0.1, 0.5, 0.9]),
)
INFINITE = float("inf")
case(
    "betainc_at_edges",
    lambda tf, a, b, x: tf.betainc(a, b, x),
    num([0, 1, 0, -1, 0, 2, 1, 1, 1, INFINITE, 2, INFINITE, INFINITE]),
    num([1, 0, 0, 1, 2, 0, 1, 1, 2, 2, INFINITE, 2, 2]),
    num([0.5, 0.5, 0.5, 0.5, 0, 1, -0.1, 1.1, float("nan"), 0.5, 0.5, 0, 1]),
    grad=False,
)
case(
    "betainc_of_scalars",
    lambda tf, a, b, x: [tf.betainc(a, 2.0, 0.5), tf.betainc(1.0, b, x)],
    pos(3),
    pos(2),
    num([0.5, 0.6]),
    grad=False,
)
case(
    "bessel",
    lambda tf, x: [
        tf.math.bessel_i0e(x),
        tf.math.bessel_i1e(x),
        tf.math.bessel_i0(x),
        tf.math.bessel_i1(x),
    ],
    num([-2, -0.5, 0, 0.5, 3]),
)
case("erf_wide", lambda tf, x: [tf.erf(x), tf.erfc(x)], num([-6, -3, -0.1, 0, 1e-4, 2, 4, 9]))
case(
    "lgamma_wide", lambda tf, x: tf.lgamma(x), num([-2.5, -0.5, 1e-4, 0.5, 1, 2, 30, 1e5]), **SERIES
)
case(
    "nextafter",
    lambda tf, x: [tf.math.nextafter(x, 9.0), tf.math.nextafter(x, x - 1)],
    num([0, 1, -2]),
)
case(
    "divide_no_nan",
    lambda tf, x, y: [
        tf.math.divide_no_nan(x, y),
        tf.math.multiply_no_nan(x, y),
        tf.math.reciprocal_no_nan(y),
    ],
    num([1, 0, float("inf"), 3]),
    num([0, 0, 0, 2]),
)
case("polyval", lambda tf, x: [tf.math.polyval([2.0, x, 1.0], x), tf.math.polyval([], x)], f32(3))
case("log_sigmoid_wide", lambda tf, x: tf.log_sigmoid(x), num([-200, -20, 0, 20, 200]))
case(
    "scalar_mul", lambda tf, x: [tf.scalar_mul(2.5, x), tf.scalar_mul(tf.constant(2.0), x)], f32(3)
)
case("lbeta", lambda tf, x: tf.lbeta(x), pos(2, 3) + 0.5, **SERIES)
case("normalize", lambda tf, x: [tf.linalg.normalize(x), tf.linalg.normalize(x, 1, 0)], f32(2, 3))
case(
    "arg_max",
    lambda tf, x: [tf.arg_max(x, 1), tf.arg_min(x, dimension=0, output_type=tf.int32)],
    f32(2, 3),
)
for exclusive in (False, True):
    for reverse in (False, True):
        case(
            "cumulative_logsumexp_{}{}".format("x" * exclusive, "r" * reverse),
            lambda tf, x, e=exclusive, r=reverse: tf.math.cumulative_logsumexp(
                x, 1, exclusive=e, reverse=r
            ),
            f32(2, 4),
            grad=not exclusive,
        )

# Complex numbers, made of float inputs and taken apart again.


def both(tf, z):
    """The parts of complex z."""
    return [tf.real(z), tf.imag(z)]


SMOOTH = (
    "negative square sqrt exp log log1p sin cos tan sinh cosh tanh sigmoid reciprocal rsqrt conj"
)
for name in SMOOTH.split():
    case(
        "complex_" + name,
        lambda tf, x, y, n=name: both(tf, lookup(tf, n)(tf.complex(x, y))),
        f32(3),
        f32(3, at=1),
        rtol=1e-4,
        why="complex functions of float32 parts",
    )
for name in ["add", "subtract", "multiply", "divide", "pow", "squared_difference", "div_no_nan"]:
    case(
        "complex_" + name,
        lambda tf, x, y, n=name: both(tf, lookup(tf, n)(tf.complex(x, y), tf.complex(y, x))),
        f32(3),
        f32(3, at=1),
        rtol=1e-4,
        why="complex functions of float32 parts",
    )
case(
    "complex_parts",
    lambda tf, x, y: (lambda z: [tf.abs(z), tf.angle(z), tf.real(z), tf.imag(z)])(tf.complex(x, y)),
    f64(4),
    f64(4, at=1),
)
case(
    "complex_parts_of_real", lambda tf, x: [tf.real(x), tf.imag(x), tf.angle(x), tf.conj(x)], f32(3)
)
case(
    "complex_sign",
    lambda tf, x, y: both(tf, tf.sign(tf.complex(x, y))),
    num([3, 0]),
    num([4, 0]),
    grad=False,
)
case("complex_abs_of_zero", lambda tf, x: tf.abs(tf.complex(x, x)), num([0, 1]))
case(
    "complex_sums",
    lambda tf, x, y: (
        both(tf, tf.reduce_sum(tf.complex(x, y), 0))
        + both(tf, tf.reduce_mean(tf.complex(x, y), 1))
        + both(tf, tf.reduce_prod(tf.complex(x, y), 1))
    ),
    f32(2, 3),
    f32(2, 3, at=1),
    grad=False,
)
for adjoint in (False, True):
    case(
        "complex_matmul_{}".format("adjoint" if adjoint else "transpose"),
        lambda tf, x, y, a=adjoint: both(
            tf, tf.matmul(tf.complex(x, y), tf.complex(y, x), transpose_a=not a, adjoint_a=a)
        ),
        f32(3, 2),
        f32(3, 2, at=1),
    )
    case(
        "complex_batch_matmul_{}".format("adjoint" if adjoint else "transpose"),
        lambda tf, x, y, a=adjoint: both(
            tf, tf.matmul(tf.complex(x, y), tf.complex(y, x), transpose_b=not a, adjoint_b=a)
        ),
        f32(2, 3, 2),
        f32(2, 3, 2, at=1),
    )
case(
    "complex_cast",
    lambda tf, x: [tf.real(tf.cast(x, "complex64")), tf.cast(tf.complex(x, x), "float64")],
    f32(3),
)
case(
    "complex_equal",
    lambda tf, x: [tf.equal(tf.complex(x, x), tf.complex(x, 1.0 + 0 * x))],
    num([1, 2]),
)

# Half precision.

HALF = half([1, -2.5, 0.333, 100, 6e4])
for name in [
    "sqrt",
    "exp",
    "log1p",
    "tanh",
    "sigmoid",
    "square",
    "abs",
    "negative",
    "floor",
    "rsqrt",
    "erf",
    "lgamma",
    "digamma",
    "sin",
    "is_finite",
    "is_nan",
    "reciprocal",
    "sign",
    "round",
]:
    case(
        "half_" + name,
        lambda tf, x, n=name: lookup(tf, n)(x),
        HALF,
        grad=False,
        rtol=2e-3,
        why="half has 11 bits",
    )
for name in [
    "add",
    "subtract",
    "multiply",
    "divide",
    "maximum",
    "minimum",
    "pow",
    "floordiv",
    "floormod",
]:
    case(
        "half_" + name,
        lambda tf, x, y, n=name: lookup(tf, n)(x, y),
        half([1, 2.5, 7]),
        half([3, 0.75, 2]),
        grad=False,
        rtol=2e-3,
        why="half has 11 bits",
    )
for name in ["sum", "mean", "max", "min", "prod"]:
    case(
        "half_reduce_" + name,
        lambda tf, x, n=name: lookup(tf, "reduce_" + n)(x, 0),
        f32(5, 3).astype("float16"),
        grad=False,
        rtol=2e-3,
        why="half has 11 bits",
    )
case(
    "half_sum_of_many",
    lambda tf, x: [tf.reduce_sum(x), tf.reduce_mean(x)],
    (np.arange(1000) % 7 / 8).astype("float16"),
    grad=False,
    rtol=5e-3,
    why="half has 11 bits",
)
case(
    "half_matmul",
    lambda tf, x, y: tf.matmul(x, y),
    f32(2, 3).astype("float16"),
    f32(3, 2).astype("float16"),
    grad=False,
    rtol=5e-3,
    atol=2e-3,
    why="half has 11 bits",
)
for name in ["add", "multiply", "divide", "maximum"]:
    case(
        "bfloat16_" + name,
        lambda tf, x, y, n=name: tf.to_float(lookup(tf, n)(tf.to_bfloat16(x), tf.to_bfloat16(y))),
        f32(3),
        f32(3, at=1),
        rtol=1e-2,
        why="bfloat16 has 8 bits",
    )
case(
    "bfloat16_functions",
    lambda tf, x: [
        tf.to_float(f(tf.to_bfloat16(x))) for f in (tf.exp, tf.tanh, tf.sqrt, tf.square)
    ],
    pos(3),
    rtol=1e-2,
    why="bfloat16 has 8 bits",
)
case(
    "bfloat16_sums",
    lambda tf, x: [tf.to_float(f(tf.to_bfloat16(x), 1)) for f in (tf.reduce_sum, tf.reduce_max)],
    f32(2, 3),
    grad=False,
    rtol=1e-2,
    why="bfloat16 has 8 bits",
)
case(
    "bfloat16_matmul",
    lambda tf, x, y: tf.to_float(tf.matmul(tf.to_bfloat16(x), tf.to_bfloat16(y))),
    f32(2, 3),
    f32(3, 2),
    grad=False,
    rtol=2e-2,
    atol=2e-2,
    why="bfloat16 has 8 bits",
)
case(
    "bfloat16_sparse_matmul",
    lambda tf, x, y: tf.matmul(tf.to_bfloat16(x), y, a_is_sparse=True),
    f32(2, 3),
    f32(3, 2),
    grad=False,
    rtol=1e-2,
    why="bfloat16 has 8 bits",
)

# Whole numbers and bits.

BITS = ints([0, 1, -1, 12, -(2**31), 2**31 - 1]), ints([3, 3, 7, 10, 1, 31])
for name in ["bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift"]:
    case(name, lambda tf, x, y, n=name: lookup(tf, "bitwise." + n)(x, y), *BITS)
    case(
        name + "_uint8",
        lambda tf, x, y, n=name: lookup(tf, "bitwise." + n)(x, y),
        ints([0, 1, 200, 255]).astype("uint8"),
        ints([1, 9, 2, 7]).astype("uint8"),
    )
case("invert", lambda tf, x: tf.bitwise.invert(x), BITS[0])
case(
    "shift_too_far",
    lambda tf, x: [tf.bitwise.left_shift(x, 40), tf.bitwise.right_shift(x, 40)],
    BITS[0],
)
case(
    "floordiv_of_kinds",
    lambda tf, x, y: [
        f(tf.cast(x, t), tf.cast(y, t))
        for t in ("int8", "int16", "int64")
        for f in (tf.floordiv, tf.truncatediv)
    ],
    ints([7, -7, 100, -100]),
    ints([2, 2, -3, -7]),
)
case(
    "truncatediv_float",
    lambda tf, x, y: tf.truncatediv(x, y),
    num([7, -7, 7.5]),
    num([2, 2, -2]),
    grad=False,
)
case(
    "saturate_casts",
    lambda tf, x: [tf.saturate_cast(x, t) for t in ("int8", "int16", "uint8", "int32", "float32")],
    longs([-(2**40), -200, -1, 0, 300, 2**40]),
)
case(
    "saturate_casts_of_floats",
    lambda tf, x: [tf.saturate_cast(x, t) for t in ("int8", "uint16")],
    num([-1e9, -200.5, -0.5, 3.7, 300, 1e9]),
    grad=False,
)
case(
    "to_kinds",
    lambda tf, x: [
        tf.to_double(x),
        tf.to_int64(x),
        tf.real(tf.to_complex64(x)),
        tf.real(tf.to_complex128(x)),
    ],
    num([1.5, -2.5]),
)
case(
    "bincount",
    lambda tf, x: [
        tf.bincount(x),
        tf.bincount(x, minlength=8),
        tf.bincount(x, maxlength=3),
        tf.bincount(x, dtype=tf.float32),
    ],
    ints([1, 2, 2, 5]),
)
case(
    "bincount_weights",
    lambda tf, x, w: tf.bincount(x, weights=w),
    ints([[1, 2], [2, 5]]),
    f32(2, 2),
    grad=False,
)
case("bincount_empty", lambda tf, x: tf.bincount(x), ints([]))
case(
    "xor_of_bools",
    lambda tf, x, y: tf.math.logical_xor(x, y, name="either"),
    bools([True, True, False]),
    bools([True, False, False]),
)

# Clipping what a sparse gradient gives.


def slices(tf, x):
    """The IndexedSlices of rows 2 and 0 of x."""
    return tf.IndexedSlices(x[:2] * 3, tf.constant([2, 0]), tf.constant([3, 2]))


case(
    "clip_slices_by_value",
    lambda tf, x: tf.clip_by_value(slices(tf, x), -1.0, 1.0),
    f32(3, 2),
    grad=False,
)
case(
    "clip_slices_by_norm", lambda tf, x: tf.clip_by_norm(slices(tf, x), 1.0), f32(3, 2), grad=False
)
case(
    "clip_slices_by_global_norm",
    lambda tf, x: tf.clip_by_global_norm([slices(tf, x), x], 1.0),
    f32(3, 2),
    grad=False,
)
case("scalar_mul_slices", lambda tf, x: tf.scalar_mul(2.0, slices(tf, x)), f32(3, 2), grad=False)
case("cast_slices", lambda tf, x: tf.cast(slices(tf, x), tf.float64), f32(3, 2), grad=False)

# Products over chosen axes.

for equation, shapes in [
    ("ii", [(3, 3)]),
    ("ij,jk,kl->il", [(2, 3), (3, 2), (2, 4)]),
    ("i,i,i->", [(3,), (3,), (3,)]),
    ("...ij,jk->...ik", [(2, 2, 3), (3, 4)]),
    ("...ij,...jk->...ik", [(2, 2, 3), (2, 3, 4)]),
    ("ij,i->ij", [(3, 2), (3,)]),
    ("aij,ajk->iak", [(2, 3, 2), (2, 2, 4)]),
    ("abij,abjk->abik", [(2, 1, 3, 2), (2, 1, 2, 4)]),
    ("bac,c->ab", [(2, 3, 4), (4,)]),
    ("ijk,ilk->ijl", [(2, 3, 4), (2, 2, 4)]),
    ("ab->", [(2, 3)]),
    ("ab->ab", [(2, 3)]),
    ("ij , jk -> ik", [(2, 3), (3, 2)]),
]:
    case(
        "einsum_" + equation,
        lambda tf, *xs, e=equation: tf.einsum(e, *xs),
        *[f32(*shape, at=i) for i, shape in enumerate(shapes)],
    )
case("einsum_named", lambda tf, x, y: tf.einsum("ij,jk->ik", x, y, name="n"), f32(2, 3), f32(3, 2))
case("tensordot_two", lambda tf, x, y: tf.tensordot(x, y, 2), f32(2, 3, 4), f32(3, 4, 2))
case(
    "tensordot_axes_fed",
    lambda tf, x, y, axes: tf.tensordot(x, y, axes),
    f32(2, 3),
    f32(4, 3),
    ints([[1], [1]]),
)
case("tensordot_single_axes", lambda tf, x, y: tf.tensordot(x, y, [1, 0]), f32(2, 3), f32(3, 2))
case("matvec_batch", lambda tf, x, y: tf.linalg.matvec(x, y), f32(2, 3, 2), f32(2, 2))
case(
    "norm_matrices",
    lambda tf, x: [tf.norm(x, order, axis=[-2, -1]) for order in ("euclidean", "fro", 1, np.inf)],
    f32(2, 3, 2),
)
case(
    "norm_of_axis",
    lambda tf, x: [tf.norm(x, 2.5, 0), tf.norm(x, np.inf), tf.norm(x, 1, 1, keepdims=True)],
    f32(2, 3),
)

# Matrices.

A = num([[[4, 1, 0], [1, 3, -1], [0.5, -1, 5]], [[2, 0, 1], [1, 4, 0], [0, 1, 3]]])
SPD = num([[4, 1, 0], [1, 3, -1], [0, -1, 5]])
B = f32(2, 3, 2)
for adjoint in (False, True):
    tag = "_adjoint" * adjoint
    # TensorFlow 1.15 transposes the gradient of the inverse of the adjoint by mistake.
    case(
        "matrix_inverse" + tag,
        lambda tf, x, a=adjoint: tf.matrix_inverse(x, adjoint=a),
        A,
        grad=not adjoint,
    )
    case("matrix_solve" + tag, lambda tf, x, y, a=adjoint: tf.matrix_solve(x, y, adjoint=a), A, B)
    for lower in (False, True):
        case(
            "triangular_solve_{}{}".format("lower" if lower else "upper", tag),
            lambda tf, x, y, lo=lower, a=adjoint: tf.matrix_triangular_solve(
                x, y, lower=lo, adjoint=a
            ),
            A,
            B,
        )
case("matrix_determinant", lambda tf, x: tf.matrix_determinant(x), A)
case("slogdet", lambda tf, x: list(tf.linalg.slogdet(-x)), A)
case("cholesky", lambda tf, x: tf.cholesky(x), SPD.astype("float64"))
case("cholesky_solve", lambda tf, x, y: tf.cholesky_solve(tf.cholesky(x), y), SPD, f32(3, 2))
case("logdet", lambda tf, x: tf.linalg.logdet(x), SPD)
case("adjoint", lambda tf, x: tf.linalg.adjoint(x), f32(2, 3, 2))
case("self_adjoint_eigvals", lambda tf, x: tf.self_adjoint_eigvals(x), SPD)
case(
    "self_adjoint_eig",
    lambda tf, x: (lambda e, v: [e, v * v])(*tf.self_adjoint_eig(x)),
    SPD.astype("float64"),
)
case("singular_values", lambda tf, x: tf.svd(x, compute_uv=False), f64(3, 2))
case("svd", lambda tf, x: (lambda s, u, v: [s, u * u, v * v])(*tf.svd(x)), f64(3, 2), grad=False)
case(
    "svd_full",
    lambda tf, x: (lambda s, u, v: [s, v * v, tf.matmul(u, u, transpose_b=True)])(
        *tf.svd(x, full_matrices=True)
    ),
    f64(3, 2),
    grad=False,
)
case("qr", lambda tf, x: (lambda q, r: [q * q, r * r])(*tf.qr(x)), f64(3, 2))
case(
    "qr_full",
    lambda tf, x: (lambda q, r: [tf.matmul(q, r), r * r])(*tf.qr(x, full_matrices=True)),
    f64(3, 2),
    grad=False,
)
case("norm_spectral", lambda tf, x: tf.reduce_max(tf.svd(x, compute_uv=False)), unit(3, 3))
