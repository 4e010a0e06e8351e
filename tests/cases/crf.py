"""Conditional random fields: likelihood, training, decoding."""

import numpy as np

from .arrays import f32, ints, longs
from .suite import Suite

suite = Suite("crf")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def training(tf, run):
    """Sequences of several lengths, batches of any size."""
    tf.set_random_seed(3)
    x = tf.placeholder(tf.float32, [None, 4, 3])
    tags, lengths = tf.placeholder(tf.int32, [None, 4]), tf.placeholder(tf.int32, [None])
    likelihood, transitions = tf.contrib.crf.crf_log_likelihood(x, tags, lengths)
    train = tf.train.GradientDescentOptimizer(0.5).minimize(-tf.reduce_mean(likelihood))
    decoded = tf.contrib.crf.crf_decode(x, transitions, lengths)
    run(tf.global_variables_initializer())
    for count in (3, 2, 3):
        sizes = ints([4, 2, 0][:count])
        labels = np.arange(4 * count).reshape(count, 4).astype(np.int32) % 3
        run([likelihood, decoded, train], {x: f32(count, 4, 3), tags: labels, lengths: sizes})
    run(transitions)


@story
def any_length(tf, run):
    """A choice between one step and several, in the run."""
    x, tags = tf.placeholder(tf.float32, [2, None, 3]), tf.placeholder(tf.int64, [2, None])
    lengths, transitions = tf.placeholder(tf.int64, [2]), tf.constant(f32(3, 3))
    likelihood, _ = tf.contrib.crf.crf_log_likelihood(x, tags, lengths, transitions)
    gradient = tf.gradients(likelihood, transitions)
    decoded = tf.contrib.crf.crf_decode(x, transitions, lengths)
    for steps in (3, 1):
        labels = longs([[0, 2, 1][:steps], [1, 1, 0][:steps]])
        feeds = {x: f32(2, steps, 3), tags: labels, lengths: longs([steps, 1])}
        run([likelihood, decoded], feeds)
        run(gradient, feeds)


@story
def one_step(tf, run):
    x, transitions = tf.constant(f32(2, 1, 3)), tf.constant(f32(3, 3))
    lengths = tf.constant([1, 0])
    run(tf.contrib.crf.crf_log_likelihood(x, tf.constant([[2], [0]]), lengths, transitions)[0])
    run(tf.contrib.crf.crf_decode(x, transitions, lengths))
    run(tf.contrib.crf.crf_multitag_sequence_score(x, x > 0, lengths, transitions))


@story
def parts(tf, run):
    x, transitions = tf.constant(f32(2, 4, 3)), tf.constant(f32(3, 3))
    tags, lengths = tf.constant([[0, 1, 2, 0], [2, 2, 1, 0]]), tf.constant([4, 3])
    crf = tf.contrib.crf
    run(crf.crf_unary_score(tags, lengths, x))
    run(crf.crf_binary_score(tags, lengths, transitions))
    run(crf.crf_sequence_score(x, tags, lengths, transitions))
    run(crf.crf_log_norm(x, lengths, transitions))
    run(crf.crf_multitag_sequence_score(x, tf.one_hot(tags, 3) > 0, lengths, transitions))
    run(crf.crf_multitag_sequence_score(x, x > -0.3, lengths, transitions))


@story
def outside_of_graphs(tf, run):
    for steps in (1, 4):
        tags, score = tf.contrib.crf.viterbi_decode(f32(steps, 3), f32(3, 3, at=2))
        run.note(np.array(tags))
        run.note(score)
