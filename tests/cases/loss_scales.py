"""Losses scaled before they are differentiated, with fixed and dynamic scales."""

import numpy as np

from .suite import Suite

suite = Suite("loss_scales")


def story(fn):
    suite.case(fn.__name__, fn, grad=False)
    return fn


def trained(tf, run, wrap, steps=4, variables=()):
    """Trains two numbers with what `wrap` makes of an optimizer; an infinity comes on the way."""
    fed = tf.placeholder(tf.float32, [], name="fed")
    w = tf.get_variable("w", initializer=np.float32([1.0, 2.0]))
    rows = tf.gather(tf.get_variable("t", initializer=np.float32([[1.0], [2.0]])), [1])
    loss = tf.reduce_sum(w * w) * fed + tf.reduce_sum(rows)
    step = tf.train.create_global_step()
    optimizer = wrap(tf.train.GradientDescentOptimizer(0.25))
    train = optimizer.minimize(loss, step)
    run.note([train.name, train.type])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for number in range(steps):
            session.run(train, {fed: np.inf if number == 2 else 1.0})
            run.note([*session.run([w, step]), *session.run(tf.global_variables()[3:])])


@story
def fixed(tf, run):
    experimental = tf.train.experimental
    trained(tf, run, lambda opt: experimental.MixedPrecisionLossScaleOptimizer(opt, 8), steps=2)
    scale = experimental.FixedLossScale(4)
    run.note([repr(scale), scale.get_config(), repr(type(scale).from_config(scale.get_config()))])


@story
def dynamic(tf, run):
    scale = tf.train.experimental.DynamicLossScale(64, 2, 4)
    run.note([repr(scale), sorted(scale.get_config().items())])
    trained(tf, run, lambda o: tf.train.experimental.MixedPrecisionLossScaleOptimizer(o, scale))


@story
def rewritten(tf, run):
    experimental = tf.train.experimental
    trained(tf, run, experimental.enable_mixed_precision_graph_rewrite)
    experimental.disable_mixed_precision_graph_rewrite()


@story
def managed(tf, run):
    mixed = tf.contrib.mixed_precision
    manager = mixed.ExponentialUpdateLossScaleManager(16, 2, decr_every_n_nan_or_inf=1)
    fed = tf.placeholder(tf.float32, [])
    w = tf.get_variable("w", initializer=np.float32([1.0, 2.0]))
    optimizer = mixed.LossScaleOptimizer(tf.train.GradientDescentOptimizer(0.25), manager)
    train = optimizer.minimize(tf.reduce_sum(w * w) * fed)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for value in (1.0, 1.0, np.inf, 1.0):
            session.run(train, {fed: value})
            run.note([session.run(w), session.run(manager.get_loss_scale())])


@story
def refused(tf, run):
    experimental = tf.train.experimental
    opt = tf.train.GradientDescentOptimizer(0.1)
    wrap = experimental.MixedPrecisionLossScaleOptimizer
    run.refused(lambda: experimental.FixedLossScale(0.5))
    run.refused(lambda: experimental.FixedLossScale("x"))
    run.refused(lambda: wrap(3, 1))
    run.refused(lambda: wrap(opt, "x"))
    run.refused(lambda: experimental.enable_mixed_precision_graph_rewrite(3))
    wrapped = wrap(opt, 2)
    run.refused(lambda: experimental.enable_mixed_precision_graph_rewrite(wrapped))
    run.refused(lambda: tf.contrib.mixed_precision.FixedLossScaleManager(0.5))


@story
def one_of_two_ways(tf, run):
    rewrite = tf.train.experimental.enable_mixed_precision_graph_rewrite
    opt = tf.train.GradientDescentOptimizer(0.1)
    policies = tf.keras.mixed_precision.experimental
    policies.set_policy("infer_float32_vars")
    run.refused(lambda: rewrite(opt))
    policies.set_policy(None)
    rewrite(opt)
    run.refused(lambda: policies.set_policy("infer_float32_vars"))
    run.refused(lambda: policies.set_policy(None))
    tf.train.experimental.disable_mixed_precision_graph_rewrite()
    policies.set_policy("infer")
    run.note(repr(policies.global_policy()))
    policies.set_policy(None)
