"""Programs that look up rows for sparse ids: values, gradients and refusals; nodes are compared."""

from .arrays import f32
from .suite import Suite

suite = Suite("sparse_embedding")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def ids_and_weights(tf):
    """Of three examples, the second of which has none."""
    indices = [[0, 0], [0, 1], [0, 2], [2, 0]]
    ids = tf.SparseTensor(indices, tf.constant([1, 3, 1, 0], tf.int64), [3, 4])
    return ids, tf.SparseTensor(indices, [0.5, 2.0, -1.0, 3.0], [3, 4])


@story
def by_combiners(tf, run):
    ids = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], tf.constant([1, 3, 1], tf.int32), [2, 4])
    weights = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [0.5, 2.0, 3.0], [2, 4])
    table = tf.Variable(f32(4, 2), name="table")
    run(table.initializer)
    for combiner in ("sum", "mean", "sqrtn", None):
        for each in (None, weights):
            found = tf.nn.embedding_lookup_sparse(table, ids, each, combiner=combiner)
            run.note(str(found.shape))
            slices = tf.gradients(found * found, table)[0]
            run([found, tf.convert_to_tensor(slices)])


@story
def of_parts(tf, run):
    parts = [tf.constant(f32(2, 3)), tf.constant(f32(2, 3, at=7))]
    ids = tf.sparse_placeholder(tf.int64, [2, 4], name="ids")
    weights = tf.SparseTensor(ids.indices, tf.constant([1, 2, 3], tf.int32), ids.dense_shape)
    fed = {ids: ([[0, 0], [0, 1], [1, 2]], [1, 3, 1], [2, 4])}
    for strategy in ("mod", "div"):
        found = tf.nn.embedding_lookup_sparse(
            parts, ids, weights, partition_strategy=strategy, max_norm=1.5, name="found"
        )
        run(found, fed)
    run.refused(lambda: tf.nn.embedding_lookup_sparse(parts, [1], None))
    run.refused(lambda: tf.nn.embedding_lookup_sparse(parts, ids, [1.0]))
    run.refused(lambda: tf.nn.embedding_lookup_sparse(parts, ids, None, combiner="max"))


@story
def safely(tf, run):
    """Examples without ids, ids below zero, weights that count as nothing."""
    ids, weights = ids_and_weights(tf)
    with_negative = tf.SparseTensor(ids.indices, [1, -1, 3, 0], ids.dense_shape)
    reference = tf.Variable(f32(4, 2), name="reference")
    with tf.variable_scope("of_handle", use_resource=True):
        handle = tf.get_variable("handle", initializer=f32(4, 2))
    run([reference.initializer, handle.initializer])
    safe = tf.nn.safe_embedding_lookup_sparse
    for table in (reference, handle):
        found = [
            safe(table, with_negative),
            safe(table, with_negative, weights),
            safe(table, with_negative, weights, combiner="sum", default_id=2, name="by_id"),
            safe([table], with_negative, weights, combiner="sqrtn", max_norm=1.0),
        ]
        run.note([str(each.shape) for each in found])
        run(found)
        slices = tf.gradients(tf.add_n(found), table)[0]
        run(tf.convert_to_tensor(slices))
    run.refused(lambda: safe(None, ids))
    run.refused(lambda: safe([], ids))


@story
def of_more_axes(tf, run):
    ids = tf.SparseTensor([[0, 0, 1], [0, 1, 0], [1, 0, 0]], tf.constant([1, 3, 0]), [2, 2, 3])
    table = tf.constant(f32(4, 2))
    found = tf.nn.safe_embedding_lookup_sparse(table, ids, name="found")
    run.note(str(found.shape))
    run(found)
    fed = tf.sparse_placeholder(tf.int64)
    found = tf.nn.safe_embedding_lookup_sparse(table, fed)
    run.note(str(found.shape))
    run(found, {fed: ([[0, 0, 1], [1, 1, 0]], [2, 1], [2, 2, 2])})
