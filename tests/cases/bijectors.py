"""Bijectors, distributions that they transform, and matrices made of vectors."""

from .arrays import num
from .suite import Suite

suite = Suite("bijectors")

FED = num([[0.25, 0.5, 0.75], [0.125, 1.5, 0.875]])
VECTOR = num([0.5, 0.75])


def bijectors(tf, validate):
    B = tf.contrib.distributions.bijectors
    yield B.Identity(validate)
    yield B.Exp(validate)
    yield B.PowerTransform(0.5, validate)
    yield B.Sigmoid(validate)
    yield B.Softplus()
    yield B.Softplus(0.5, validate)
    yield B.AffineScalar(0.5, 2.0, validate)
    yield B.AffineScalar(validate_args=validate)
    yield B.Invert(B.Exp(validate))
    yield B.Chain([B.Exp(), B.AffineScalar(1.0, 2.0)], validate)
    yield B.Inline(
        forward_fn=tf.exp,
        inverse_fn=tf.log,
        inverse_log_det_jacobian_fn=lambda y: -tf.log(y),
        forward_min_event_ndims=0,
    )


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def there_and_back(tf, run, validate):
    x = tf.placeholder(tf.float32, [2, 3], "x")
    u = tf.placeholder(tf.float32, None, "u")
    for b in bijectors(tf, validate):
        y = b.forward(x)
        made = [
            *(y, b.inverse(y), b.inverse(x / 2), b.forward_log_det_jacobian(x, 1)),
            *(b.inverse_log_det_jacobian(x / 2, event_ndims=2), b.forward(u)),
            *(b.inverse_log_det_jacobian(u, 0), b.inverse_event_shape_tensor([2])),
        ]
        run(made, {x: FED, u: VECTOR})
        run.note([b.name, b.forward_event_shape([3]).as_list(), b.forward_min_event_ndims])


@story
def unchecked(tf, run):
    there_and_back(tf, run, False)


@story
def checked(tf, run):
    there_and_back(tf, run, True)


@story
def two_inverses(tf, run):
    b = tf.contrib.distributions.bijectors.AbsoluteValue(validate_args=True)
    x = tf.constant(FED)
    run([b.forward(x), b.inverse(x), b.inverse_log_det_jacobian(x, 0)])
    run.refused(lambda: b.forward_log_det_jacobian(x, 0))
    run.refused(lambda: tf.contrib.distributions.bijectors.Invert(b))


@story
def transformed(tf, run):
    D = tf.contrib.distributions
    B, T = D.bijectors, D.TransformedDistribution
    tf.set_random_seed(4)
    u = tf.placeholder(tf.float32, None, "u")
    pair, one = D.Normal([0.0, 1.0], 1.0), D.Normal(0.0, 1.0)
    for d in (
        T(pair, B.Exp()),
        T(one, B.AffineScalar(1.0, 2.0), event_shape=[3]),
        T(pair, B.AffineScalar(1.0, 2.0), event_shape=[3]),
        T(one, B.Sigmoid(), batch_shape=[2], name="squeezed"),
        T(one, B.AbsoluteValue()),
        T(D.Normal(u, 1.0), B.Exp(), validate_args=True),
    ):
        s = d.sample([2], seed=1)
        run.note([str(d), s.shape.as_list() if s.shape.ndims is not None else None])
        run([s, d.log_prob(s), d.prob(s), d.batch_shape_tensor()], {u: VECTOR})
        for hook in ("cdf", "log_cdf", "survival_function", "log_survival_function", "quantile"):
            try:
                made = getattr(d, hook)(0.25)
            except NotImplementedError as error:
                run.note(str(error))
            else:
                run(made, {u: VECTOR})
        try:
            run(d.entropy())
        except NotImplementedError as error:
            run.note(str(error))
    run.refused(lambda: T(pair, B.Exp(), batch_shape=[2]))
    run.refused(lambda: T(one, B.Exp(), batch_shape=[-2]))


@story
def written_by_a_program(tf, run):
    B = tf.contrib.distributions.bijectors

    class Cube(B.Bijector):
        def __init__(self):
            super().__init__(forward_min_event_ndims=0)

        def _forward(self, x):
            return x**3

        def _inverse(self, y):
            return y ** (1 / 3)

        def _forward_log_det_jacobian(self, x):
            return tf.log(3 * x * x)

    b = Cube()
    run([b.forward(FED), b.inverse_log_det_jacobian(FED, 1), b.forward_log_det_jacobian(FED, 0)])
    run.note(b.name)
    run.refused(lambda: b.forward_log_det_jacobian(FED, -1))


@story
def triangular_matrices(tf, run):
    D = tf.contrib.distributions
    x = tf.placeholder(tf.float32, None, "x")
    six = num([[1, 2, 3, 4, 5, 6]])
    for upper in (False, True):
        full = D.fill_triangular(six, upper)
        run([full, D.fill_triangular_inverse(full, upper)])
        unknown = D.fill_triangular(x, upper)
        run([unknown, D.fill_triangular_inverse(unknown, upper)], {x: six})
    run(D.matrix_diag_transform(full, tf.exp))
    run(D.tridiag([1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0]))
    run.refused(lambda: D.fill_triangular(num([1, 2])))


@story
def sums_and_inverses(tf, run):
    D = tf.contrib.distributions
    run(D.softplus_inverse(num([1e-6, 0.5, 3.0, 50.0])))
    run(D.reduce_weighted_logsumexp(FED, axis=1, return_sign=True))
    run(D.reduce_weighted_logsumexp(FED, -FED, axis=0, return_sign=True))
