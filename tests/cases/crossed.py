"""Programs that combine the values of sparse tensors: values and refusals; nodes are compared."""

from .suite import Suite

suite = Suite("crossed")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def words(tf):
    return tf.SparseTensor([[0, 0], [1, 0], [1, 1]], ["a", "b", "c"], [2, 2])


def numbers(tf):
    return tf.SparseTensor([[0, 0], [0, 1], [1, 0]], tf.constant([4, -5, 6], tf.int32), [2, 3])


@story
def as_words(tf, run):
    cross = tf.sparse.cross
    dense = tf.constant([["x"], ["y"]])
    run([cross([words(tf), numbers(tf)]), cross([words(tf), dense]), cross([dense, words(tf)])])
    run(cross([tf.constant([[1, 2], [3, 4]]), numbers(tf)], name="numbers"))
    run(cross([dense, dense]))
    empty = tf.SparseTensor(tf.zeros([0, 2], tf.int64), tf.constant([], tf.string), [2, 2])
    run(cross([words(tf), empty]))
    run.refused(lambda: cross(words(tf)))
    run.refused(lambda: cross([words(tf), ["a"]]))


@story
def as_hashes(tf, run):
    cross = tf.sparse.cross_hashed
    inputs = [words(tf), numbers(tf), tf.constant([["x", "z"], ["y", "a longer word"]])]
    run([cross(inputs), cross(inputs, 100), cross(inputs, 7, hash_key=3, name="keyed")])
    run(cross([words(tf)], 1000))
    rows = tf.sparse_placeholder(tf.string)
    found = cross([rows, words(tf)], 10)
    run.note([str(found.shape), str(found.values.shape)])
    run(found, {rows: ([[0, 1], [1, 0]], ["p", "q"], [2, 2])})
    run.refused(lambda: run.session.run(found, {rows: ([[0, 1]], ["p"], [3, 2])}))
