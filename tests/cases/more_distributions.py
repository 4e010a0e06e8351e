"""Distributions of single numbers of `tf.contrib.distributions`, and mixtures of one family."""

from .arrays import num
from .distributions import FED, told
from .suite import Suite

suite = Suite("more_distributions")

PAIR = num([0.25, 0.5])
COUNTS = num([1.0, 2.0])


def distribution(id, make, value, validated=(False, True), **options):
    """Adds `make(tf.contrib.distributions, x, **settings)`, checked and not, x being fed."""
    for validate in validated:

        def program(tf, run, validate=validate):
            tf.set_random_seed(4)
            x = tf.placeholder(tf.float32, [2], "x")
            settings = {"validate_args": validate, "allow_nan_stats": not validate}
            d = make(tf.contrib.distributions, x, **settings)
            told(tf, run, d, value, {x: FED}, **options)

        suite.case(f"{id}_checked" if validate else id, program, grad=False)


distribution("half_normal", lambda D, x, **s: D.HalfNormal(x, **s), PAIR)
distribution("inverse_gamma", lambda D, x, **s: D.InverseGamma(x - 0.5, [1.0, 2.0], **s), PAIR)
distribution(
    "inverse_gamma_softplus",
    lambda D, x, **s: D.InverseGammaWithSoftplusConcentrationRate(x, 0.5),
    PAIR,
    validated=[False],
)
distribution("geometric", lambda D, x, **s: D.Geometric(x - 2.5, **s), COUNTS)
distribution("geometric_probs", lambda D, x, **s: D.Geometric(probs=x / 4, **s), COUNTS)
distribution("negative_binomial", lambda D, x, **s: D.NegativeBinomial(x, -0.5, **s), COUNTS)
distribution(
    "negative_binomial_probs",
    lambda D, x, **s: D.NegativeBinomial([0.5], probs=x / 4),
    COUNTS,
    validated=[False],
    of_values=("log_prob", "prob"),
)
distribution("cauchy", lambda D, x, **s: D.Cauchy(x, [1.0, 2.0]), PAIR, validated=[False])
distribution("chi2", lambda D, x, **s: D.Chi2(x, **s), PAIR)
distribution("chi2_abs", lambda D, x, **s: D.Chi2WithAbsDf(-x * 1.25), PAIR, validated=[False])


def numbers(D, x, **settings):
    return D.MixtureSameFamily(
        D.Categorical(probs=[0.25, 0.75]), D.Normal(x, [1.0, 0.5]), **settings
    )


def batches(D, x, **settings):
    classes = D.Categorical(num([[0.0, 1.0], [2.0, 0.5]]))
    return D.MixtureSameFamily(classes, D.Normal([[0.0, 1.0], [2.0, 3.0]], x), **settings)


def vectors(D, x, **settings):
    components = D.MultivariateNormalDiag([[-1.0, 1.0], [1.0, -1.0]], [[0.5, 1.0], [2.0, 1.0]])
    return D.MixtureSameFamily(D.Categorical(x), components, **settings)


VALUES = ("log_prob", "prob", "cdf", "log_cdf")
distribution("mixture_of_numbers", numbers, num([0.5, 1.0, 2.0]), [False], of_values=VALUES)
distribution("mixture_of_batches", batches, num([0.5, 1.0]), [False], of_values=VALUES)
distribution("mixture_of_vectors", vectors, num([0.5, 1.0]), [False], of_values=("log_prob",))


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def binomial(tf, run):
    """Which draws no samples."""
    D = tf.contrib.distributions
    x = tf.placeholder(tf.float32, [2], "x")
    for validate in (False, True):
        for d in (
            D.Binomial([4.0, 5.0], probs=x / 4, validate_args=validate),
            D.Binomial(5.0, x - 2, validate_args=validate),
        ):
            made = [d.mean(), d.variance(), d.stddev(), d.mode(), d.batch_shape_tensor()]
            made += [d.prob(COUNTS), d.log_prob(COUNTS), d.cdf(COUNTS), d.cdf(4.0)]
            run(made, {x: FED})
            run.note([str(d), sorted(d.parameters)])
    run.attempt(d.prob([6.0, 1.0]), {x: FED})
    run.refused(d.sample)
    run.refused(d.entropy)


@story
def cauchy_of_no_mean(tf, run):
    D = tf.contrib.distributions
    d = D.Cauchy(0.0, [1.0, 2.0], validate_args=True, allow_nan_stats=False)
    run([d.quantile(PAIR), d.log_prob(PAIR), d.sample(seed=1)])
    run.refused(d.mean)
    run.refused(d.stddev)


@story
def mixtures_of_unknown_shapes(tf, run):
    D = tf.contrib.distributions
    tf.set_random_seed(4)
    x = tf.placeholder(tf.float32, [None, None], "x")
    d = D.MixtureSameFamily(D.Categorical(x), D.Normal(x, 1.0))
    made = [d.log_prob([0.5]), d.mean(), d.variance(), d.batch_shape_tensor(), d.sample(2)]
    run(made, {x: [FED]})


@story
def mixtures_refused(tf, run):
    D = tf.contrib.distributions
    pair = D.Categorical(probs=[0.5, 0.5])
    run.refused(lambda: D.MixtureSameFamily(pair, D.Normal([0.0, 1.0, 2.0], 1.0)))
    run.refused(lambda: D.MixtureSameFamily(D.Normal(0.0, 1.0), D.Normal([0.0, 1.0], 1.0)))
    rows = D.Categorical(num([[0.0, 1.0], [2.0, 0.5]]))
    run.refused(lambda: D.MixtureSameFamily(rows, D.Normal([0.0, 1.0], 1.0)))


@story
def gradients(tf, run):
    D = tf.contrib.distributions
    x = tf.constant(FED)
    for d in (D.HalfNormal(x), D.Cauchy(x, x), D.Chi2(x)):
        drawn = d.sample(3, seed=2)
        run(tf.gradients(tf.reduce_sum(d.log_prob(drawn)) + tf.reduce_sum(drawn), x))
    for d in (numbers(D, x), vectors(D, x)):
        run(tf.gradients(tf.reduce_sum(d.log_prob(PAIR)), x))
