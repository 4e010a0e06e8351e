"""Flows of `tf.contrib.distributions`: masked and coupled networks, batch normalization, vectors
that are drawn element by element."""

from .arrays import unit
from .suite import Suite

suite = Suite("flows")

X = unit(3, 4)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def both_ways(tf, run, bijector, x):
    """The values both ways, the Jacobian of the inverse, and gradients of the weights.

    The Jacobian forward is built alone: TensorFlow's graph optimizer takes its sign away.
    """
    forward = bijector.forward(tf.identity(x))
    inverse = bijector.inverse(tf.identity(x))
    slopes = [
        bijector.forward_log_det_jacobian(tf.identity(x), event_ndims=1),
        bijector.inverse_log_det_jacobian(tf.identity(x), event_ndims=1),
    ]
    weights = tf.trainable_variables()
    loss = tf.reduce_sum(inverse) + tf.reduce_sum(slopes[1])
    gradients = [g for g in tf.gradients(loss, weights) if g is not None]
    run.note([variable.name for variable in weights])
    run.session.run(tf.global_variables_initializer())
    for made in [forward, inverse, slopes[1], *gradients]:
        run(made)


def masked(name, template=None, **options):
    """Adds a masked flow."""

    def program(tf, run):
        tf.set_random_seed(2)
        b = tf.contrib.distributions.bijectors
        network = b.masked_autoregressive_default_template([6, 5], **(template or {}))
        both_ways(tf, run, b.MaskedAutoregressiveFlow(network, **options), tf.constant(X))

    suite.case(name, program, grad=False)


masked("masked")
masked("masked_unrolled", unroll_loop=True)
masked("masked_shift", {"shift_only": True}, is_constant_jacobian=True)


def coupled(name, **options):
    """Adds a coupled flow."""

    def program(tf, run):
        tf.set_random_seed(2)
        b = tf.contrib.distributions.bijectors
        network = b.real_nvp_default_template([5], **options)
        both_ways(tf, run, b.RealNVP(2, network), tf.constant(X))

    suite.case(name, program, grad=False)


coupled("coupled")
coupled("coupled_shift", shift_only=True, activation=None)


@story
def masked_layer(tf, run):
    tf.set_random_seed(2)
    b = tf.contrib.distributions.bijectors
    for exclusive in (False, True):
        made = b.masked_dense(tf.constant(X), 8, num_blocks=4, exclusive=exclusive, activation=None)
        run.session.run(tf.global_variables_initializer())
        run(made)
    run.refused(lambda: b.masked_dense(tf.placeholder(tf.float32, [2, None]), 8, 4))


@story
def normalized(tf, run):
    b = tf.contrib.distributions.bijectors
    both_ways(tf, run, b.BatchNormalization(), tf.constant(X))
    layer = tf.layers.BatchNormalization(momentum=0.5, name="own")
    both_ways(tf, run, b.BatchNormalization(layer, training=False), tf.constant(X))
    run.refused(lambda: b.BatchNormalization(tf.layers.Dense(2)))
    run.refused(lambda: b.BatchNormalization(tf.layers.BatchNormalization(renorm=True)))
    run.refused(lambda: b.BatchNormalization(tf.layers.BatchNormalization(virtual_batch_size=2)))
    run.refused(lambda: b.BatchNormalization().forward(tf.placeholder(tf.float32, [None, 4])))


@story
def autoregressive(tf, run):
    tfd = tf.contrib.distributions
    tf.set_random_seed(3)

    def following(sample=None):
        loc = tf.zeros([3]) if sample is None else tf.cumsum(sample, axis=-1, exclusive=True)
        return tfd.Independent(tfd.Normal(loc, 1.0), reinterpreted_batch_ndims=1)

    made = tfd.Autoregressive(following, sample0=tf.zeros([2, 3]))
    run(made.sample(seed=4))
    run(made.log_prob(unit(2, 3)))
    run(made.prob(unit(2, 3)))
    run.note([str(made.batch_shape), str(made.event_shape), made.num_steps])
    run.refused(lambda: tfd.Autoregressive(following, num_steps=0))


@story
def misused(tf, run):
    b = tf.contrib.distributions.bijectors
    run.refused(lambda: b.RealNVP(0, None))
    network = b.real_nvp_default_template([5])
    run.refused(lambda: b.RealNVP(4, network).forward(tf.constant(X)))
    run.refused(lambda: b.RealNVP(1, network).forward(tf.placeholder(tf.float32, [2, None])))
    flow = b.MaskedAutoregressiveFlow(lambda x: (x, None), unroll_loop=True)
    run.refused(lambda: flow.forward(tf.placeholder(tf.float32, [2, None])))
