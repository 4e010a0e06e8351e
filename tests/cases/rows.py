"""Programs that go over rows: trained, drawn at random, assigned, checked and called in loops."""

import numpy as np

from .arrays import f32, num
from .suite import Suite

suite = Suite("rows")

X = f32(4, 3)
W = f32(3, 3, at=1) / 2


def program(fn):
    """Adds `fn(tf, run, x)` as a case, where x is fed with four rows."""
    suite.case(
        fn.__name__,
        lambda tf, run: fn(tf, run, tf.placeholder(tf.float32, [4, 3], "x")),
        grad=False,
    )
    return fn


def trained(tf, run, optimizer, loss, x):
    """Three steps."""
    step = optimizer.minimize(loss)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run([step, loss], {x: X})
    run(tf.trainable_variables())


@program
def trained_by_rows(tf, run, x):
    w, b = tf.Variable(W, name="w"), tf.Variable(tf.zeros([3]), name="b")
    y = tf.map_fn(lambda row: tf.tanh(tf.matmul(row[None], w)[0] + b), x)
    trained(tf, run, tf.train.MomentumOptimizer(0.1, 0.9), tf.reduce_sum(tf.square(y - 1)), x)


@program
def trained_in_time(tf, run, x):
    w = tf.Variable(W, name="w")
    y = tf.scan(lambda made, row: tf.tanh(tf.matmul(made[None], w)[0] + row), x, tf.zeros([3]))
    trained(tf, run, tf.train.AdamOptimizer(0.1), tf.reduce_sum(tf.square(y[-1] - 1)), x)


@program
def trained_on_rows_of_a_table(tf, run, x):
    """Each turn gives IndexedSlices."""
    w = tf.Variable(W, name="w")

    def turn(total, i):
        return total + tf.reduce_sum(tf.square(tf.nn.embedding_lookup(w, [i, 2]) * x[0]))

    loss = tf.foldl(turn, [0, 2, 2, 1] * tf.ones([4], tf.int32), 0.0)
    trained(tf, run, tf.train.GradientDescentOptimizer(0.01), loss, x)


@program
def chosen_in_time(tf, run, x):
    y = tf.scan(
        lambda made, row: tf.cond(tf.reduce_sum(row) > 0, lambda: made * row, lambda: made - row), x
    )
    run([y, tf.gradients(y, x)], {x: X})


@program
def rows_in_turns_on_one_side(tf, run, x):
    def turns():
        return tf.while_loop(
            lambda i, v: i < 3,
            lambda i, v: (i + 1, tf.map_fn(lambda row: row * 0.5 + v[0], v)),
            [0, x],
        )[1]

    y = tf.cond(x[0, 0] < 0, turns, lambda: x * 2)
    for value in (X, -X):
        run([y, tf.gradients(y, x)], {x: value})


@program
def turns_in_rows(tf, run, x):
    def turns(row):
        return tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * row), [0, row])[1]

    y = tf.map_fn(turns, x)
    run([y, tf.gradients(y, x)], {x: X})


@program
def read_from_both_ends(tf, run, x):
    """An array from around the loop is read twice in each turn."""
    given = tf.TensorArray(tf.float32, 4, clear_after_read=False).unstack(x)
    y = tf.foldl(
        lambda made, i: made + given.read(i) * given.read(3 - i),
        tf.constant([0, 1, 2, 3]),
        tf.zeros([3]),
    )
    run([y, tf.gradients(y, x)], {x: X})


@program
def called(tf, run, x):
    run(tf.map_fn(lambda row: tf.py_func(lambda v: v * 2 + 1, [row], tf.float32), x), {x: X})


@program
def drawn(tf, run, x):
    """Every turn has numbers of its own, and so has every run."""
    tf.set_random_seed(3)
    y = tf.map_fn(lambda row: row + tf.random_uniform([3], seed=5), x, parallel_iterations=1)
    z = tf.map_fn(lambda row: tf.nn.dropout(row, keep_prob=0.5), x, parallel_iterations=1)
    for _ in range(2):
        run([y, z, tf.gradients(z, x)], {x: X})


@program
def assigned(tf, run, x):
    v = tf.Variable(tf.zeros([3]), name="v")

    def turn(row):
        with tf.control_dependencies([tf.assign_add(v, row)]):
            return row * 2

    y = tf.map_fn(turn, x, parallel_iterations=1)
    run(v.initializer)
    for _ in range(2):
        run(y, {x: X})
        run(v)


@program
def strings(tf, run, x):
    words = tf.constant(["a", "b", "c"])
    run(tf.map_fn(lambda word: tf.string_join([word, "!"]), words))
    run(tf.foldl(lambda made, word: tf.string_join([made, word]), words))
    run(tf.scan(lambda made, word: tf.string_join([made, word]), words, reverse=True))


@program
def types(tf, run, x):
    for dtype in (tf.int64, tf.complex64, tf.float16):
        values = tf.cast(tf.abs(x) * 2, dtype)
        run(tf.map_fn(lambda row: row * row, values), {x: X})
        run(tf.scan(lambda made, row: made + row, values), {x: X})
    run(tf.map_fn(lambda row: row > 0, x, dtype=tf.bool), {x: X})


@program
def checked(tf, run, x):
    def turn(row):
        with tf.control_dependencies([tf.Assert(row[0] < 5, [row])]):
            return row * 1

    y = tf.map_fn(turn, x)
    run(y, {x: X})
    run.attempt(y, {x: X * 100})


@program
def as_many_as_fed(tf, run, x):
    n = tf.placeholder(tf.int32, [])
    y = tf.map_fn(lambda i: x[i] * 2, tf.range(n), dtype=tf.float32)
    for count in (1, 4, 2):
        run([y, tf.gradients(y, x)], {x: X, n: count})


@program
def until_the_data_say(tf, run, x):
    made = tf.TensorArray(tf.float32, 0, dynamic_size=True, element_shape=[3])
    i, _, made = tf.while_loop(
        lambda i, v, made: tf.reduce_sum(v) < 10,
        lambda i, v, made: (i + 1, v + 1, made.write(i, v)),
        [0, x[0], made],
    )
    y = made.stack()
    for value in (X, X + 2):
        run([i, y, tf.gradients(y, x)], {x: value})


@program
def longer_and_longer(tf, run, x):
    made = tf.TensorArray(tf.float32, 3, infer_shape=False)
    _, made = tf.while_loop(
        lambda i, made: i < 3, lambda i, made: (i + 1, made.write(i, x[: i + 1])), [0, made]
    )
    y = made.concat()
    run([y, tf.gradients(y, x)], {x: X})


@program
def several_gradients(tf, run, x):
    y = tf.map_fn(lambda row: row * row, x)
    z = tf.scan(lambda made, row: made * row, y)
    run(tf.gradients([y, z], x), {x: X})
    run([tf.gradients(y, x), tf.gradients(z, y, stop_gradients=[y])], {x: X})
    run(tf.gradients(tf.scan(lambda made, row: tf.stop_gradient(made) * row, x), x), {x: X})


@program
def best_of_each(tf, run, x):
    best, place = tf.map_fn(
        lambda row: (tf.reduce_max(row), tf.argmax(row)), x, dtype=(tf.float32, tf.int64)
    )
    run([best, place, tf.gradients(best, x)], {x: X})
    run([best, place], {x: num(np.eye(4, 3))})
