"""Metrics of the classes that a model ranks first."""

import numpy as np

from .arrays import num
from .suite import Suite

suite = Suite("ranked_metrics")

LABELS = [np.array([[1, 3], [2, 7]]), np.array([[0, 0], [-1, 3]])]
SCORES = [
    num([[0.1, 0.9, 0.3, 0.8], [0.5, 0.2, 0.4, 0.1]]),
    num([[0.7, 0.2, 0.1, 0.6], [0.3, 0.4, 0.8, 0.1]]),
]
WEIGHTS = [num([1.0, 0.5]), num([0.0, 2.0])]


def sparse(tf, rows, width):
    """A SparseTensorValue of ragged rows."""
    places = [[i, j] for i, row in enumerate(rows) for j in range(len(row))]
    values = [value for row in rows for value in row]
    return tf.SparseTensorValue(np.array(places), np.array(values), np.array([len(rows), width]))


def metric(name, *settings, **options):
    """Adds the metric of dense labels, without weights and with them, and of sparse ones."""

    def told(tf, run, labels, batches, weighted):
        scores = tf.placeholder(tf.float32, [2, 4])
        weights = tf.placeholder(tf.float32, [2]) if weighted else None
        build = getattr(tf.metrics, name)
        value, update = build(labels, scores, *settings, weights=weights, **options)
        run(tf.local_variables_initializer())
        for at in range(2):
            feeds = {labels: batches[at], scores: SCORES[at]}
            if weighted:
                feeds[weights] = WEIGHTS[at]
            run(update, feeds)
        run([value, tf.local_variables()])
        run.note([v.name for v in tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)])

    def dense(tf, run, weighted=False):
        told(tf, run, tf.placeholder(tf.int64, [2, 2]), LABELS, weighted)

    def ragged(tf, run):
        batches = [sparse(tf, [[1, 3], []], 2), sparse(tf, [[0], [3, 9]], 2)]
        told(tf, run, tf.sparse_placeholder(tf.int64), batches, weighted=False)

    id = "_".join([name, *map(str, settings), *options])
    suite.case(id, dense, grad=False)
    suite.case(f"{id}_weighted", lambda tf, run: dense(tf, run, weighted=True), grad=False)
    suite.case(f"{id}_sparse", ragged, grad=False)


metric("precision_at_k", 2)
metric("precision_at_k", 3, class_id=3)
metric("recall_at_k", 2)
metric("recall_at_k", 1, class_id=1)
metric("average_precision_at_k", 2)
metric("average_precision_at_k", 1)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def of_classes_ranked(tf, run):
    """One label for each row; names of a program."""
    labels, best = tf.constant([1, 2], tf.int64), tf.constant([[1, 0], [0, 1]])
    for build in (tf.metrics.precision_at_top_k, tf.metrics.recall_at_top_k):
        value, update = build(labels, best, name="ranked", updates_collections=["u"])
        run(tf.local_variables_initializer())
        run(update)
        run.note([value.name, update.name, len(tf.get_collection("u"))])


@story
def shapes_unknown(tf, run):
    labels = tf.placeholder(tf.int64, None)
    _, update = tf.metrics.recall_at_k(labels, tf.constant(SCORES[0]), 2)
    for fed in (LABELS[0], np.array([3, 1])):
        run(tf.local_variables_initializer())
        run(update, {labels: fed})


@story
def refused(tf, run):
    scores = tf.constant(SCORES[0])
    run.refused(lambda: tf.metrics.average_precision_at_k([1, 1], scores, 0))
    run.refused(lambda: tf.metrics.precision_at_k(tf.zeros([1, 1, 2, 2], tf.int64), scores, 1))


@story
def sparse_tensors_rearranged(tf, run):
    x = tf.SparseTensor([[0, 1], [2, 0]], [5.0, 6.0], [3, 2])
    run([tf.sparse.reshape(x, [2, -1]), tf.sparse.retain(x, [False, True])])
    run([tf.sparse.concat(0, [x, x]), tf.sparse.concat(-1, [x, x])])
    sizes = tf.placeholder(tf.int64, [3])
    reshaped = tf.sparse.reshape(x, sizes)
    run(reshaped, {sizes: [3, 1, 2]})
    for wrong in ([2, 2, 2], [-1, -1, 2], [5, -1, 1]):
        run.attempt(reshaped, {sizes: wrong})
    run.refused(lambda: tf.sparse.reshape(x, [5, -1]))
