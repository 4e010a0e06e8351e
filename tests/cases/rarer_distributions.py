"""Rarer distributions and bijectors of `tf.contrib.distributions`, and statistics of samples."""

import numpy as np

from .arrays import f32, num, unit
from .distributions import FED, told
from .suite import Suite, internal_module

suite = Suite("rarer_distributions")

PAIR = num([0.3, 0.6])
TRIL = num([[2.0, 0.0], [0.5, 1.0]])
SCALE = num([[4.0, 1.0], [1.0, 1.25]])


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def distribution(id, make, value, validated=(False, True), **options):
    """Adds `make(tf.contrib.distributions, x, **settings)`, checked and not, x being fed."""
    for validate in validated:

        def program(tf, run, validate=validate):
            tf.set_random_seed(4)
            x = tf.placeholder(tf.float32, [2], "x")
            d = make(tf.contrib.distributions, x, validate_args=validate)
            told(tf, run, d, value, {x: FED}, **options)

        suite.case(f"{id}_checked" if validate else id, program, grad=False)


VECTORS = {"of_values": ("log_prob", "prob", "cdf")}
distribution(
    "low_rank",
    lambda D, x, **s: D.MultivariateNormalDiagPlusLowRank(
        [1.0, 2.0], x, None, unit(2, 1) + 1, [0.5], **s
    ),
    PAIR,
    **VECTORS,
)
distribution(
    "low_rank_of_none",
    lambda D, x, **s: D.MultivariateNormalDiagPlusLowRank(x, None, 2.0, **s),
    PAIR,
    **VECTORS,
)
distribution("exponential", lambda D, x, **s: D.VectorExponentialDiag([0.0, 0.1], x, **s), PAIR)
distribution("laplace", lambda D, x, **s: D.VectorLaplaceDiag(x, [1.0, 2.0], 0.5, **s), PAIR)
distribution("kumaraswamy", lambda D, x, **s: D.Kumaraswamy(x - 0.5, [2.0, 3.0], **s), PAIR)
distribution("sinh_arcsinh", lambda D, x, **s: D.SinhArcsinh(x, 2.0, 0.5, 1.25, **s), PAIR)
distribution("sinh_arcsinh_plain", lambda D, x, **s: D.SinhArcsinh(x, [1.0, 2.0], **s), PAIR)
distribution(
    "quantized",
    lambda D, x, **s: D.QuantizedDistribution(D.Normal(x, 2.0), low=-1.0, high=5.0, **s),
    num([2.0, 5.0]),
)
distribution(
    "quantized_without_bounds",
    lambda D, x, **s: D.QuantizedDistribution(D.Logistic(x, 2.0), **s),
    num([2.0, 4.0]),
)
distribution("reshaped", lambda D, x, **s: D.BatchReshape(D.Normal(x, 1.0), [2, 1], **s), f32(2, 1))
distribution(
    "reshaped_openly",
    lambda D, x, **s: D.BatchReshape(D.MultivariateNormalDiag([x, x + 1]), [1, -1], **s),
    f32(1, 2, 2),
    **VECTORS,
)
distribution("wishart", lambda D, x, **s: D.WishartFull(x[0] + 2, SCALE, **s), SCALE, **VECTORS)


@story
def wishart_of_factors(tf, run):
    tf.set_random_seed(4)
    x = tf.placeholder(tf.float32, [2], "x")
    d = tf.contrib.distributions.WishartCholesky(
        x + 2, num([TRIL, 2 * TRIL]), cholesky_input_output_matrices=True
    )
    value = num([TRIL, TRIL])
    run([d.log_prob(value), d.mean(), d.mode(), d.variance(), d.entropy()], {x: FED})
    run.refused(d.stddev)
    run([d.sample(2, seed=1), d.sample()], {x: FED})


@story
def wishart_numbers(tf, run):
    d = tf.contrib.distributions.WishartFull(4.0, SCALE)
    run([d.mean_log_det(), d.log_normalization(), d.scale(), d.df, d.dimension])
    run.refused(lambda: tf.contrib.distributions.WishartFull(1.0, SCALE))


def bijectors(tf, validate):
    """Bijectors, and what they are shown: x, and y."""
    B = tf.contrib.distributions.bijectors
    numbers = num([[0.25, 0.5, 0.75], [0.125, 0.5, 0.875]])
    tril = num([[1.5, 0.0], [0.5, 2.0]])
    yield B.SinhArcsinh(0.5, 1.5, validate), numbers, numbers
    yield B.Kumaraswamy(1.5, 2.0, validate), numbers, numbers
    yield B.Softsign(validate), numbers, numbers
    yield B.Square(validate), numbers, numbers
    yield B.Ordered(validate), numbers, numbers
    yield B.SoftmaxCentered(validate), numbers, numbers / np.sum(numbers, -1, keepdims=True)
    yield B.CholeskyOuterProduct(validate), tril, SCALE
    yield B.FillTriangular(validate_args=validate), numbers, num([tril, tril])
    yield B.MatrixInverseTriL(validate), tril, tril
    yield B.TransformDiagonal(B.Exp(), validate), SCALE, SCALE
    if not validate:  # TensorFlow fails.
        yield B.ScaleTriL(), numbers, num([tril, tril])


def there_and_back(tf, run, validate):
    for b, of_x, of_y in bijectors(tf, validate):
        x, y = tf.placeholder(tf.float32, of_x.shape), tf.placeholder(tf.float32, of_y.shape)
        least = b.forward_min_event_ndims
        made = [
            *(b.forward(x), b.inverse(y), b.forward_log_det_jacobian(x, least)),
            b.inverse_log_det_jacobian(y, b.inverse_min_event_ndims),
            b.forward_event_shape_tensor(tf.shape(x)[-least:] if least else []),
        ]
        if b.name in ("cholesky_outer_product", "scale_tril"):
            del made[2]  # TensorFlow's graph optimizer loses a sign.
        run(made, {x: of_x, y: of_y})
        event = list(of_x.shape)[len(of_x.shape) - least :]
        run.note([b.name, b.forward_event_shape(event).as_list()])


@story
def bijectors_unchecked(tf, run):
    there_and_back(tf, run, False)


@story
def bijectors_checked(tf, run):
    there_and_back(tf, run, True)


@story
def statistics(tf, run):
    D = tf.contrib.distributions
    x = tf.placeholder(tf.float32, [3, 4])
    made = [
        *(D.auto_correlation(x), D.auto_correlation(x, axis=0, max_lags=1, center=False)),
        D.auto_correlation(x, normalize=False),
        *(D.percentile(x, 30.0), D.percentile(x, 75.0, axis=1, interpolation="lower")),
        D.percentile(x, 40.0, axis=[0], keep_dims=True, interpolation="higher"),
        D.percentile(x, 50.0, keep_dims=True, validate_args=True),
    ]
    run.note([str(t.shape) for t in made])
    run(made, {x: unit(3, 4)})

    run.refused(lambda: D.percentile(x, 30.0, axis=5))
    run.refused(lambda: D.percentile(x, [30.0]))
    run.refused(lambda: D.auto_correlation([1, 2]))


@story
def moving(tf, run):
    D = tf.contrib.distributions
    value = tf.placeholder(tf.float32, [2])
    mean, variance = D.moving_mean_variance(value, 0.5)
    log = tf.get_variable("log", [2], initializer=tf.zeros_initializer())
    moved = D.assign_log_moving_mean_exp(log, value, 0.75)
    run(tf.global_variables_initializer())
    for given in (num([1, 2]), num([3, -1])):
        run([mean, variance, moved], {value: given})
    run.note([v.name for v in tf.global_variables()])
    run.refused(lambda: D.moving_mean_variance(tf.constant([1]), 0.5))


@story
def posteriors(tf, run):
    D = tf.contrib.distributions
    prior = D.Normal(num([0.0, 1.0]), 2.0)
    for known in (
        D.normal_conjugates_known_scale_posterior,
        D.normal_conjugates_known_scale_predictive,
    ):
        after = known(prior, 1.5, tf.constant(num([4.0, 3.0])), 3)
        run([after.loc, after.scale])
        run.refused(lambda known=known: known(prior, 1.5, tf.constant(1.0, tf.float64), 3))


@story
def seeds(tf, run):
    stream = tf.contrib.distributions.SeedStream(3, salt="a")
    other = tf.contrib.distributions.SeedStream(stream, salt="b")
    run.note([str(stream()), str(stream()), str(other())])
    run.note([tf.contrib.distributions.SeedStream(None, "c")(), stream.original_seed, stream.salt])


@story
def conditional(tf, run):
    D = tf.contrib.distributions

    class Shifted(D.ConditionalDistribution):
        def __init__(self):
            super().__init__(
                dtype=tf.float32,
                reparameterization_type=D.FULLY_REPARAMETERIZED,
                validate_args=False,
                allow_nan_stats=True,
            )

        def _log_prob(self, value, by):
            return value + by

        def _prob(self, value, by):
            return value * by

        def _sample_n(self, n, seed, by):
            return tf.ones([n]) * by

        def _event_shape(self):
            return tf.TensorShape([])

        def _batch_shape(self):
            return tf.TensorShape([])

    d = Shifted()
    run([d.log_prob(1.0, by=2.0), d.prob(1.0, by=-3.0), d.sample(2, by=4.0)])


@story
def conditional_transformed(tf, run):
    D = tf.contrib.distributions

    class Moved(D.bijectors.ConditionalBijector):
        def __init__(self):
            super().__init__(
                forward_min_event_ndims=0,
                graph_parents=[],
                is_constant_jacobian=True,
                validate_args=False,
                name="moved",
            )

        def _forward(self, x, by):
            return x + by

        def _inverse(self, y, by):
            return y - by

        def _inverse_log_det_jacobian(self, y, by=None):
            return tf.zeros([])

    tf.set_random_seed(4)
    y = tf.placeholder(tf.float32, [2], "y")
    d = D.ConditionalTransformedDistribution(D.Normal(0.5, 2.0), Moved())
    given = {"bijector_kwargs": {"by": [3.0, -1.0]}}
    drawn = d.sample(2, seed=3, **given)
    asked = [d.log_prob, d.prob, d.cdf, d.log_cdf, d.survival_function, d.log_survival_function]
    run([drawn, d.log_prob(drawn, **given), *(ask(y, **given) for ask in asked)], {y: PAIR})


@story
def poisson_lognormal(tf, run):
    D = tf.contrib.distributions
    tf.set_random_seed(4)
    x = tf.placeholder(tf.float32, [2], "x")
    for scheme in (
        D.quadrature_scheme_lognormal_quantiles,
        D.quadrature_scheme_lognormal_gauss_hermite,
    ):
        d = D.PoissonLogNormalQuadratureCompound(x, 0.5, 5, scheme, validate_args=True)
        counts = num([2.0, 1.0])
        moments = [d.mean(), d.variance(), d.stddev(), d.batch_shape_tensor()]
        run([d.sample(3, seed=2), d.log_prob(counts), d.prob(counts), *moments], {x: PAIR})


@story
def vectors_of_sinh_arcsinh(tf, run):
    D = tf.contrib.distributions
    tf.set_random_seed(4)
    x = tf.placeholder(tf.float32, [2], "x")
    for given in (
        {"loc": x, "scale_diag": [1.0, 2.0], "skewness": [0.5, -0.5], "tailweight": 1.5},
        {"loc": x, "scale_identity_multiplier": 2.0, "validate_args": True},
        {"scale_diag": x, "distribution": D.Laplace(0.0, 1.0), "validate_args": True},
    ):
        d = D.VectorSinhArcsinhDiag(**given)
        shapes = [d.batch_shape_tensor(), d.event_shape_tensor(), d.scale.to_dense()]
        run([d.sample(3, seed=2), d.log_prob(PAIR), d.prob(PAIR), *shapes], {x: PAIR})


@story
def helpers_of_distributions(tf, run):
    home = "contrib.distributions.python.ops.distribution_util"
    distribution_util = internal_module(tf, home)
    weights, means = num([[0.25, 0.75], [0.5, 0.5]]), num([[1.0, 2.0], [3.0, 5.0]])
    mixed = distribution_util.mixture_stddev(*map(tf.constant, (weights, means, weights)))
    x = tf.placeholder(tf.float32, None, "x")
    move = distribution_util.move_dimension
    moved = [move(x, 0, -1), move(x, 2, 1), move(x, -1, -1)]
    run([mixed, *moved], {x: num(np.arange(24).reshape(2, 3, 4))})
    run([move(tf.zeros([2, 3, 4]), 0, 1)])
    positive = distribution_util.make_tril_scale(
        scale_tril=x, validate_args=True, assert_positive=True
    )
    run([positive.to_dense()], {x: TRIL})
    run.refused(lambda: distribution_util.mixture_stddev(tf.ones([2, 2]), tf.ones([2]), weights))


@story
def affine_of_low_rank(tf, run):
    B = tf.contrib.distributions.bijectors
    x = tf.placeholder(tf.float32, [4, 2])
    factor = num([[1.0], [0.5]])
    for b in (
        B.Affine(shift=[1.0, 2.0], scale_perturb_factor=factor, scale_identity_multiplier=2.0),
        B.Affine(
            scale_diag=[1.0, 2.0],
            scale_perturb_factor=factor,
            scale_perturb_diag=[0.5],
            validate_args=True,
        ),
        B.Affine(shift=[1.0, 2.0], scale_tril=TRIL, scale_perturb_factor=factor),
    ):
        y = b.forward(x)
        run([y, b.inverse(x), b.forward_log_det_jacobian(x, 1)], {x: unit(4, 2)})
    run.refused(lambda: B.Affine(scale_perturb_diag=[0.5]))
