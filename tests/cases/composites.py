"""Composite tensors in choices and loops, and the types by which loops know what stays of them."""

from .suite import Suite

suite = Suite("composites")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def sparse(tf):
    return tf.SparseTensor([[0, 0], [1, 2]], [2.0, 3.0], [3, 4])


def doubled(tf, x):
    return tf.SparseTensor(x.indices, x.values * 2.0, x.dense_shape)


@story
def chosen(tf, run):
    p, x = tf.placeholder(tf.bool, [], "p"), sparse(tf)
    y = tf.cond(p, lambda: doubled(tf, x), lambda: x)
    run.note([str(y.shape), str(y.indices.shape)])
    gradient = tf.gradients(y.values, x.values)
    for value in (True, False):
        run([y, gradient], {p: value})


@story
def chosen_in_a_nest(tf, run):
    p = tf.placeholder(tf.bool, [], "p")
    y = tf.cond(
        p,
        lambda: (tf.SparseTensor([[0, 0]], [1.0], [3, 4]), 1),
        lambda: (tf.SparseTensor([[0, 0], [1, 1]], [1.0, 5.0], [4, 4]), 2),
    )
    for value in (True, False):
        run(y, {p: value})


@story
def going_round(tf, run):
    x = sparse(tf)
    i, y = tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, doubled(tf, x)), [0, x])
    run.note([str(y.shape), str(y.indices.shape)])
    run([i, y, tf.gradients(y.values, x.values)])


def longer(tf, x):
    indices, values = tf.concat([x.indices, [[2, 2]]], 0), tf.concat([x.values, [1.0]], 0)
    return tf.SparseTensor(indices, values, x.dense_shape)


@story
def growing(tf, run):
    x, zero = sparse(tf), tf.constant(0)
    shapes = [
        [tf.TensorShape([]), tf.TensorShape([2])],
        [tf.TensorSpec([], tf.int32), tf.SparseTensorSpec([None, None])],
    ]
    for invariants in shapes:
        _, y = tf.while_loop(
            lambda i, x: i < 3, lambda i, x: (i + 1, longer(tf, x)), [zero, x], invariants
        )
        run.note([str(y.shape), str(y.indices.shape)])
        run(y)


@story
def growing_by_spec(tf, run):
    invariants = [tf.TensorSpec([], tf.int32), tf.TensorSpec([None])]
    _, y = tf.while_loop(
        lambda i, x: i < 3,
        lambda i, x: (i + 1, tf.concat([x, x], 0)),
        [tf.constant(0), tf.constant([1.0])],
        invariants,
    )
    run.note(str(y.shape))
    run(y)


@story
def refused(tf, run):
    x, zero, one = sparse(tf), tf.constant(0), tf.constant([1.0])

    def loop(value, invariant, body=lambda i, x: (i + 1, x)):
        return tf.while_loop(lambda i, x: i < 3, body, [zero, value], [zero.shape, invariant])

    run.refused(lambda: loop(x, tf.TensorShape([2, None])))
    run.refused(lambda: loop(one, tf.TensorSpec([None], tf.int32)))

    def other_rank(i, x):
        sizes = tf.concat([x.dense_shape, [3]], 0)[: tf.size(x.values)]
        return i + 1, tf.SparseTensor(x.indices, x.values, sizes)

    run.refused(lambda: tf.while_loop(lambda i, x: i < 3, other_rank, [zero, x]))


@story
def specs(tf, run):
    kinds = [
        tf.TensorSpec([2, None], tf.int32, "a"),
        tf.SparseTensorSpec([None, 3]),
        tf.IndexedSlicesSpec([2, 3], tf.float64, tf.int32),
        tf.contrib.framework.BoundedTensorSpec([2], tf.int32, 0, [1, 2]),
    ]
    run.note([repr(kind) for kind in kinds])
    run.note([kind == kind for kind in kinds] + [kinds[0] == kinds[1]])
    value = tf.placeholder(tf.int32, [2, 5])
    run.note([kinds[0].is_compatible_with(value), kinds[0].is_compatible_with(tf.ones([2, 5]))])
    run.note([kinds[1].is_compatible_with(sparse(tf)), tf.SparseTensorSpec([1]) == kinds[1]])
    common = kinds[1].most_specific_compatible_type(tf.SparseTensorSpec([2, 3]))
    run.note([repr(common), repr(tf.TensorSpec.from_tensor(value, "v"))])
    other = tf.SparseTensorSpec([2, 3], tf.int32)
    run.refused(lambda: kinds[1].most_specific_compatible_type(other))
    run.refused(lambda: tf.contrib.framework.BoundedTensorSpec([3, 5], tf.uint8, [0, 0, 0], 1))
