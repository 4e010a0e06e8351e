"""Every gradient rule of arithmetic, elementwise functions, reductions and linear algebra."""

import numpy as np
import pytest
from gradient_checks import check_against_vjp, check_gradients

import stillflow as tf
from stillflow.ops.families import all_ops
from stillflow.ops.linalg import (
    decompositions,
    functions,
    least_squares,
    norms,
    products,
    solving,
    tridiagonal,
)
from stillflow.ops.math import (
    arithmetic,
    casts,
    complex_numbers,
    conjugate,
    division,
    scan,
    special,
    trigonometric,
)
from stillflow.ops.reduce import reducing

DECLARED = {defn.__name__: defn for defn in all_ops().values()}
RNG = np.random.default_rng(7)


def reals(*shape):
    """Numbers in [-2, 2], none within 0.1 of an integer or a half."""
    steps = RNG.integers(-4, 4, shape) / 2
    return steps + RNG.uniform(0.1, 0.4, shape)


def positive(*shape):
    return RNG.uniform(0.5, 2.5, shape)


def within_one(*shape):
    return RNG.uniform(-0.8, 0.8, shape)


def symmetric(size):
    """Positive definite, with eigenvalues well apart."""
    half = within_one(size, size) / 4
    return half + half.T + np.diag(np.arange(1.0, size + 1))


A, B, ROW = reals(2, 3), reals(2, 3), reals(3)
CUBE = reals(2, 3, 2)
ON_LINE = "negative abs_op sign square exp expm1 sin cos atan sinh cosh tanh asinh sigmoid_op"
SPECIAL_ON_LINE = "erf erfc bessel_i0e bessel_i1e"
ON_POSITIVE = "sqrt rsqrt log log1p reciprocal inv_op lgamma digamma"
WITHIN_ONE = "asin acos atanh tan"
WITH_OUTPUT = "sqrt_grad rsqrt_grad reciprocal_grad inv_grad_op sigmoid_grad tanh_grad"
PAIRS = "add add_v2 subtract multiply multiply_no_nan_op squared_difference maximum minimum xdivy"
QUOTIENTS = "real_divide divide_op div_no_nan_op"


def cases():
    """(op, function of tensors, arrays) that use each rule; several per op where it branches."""
    for name in (ON_LINE + " " + SPECIAL_ON_LINE).split():
        yield DECLARED[name], None, [A]
    for name in ON_POSITIVE.split():
        yield DECLARED[name], None, [positive(2, 3)]
    for name in WITHIN_ONE.split():
        yield DECLARED[name], None, [within_one(2, 3)]
    for name in WITH_OUTPUT.split():
        yield DECLARED[name], None, [positive(2, 3), A]
    yield trigonometric.acosh, None, [positive(2, 3) + 1]
    for name in PAIRS.split():
        yield DECLARED[name], None, [A, B]
        yield DECLARED[name], None, [A, ROW]
        yield DECLARED[name], None, [reals(2, 1), ROW]
    for name in QUOTIENTS.split():
        yield DECLARED[name], None, [A, positive(3)]
    yield arithmetic.atan2, None, [A, B]
    yield arithmetic.xlogy, None, [A, positive(2, 3)]
    yield arithmetic.pow_op, None, [positive(2, 3), ROW]
    yield arithmetic.pow_op, lambda x: tf.pow(x, 2.0), [A]
    yield arithmetic.pow_op, lambda x: x**3, [A]
    yield division.floormod, None, [A, positive(2, 3) + 3]
    yield division.floormod, lambda x, y: tf.floormod(x * 7.3, y), [A, positive(3)]
    yield special.zeta, lambda q: tf.zeta(tf.constant(2.5, tf.float64), q), [positive(3)]
    yield special.polygamma, lambda x: tf.polygamma(tf.constant(2.0, tf.float64), x), [positive(3)]
    yield special.igamma, None, [positive(3), positive(3)]
    yield special.igammac, None, [positive(3), positive(3)]
    beta = tf.constant
    yield (
        special.betainc,
        lambda x: tf.betainc(beta([2.0, 3.0], "float64"), beta([1.5, 2.5], "float64"), x),
        [np.array([0.3, 0.6])],
    )
    yield arithmetic.add_n_op, lambda x, y: tf.add_n([x, y, x]), [A, B]
    yield arithmetic.accumulate_n_op, lambda x, y: tf.accumulate_n([x, y, x]), [A, B]
    yield casts.cast_op, lambda x: tf.cast(tf.cast(x, "complex128"), "float64") * x, [A]
    yield from complex_cases()
    yield from scan_cases()
    yield from reduction_cases()
    yield from product_cases()
    yield from matrix_cases()


def complex_cases():
    parts = [A, B]
    yield complex_numbers.complex_op, lambda x, y: tf.real(tf.complex(x, y) ** 3), parts
    yield complex_numbers.real_op, lambda x, y: tf.real(tf.exp(tf.complex(x, y))), parts
    yield complex_numbers.imag_op, lambda x, y: tf.imag(tf.sin(tf.complex(x, y))), parts
    yield complex_numbers.angle_op, lambda x, y: tf.angle(tf.complex(x, y)), parts
    yield complex_numbers.complex_abs_op, lambda x, y: tf.abs(tf.complex(x, y)), parts
    yield conjugate.conj_op, lambda x, y: tf.imag(tf.conj(tf.tanh(tf.complex(x, y)))), parts


def scan_cases():
    for exclusive in (False, True):
        for reverse in (False, True):
            how = {"exclusive": exclusive, "reverse": reverse}
            yield scan.cumsum_op, lambda x, how=how: tf.cumsum(x, 1, **how), [CUBE]
            yield scan.cumprod_op, lambda x, how=how: tf.cumprod(x, 1, **how), [CUBE]
            # The first element of an exclusive scan is the lowest number: constant, but huge.
            start = slice(0, -1) if reverse else slice(1, None)
            start = start if exclusive else slice(None)
            yield (
                scan.cumulative_logsumexp_op,
                lambda x, how=how, s=start: tf.math.cumulative_logsumexp(x, -1, **how)[..., s] * 2,
                [reals(2, 4)],
            )


def reduction_cases():
    reductions = {
        reducing.sum_op: tf.reduce_sum,
        reducing.mean_op: tf.reduce_mean,
        reducing.prod_op: tf.reduce_prod,
        reducing.max_op: tf.reduce_max,
        reducing.min_op: tf.reduce_min,
    }
    for op, function in reductions.items():
        for axis in (None, 0, -1, [0, 2], [1, -1], []):
            for keep in (False, True):
                yield op, lambda x, f=function, a=axis, k=keep: f(x, a, k), [CUBE]
        fed = np.array([2, 0], np.int32)
        yield op, lambda x, axis, f=function: f(x, axis), [CUBE, fed]
        yield op, lambda x, f=function: f(tf.placeholder_with_default(x, None), [0, 2]), [CUBE]
        yield op, lambda x, f=function: f(tf.placeholder_with_default(x, [None, 3, 2]), 1), [CUBE]


def product_cases():
    yield norms.cross, None, [A, B]
    for ta in (False, True):
        for tb in (False, True):
            x, y = reals(3, 2) if ta else reals(2, 3), reals(4, 3) if tb else reals(3, 4)
            how = {"transpose_a": ta, "transpose_b": tb}
            yield products.matmul_op, lambda x, y, how=how: tf.matmul(x, y, **how), [x, y]
            yield (
                products.sparse_matmul,
                lambda x, y, how=how: tf.cast(
                    tf.sparse_matmul(tf.to_float(x), tf.to_float(y), **how), tf.float64
                ),
                [x, y],
            )
            batch = {"adj_x": ta, "adj_y": tb}
            xs, ys = np.stack([x, 2 * x]), np.stack([y, -y])
            yield (
                products.batch_matmul,
                lambda x, y, b=batch: products.batch_matmul(x, y, **b),
                [xs, ys],
            )
            yield (
                products.batch_matmul_v2,
                lambda x, y, b=batch: products.batch_matmul_v2(x, y, **b),
                [xs[:, None], np.stack([ys[0], ys[1], ys[0]])],
            )


def matrix_cases():
    regular, rhs = symmetric(3) + np.triu(within_one(3, 3), 1), reals(3, 2)
    stack = np.stack([regular, regular.T])
    for adjoint in (False, True):
        how = {"adjoint": adjoint}
        yield solving.matrix_inverse, lambda x, h=how: tf.matrix_inverse(x, **h), [stack]
        yield solving.matrix_solve, lambda x, y, h=how: tf.matrix_solve(x, y, **h), [regular, rhs]
        for lower in (False, True):
            both = {"lower": lower, "adjoint": adjoint}
            yield (
                solving.matrix_triangular_solve,
                lambda x, y, b=both: tf.matrix_triangular_solve(x, y, **b),
                [regular, rhs],
            )
    yield solving.matrix_determinant, None, [stack]
    yield solving.log_matrix_determinant, lambda x: tf.linalg.slogdet(x)[1], [stack]
    # These ops read one triangle, so the other is tied to it.
    mirror = lambda x: (x + tf.matrix_transpose(x)) / 2
    yield solving.cholesky, lambda x: tf.cholesky(mirror(x)), [symmetric(3)]
    yield (
        decompositions.self_adjoint_eig_op,
        lambda x: tf.self_adjoint_eigvals(mirror(x)),
        [symmetric(3)],
    )
    yield (
        decompositions.self_adjoint_eig_op,
        lambda x: [v**2 if v.shape.ndims == 2 else v for v in tf.self_adjoint_eig(mirror(x))],
        [symmetric(3)],
    )
    yield functions.sqrtm, lambda x: tf.linalg.sqrtm(mirror(x)), [symmetric(3)]
    regularised = lambda x, y: least_squares.matrix_solve_ls_op(x, y, 0.3)
    yield least_squares.matrix_solve_ls_op, regularised, [reals(4, 3), reals(4, 2)]
    yield least_squares.matrix_solve_ls_op, regularised, [reals(3, 4), reals(3, 2)]
    diagonals = [reals(1, 4), positive(1, 4) + 5, reals(1, 4)]
    yield tridiagonal.tridiagonal_matmul_op, None, [*diagonals, reals(4, 2)]
    yield tridiagonal.tridiagonal_solve_op, None, [np.concatenate(diagonals), reals(4, 2)]
    # Q and R, U and V have signs of their own that a small step does not change.
    yield decompositions.qr, lambda x: list(tf.qr(x)), [reals(4, 3)]
    yield decompositions.qr, lambda x: list(tf.qr(x)), [regular]
    yield decompositions.svd_op, lambda x: tf.svd(x, compute_uv=False), [reals(4, 3)]
    for matrix in (reals(4, 3), reals(2, 4), regular):
        yield decompositions.svd_op, lambda x: list(tf.svd(x)), [matrix]


CASES = [
    pytest.param(op, function or op, arrays, id=f"{op.type}-{i}")
    for i, (op, function, arrays) in enumerate(cases())
]
# Computed in float32 whatever the inputs; being linear, it may take large steps.
IN_FLOAT32 = {"SparseMatMul": {"rtol": 1e-5, "step": 0.1}}


@pytest.mark.parametrize(("op", "function", "arrays"), CASES)
def test_gradient(op, function, arrays):
    """The rule gives the derivatives that difference quotients show."""
    check_gradients(function, *arrays, **IN_FLOAT32.get(op.type, {}))


SMOOTH = (
    "square sqrt rsqrt reciprocal exp expm1 log log1p sigmoid_op sin cos tan asin acos atan sinh "
    "cosh tanh asinh atanh erf erfc lgamma sqrt_grad rsqrt_grad reciprocal_grad sigmoid_grad "
    "tanh_grad multiply real_divide pow_op squared_difference atan2 xlogy xdivy"
)


@pytest.mark.parametrize("name", SMOOTH.split())
def test_second_derivative(name):
    """What a rule builds can be differentiated again."""
    op = DECLARED[name]
    arrays = [RNG.uniform(0.2, 0.8, (2, 3)) for _ in op.signature.inputs]
    check_gradients(op, *arrays, order=2, rtol=1e-5)


def test_second_derivatives_of_reductions():
    """Of a sum of squares, of a product, of a matrix product, through their own gradients."""
    check_gradients(lambda x: tf.reduce_sum(x**2, 1), A, order=2)
    check_gradients(lambda x: tf.reduce_mean(x**3, 0), A, order=2)
    check_gradients(lambda x: tf.reduce_prod(x, 1), A, order=2)
    check_gradients(lambda x: tf.reduce_max(x, 1) ** 2, A, order=2)
    check_gradients(lambda x: tf.reduce_logsumexp(x, 1), A, order=2)
    check_gradients(lambda x, y: tf.matmul(x, y, transpose_b=True) ** 2, A, B, order=2)
    check_gradients(lambda x: tf.cumsum(x**2, 1), A, order=2)


LIKE_JAX = (
    "negative square exp expm1 sin cos tanh sigmoid_op erf add subtract multiply real_divide "
    "squared_difference atan2"
)


@pytest.mark.parametrize("name", LIKE_JAX.split())
def test_vjp(name):
    """JAX differentiates the op's own function to the same gradients."""
    op = DECLARED[name]
    check_against_vjp(op, *([A, B][: len(op.signature.inputs)]))


def test_vjp_of_products():
    """The same of products of matrices, plain and in batches."""
    check_against_vjp(products.matmul_op, A, B, transpose_a=False, transpose_b=True)
    check_against_vjp(products.batch_matmul_v2, CUBE, CUBE, adj_x=True, adj_y=False)


def test_tiers_agree(monkeypatch):
    """Compiled, every gradient is what NumPy computes; one run of all of them, on each tier."""
    grads, feeds = [], {}
    for case in CASES:
        op, function, arrays = case.values
        if op.type in HOST_SIGNS:
            continue
        inputs = [tf.placeholder(array.dtype, array.shape) for array in arrays]
        floats = [x for x in inputs if x.dtype.is_floating]
        outputs = function(*inputs)
        grads += [g for g in tf.gradients(outputs, floats) if g is not None]
        feeds.update(zip(inputs, arrays, strict=True))
    results = []
    for tier in ("host", "xla"):
        monkeypatch.setenv("STILLFLOW_TIER", tier)
        with tf.Session() as session:
            results.append(session.run(grads, feeds))
    for grad, on_host, compiled in zip(grads, *results, strict=True):
        np.testing.assert_allclose(compiled, on_host, 1e-6, 1e-8, err_msg=grad.name)


# Vectors determined up to a sign, which LAPACK and XLA may choose differently.
HOST_SIGNS = {"Qr", "Svd", "SelfAdjointEigV2"}


def has_rule(op):
    return op.gradient_rule is not None and op.__module__.startswith(
        (
            "stillflow.ops.math",
            "stillflow.ops.reduce.reducing",
            "stillflow.ops.reduce.argmax",
            "stillflow.ops.linalg",
        )
    )


# Their derivatives are 0 or absent.
PIECEWISE_CONSTANT = {
    *("Floor", "Ceil", "Rint", "Round", "FloorDiv", "TruncateDiv"),
    "NextAfter",  # moves by less than a difference quotient can see
}


def test_every_rule_has_a_case():
    """No rule of these families goes unchecked."""
    rules = {name for name, op in all_ops().items() if has_rule(op)}
    assert rules - PIECEWISE_CONSTANT == {case.values[0].type for case in CASES}
