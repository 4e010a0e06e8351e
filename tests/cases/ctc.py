"""Connectionist temporal classification: losses, their gradients, decoders."""

import numpy as np

from .arrays import f32, ints, longs
from .suite import Suite

suite = Suite("ctc")
# Steps, then rows, then classes; spread so that no two are equally likely.
LOGITS = np.random.RandomState(0).randn(7, 3, 5).astype(np.float32) * 2
INDICES = longs([[0, 0], [0, 1], [1, 0], [2, 0], [2, 1], [2, 2]])
VALUES = ints([1, 1, 3, 0, 2, 2])
SIZES = longs([3, 3])
TIMES = ints([7, 5, 6])


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def lossy(**options):
    """A program with the loss of sparse labels, and its gradient."""

    def program(tf, run):
        logits = tf.constant(LOGITS)
        labels = tf.SparseTensor(INDICES, VALUES, SIZES)
        loss = tf.nn.ctc_loss(labels, logits, TIMES, **options)
        run([loss, *tf.gradients(loss * [0.5, 1.0, 0.25], logits)])

    return program


LOSSES = {
    "plain": {},
    "merging_no_outputs": {"ctc_merge_repeated": False},
    "merging_labels": {"preprocess_collapse_repeated": True},
    "merging_labels_alone": {"preprocess_collapse_repeated": True, "ctc_merge_repeated": False},
}
for id, options in LOSSES.items():
    suite.case(f"loss_{id}", lossy(**options), grad=False)


@story
def too_few_steps(tf, run):
    """Rows that are too short are refused, or have no loss."""
    logits = tf.constant(np.transpose(LOGITS, [1, 0, 2]))
    labels, times = tf.SparseTensor(INDICES, VALUES, SIZES), ints([7, 0, 2])
    loss = tf.nn.ctc_loss(
        labels, logits, times, ignore_longer_outputs_than_inputs=True, time_major=False
    )
    run([loss, *tf.gradients(loss, logits)])
    run.attempt(tf.nn.ctc_loss(labels, logits, times, time_major=False))


@story
def wide(tf, run):
    """Of float64."""
    logits = tf.constant(LOGITS.astype(np.float64))
    loss = tf.nn.ctc_loss(tf.SparseTensor(INDICES, VALUES, SIZES), logits, TIMES)
    run([loss, *tf.gradients(loss, logits)])


@story
def refused(tf, run):
    logits, values = tf.placeholder(tf.float32, [None, None, None]), tf.placeholder(tf.int32)
    times = tf.placeholder(tf.int32, [None])
    loss = tf.nn.ctc_loss(tf.SparseTensor(INDICES, values, SIZES), logits, times)
    for labels, lengths in (
        ([1, 1, 3, 4, 2, 2], TIMES),  # a blank between labels
        ([1, 1, -3, 0, 2, 2], TIMES),
        (VALUES, ints([7, 5, 8])),
        (VALUES, ints([7, 5])),
        (VALUES, ints([7, -1, 6])),
        (ints([1, 1, 3, 0, 2, 4]), TIMES),  # a blank at the end is none
    ):
        run.attempt(loss, {logits: LOGITS, values: labels, times: lengths})
    sparse = tf.SparseTensor(longs([[0, 0], [2, 0]]), ints([1, 1]), SIZES)
    run.attempt(tf.nn.ctc_loss(sparse, LOGITS, TIMES))  # a row without labels
    run.refused(lambda: tf.nn.ctc_loss(f32(3, 2), LOGITS, TIMES))
    run.refused(lambda: tf.nn.ctc_loss(sparse, LOGITS, TIMES, logits=LOGITS))
    decoded = tf.nn.ctc_greedy_decoder(logits, times)
    run.attempt(decoded, {logits: LOGITS, times: ints([7, 5, 8])})
    run.attempt(decoded, {logits: LOGITS[:0], times: ints([0, 0, 0])})
    run.attempt(tf.nn.ctc_beam_search_decoder(LOGITS, TIMES, beam_width=2, top_paths=3))
    run.attempt(tf.nn.ctc_beam_search_decoder(LOGITS, ints([1, 1, 1]), top_paths=9))


@story
def decoded(tf, run):
    for merge in (True, False):
        run(tf.nn.ctc_greedy_decoder(LOGITS, TIMES, merge_repeated=merge))
        for width, paths in ((1, 1), (3, 2), (100, 2)):
            run(tf.nn.ctc_beam_search_decoder(LOGITS, TIMES, width, paths, merge_repeated=merge))
    run(tf.nn.ctc_beam_search_decoder_v2(LOGITS, TIMES, beam_width=5))


@story
def trained(tf, run):
    """Batches of other lengths each time."""
    logits, times = tf.placeholder(tf.float32, [None, None, 4]), tf.placeholder(tf.int32, [None])
    labels = tf.sparse_placeholder(tf.int32, name="labels")
    w = tf.Variable(f32(4, 4), name="w")
    steps = tf.shape(logits)[0]
    hidden = tf.reshape(tf.matmul(tf.reshape(logits, [-1, 4]), w), [steps, -1, 4])
    loss = tf.reduce_mean(tf.nn.ctc_loss(labels, hidden, times))
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    decoded, _ = tf.nn.ctc_greedy_decoder(hidden, times)
    run(tf.global_variables_initializer())
    for count in (3, 4, 3):
        feeds = {logits: f32(count, 2, 4), times: ints([count, 2])}
        value = tf.SparseTensorValue(longs([[0, 0], [1, 0]]), ints([2, count % 3]), longs([2, 1]))
        run([loss, train, decoded[0]], {**feeds, labels: value})
    run(w)


@story
def padded_with_nan(tf, run):
    """What is behind a row's times does not matter."""
    logits = np.where(np.arange(7)[:, None, None] < TIMES[:, None], LOGITS, np.nan)
    logits = tf.constant(logits.astype(np.float32))
    loss = tf.nn.ctc_loss(tf.SparseTensor(INDICES, VALUES, SIZES), logits, TIMES)
    run([loss, *tf.gradients(loss, logits)])
