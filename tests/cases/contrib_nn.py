"""`tf.contrib.nn`, `sparsemax`, `stateless` and `util`."""

import numpy as np

from .arrays import ints, num, unit
from .suite import Suite

suite = Suite("contrib_nn")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def alpha_dropout(tf, run):
    tf.set_random_seed(3)
    x = tf.placeholder(tf.float32, [4, 3])
    drop = tf.contrib.nn.alpha_dropout
    run([drop(x, 0.7), drop(x, tf.constant(0.5), noise_shape=[4, 1], seed=1)], {x: unit(4, 3)})
    run.note(drop(x, 1) is x)
    run.refused(lambda: drop(x, 0.0))
    run.refused(lambda: drop(x, [0.5, 0.5]))


@story
def scaled_softplus(tf, run):
    x = tf.placeholder(tf.float32, [2, 3])
    alpha = tf.placeholder(tf.float32, [3])
    plain = tf.contrib.nn.scaled_softplus(x, alpha)
    clipped = tf.contrib.nn.scaled_softplus(x, alpha, clip=[[0.5], [1.0]], name="clipped")
    run.note([str(plain.shape), str(clipped.shape)])
    feeds = {x: num([[-1, 0, 1], [2, -3, 0.5]]), alpha: num([0.5, 1, 2])}
    run([plain, clipped], feeds)
    run(tf.gradients(plain + 2 * clipped, [x, alpha]), feeds)


@story
def sparse_probabilities(tf, run):
    z = tf.placeholder(tf.float32, [None, 3])
    p = tf.contrib.sparsemax.sparsemax(z)
    loss = tf.contrib.sparsemax.sparsemax_loss(z, p, [[0.0, 0.0, 1.0], [0.5, 0.5, 0.0]])
    rows = num([[1, 2, 3], [0.1, 0.2, -1]])
    run([p, loss, *tf.gradients(loss, z)], {z: rows})
    run(p, {z: num([[np.nan, 1, 2], [np.inf, 1, 2], [-np.inf, 1, 1.5]])})


@story
def flipped(tf, run):
    nn = tf.contrib.nn
    x = tf.constant(unit(2, 3))
    run(nn.deprecated_flipped_sigmoid_cross_entropy_with_logits(x, tf.ones([2, 3])))
    run(nn.deprecated_flipped_softmax_cross_entropy_with_logits(x, tf.ones([2, 3]) / 3))
    run(nn.deprecated_flipped_sparse_softmax_cross_entropy_with_logits(x, [0, 2]))


@story
def sampled_sparse_softmax(tf, run):
    tf.set_random_seed(2)
    weights, biases = tf.constant(unit(6, 3)), tf.constant(unit(6))
    labels, inputs = tf.constant([[1], [4]], tf.int64), tf.constant(unit(2, 3) + 1)
    loss = tf.contrib.nn.sampled_sparse_softmax_loss(weights, biases, labels, inputs, 3, 6)
    run([loss, *tf.gradients(loss, [weights, inputs])])


@story
def kin(tf, run):
    stateless = tf.contrib.stateless
    seed = ints([3, 4])
    run(
        [
            stateless.stateless_random_uniform([3], seed),
            stateless.stateless_random_normal([3], seed),
            stateless.stateless_truncated_normal([3], seed),
            stateless.stateless_multinomial(tf.zeros([1, 4]), 5, seed),
        ]
    )
    util = tf.contrib.util
    proto = util.make_tensor_proto([1.0, 2.0], shape=[2, 1])
    run.note(util.make_ndarray(proto).tolist())
    run.note(util.constant_value(tf.constant([1, 2])).tolist())
    run(tf.contrib.nn.conv1d_transpose(tf.ones([1, 3, 1]), tf.ones([2, 2, 1]), [1, 6, 2], 2))
