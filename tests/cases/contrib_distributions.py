"""Distributions of `tf.contrib.distributions`."""

from .arrays import num
from .distributions import FED, told
from .suite import Suite

suite = Suite("contrib_distributions")


def distribution(id, make, value, validated=(False, True), **options):
    """Adds `make(tf.contrib.distributions, x, validate)`, x being fed."""
    for validate in validated:

        def program(tf, run, validate=validate):
            tf.set_random_seed(4)
            x = tf.placeholder(tf.float32, [2], "x")
            told(tf, run, make(tf.contrib.distributions, x, validate), value, {x: FED}, **options)

        suite.case(f"{id}_checked" if validate else id, program, grad=False)


distribution("logistic", lambda D, x, v: D.Logistic(x, [[1.0], [2.0]], v), num([0.25, 3.0]))
distribution(
    "one_hot_categorical",
    lambda D, x, v: D.OneHotCategorical(x, dtype=x.dtype, validate_args=v),
    num([[0, 1], [1, 0]]),
    validated=[False],
    of_values=("log_prob",),
)
distribution(
    "one_hot_categorical_probs",
    lambda D, x, v: D.OneHotCategorical(probs=x / 5),
    [0.0, 1.0],
    validated=[False],
    of_values=("log_prob", "prob"),
)
distribution(
    "exp_relaxed",
    lambda D, x, v: D.ExpRelaxedOneHotCategorical(0.5, x, validate_args=v),
    num([-0.5, -0.9327521]),
    of_values=("log_prob",),
)
distribution(
    "relaxed_one_hot",
    lambda D, x, v: D.RelaxedOneHotCategorical(0.5, x),
    num([0.25, 0.75]),
    validated=[False],
    of_values=("log_prob", "prob"),
)
distribution(
    "relaxed_bernoulli",
    lambda D, x, v: D.RelaxedBernoulli(0.5, x - 2, validate_args=v),
    num([0.25, 0.75]),
)
distribution(
    "independent",
    lambda D, x, v: D.Independent(D.Normal(x, [[1.0], [2.0], [4.0]]), 1, v),
    num([[0.5, 1.0]]),
)
distribution(
    "independent_by_default",
    lambda D, x, v: D.Independent(D.Normal(x, [[1.0], [2.0], [4.0]]), validate_args=v),
    num([[0.5, 1.0]]),
    validated=[False],
    of_values=("log_prob",),
)
distribution("poisson", lambda D, x, v: D.Poisson(x, validate_args=v), num([1.0, 4.0]))
distribution(
    "poisson_log_rate",
    lambda D, x, v: D.Poisson(log_rate=x / 2),
    num([1.0, 4.0]),
    validated=[False],
)
distribution("deterministic", lambda D, x, v: D.Deterministic(x, 0.25, 0.125, v), num([2.5, 4.0]))
distribution(
    "vector_deterministic",
    lambda D, x, v: D.VectorDeterministic([[1.0, 2.0], [2.0, 3.0]], validate_args=v),
    num([2.0, 3.0]),
)


def mixture(D, x, static=False, validate=False):
    return D.Mixture(
        D.Categorical(probs=[[0.25, 0.75], [0.5, 0.5]]),
        [D.Normal(x, 1.0), D.Normal(-x, [0.5, 2.0])],
        validate_args=validate,
        use_static_graph=static,
    )


distribution("mixture", lambda D, x, v: mixture(D, x, validate=v), num([0.5, 1.0]))
distribution(
    "mixture_selected",
    lambda D, x, v: mixture(D, x, static=True),
    num([0.5, 1.0]),
    validated=[False],
)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def divergences(tf, run):
    D = tf.contrib.distributions
    x = tf.constant(FED)
    run(D.kl_divergence(D.OneHotCategorical(x), D.OneHotCategorical(probs=x / 5)))
    a, b = D.Independent(D.Normal(x, 1.0), 1), D.Independent(D.Normal(0.0, [1.0, 2.0]), 1)
    run([a.kl_divergence(b), a.cross_entropy(b)])
    run.refused(lambda: D.Independent(D.Normal(x, 1.0), 2))


@story
def gradients_through_relaxed_samples(tf, run):
    D = tf.contrib.distributions
    x = tf.constant(FED)
    for d in (D.RelaxedOneHotCategorical(0.5, x), D.RelaxedBernoulli(0.5, x), D.Logistic(x, x)):
        drawn = d.sample(3, seed=2)
        run(tf.gradients(tf.reduce_sum(tf.square(drawn)), x))


@story
def mixtures_refused(tf, run):
    D = tf.contrib.distributions
    cat, one = D.Categorical(probs=[0.5, 0.5]), D.Normal(0.0, 1.0)
    run(D.Mixture(cat, [one, one]).entropy_lower_bound())
    run.refused(lambda: D.Mixture(one, [one]))
    run.refused(lambda: D.Mixture(cat, []))
    run.refused(lambda: D.Mixture(cat, [one]))
    run.refused(lambda: D.Mixture(cat, [one, 3]))
