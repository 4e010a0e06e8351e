"""Bijectors of vectors, and those that move numbers about."""

from .arrays import num
from .suite import Suite

suite = Suite("vector_bijectors")

FED = num([[0.25, 0.5], [0.125, 0.75]])
SHIFT = num([1.0, -2.0])
TRIL = num([[2.0, 7.0], [0.5, 1.0]])


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def there_and_back(tf, run, made):
    """Runs both ways of each, of a known shape and of an unknown one."""
    x = tf.placeholder(tf.float32, [2, 2], "x")
    u = tf.placeholder(tf.float32, None, "u")
    for b in made:
        y = b.forward(x)
        run([y, b.inverse(y), b.inverse(x), b.forward_log_det_jacobian(x, 1)], {x: FED})
        run([b.forward(u), b.inverse(u), b.inverse_log_det_jacobian(u, 1)], {u: FED})
        run.note([b.name, y.shape.as_list(), b.forward_min_event_ndims])


def affine(tf, validate):
    B = tf.contrib.distributions.bijectors
    yield B.Affine(validate_args=validate)
    yield B.Affine(SHIFT, validate_args=validate)
    yield B.Affine(SHIFT, 2.0, validate_args=validate)
    yield B.Affine(None, scale_diag=[2.0, 3.0], validate_args=validate)
    yield B.Affine(SHIFT, 0.5, [2.0, 3.0], validate_args=validate)
    yield B.Affine(SHIFT, scale_tril=TRIL, validate_args=validate)
    yield B.Affine(SHIFT, 0.5, [2.0, 3.0], TRIL, validate_args=validate, name="all")


@story
def affine_unchecked(tf, run):
    there_and_back(tf, run, affine(tf, False))


@story
def affine_checked(tf, run):
    there_and_back(tf, run, affine(tf, True))


@story
def affine_refused(tf, run):
    B = tf.contrib.distributions.bijectors
    run.refused(lambda: B.Affine(scale_perturb_diag=[1.0]))
    run.refused(lambda: B.Affine(SHIFT, scale_diag=tf.constant([1.0, 2.0], tf.float64)))
    x = tf.placeholder(tf.float32, [2], "x")
    run.attempt(B.Affine(scale_diag=x, validate_args=True).forward(FED), {x: [0.0, 1.0]})


@story
def gumbel(tf, run):
    B = tf.contrib.distributions.bijectors
    there_and_back(tf, run, [B.Gumbel(), B.Gumbel(SHIFT, 2.0), B.Gumbel(0.5, validate_args=True)])


@story
def permuted(tf, run):
    B = tf.contrib.distributions.bijectors
    order = tf.placeholder(tf.int32, [None], "order")
    x = tf.constant(num([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    for b in (
        B.Permute([2, 0, 1]),
        B.Permute([2, 0, 1], validate_args=True, name="turned"),
        B.Permute(order),
        B.Permute(order, validate_args=True),
    ):
        made = [b.forward(x), b.inverse(x), b.forward_log_det_jacobian(x, 1)]
        run([*made, b.inverse_log_det_jacobian(x, 2)], {order: [2, 0, 1]})
    run.attempt(b.forward(x), {order: [2, 0, 0]})
    run.refused(lambda: B.Permute([0, 0, 1]))
    run.refused(lambda: B.Permute([0.5, 1.0]))


@story
def reshaped(tf, run):
    B = tf.contrib.distributions.bijectors
    x = tf.constant(num([[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]]))
    u = tf.placeholder(tf.float32, None, "u")
    sizes = tf.placeholder(tf.int32, [2], "sizes")
    feeds = {u: num([[1, 2, 3, 4, 5, 6]]), sizes: [3, 2]}
    for validate in (False, True):
        for b in (
            B.Reshape([3, 2], validate_args=validate),
            B.Reshape([2, -1], [6], validate_args=validate),
            B.Reshape(sizes, [6], validate_args=validate),
            B.Reshape([6], [1, 6], validate_args=validate, name="flat"),
        ):
            x_in = x[:, None, :] if b.name == "flat" else x
            u_in = u[:, None, :] if b.name == "flat" else u
            y = b.forward(x_in)
            run([y, b.inverse(y), b.forward(u_in), b.inverse(b.forward(u_in) + 0)], feeds)
            run([b.forward_log_det_jacobian(x_in, 1), b.inverse_log_det_jacobian(y, 2)], feeds)
    b = B.Reshape([3, 2], [6])
    run.note([b.forward_event_shape([6]).as_list(), b.inverse_event_shape([3, 2]).as_list()])
    run([b.forward_event_shape_tensor([6]), b.inverse_event_shape_tensor([3, 2])])
    run.refused(lambda: b.forward(num([1, 2, 3, 4, 5])))
    run.refused(lambda: B.Reshape([[3, 2]]))
    run.refused(lambda: B.Reshape([3.0, 2.0]))


@story
def gradients_of_vectors_transformed(tf, run):
    D = tf.contrib.distributions
    x = tf.constant(SHIFT)
    normal = D.MultivariateNormalDiag([0.0, 0.0])
    chain = D.bijectors.Chain([D.bijectors.Affine(x, scale_tril=TRIL), D.bijectors.Permute([1, 0])])
    d = D.TransformedDistribution(normal, chain)
    drawn = d.sample(2, seed=1)
    run([drawn, d.log_prob(FED)])
    run(tf.gradients(tf.reduce_sum(d.log_prob(FED)) + tf.reduce_sum(drawn), x))


@story
def operators_of_unknown_rank(tf, run):
    B, L = tf.contrib.distributions.bijectors, tf.linalg
    tril = tf.placeholder(tf.float32, None, "tril")
    x = tf.placeholder(tf.float32, None, "x")
    for validate in (False, True):
        scale = L.LinearOperatorLowerTriangular(tril, is_non_singular=True)
        b = B.AffineLinearOperator(scale=scale, validate_args=validate)
        made = [b.forward(x), b.inverse(x), b.forward_log_det_jacobian(x, 1)]
        run(made, {tril: TRIL, x: FED})
        run(made, {tril: num([TRIL, 2 * TRIL]), x: FED})
        run(b.forward(tf.constant(FED)), {tril: TRIL})
