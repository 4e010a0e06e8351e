"""Distributions of vectors of `tf.contrib.distributions`, and the bijectors they rest on."""

from .arrays import num
from .distributions import FED, told
from .suite import Suite

suite = Suite("vector_distributions")

TRIL = num([[2.0, 0.0], [0.5, 1.0]])
COVARIANCE = num([[4.0, 1.0], [1.0, 1.25]])


def distribution(id, make, value=None, validated=(False, True)):
    """Adds `make(tf.contrib.distributions, x, **settings)`, x being fed."""
    for validate in validated:

        def program(tf, run, validate=validate):
            tf.set_random_seed(4)
            x = tf.placeholder(tf.float32, [2], "x")
            d = make(tf.contrib.distributions, x, validate_args=validate)
            given = num([0.5, 1.0]) if value is None else value
            told(tf, run, d, given, {x: FED}, of_values=("log_prob", "prob", "cdf"))

        suite.case(f"{id}_checked" if validate else id, program, grad=False)


distribution("diagonal", lambda D, x, **s: D.MultivariateNormalDiag([1.0, 2.0], x, **s))
distribution(
    "diagonal_and_multiplier",
    lambda D, x, **s: D.MultivariateNormalDiag(x, [[1.0, 2.0], [3.0, 4.0]], [0.5, 1.0], **s),
    num([[0.5, 1.0], [1.0, 2.0]]),
)
distribution("multiplied", lambda D, x, **s: D.MultivariateNormalDiag(x, None, 2.0, **s))
distribution("standard", lambda D, x, **s: D.MultivariateNormalDiag(x, **s), validated=[False])
distribution("centred", lambda D, x, **s: D.MultivariateNormalDiag(scale_diag=x, **s))
distribution("softplus", lambda D, x, **s: D.MultivariateNormalDiagWithSoftplusScale(x, x, **s))
distribution("triangular", lambda D, x, **s: D.MultivariateNormalTriL(x, TRIL, **s))
distribution(
    "triangular_batch",
    lambda D, x, **s: D.MultivariateNormalTriL(x, num([TRIL, 2 * TRIL, 3 * TRIL]), **s),
    num([[0.5, 1.0], [1.0, 2.0], [0.0, 0.0]]),
    validated=[False],
)
distribution("identity", lambda D, x, **s: D.MultivariateNormalTriL(x), validated=[False])
distribution("full", lambda D, x, **s: D.MultivariateNormalFullCovariance(x, COVARIANCE, **s))


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def by_operators(tf, run):
    D, L = tf.contrib.distributions, tf.linalg
    Normal = D.MultivariateNormalTriL.__bases__[0]  # It has no public name.
    for scale in (
        L.LinearOperatorFullMatrix(TRIL, is_non_singular=True),
        L.LinearOperatorLowerTriangular(num([TRIL, 3 * TRIL])),
    ):
        d = Normal(FED, scale)
        s = d.sample(2, seed=1)
        run([s, d.log_prob(s), d.stddev(), d.entropy()])
    run.refused(lambda: Normal(FED))
    run.refused(lambda: Normal([1.0, 2.0, 3.0], scale))
    run.refused(lambda: D.MultivariateNormalTriL())
    run.refused(lambda: D.MultivariateNormalDiag())


@story
def vectors_of_unknown_shapes(tf, run):
    D = tf.contrib.distributions
    x = tf.placeholder(tf.float32, [None, 2], "x")
    tril = tf.placeholder(tf.float32, [None, 2, 2], "tril")
    feeds = {x: [FED, 2 * FED], tril: [TRIL, 3 * TRIL]}
    for d in (D.MultivariateNormalDiag(x, x), D.MultivariateNormalTriL(x, tril)):
        s = d.sample([1, 2], seed=1)
        run.note([str(d), s.shape.as_list() if s.shape.ndims is not None else None])
        run([s, d.log_prob(s), d.log_prob(x), d.mean(), d.covariance(), d.entropy()], feeds)


@story
def divergences_of_vectors(tf, run):
    D = tf.contrib.distributions
    x = tf.constant(FED)
    kinds = (
        D.MultivariateNormalDiag(x, x),
        D.MultivariateNormalDiag(-x),
        D.MultivariateNormalTriL(x, TRIL),
        D.MultivariateNormalFullCovariance([0.0, 0.0], COVARIANCE),
    )
    for a in kinds:
        for b in kinds:
            run([D.kl_divergence(a, b), a.cross_entropy(b)])


@story
def gradients_of_vectors(tf, run):
    """As a variational autoencoder has them."""
    D = tf.contrib.distributions
    x = tf.constant(FED)
    prior = D.MultivariateNormalDiag(tf.zeros(2))
    for d in (
        D.MultivariateNormalDiag(x, tf.nn.softplus(x)),
        D.MultivariateNormalTriL(x, tf.diag(x) + TRIL),
    ):
        drawn = d.sample(3, seed=2)
        loss = D.kl_divergence(d, prior) + tf.reduce_sum(prior.log_prob(drawn) - d.log_prob(drawn))
        run(tf.gradients(loss, x))


@story
def operators_as_bijectors(tf, run):
    B, L = tf.contrib.distributions.bijectors, tf.linalg
    x = tf.placeholder(tf.float32, None, "x")
    scale = L.LinearOperatorLowerTriangular(TRIL, is_non_singular=True)
    for b in (
        B.AffineLinearOperator(FED, scale),
        B.AffineLinearOperator(FED, scale, validate_args=True),
        B.AffineLinearOperator(FED),
        B.AffineLinearOperator(),
    ):
        y = b.forward(x)
        known = b.forward(num([FED, -FED]))
        made = [y, b.inverse(x), b.forward_log_det_jacobian(x, 1), known, b.inverse(known)]
        run(made, {x: [[[1.0, 2.0]]]})
        run.note([b.name, known.shape.as_list()])
    run.refused(lambda: B.AffineLinearOperator(num([1]), 3.0))
    unsure = L.LinearOperatorLowerTriangular(TRIL)
    run.refused(lambda: B.AffineLinearOperator(FED, unsure, validate_args=True))
