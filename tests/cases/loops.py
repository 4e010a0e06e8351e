"""Programs that loop: `tf.while_loop`, its gradients, what is in it.

Their runs and every node of their graphs are compared.
"""

import numpy as np

from .arrays import f32, f64, num
from .suite import Suite

suite = Suite("loops")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def shapes(tensors):
    return [str(tensor.shape) for tensor in tensors]


def repeated(tf, times, body, *variables, **options):
    """`body(i, *variables)` so many times; returns the variables."""
    loop = tf.while_loop(
        lambda i, *rest: i < times,
        lambda i, *rest: [i + 1, *body(i, *rest)],
        [0, *variables],
        **options,
    )
    return loop[1:]


@story
def forward(tf, run):
    """Counters, what is the same in all iterations, constants, random numbers."""
    tf.set_random_seed(5)
    x, times = tf.placeholder(tf.float32, [None, 3], "x"), tf.placeholder(tf.int32, [], "times")
    with tf.control_dependencies([tf.square(x)]):
        count, total = tf.while_loop(
            lambda i, y: i < times, lambda i, y: (i + 1, y * 0.5 + x), [0, x], name="sum"
        )
    drawn = repeated(tf, 3, lambda i, y: [y + tf.random_uniform([2])], tf.zeros([2]))
    run.note(shapes([count, total, drawn[0]]))
    for fed in (0, 1, 4):
        run([count, total, drawn], {x: f32(2, 3), times: fed})


@story
def limits(tf, run):
    """maximum_iterations, and the forms in which one variable comes back."""
    x = tf.placeholder(tf.int32, [], "x")
    below, double = (lambda v: v < 100), (lambda v: v * 2)
    alone = tf.while_loop(below, double, [x])
    same = tf.while_loop(below, lambda v: [v * 2], [x], return_same_structure=True)
    few = tf.while_loop(below, double, [x], maximum_iterations=3)
    fed = tf.while_loop(below, double, (x,), maximum_iterations=x, name="fed")
    endless = tf.while_loop(lambda v: True, lambda v: v + 1, [0], maximum_iterations=5)
    run.note([type(same).__name__, type(few).__name__, type(fed).__name__])
    for value in (1, 3, 100):
        run([alone, same, few, fed, endless], {x: value})


@story
def invariants(tf, run):
    """Loop variables that grow, with and without what is known of their shape."""
    x = tf.placeholder(tf.float32, [1, 2], "x")
    grow = lambda i, y: [tf.concat([y, x * tf.cast(i, tf.float32)], 0)]
    options = {"shape_invariants": [tf.TensorShape([]), tf.TensorShape([None, 2])]}
    rows = repeated(tf, 3, grow, x, parallel_iterations=2, **options)[0]
    options = {"shape_invariants": [tf.TensorShape([]), tf.TensorShape(None)]}
    any_shape = repeated(tf, 2, lambda i, y: [tf.expand_dims(y, 0)], x, **options)[0]
    grads = tf.gradients([rows, any_shape], x)
    run.note(shapes([rows, any_shape, grads[0]]))
    run([rows, any_shape, grads], {x: f32(1, 2)})


@story
def structures(tf, run):
    """Nests, sparse gradients, operations that only count."""
    x = tf.placeholder(tf.float32, [2], "x")
    rows = tf.IndexedSlices(tf.ones([2, 3]), tf.constant([1, 2]), tf.constant([5, 3]))

    def body(i, pair, rows):
        next_rows = tf.IndexedSlices(rows.values * 2, rows.indices + 1, rows.dense_shape)
        return i + 1, {"a": pair["a"] + x, "b": (pair["b"][0] * 2,)}, next_rows

    loop = tf.while_loop(lambda i, *rest: i < 2, body, (0, {"a": x, "b": (x,)}, rows))
    run([loop[0], loop[1]["a"], loop[1]["b"][0], loop[2].values, loop[2].indices], {x: num([1, 2])})


@story
def gradients(tf, run):
    """By what is carried around, by what is the same in all iterations, by a variable."""
    x, w = tf.placeholder(tf.float32, [None, 2], "x"), tf.placeholder(tf.float32, [2, 2], "w")
    v = tf.Variable([0.5, -0.5], name="v")
    times = tf.placeholder(tf.int32, [], "times")
    y, _ = repeated(
        tf, times, lambda i, y, z: [tf.tanh(tf.matmul(y, w)) * v + z, z + x], x, x * 2.0
    )
    grads = tf.gradients(y, [x, w, v])
    run.note(shapes(grads))
    run(tf.global_variables_initializer())
    for fed in (0, 1, 3):
        run([y, grads], {x: f32(3, 2), w: f32(2, 2, at=3), times: fed})


@story
def gradients_of_parts(tf, run):
    """What does not depend on itself, what is not used, what has no gradient."""
    x = tf.placeholder(tf.float32, [None, 2], "x")
    fresh = repeated(tf, 3, lambda i, y: [x * 2.0], x)[0]
    known = repeated(tf, 3, lambda i, y: [x[0] * 3.0], tf.ones([2]))[0]
    stopped = repeated(tf, 3, lambda i, y: [tf.stop_gradient(y) * y], x, back_prop=True)[0]
    forward = repeated(tf, 3, lambda i, y: [y * x], x, back_prop=False, swap_memory=True)[0]
    grads = [tf.gradients(y, x)[0] for y in (fresh, known, stopped, forward)]
    one_of_two = repeated(tf, 2, lambda i, y, z: [y * z, z * x], x, x)
    run.note([str(grad is None) for grad in grads])
    grads = grads[:3] + [tf.gradients(y, x)[0] for y in one_of_two]
    run(grads, {x: f32(2, 2)})


@story
def condition_alone(tf, run):
    """A variable that only the condition looks at, and one that only others look at."""
    q = tf.Variable([7.0, 8.0], name="q")
    start = tf.argmin(q)

    def body(x, _):
        return tf.constant(0, tf.int64), tf.cast(x, tf.float32) + tf.reduce_sum(q)

    x, y = tf.while_loop(lambda x, y: tf.equal(y, 0.0), body, (start, 0.0))
    run(tf.global_variables_initializer())
    for fetched in (x, y, tf.gradients(y, q)):
        run(fetched)


@story
def nested(tf, run):
    """Loops in a loop, whose number of iterations is another each time, and their gradients."""
    x = tf.placeholder(tf.float64, [2], "x")

    def outer(i, y):
        inner = tf.while_loop(lambda j, z: j < i, lambda j, z: (j + 1, z * x + y), [0, y])
        return [inner[1] + tf.cast(inner[0], tf.float64)]

    y = repeated(tf, 4, outer, x)[0]
    grads = tf.gradients(y, x)
    run.note(shapes([y, grads[0]]))
    run([y, grads], {x: f64(2) / 4})


@story
def nested_of_unknown_shape(tf, run):
    x = tf.placeholder(tf.float32, name="x")
    inner = lambda y: repeated(tf, 2, lambda j, z: [tf.nn.relu(x) * z], y)[0]
    y = repeated(tf, 2, lambda i, y: [inner(y) + x], x)[0]
    run([y, tf.gradients(y, x)], {x: f32(2, 3)})


@story
def choices_in_loops(tf, run):
    """Of which each iteration takes another side, and their gradients."""
    x = tf.placeholder(tf.float32, [None], "x")
    v = tf.Variable([2.0, 0.5], name="v")

    def body(i, y, z):
        first = lambda: (y * v, tf.reduce_sum(z) * z)
        y, z = tf.cond(i % 2 > 0, first, lambda: (tf.exp(y) + tf.constant([1.0, 2.0]), z))
        a, b = tf.cond(i > 1, lambda: tf.split(y, 2), lambda: [z[:1], y[1:]])
        return [tf.concat([a, a * b], 0), z]

    shape = tf.TensorShape([None])
    y = repeated(tf, 4, body, x, x, shape_invariants=[tf.TensorShape([]), shape, shape])[0]
    grads = tf.gradients(y, [x, v])
    run(tf.global_variables_initializer())
    run([y, grads], {x: num([0.5, -1.0])})


@story
def loops_in_choices(tf, run):
    x, p = tf.placeholder(tf.float32, [2], "x"), tf.placeholder(tf.bool, [], "p")
    looped = lambda: repeated(tf, 3, lambda i, y: [y * x], x)[0]
    y = tf.cond(p, looped, lambda: x * 2)
    inside = tf.cond(p, lambda: tf.gradients(looped(), x)[0], lambda: x)
    grads = tf.gradients(y, x)
    for taken in (True, False):
        run([y, inside, grads], {x: f32(2), p: taken})


@story
def sparse_gradients(tf, run):
    """Of a table some of whose rows each iteration reads."""
    table = tf.Variable(np.arange(10, dtype=np.float32).reshape(5, 2), name="table")
    x = tf.placeholder(tf.float32, [2], "x")
    read = lambda i: tf.nn.embedding_lookup(table, [i, i + 1])
    y = repeated(tf, 3, lambda i, y: [y * read(i)], tf.ones([2, 2]) * x)[0]
    grad = tf.gradients(y, table)[0]
    train = tf.train.GradientDescentOptimizer(0.01).minimize(tf.reduce_sum(y))
    run(tf.global_variables_initializer())
    run([y, grad.values, grad.indices], {x: f32(2)})
    run(train, {x: f32(2)})
    run(table)


@story
def variables_in_loops(tf, run):
    """Read and assigned; an assignment that the next iteration's reading waits for."""
    x = tf.placeholder(tf.float32, [2], "x")
    v = tf.Variable([1.0, 2.0], name="v")

    def body(i, y):
        with tf.control_dependencies([v.assign_add(y)]):
            own = tf.get_variable("own", [], initializer=tf.constant_initializer(2.0))
            return [v.read_value() * own]

    y = repeated(tf, 3, body, x, parallel_iterations=1)[0]
    run(tf.global_variables_initializer())
    for _ in range(2):
        run(y, {x: num([1, -1])})
        run(v)


@story
def variables_read_before(tf, run):
    """A reading from before the loop, or the choice, is not copied: it shows what they change."""
    x = tf.placeholder(tf.float32, [2], "x")
    v, count = tf.Variable([1.0, 2.0], name="v"), tf.Variable(0, name="count")

    def body(i, y):
        with tf.control_dependencies([v.assign_add(y)]):
            return [tf.identity(v) * 2.0]

    y = repeated(tf, 3, body, x, parallel_iterations=1)[0]

    def counted(i):
        with tf.control_dependencies([count.assign_add(1)]):
            return tf.identity(count)

    until = tf.while_loop(lambda i: count < 10, counted, [count], parallel_iterations=1)

    def change():
        with tf.control_dependencies([v.assign(v * v)]):
            return v + 1.0

    chosen = tf.cond(x[0] > 0, change, lambda: v)
    run(tf.global_variables_initializer())
    for fed in ([1, -1], [-1, 1]):
        run(y, {x: num(fed)})
        run([v, until])
        run(chosen, {x: num(fed)})
        run([v, count])


@story
def references(tf, run):
    """A loop variable that is a reference to a variable."""
    v = tf.Variable([1.0, 2.0], name="v")
    carried = repeated(tf, 3, lambda i, ref: [tf.assign_add(ref, [1.0, -1.0])], v._ref())[0]
    run.note(str(carried.dtype))
    run(tf.global_variables_initializer())
    run(carried)
    run(v)


@story
def training(tf, run):
    """Adam on a loss behind a loop in a loop, gates and colocation among the gradients."""
    x = tf.placeholder(tf.float32, [2, 2], "x")
    w = tf.Variable([[0.5, -0.5], [0.25, 1.0]], name="w")
    inner = lambda y: repeated(tf, 2, lambda j, z: [tf.sigmoid(tf.matmul(z, w))], y)[0]
    y = repeated(tf, 2, lambda i, y: [inner(y) * 2], x)[0]
    loss = tf.reduce_mean(tf.square(y))
    optimizer = tf.train.AdamOptimizer(0.1)
    step = optimizer.minimize(loss, gate_gradients=2, colocate_gradients_with_ops=True)
    usual = tf.train.GradientDescentOptimizer(0.1).minimize(loss + tf.reduce_sum(w))
    run(tf.global_variables_initializer())
    for _ in range(3):
        run([loss, step], {x: f32(2, 2)})
        run(usual, {x: f32(2, 2)})
    run(w)


@story
def arrays(tf, run):
    """TensorArrays that are read and written, and their gradients."""
    x = tf.placeholder(tf.float32, [3, 2], "x")
    read = tf.TensorArray(tf.float32, size=3).unstack(x)
    written = tf.TensorArray(tf.float32, size=3)

    def body(i, state, written):
        state = tf.tanh(state * read.read(i))
        return state, written.write(i, state)

    state, written = repeated(tf, 3, body, tf.ones([2]), written)
    rows = written.stack()
    run([state, rows, tf.gradients([state, rows], x)], {x: f32(3, 2)})


@story
def effects(tf, run):
    """Functions of Python and assertions."""
    x = tf.placeholder(tf.float32, [2], "x")
    calls = []

    def body(i, y):
        with tf.control_dependencies([tf.assert_less(tf.reduce_max(y), 9.0)]):
            y = tf.py_func(lambda a: (calls.append(1), a * 2)[1], [y], tf.float32)
        y.set_shape([2])
        return [y]

    y = repeated(tf, 3, body, x, parallel_iterations=1)[0]
    run(y, {x: num([1, 2])})
    run.note(len(calls))
    run.attempt(y, {x: num([1, 5])})


@story
def refusals(tf, run):
    x, inside = tf.placeholder(tf.float32, [2], "x"), []

    def body(y):
        inside.append(y * 2)
        return y + 1

    below = lambda y: tf.reduce_sum(y) < 9
    y = tf.while_loop(below, body, [x])
    run.refused(lambda: inside[0] + 1)
    run.refused(lambda: tf.while_loop(below, lambda z: z + inside[0], [x]))
    run.refused(lambda: run.session.run(inside[0]))
    run.refused(lambda: run.session.run(y, {x: num([1, 2]), inside[0]: num([1, 2])}))
    run.refused(lambda: run.session.run(y, {"while/Enter:0": num([1, 2])}))
    run.refused(lambda: tf.while_loop(below, lambda z: tf.Variable(z) + z, [x]))
    run.refused(lambda: tf.while_loop(below, lambda z: z * tf.gradients(z, x)[0], [x]))
    product = tf.while_loop(below, lambda z: z * x, [x])
    run.refused(lambda: tf.gradients(tf.gradients(product, x)[0], x))


@story
def misused(tf, run):
    """Structures, types and shapes that do not fit."""
    x = tf.placeholder(tf.float32, [2], "x")
    below = lambda i, *rest: i < 3
    shape = tf.TensorShape

    def refused(body, *variables, **options):
        run.refused(lambda: tf.while_loop(below, body, list(variables), **options))

    refused(lambda i: (i, i), 0)
    refused(lambda i, j: (i, (j,)), 0, 1)
    refused(lambda i: None, 0)
    refused(lambda i, y: (i, tf.concat([y, y], 0)), 0, x)
    refused(lambda i, y: (i, y[None]), 0, x)
    refused(lambda i, y: (i, y), 0, x, shape_invariants=[shape([]), shape([3])])
    refused(lambda i, y: (i, y), 0, x, shape_invariants=[[], [2]])
    refused(lambda i: i, 0, maximum_iterations=[1])
    refused(lambda i: i, 0, parallel_iterations=0)
    refused(lambda: [])
    refused(1, 0)
    run.refused(lambda: tf.while_loop(1, lambda i: i, [0]))
    run.refused(lambda: tf.while_loop(lambda i: i, lambda i: i, [0]))
    run.refused(lambda: tf.while_loop(lambda y: y < 1, lambda y: y, [x]))


@story
def sizes_in_loops(tf, run):
    """What is known inside of a loop of a shape that is sliced and joined from outside of it."""
    sizes = tf.constant([3, 4])
    image = tf.compat.v1.placeholder_with_default(np.zeros([5, 2], np.float32), [5, None])
    partly = tf.shape(image)
    found = []

    def body(i):
        joined = tf.concat([sizes[:1], [i]], 0)
        found.extend(
            [
                tf.fill(sizes[:1], 0.0),
                tf.fill(tf.concat([sizes[:1], sizes[1:]], 0), 0.0),
                tf.fill(tf.concat([sizes, [7]], 0)[:1], 0.0),
                tf.reshape(tf.zeros([12]), tf.concat([sizes[:1], [-1]], 0)),
                tf.fill(partly[:1], 0.0),
                tf.fill(tf.stack([sizes[0], sizes[1]]), 0.0),
                tf.fill(sizes * 1, 0.0),
                tf.fill(tf.stack([partly[0], partly[1]]), 0.0),
                tf.fill(joined, 0.0),
                tf.fill(tf.stack([i, 3]), 0.0),
            ]
        )
        return i + 1

    last = tf.while_loop(lambda i: i < 3, body, [1])
    return shapes(found), run(last)
