"""Distributions: what they draw, how likely values are, their moments, and what they refuse."""

from .arrays import num
from .suite import Suite

suite = Suite("distributions")

MOMENTS = ("mean", "stddev", "variance", "entropy", "mode", "covariance")
SHAPES = ("batch_shape_tensor", "event_shape_tensor", "is_scalar_event", "is_scalar_batch")
OF_VALUES = (
    *("log_prob", "prob", "cdf", "log_cdf", "survival_function", "log_survival_function"),
    "quantile",
)
FED, RATE = num([2.0, 3.0]), num([1.0, 0.5])


def told(tf, run, d, value, feeds, of_values=OF_VALUES, seed=3):
    """Logs all that there is to know of a distribution."""
    run.note([str(d).split("(")[0], d.batch_shape.as_list(), d.event_shape.as_list()])
    asked = [*((name, ()) for name in MOMENTS + SHAPES), *((name, (value,)) for name in of_values)]
    for name, arguments in asked:
        try:
            made = getattr(d, name)(*arguments)
        except NotImplementedError as error:
            run.note(str(error))
        else:
            run.attempt(made, feeds)
    drawn = d.sample([2], seed=seed)
    run.note(drawn.shape.as_list())
    run([drawn, d.sample(2), d.sample()], feeds)


def distribution(id, make, value, **options):
    """Adds `make(tf.distributions, x, **settings)`, checked and not, x being fed."""
    for validate in (False, True):

        def program(tf, run, validate=validate):
            tf.set_random_seed(4)
            x = tf.placeholder(tf.float32, [2], "x")
            settings = {"validate_args": validate, "allow_nan_stats": not validate}
            told(tf, run, make(tf.distributions, x, **settings), value, {x: FED}, **options)

        suite.case(f"{id}_checked" if validate else id, program, grad=False)


PAIR = num([0.3, 0.6])
distribution("normal", lambda D, x, **s: D.Normal(x, [[1.0], [2.0]], **s), PAIR)
distribution("laplace", lambda D, x, **s: D.Laplace(x, [[1.0], [2.0]], **s), PAIR)
distribution("uniform", lambda D, x, **s: D.Uniform(x, 4.0, **s), PAIR * 5)
distribution("student_t", lambda D, x, **s: D.StudentT(x - 0.5, 0.5, [1.0, 2.0], **s), PAIR)
distribution("gamma", lambda D, x, **s: D.Gamma(x - 1, num([2.0, 3.0]), **s), PAIR)
distribution("exponential", lambda D, x, **s: D.Exponential(x, **s), PAIR)
distribution("beta", lambda D, x, **s: D.Beta(x - 1, num([2.0, 3.0]), **s), PAIR)
distribution("bernoulli", lambda D, x, **s: D.Bernoulli(x - 2.5, **s), [[0, 0], [1, 0]])
distribution("bernoulli_probs", lambda D, x, **s: D.Bernoulli(probs=x / 4, **s), [1, 0])
distribution("categorical", lambda D, x, **s: D.Categorical(x, **s), [[1], [0]])
distribution("categorical_probs", lambda D, x, **s: D.Categorical(probs=x / 5, **s), 1)
distribution("dirichlet", lambda D, x, **s: D.Dirichlet(x, **s), num([0.25, 0.75]))
distribution(
    "dirichlet_multinomial", lambda D, x, **s: D.DirichletMultinomial(3.0, x, **s), [1.0, 2.0]
)
distribution("multinomial", lambda D, x, **s: D.Multinomial(3.0, x, **s), [1.0, 2.0])


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def divergences(tf, run):
    """And cross entropies."""
    D = tf.distributions
    x = tf.placeholder(tf.float32, [2], "x")
    pairs = [
        (D.Normal(x, 1.0), D.Normal(0.5, 2.0)),
        (D.Gamma(x, 1.0), D.Gamma(0.5, 2.0)),
        (D.Gamma(x, 1.0), D.Exponential(2.0)),
        (D.Beta(x, 1.0), D.Beta(0.5, 2.0)),
        (D.Bernoulli(x), D.Bernoulli(probs=0.25)),
        (D.Categorical(x), D.Categorical(probs=[0.25, 0.75])),
        (D.Dirichlet(x), D.Dirichlet([1.0, 2.0])),
    ]
    for a, b in pairs:
        run([D.kl_divergence(a, b, allow_nan_stats=False), a.cross_entropy(b)], {x: FED})
    run.refused(lambda: D.kl_divergence(D.Normal(0.0, 1.0), D.Laplace(0.0, 1.0)))
    run.refused(lambda: D.RegisterKL(D.Normal, D.Laplace)(3))


@story
def gradients_through_samples(tf, run):
    """Reparameterised ones have them."""
    D = tf.distributions
    x = tf.constant(FED)
    for d in (D.Normal(x, x), D.Gamma(x, x), D.Beta(x, x), D.Dirichlet(x), D.StudentT(x, x, x)):
        drawn = d.sample(3, seed=2)
        loss = tf.reduce_sum(tf.square(drawn)) + tf.reduce_sum(d.log_prob(drawn))
        run(tf.gradients(loss, x))


@story
def shapes_unknown(tf, run):
    D = tf.distributions
    x = tf.placeholder(tf.float32, None, "x")
    sizes = tf.placeholder(tf.int32, None, "sizes")
    for d in (D.Normal(x, 1.0), D.Gamma(x, 1.0), D.Dirichlet(x), D.Categorical(x)):
        run.note([d.batch_shape.ndims, d.event_shape.ndims])
        run([d.batch_shape_tensor(), d.event_shape_tensor(), d.is_scalar_batch()], {x: FED})
        for size in (2, [3, 1]):
            run(d.sample(sizes, seed=1), {x: FED, sizes: size})


@story
def copied(tf, run):
    d = tf.distributions.Normal(1.0, [2.0, 3.0], name="n")
    run(d.copy(loc=-1.0).mean())
    run.note(sorted(d.parameters))
    run.note([str(d), repr(d), d.name, str(d.reparameterization_type)])
    shapes = tf.distributions.Normal.param_static_shapes([2, 3])
    run.note({name: shape.as_list() for name, shape in shapes.items()})
    run.note(sorted(tf.distributions.StudentT.param_static_shapes([1])))


@story
def written_by_a_program(tf, run):
    """A distribution of which a program says the density alone."""
    D = tf.distributions

    class Triangle(D.Distribution):
        def __init__(self, name="Triangle"):
            super().__init__(
                dtype=tf.float32,
                reparameterization_type=D.NOT_REPARAMETERIZED,
                validate_args=False,
                allow_nan_stats=True,
                name=name,
            )

        def _prob(self, x):
            return tf.maximum(1 - tf.abs(x), 0)

        def _cdf(self, x):
            return tf.where(x < 0, (x + 1) ** 2 / 2, 1 - (1 - x) ** 2 / 2)

        def _stddev(self):
            return tf.constant(0.5)

    d = Triangle()
    x = tf.constant([-0.5, 0.25])
    run([d.log_prob(x), d.log_cdf(x), d.survival_function(x), d.log_survival_function(x)])
    run(d.variance())
    run.refused(d.sample)
    run.refused(d.mean)


@story
def refused(tf, run):
    D = tf.distributions
    run.refused(lambda: D.Bernoulli())
    run.refused(lambda: D.Bernoulli(1.0, 0.5))
    run.refused(lambda: D.Bernoulli(probs=1))
    run.refused(lambda: D.Normal(1.0, 2.0).sample([[1]]))
    run.refused(lambda: D.Categorical([1.0], validate_args=True))
    run.refused(lambda: D.Categorical(1.0))
    x = tf.placeholder(tf.float32, [1], "x")
    run.attempt(D.Normal(0.0, x, validate_args=True).sample(seed=1), {x: [-1.0]})
    run.attempt(D.Bernoulli(probs=x, validate_args=True).mean(), {x: [1.5]})
