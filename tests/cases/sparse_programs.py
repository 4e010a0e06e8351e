"""Programs over sparse tensors: fed and fetched, trained with, and refused."""

import numpy as np

from .suite import Suite

suite = Suite("sparse_programs")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def some(tf, dtype="float32"):
    """A sparse matrix of 3 rows and 4 columns."""
    values = np.arange(1, 6).astype(dtype)
    return tf.SparseTensor([[0, 1], [0, 3], [1, 0], [2, 1], [2, 3]], values, [3, 4])


@story
def fed_and_fetched(tf, run):
    x = tf.sparse_placeholder(tf.float32, name="x")
    y = tf.sparse_placeholder(tf.float32, [2, None])
    total = tf.sparse_reduce_sum(x, 1)
    run.note([str(x), str(x.shape), str(y.get_shape()), str(x.dtype), str(y.dense_shape.shape)])
    parts = [[0, 1], [1, 0]], [2.0, 3.0], [2, 2]
    run([x, total], {x: parts})
    run([x, total], {x: tf.SparseTensorValue(*map(np.array, parts))})
    run([x.values, total], {x.indices: parts[0], x.values: parts[1], x.dense_shape: parts[2]})
    run(y, {y: parts})
    run.attempt(total, {x: ([[0, 1]], [1.0, 2.0], [2, 2])})


@story
def classes(tf, run):
    x = some(tf)
    y = tf.SparseTensor.from_value(tf.SparseTensorValue([[0]], [1], [2]))
    run.note([str(x), x.op.name, x.dtype.name, str(x.shape), str(y.get_shape())])
    tf.negative(x.values, name="used")
    tf.sparse_reorder(x, name="reordered")
    run.note(sorted(op.name for op in x.consumers()))
    run.note([list(v.tolist()) for v in x.eval(session=run.session)])
    run.note(tf.convert_to_tensor_or_sparse_tensor(x) is x)
    run.refused(lambda: tf.SparseTensor([[0]], [1, 2], [2]))
    run.refused(lambda: tf.SparseTensor([0], [1], [2]))
    run.refused(lambda: tf.SparseTensor([[0, 1]], [1], [2]))
    run.refused(lambda: tf.SparseTensor.from_value([1]))
    run.refused(lambda: x + x)


@story
def rearranged(tf, run):
    x = some(tf)
    run([tf.sparse_transpose(x), tf.sparse.transpose(x, [0, 1], name="same")])
    run([tf.sparse_reset_shape(x), tf.sparse_reset_shape(x, [5, 5])])
    fed = tf.sparse_placeholder(tf.float32, [None, None], name="fed")
    grown = tf.sparse.reset_shape(fed, [5, 5])
    run(grown, {fed: ([[0, 1]], [1.0], [2, 2])})
    run.attempt(grown, {fed: ([[0, 1]], [1.0], [9, 2])})
    run.refused(lambda: tf.sparse_reset_shape(x, [2, 9]))
    run.refused(lambda: tf.sparse_reset_shape(x, [9]))
    run.refused(lambda: tf.sparse_reset_shape(x, 9))
    run.refused(lambda: tf.sparse_reshape(x, [5, 5]))
    run.refused(lambda: tf.sparse_reshape(x, [-1, -1]))
    run.refused(lambda: tf.sparse_retain(x, [True]))
    slices = tf.IndexedSlices(tf.constant([[1], [2], [3]]), tf.constant([4, 0, 6]))
    masked = tf.sparse_mask(slices, [0, 5])
    run([masked.values, masked.indices])


@story
def arguments(tf, run):
    x = some(tf)
    run(tf.sparse_concat(concat_dim=0, axis=None, sp_inputs=[x, x]))
    run(tf.sparse_add(x, x, thresh=5.0))
    run(tf.sparse_reduce_sum(x, reduction_axes=1, keep_dims=True))
    for refused in (
        lambda: tf.sparse_concat(0, x),
        lambda: tf.sparse_concat(0, [x, 1]),
        lambda: tf.sparse_concat(0, [x, x], expand_nonconcat_dims=True),
        lambda: tf.sparse_add([1], [2]),
        lambda: tf.sparse_add(x, tf.SparseTensor([[0]], [1.0], [2])),
        lambda: tf.sparse_split(2, x),
        lambda: tf.sparse_split(sp_input=x, num_split=2),
        lambda: tf.sparse_split(num_split=2, axis=1),
        lambda: tf.sparse_reduce_sum(x, 0, reduction_axes=0),
        lambda: tf.sparse.expand_dims(x, "1"),
        lambda: tf.sparse.eye(1.5),
        lambda: tf.sparse_merge(1, x, 3),
        lambda: tf.sparse_merge([x], x, 3),
        lambda: tf.sparse_merge([x], x, [3.0]),
        lambda: tf.sparse_merge([x], x, [3, 3]),
        lambda: tf.sparse_tensor_dense_matmul(x, tf.zeros([3, 2])),
        lambda: tf.sparse_tensor_dense_matmul(tf.zeros([3, 2]), x),
        lambda: tf.sparse_tensor_to_dense([1]),
    ):
        run.refused(refused)


@story
def kernels_that_refuse(tf, run):
    x = tf.sparse_placeholder(tf.float32, name="x")
    y = tf.sparse_placeholder(tf.float32, name="y")
    dense = tf.placeholder(tf.float32, None, "dense")
    good = [[0, 1], [1, 0]], [2.0, 3.0], [2, 2]
    cube = [[0, 1, 0]], [2.0], [2, 2, 2]
    wide = [[0, 1], [1, 2]], [2.0, 3.0], [2, 3]
    outside = [[0, 1], [4, 0]], [2.0, 3.0], [2, 2]
    ragged = [[0, 1]], [2.0, 3.0], [2, 2]
    eye = np.eye(2, dtype=np.float32)
    for build in (tf.sparse_add, tf.sparse_maximum):
        made = build(x, y)
        for other in (cube, wide, ragged):
            run.attempt(made, {x: good, y: other})
    product = tf.sparse_tensor_dense_matmul(x, dense)
    for sparse, fed in [
        *((good, np.zeros(3, np.float32)), (good, np.zeros([3, 2], np.float32)), (outside, eye)),
        *((ragged, eye), (cube, eye), (([[0, 5]], [1.0], [2, 2]), eye)),
    ]:
        run.attempt(product, {x: sparse, dense: fed})
    scaled = x * dense
    for sparse, fed in [
        *((good, np.zeros(3, np.float32)), (good, np.zeros([2, 2, 2], np.float32))),
        *((outside, eye), (([[0] * 6], [1.0], [1] * 6), np.float32(1))),
    ]:
        run.attempt(scaled, {x: sparse, dense: fed})
    run.attempt(tf.sparse_softmax(x), {x: ([[0]], [1.0], [2])})
    run.attempt(tf.sparse_softmax(x), {x: ragged})
    axis = tf.placeholder(tf.int32, None, "axis")
    for reduce in (tf.sparse_reduce_sum, tf.sparse_reduce_max_sparse):
        reduced = reduce(x, axis)
        run.attempt(reduced, {x: good, axis: 2})
        run.attempt(reduced, {x: good, axis: [[0]]})
        run.attempt(reduced, {x: ragged, axis: 1})
    block = tf.placeholder(tf.int64, None, "block")
    for fed in ([0], [[0, 0]]):
        run.attempt(tf.sparse_slice(x, block, [1, 1]), {x: good, block: fed})
        run.attempt(tf.sparse_slice(x, [0, 0], block), {x: good, block: fed})
    run.attempt(tf.sparse_split(sp_input=x, num_split=3, axis=0), {x: good})
    run.attempt(tf.sparse_split(sp_input=x, num_split=2, axis=2), {x: good})
    filled = tf.sparse_fill_empty_rows(x, 1.0)
    for sparse in (outside, ([[0, 0]], [1.0], [0, 2])):
        run.attempt(filled, {x: sparse})
    for axis, other in ((2, good), (0, wide), (0, cube), (0, ragged)):
        run.attempt(tf.sparse_concat(axis, [x, y]), {x: good, y: other})
    run.attempt(tf.sparse_add(x, dense), {x: good, dense: np.zeros([2, 3], np.float32)})
    run.attempt(tf.sparse_add(x, dense), {x: outside, dense: eye})
    reordered = tf.sparse_reorder(x)
    run.attempt(reordered, {x: ragged})
    for order in ([[1, 0], [0, 1]], [[0, 1], [0, 1]], [[0, 1], [5, 1]]):
        run.attempt(tf.sparse_tensor_to_dense(x), {x: (order, [2.0, 3.0], [2, 2])})


def layer(tf, x, width, size, name):
    """One of a graph network: what the neighbours of each node say, weighted."""
    with tf.variable_scope(name):
        start = tf.get_variable("weights", initializer=np.full([width, size], 0.1, np.float32))
        return start, tf.sparse_tensor_dense_matmul(x, start)


def dropped(tf, x, keep, count):
    """A sparse tensor with some elements left out, the others scaled up."""
    kept = tf.cast(tf.floor(keep + tf.random_uniform([count], seed=7)), tf.bool)
    return tf.sparse_retain(x, kept) * (1.0 / keep)


@story
def graph_convolution(tf, run):
    """As graph networks over sparse adjacency have it: features and support both sparse, fed."""
    tf.set_random_seed(3)
    sizes = tf.constant([4, 5], tf.int64)
    features = tf.sparse_placeholder(tf.float32, shape=sizes, name="features")
    support = tf.sparse_placeholder(tf.float32, name="support")
    nonzero = tf.placeholder(tf.int32, name="nonzero")
    labels = tf.constant([0, 1, 1, 0])
    first, hidden = layer(tf, dropped(tf, features, 0.5, nonzero), 5, 3, "first")
    hidden = tf.nn.relu(tf.sparse_tensor_dense_matmul(support, hidden) + 0.3)
    second = tf.get_variable("out", initializer=np.array([[0.2, -0.1]] * 3, np.float32))
    logits = tf.sparse_tensor_dense_matmul(support, tf.matmul(hidden, second))
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits) + 1e-3 * tf.nn.l2_loss(first)
    train = tf.train.AdamOptimizer(0.1).minimize(loss)
    run(tf.global_variables_initializer())
    feed = {
        features: ([[0, 0], [0, 3], [1, 1], [2, 2], [3, 4]], np.ones(5, np.float32), [4, 5]),
        support: (
            [[0, 0], [0, 1], [1, 0], [1, 1], [1, 2], [2, 2], [3, 3]],
            np.array([0.5, 0.4, 0.4, 0.3, 0.4, 0.7, 1.0], np.float32),
            [4, 4],
        ),
        nonzero: 5,
    }
    for _ in range(4):
        run([train, loss], feed)
    run([logits, first], feed)


@story
def attention_over_neighbours(tf, run):
    """As graph attention has it: scores of edges, softmax over the neighbours, dropped."""
    tf.set_random_seed(5)
    edges = [[0, 0], [0, 1], [1, 0], [1, 2], [2, 1], [2, 2]]
    adjacency = tf.SparseTensor(edges, np.ones(6, np.float32), [3, 3])
    x = tf.constant(np.arange(6, dtype=np.float32).reshape(3, 2) / 5)
    w = tf.get_variable("w", initializer=np.array([[0.5], [-0.25]], np.float32))
    score = tf.matmul(x, w)
    scores = tf.sparse_add(adjacency * score, adjacency * tf.transpose(score, [1, 0]))
    activated = tf.SparseTensor(scores.indices, tf.nn.leaky_relu(scores.values), scores.dense_shape)
    weights = tf.sparse_softmax(activated)
    weights = tf.SparseTensor(weights.indices, tf.nn.dropout(weights.values, 0.8, seed=1), [3, 3])
    weights = tf.sparse_reshape(weights, [3, 3])
    out = tf.nn.elu(tf.sparse_tensor_dense_matmul(weights, x))
    loss = tf.reduce_mean(tf.square(out - 0.2))
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run([train, loss])
    run([out, w])


@story
def collaborative_filtering(tf, run):
    """As graphs of users and items have it: a folded adjacency, slices of it multiplied."""
    tf.set_random_seed(2)
    start = (np.arange(12).reshape(6, 2) / 10).astype(np.float32)
    table = tf.get_variable("table", initializer=start)
    folds = [
        tf.SparseTensor([[0, 3], [1, 4], [2, 5]], [0.5, 0.25, 1.0], [3, 6]),
        tf.SparseTensor([[0, 0], [1, 1], [1, 2]], [1.0, 0.5, 0.5], [3, 6]),
    ]
    layers, state = [table], table
    for _ in range(2):
        sides = [tf.sparse_tensor_dense_matmul(fold, state) for fold in folds]
        state = tf.concat(sides, 0)
        layers.append(tf.math.l2_normalize(state, axis=1))
    users, items = tf.split(tf.concat(layers, 1), [3, 3], 0)
    chosen = tf.nn.embedding_lookup(users, [0, 1]), tf.nn.embedding_lookup(items, [2, 0])
    scores = tf.reduce_sum(chosen[0] * chosen[1], 1)
    loss = tf.reduce_mean(tf.nn.softplus(-scores))
    train = tf.train.AdamOptimizer(0.01).minimize(loss)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run([train, loss])
    run(table)


@story
def gradients(tf, run):
    values = tf.constant([1.0, 2.0, 3.0, 4.0, 5.0])
    x = some(tf)
    x = tf.SparseTensor(x.indices, values, x.dense_shape)
    backwards = tf.SparseTensor(tf.reverse(x.indices, [0]), values, x.dense_shape)
    filled, _ = tf.sparse_fill_empty_rows(tf.sparse_slice(x, [0, 2], [3, 2]), 7.0)
    for made in (
        tf.sparse_slice(x, [1, 0], [2, 2]),
        tf.sparse_reorder(backwards),
        tf.sparse_add(x, tf.sparse_reorder(backwards)),
        filled,
        tf.sparse_retain(x, [True, False, True, True, False]),
        tf.sparse_reshape(x, [4, 3]),
        tf.sparse_softmax(x),
        tf.constant([[1.0], [2.0], [3.0]]) * x,
    ):
        run(tf.gradients(tf.square(made.values), values))


@story
def distances(tf, run):
    rows = {"kitten": "sitting", "": "ab", "abc": "", "same": "same", "flaw": "lawn"}
    sides = []
    for words in (list(rows), list(rows.values())):
        places = [[at // 2, at % 2, k] for at, word in enumerate(words) for k in range(len(word))]
        sides.append(tf.SparseTensor(places, list("".join(words)), [3, 2, 7]))
    run([tf.edit_distance(*sides), tf.edit_distance(*sides, normalize=False, name="whole")])
    a = tf.sparse_placeholder(tf.int64, name="a")
    b = tf.sparse_placeholder(tf.int64, name="b")
    far = tf.edit_distance(a, b)
    run.note(str(far.shape))
    good = [[0, 0], [0, 1]], [1, 2], [1, 2]
    run(far, {a: good, b: ([[0, 0], [1, 0]], [1, 5], [3, 2])})
    run.attempt(far, {a: good, b: ([[0]], [1], [2])})
    run.attempt(far, {a: good, b: ([[0, 0, 0]], [1], [1, 1, 1])})
    run.attempt(far, {a: ([[0, 0, 0]], [1], [1, 1]), b: good})
    run.refused(lambda: tf.edit_distance([1], a))
    run.refused(lambda: tf.edit_distance(a, tf.constant([1])))
    run.refused(lambda: tf.edit_distance(some(tf), tf.SparseTensor([[0]], [1.0], [2])))


@story
def serialised(tf, run):
    for dtype in ("float32", "int64", "bool"):
        x = some(tf, dtype)
        run([tf.serialize_sparse(x), tf.serialize_many_sparse(x)])
        run(tf.deserialize_many_sparse(tf.serialize_many_sparse(x), dtype))
    words = tf.SparseTensor([[0, 1], [2, 0]], ["ab", ""], [3, 2])
    many = tf.serialize_many_sparse(words)
    run([tf.serialize_sparse(words), many])
    y = tf.deserialize_many_sparse(many, tf.string, rank=2)
    run.note([str(y.shape), str(y.indices.shape), str(many.shape)])
    run(y)
    fed = tf.placeholder(tf.string, None, "fed")
    back = tf.deserialize_many_sparse(fed, tf.float32)
    one = tf.serialize_sparse(some(tf))
    cube = tf.serialize_sparse(tf.SparseTensor([[0, 0, 1]], [9.0], [1, 1, 8]))
    wide = tf.serialize_sparse(tf.SparseTensor([[0, 9]], [7.0], [1, 10]))
    one, cube, wide = run.session.run([one, cube, wide])
    run(back, {fed: [one, wide]})
    for parts in ([], [one[:2]], [one, cube], [[b"junk"] * 3], [[one[1], one[0], one[2]]]):
        run.attempt(back, {fed: np.array(parts, object)})
    run.attempt(tf.deserialize_many_sparse(fed, tf.int32), {fed: [one]})
    run.attempt(tf.serialize_many_sparse(tf.SparseTensor([[0]], [1], [2])))
    run.attempt(tf.serialize_many_sparse(tf.SparseTensor([[1, 0], [0, 0]], [1, 2], [2, 2])))


@story
def crossed(tf, run):
    words = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ["a", "b", "c"], [3, 2])
    numbers = tf.SparseTensor([[0, 0], [1, 0], [2, 0], [2, 1]], [7, -8, 9, 10], [3, 2])
    dense = tf.constant([["x", "y"], ["z", ""], ["u", "v"]])
    integers = tf.constant([[1], [2], [3]])
    for features in (
        [words, dense],
        [words, numbers],
        [numbers, words, dense, integers],
        [dense, integers],
        [words],
    ):
        run(tf.sparse.cross(features))
        run([tf.sparse.cross_hashed(features), tf.sparse.cross_hashed(features, 10, 5, name="h")])
    run.note([str(part.shape) for part in (tf.sparse.cross([words]).indices,)])
    run.refused(lambda: tf.sparse.cross(words))
    run.refused(lambda: tf.sparse.cross([words, [1]]))


def ids_and_weights(tf):
    places = [[0, 0], [0, 2], [1, 0], [3, 1], [3, 2]]
    ids = tf.SparseTensor(places, tf.constant([1, 3, 1, 0, 4], tf.int64), [4, 3])
    return ids, tf.SparseTensor(places, [1.0, 0.5, 2.0, 4.0, 0.25], [4, 3])


@story
def looked_up(tf, run):
    ids, weights = ids_and_weights(tf)
    table = tf.Variable(np.arange(10, dtype=np.float32).reshape(5, 2) / 4, name="table")
    kept = tf.Variable(np.arange(10, dtype=np.float32).reshape(5, 2) / 4, use_resource=True)
    parts = [tf.constant(np.arange(6, dtype=np.float32).reshape(3, 2) + k) for k in (0, 10)]
    run(tf.global_variables_initializer())
    for combiner in ("sum", "mean", "sqrtn"):
        for weighted in (None, weights):
            for rows in (table, kept):
                y = tf.nn.embedding_lookup_sparse(rows, ids, weighted, combiner=combiner)
                run([y, tf.gradients(y, rows)[0].values])
    run(tf.nn.embedding_lookup_sparse(parts, ids, weights, name="named"))
    fed = tf.sparse_placeholder(tf.int64, name="fed")
    y = tf.nn.embedding_lookup_sparse(parts, fed, None, "div", combiner="sum", max_norm=2.0)
    run(y, {fed: ([[0, 0], [0, 2], [1, 0]], [1, 3, 5], [2, 3])})
    run.refused(lambda: tf.nn.embedding_lookup_sparse(table, ids, None, combiner="max"))
    run.refused(lambda: tf.nn.embedding_lookup_sparse(table, [1], None, combiner="sum"))
    run.refused(lambda: tf.nn.embedding_lookup_sparse(table, ids, [1.0], combiner="sum"))
    fewer = tf.SparseTensor([[0, 0]], [1.0], [4, 3])
    run.refused(lambda: tf.nn.embedding_lookup_sparse(table, ids, fewer, combiner="sum"))


@story
def looked_up_safely(tf, run):
    places = [[0, 0], [0, 2], [1, 0], [3, 1], [3, 2]]
    ids = tf.SparseTensor(places, tf.constant([1, -1, -1, 0, 4], tf.int64), [5, 3])
    weights = tf.SparseTensor(places, [1.0, 0.5, 2.0, 0.0, 0.25], [5, 3])
    cube = tf.SparseTensor([[0, 0, 0], [1, 1, 1]], tf.constant([2, 3], tf.int64), [2, 2, 2])
    fed = tf.sparse_placeholder(tf.int64, name="fed")
    table = tf.Variable(np.arange(10, dtype=np.float32).reshape(5, 2) / 4, name="table")
    kept = tf.Variable(np.arange(10, dtype=np.float32).reshape(5, 2) / 4, use_resource=True)
    run(tf.global_variables_initializer())
    for lookup in (
        tf.nn.safe_embedding_lookup_sparse,
        tf.contrib.layers.safe_embedding_lookup_sparse,
    ):
        for rows in (table, kept):
            y = lookup(rows, ids, weights)
            run.note(str(y.shape))
            run([y, tf.gradients(y, rows)[0].values])
        run(lookup(table, ids, weights, combiner="sum", default_id=2, name="given"))
        run(lookup([table], cube, combiner="sqrtn", max_norm=1.0))
        y = lookup(table, fed)
        run.note(str(y.shape))
        run(y, {fed: (places, [1, 1, 2, -3, 4], [4, 3])})
        run.refused(lambda lookup=lookup: lookup(None, ids))
        run.refused(lambda lookup=lookup: lookup([], ids))


@story
def bags_of_words(tf, run):
    ids = tf.constant([[1, 3, 0], [0, 0, 0], [2, 2, 4]])
    start = tf.constant_initializer(np.arange(10).reshape(5, 2) / 4)
    dense = tf.contrib.layers.bow_encoder(ids, 5, 2, initializer=start)
    whole = tf.contrib.layers.bow_encoder(ids, 5, 2, sparse_lookup=False, initializer=start)
    sparse = tf.SparseTensor([[0, 0], [1, 1]], tf.constant([1, 3], tf.int64), [2, 2])
    bag = tf.contrib.layers.bow_encoder(sparse, 5, 2, initializer=start, scope="own")
    run(tf.global_variables_initializer())
    run([dense, whole, bag])
    run.refused(lambda: tf.contrib.layers.bow_encoder(ids, 0, 2))


@story
def put_away(tf, run):
    from .suite import internal_module

    ops = internal_module(tf, "python.ops.sparse_ops")
    x = some(tf)
    one = ops._add_sparse_to_tensors_map(x)
    many = ops._add_many_sparse_to_tensors_map(x, shared_name="shared")
    number, numbers = run.session.run([one, many])
    run(one)
    handle = tf.placeholder(tf.int64, [None], "handle")
    back = ops._take_many_sparse_from_tensors_map(one.op, handle, rank=3)
    run.note([str(back.shape), str(one.shape), str(many.shape)])
    run(back, {handle: [number]})
    run.attempt(back, {handle: [number]})
    run.attempt(back, {handle: []})
    whole = ops._take_many_sparse_from_tensors_map(many.op, handle)
    run(whole, {handle: numbers[::-1]})
    run.refused(lambda: ops._take_many_sparse_from_tensors_map(one, handle))
    run.refused(lambda: ops._take_many_sparse_from_tensors_map(x.op, handle))


@story
def serialised_as_objects(tf, run):
    from .suite import internal_module

    ops = internal_module(tf, "python.ops.sparse_ops")
    x = some(tf)
    one = tf.serialize_sparse(x, out_type=tf.variant)
    many = tf.serialize_many_sparse(x, out_type=tf.variant)
    run.note([str(one.shape), str(many.shape), str(one.dtype)])
    run(ops.deserialize_sparse(one, tf.float32, rank=2))
    run(ops.deserialize_sparse(many, tf.float32))
    run(ops.deserialize_sparse(tf.serialize_sparse(x), tf.float32))
    run.attempt(ops.deserialize_sparse(one, tf.int32))


@story
def mapped(tf, run):
    x = some(tf)
    for function in (
        *(tf.abs, tf.negative, tf.sign, tf.square, tf.sqrt, tf.erf, tf.tanh),
        *(tf.math.bessel_i0e, tf.math.bessel_i1e),
    ):
        run([function(x), function(x, name="named")])
    run(tf.abs(tf.SparseTensor([[0]], tf.constant([3 + 4j], tf.complex64), [2])))
    run(tf.group(x, [x]))
    tf.print("sparse:", x, [1, x])


@story
def layers(tf, run):
    x = tf.sparse_placeholder(tf.float32, [3, 4], name="x")
    y = tf.layers.dense(x, 2, kernel_initializer=tf.ones_initializer(), activation=tf.nn.relu)
    loss = tf.reduce_sum(tf.square(y))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    run(tf.global_variables_initializer())
    feed = {x.indices: [[0, 1], [2, 3]], x.values: [1.0, 2.0]}
    for _ in range(2):
        run([y, train], feed)


@story
def fed_without_a_shape_that_is_known(tf, run):
    x = tf.sparse_placeholder(tf.float32, [2, 3], name="x")
    run([tf.sparse.to_dense(x), x], {x: ([[0, 0], [1, 2]], [1.0, 2.0])})
    unknown = tf.sparse_placeholder(tf.float32, name="unknown")
    pair = {unknown: ([[0, 0], [1, 2]], [1.0, 2.0])}
    run.refused(lambda: run.session.run(tf.sparse.to_dense(unknown), pair))


@story
def told_in_signatures(tf, run):
    x = tf.sparse_placeholder(tf.float32, [2, 3], name="x")
    info = tf.saved_model.build_tensor_info(x)
    run.note(str(info))
    again = tf.saved_model.get_tensor_from_tensor_info(info)
    run(tf.sparse.to_dense(again), {x: ([[0, 1]], [4.0])})
    run.refused(lambda: tf.saved_model.get_tensor_from_tensor_info(info, import_scope="a"))


@story
def scattered(tf, run):
    from .suite import internal_module

    ops = internal_module(tf, "contrib.layers.python.layers.embedding_ops")
    numbers = [tf.constant(np.arange(4, dtype=np.float32)), tf.constant([7.0, 8.0, 9.0])]
    words = tf.constant([["a", "b"], ["c", "a"]])
    run(ops._sampled_scattered_embedding_lookup(numbers, words, dimension=3, hash_key=5))
    some_of = tf.constant([[[0, 2], [1, 1]], [[2, 0], [0, 1]]])
    run(ops._sampled_scattered_embedding_lookup(numbers, words, None, some_of, hash_key=5))
    wrong = ops._sampled_scattered_embedding_lookup(numbers, words, None, some_of[:1], hash_key=5)
    run.attempt(wrong)
    rows = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ["a", "b", "c"], [3, 2])
    lookup = ops._sampled_scattered_embedding_lookup_sparse
    for signed in (False, True):
        run(lookup(numbers, rows, dimension=4, hash_key=7, with_sign_hash=signed))
    run(lookup(numbers, rows, None, tf.constant([[0, 1], [2, 3], [1, 2]]), hash_key=7, name="own"))
    run.refused(lambda: lookup(numbers, words, 3))
    run.refused(lambda: ops._sampled_scattered_embedding_lookup(numbers, words))
    run.refused(lambda: ops._sampled_scattered_embedding_lookup(numbers, words, 0))


@story
def aggregated(tf, run):
    from .suite import internal_module

    ops = internal_module(tf, "contrib.layers.python.layers.embedding_ops")
    lookup = ops.embedding_lookup_sparse_with_distributed_aggregation
    places = [[0, 0], [0, 2], [1, 0], [3, 1], [3, 2]]
    ids = tf.placeholder_with_default(np.array([1, 3, 1, 0, 4], np.int64), [5])
    ids = tf.SparseTensor(places, ids, [4, 3])
    weights = tf.SparseTensor(places, [1.0, 0.5, 2.0, 4.0, 0.25], [4, 3])
    whole = tf.constant(np.arange(10, dtype=np.float32).reshape(5, 2))
    parts = [tf.constant(np.arange(6, dtype=np.float32).reshape(3, 2) + k) for k in (0, 10)]
    for tables in (whole, parts):
        for given in (None, weights):
            for combiner in ("sum", "mean", "sqrtn"):
                run(lookup(tables, ids, given, combiner=combiner))
    run(lookup(parts, ids, weights, "div", name="named", max_norm=2.0))
    run.refused(lambda: lookup(parts, ids, None, combiner="max"))
    run.refused(lambda: lookup(parts, ids, None, "other", combiner="sum"))
