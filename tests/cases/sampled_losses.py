"""Losses over sampled classes, and the gradients that train with them."""

import numpy as np

from .arrays import f32, longs
from .sampling import TRUE
from .suite import Suite

suite = Suite("sampled_losses")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def losses(tf, run, loss_name, labels, **options):
    """Trains an embedding and its output layer by `tf.nn.<loss_name>`."""
    tf.set_random_seed(7)
    ids = tf.placeholder(tf.int32, [3])
    table = tf.Variable(f32(12, 4), name="table")
    w, b = tf.Variable(f32(20, 4, at=3), name="w"), tf.Variable(f32(20, at=5), name="b")
    x = tf.nn.embedding_lookup(table, ids)
    loss = tf.reduce_mean(getattr(tf.nn, loss_name)(w, b, labels, x, 6, 20, **options))
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    run(tf.global_variables_initializer())
    for step in range(4):
        run([train, loss], {ids: np.arange(step, step + 3)})
    run([table, w, b])


@story
def nce(tf, run):
    losses(tf, run, "nce_loss", tf.constant([[1], [3], [6]]))


@story
def nce_without_hits(tf, run):
    losses(
        tf, run, "nce_loss", tf.constant(TRUE), num_true=2, remove_accidental_hits=True, name="n"
    )


@story
def sampled_softmax(tf, run):
    losses(tf, run, "sampled_softmax_loss", tf.constant([[1], [3], [6]]), seed=11)


@story
def sampled_softmax_given(tf, run):
    labels = tf.constant(TRUE)
    samples = tf.nn.uniform_candidate_sampler(labels, 2, 6, True, 20, seed=2)
    options = {"num_true": 2, "sampled_values": samples, "partition_strategy": "div"}
    losses(tf, run, "sampled_softmax_loss", labels, **options)


@story
def sampled_softmax_parts(tf, run):
    """Weights in parts; batches of any size."""
    tf.set_random_seed(7)
    x, labels = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.int64, [None, 1])
    options = {"partitioner": tf.fixed_size_partitioner(3)}
    w = tf.get_variable("w", [20, 4], initializer=tf.zeros_initializer(), **options)
    b = tf.get_variable("b", initializer=f32(20))
    loss = tf.nn.sampled_softmax_loss(w, b, labels, x, 8, 20, partition_strategy="div")
    grads = tf.gradients(loss, [x, b])
    run(tf.global_variables_initializer())
    for count in (2, 3):
        run([loss, grads[0]], {x: f32(count, 4), labels: longs([[i + 3] for i in range(count)])})
