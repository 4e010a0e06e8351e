"""Sets along the last axes of dense and sparse tensors."""

import itertools

import numpy as np

from .suite import Suite

suite = Suite("sets")

FIRST = np.array([[3, 1, 3, 2], [5, 5, 5, 4]])
SECOND = np.array([[2, 9, 2], [4, 8, 5]])


def sparse(tf, rows, width):
    """A sparse tensor of ragged rows."""
    places = [[i, j] for i, row in enumerate(rows) for j in range(len(row))]
    values = np.array([value for row in rows for value in row], np.int64)
    return tf.SparseTensor(places, values, [len(rows), width])


def kinds(tf):
    """Two sets of each kind."""
    yield "dense", tf.constant(FIRST), tf.constant(SECOND)
    yield "sparse", sparse(tf, [[3, 1, 3], []], 4), sparse(tf, [[1], [7, 7, 2]], 3)


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


@story
def operations(tf, run):
    firsts = [a for _, a, _ in kinds(tf)]
    seconds = [b for _, _, b in kinds(tf)]
    for a, b in itertools.product(firsts, seconds):
        made = [
            *(tf.sets.intersection(a, b), tf.sets.union(a, b), tf.sets.difference(a, b)),
            tf.sets.difference(a, b, aminusb=False),
        ]
        run(made)
        run([tf.sets.size(x) for x in made])
        run.note([x.indices.shape.as_list() for x in made])


@story
def of_strings(tf, run):
    run(tf.sets.intersection(tf.constant([["b", "a"]]), tf.constant([["a", "c", "b"]])))


@story
def sizes_unknown(tf, run):
    a = tf.placeholder(tf.int64, None, "a")
    b = tf.sparse_placeholder(tf.int64, name="b")
    made = tf.sets.union(a, b)
    run.note(made.indices.shape.as_list())
    for _ in range(2):
        run(made, {a: FIRST, b: ([[0, 0], [1, 2]], [6, 7], [2, 3])})
    run.attempt(made, {a: FIRST, b: ([[0, 0]], [6], [3, 3])})
    run.attempt(made, {a: FIRST, b: ([[1, 0], [0, 0]], [6, 7], [2, 3])})


@story
def refused(tf, run):
    run.refused(lambda: tf.sets.size(tf.constant([[1]])))
    run.refused(lambda: tf.sets.union([[1.0]], [[2.0]]))
    run.refused(lambda: tf.sets.union([[1]], tf.constant([[2]], tf.int64)))
    run.refused(lambda: tf.sets.union([[1]], [[[2]]]))
    run.refused(lambda: tf.sets.union(tf.constant([[[1]]], tf.int64), sparse(tf, [[1]], 1)))
