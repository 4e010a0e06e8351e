"""Programs that run eagerly: what they compute, and how they are refused."""

import copy
import pickle
import threading

import numpy as np

from .arrays import f32, ints, num
from .suite import Suite, internal_module

suite = Suite("eager")

ROUNDING = "TensorFlow's kernels sum in another order"


def program(fn=None, **options):
    """Adds `fn(tf, tell)` as a case, under its own name."""
    if fn is None:
        return lambda given: program(given, **options)
    suite.case(fn.__name__, fn, grad=False, **options)
    return fn


# Models -----------------------------------------------------------------------------------------


@program
def linear_regression(tf, tell):
    x, y = tf.constant(f32(8, 2)), tf.constant(f32(8, 1, at=3))
    w, b = tf.Variable(tf.zeros([2, 1])), tf.Variable(0.0)
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((tf.matmul(x, w) + b - y) ** 2)
        dw, db = tape.gradient(loss, [w, b])
        w.assign_sub(0.1 * dw)
        b.assign_sub(0.1 * db)
        tell(loss)
    tell(w, b)


@program(rtol=1e-4, why=ROUNDING)
def network_with_adam(tf, tell):
    x, labels = tf.constant(f32(6, 4)), tf.constant(ints([0, 1, 2, 0, 1, 2]))
    variables = [
        *(tf.Variable(f32(4, 5)), tf.Variable(tf.zeros([5]))),
        *(tf.Variable(f32(5, 3, at=2)), tf.Variable(tf.zeros([3]))),
    ]
    optimizer = tf.train.AdamOptimizer(0.05)
    for _ in range(4):
        with tf.GradientTape() as tape:
            w1, b1, w2, b2 = variables
            hidden = tf.nn.relu(tf.matmul(x, w1) + b1)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels=labels, logits=tf.matmul(hidden, w2) + b2
            )
            loss = tf.reduce_mean(losses)
        grads = tape.gradient(loss, variables)
        tell(loss, optimizer.apply_gradients([(grads[i], variables[i]) for i in range(4)]))
    tell(*variables)
    tell([v.name for v in optimizer.variables()], optimizer.get_slot_names())


@program
def minimizing_functions(tf, tell):
    for name, options in (
        ("GradientDescent", {}),
        ("Momentum", {"momentum": 0.9}),
        ("Adagrad", {}),
        ("RMSProp", {}),
        ("Ftrl", {}),
    ):
        v, step = tf.Variable([1.0, -2.0]), tf.Variable(0, dtype=tf.int64)
        optimizer = getattr(tf.train, name + "Optimizer")(0.1, **options)
        for _ in range(3):
            optimizer.minimize(lambda v=v: tf.reduce_sum(v * v), global_step=step)
        tell(v, step)


@program
def recurrence_by_hand(tf, tell):
    w, u = tf.Variable(f32(3, 4)), tf.Variable(f32(4, 4, at=1))
    with tf.GradientTape() as tape:
        state = tf.zeros([2, 4])
        for step in range(3):
            state = tf.tanh(tf.matmul(f32(2, 3, at=step), w) + tf.matmul(state, u))
        loss = tf.reduce_sum(state[:, 0])
    tell(loss, tape.gradient(loss, {"w": w, "u": u}))


# Gradients --------------------------------------------------------------------------------------


@program
def higher_orders(tf, tell):
    x = tf.constant(2.0)
    with tf.GradientTape() as third:
        third.watch(x)
        with tf.GradientTape() as second:
            second.watch(x)
            with tf.GradientTape() as first:
                first.watch(x)
                y = x**4 + tf.sin(x)
            dy = first.gradient(y, x)
        d2y = second.gradient(dy, x)
    tell(y, dy, d2y, third.gradient(d2y, x))


@program
def persistent_tapes(tf, tell):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * tf.stop_gradient(x)
    tell(tape.gradient(y, x), tape.gradient(z, [x, y]))
    tell(tape.gradient(z, x, output_gradients=tf.constant([1.0, 10.0])))
    tell(tape.gradient(y, tf.constant(1.0)))
    tell(tape.gradient(y, tf.constant([1.0]), unconnected_gradients="zero"))


@program
def tapes_refuse(tf, tell):
    x = tf.constant(1.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    tape.gradient(y, x)
    tell.refused(lambda: tape.gradient(y, x))
    tell.refused(lambda: tf.GradientTape().stop_recording().__enter__())
    tell.refused(lambda: tape.__enter__().watch(3.0))
    tell.refused(lambda: tape.__enter__())
    tape.__exit__(None, None, None)
    tell.refused(lambda: tf.gradients(y, x))


@program
def recording_stops(tf, tell):
    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        with tape.stop_recording():
            z = y * x
        tell(tape.gradient(z, x))
        tape.reset()
        tape.watch(x)
        tell(tape.gradient(y, x), tape.gradient(x * 5.0, x))


@program
def custom_gradients(tf, tell):
    scale = tf.Variable(2.0)

    @tf.custom_gradient
    def scaled(x):
        def gradient(dy, variables=None):
            return dy * 100.0, [dy * 7.0 for _ in variables]

        return x * scale, gradient

    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = scaled(x) * 2.0
    tell(y, tape.gradient(y, [x, scale]))

    @tf.custom_gradient
    def forgetful(x):
        return x * scale, lambda dy: dy

    tell.refused(lambda: forgetful(x))


@program
def sparse_gradients(tf, tell):
    table = tf.Variable(f32(5, 2))
    with tf.GradientTape(persistent=True) as tape:
        rows = tf.nn.embedding_lookup(table, [1, 3, 1])
        loss = tf.reduce_sum(rows * rows)
        both = loss + tf.reduce_sum(table)
    grad = tape.gradient(loss, table)
    tell(type(grad).__name__, grad.indices, grad.values, grad.dense_shape)
    tell(tf.convert_to_tensor(tape.gradient(both, table)))
    tf.train.GradientDescentOptimizer(0.5).apply_gradients([(grad, table)])
    tell(table)


@program
def jacobians(tf, tell):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.matmul(x, [[1.0, 2.0], [0.0, 1.0]]) ** 2
    tell(tape.jacobian(y, x), tape.batch_jacobian(y, x))
    tell.refused(lambda: tape.batch_jacobian(y, tf.zeros([3, 2])))


@program
def functions_of_functions(tf, tell):
    eager = tf.contrib.eager
    w = eager.Variable(2.0)
    tell(eager.gradients_function(lambda x, y: x * x * y)(3.0, 4.0))
    tell(eager.gradients_function(lambda x, y: x * x * y, params=["y"])(3.0, 4.0))
    tell(eager.value_and_gradients_function(lambda x: x * w)(3.0))
    value, pairs = eager.implicit_value_and_gradients(lambda x: x * w)(3.0)
    tell(value, pairs[0][0], pairs[0][1] is w)
    tell.refused(lambda: eager.implicit_gradients(lambda x: x * x)(tf.constant(1.0)))
    tell.refused(lambda: eager.gradients_function(lambda x: None)(1.0))


@program
def a_tape_in_a_graph(tf, tell):
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [])
        v = tf.get_variable("v", initializer=3.0, use_resource=True)
        sess.run(v.initializer)
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x * v
        tell(sess.run(tape.gradient(y, [x, v]), {x: 5.0}))


# Tensors and variables --------------------------------------------------------------------------


@program
def tensors_in_python(tf, tell):
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    tell(str(x), f"{tf.constant(2.0):.2f}", len(x), x.ndim, x.shape.as_list())
    tell(list(x), x[1, 0], x[:, -1], x[..., None].shape.as_list())
    tell(int(tf.constant(3.7)), float(tf.constant(3)), [7, 8][tf.constant(1)], bool(x[0, 0]))
    tell(np.array(x), x + np.ones(2), 1.0 - x, x @ x, -x, x // 2.0, x % 3.0, 2.0**x)
    tell(copy.deepcopy(x), pickle.loads(pickle.dumps(x)), x == x, x != tf.identity(x))
    tell(x < 2.0, ~(x < 2.0), (x < 2.0) | (x > 3.0), x.device)
    for what in ("op", "graph", "name"):
        tell.refused(lambda what=what: getattr(x, what))
    for call in (lambda: bool(x), lambda: x.eval(), lambda: x.set_shape([3]), lambda: x.gpu()):
        tell.refused(call)
    tell.refused(lambda: len(tf.constant(1)))
    tell.refused(lambda: list(tf.constant(1)))


@program
def constants(tf, tell):
    for value in (1, 1.5, True, "a", [1, 2.5], 1 << 40, [[1], [2]], np.ones(2), np.int64(3)):
        x = tf.constant(value)
        tell(x, x.dtype.name)
    tell(tf.constant(1, shape=[2, 2]), tf.constant([1, 2, 3, 4], shape=[2, 2]))
    for value, options in (
        (1.0, {"dtype": tf.int32}),
        ("a", {"dtype": tf.float32}),
        (3, {"dtype": tf.string}),
        ([[1], [2, 3]], {}),
        ([1, "a"], {}),
        (None, {}),
        (1 << 70, {}),
        ([1, 2, 3], {"shape": [2, 2]}),
    ):
        tell.refused(lambda value=value, options=options: tf.constant(value, **options))


@program
def variables(tf, tell):
    v = tf.Variable([1.0, 2.0], name="mine")
    tell(v, v.name, v.dtype.name, v.shape.as_list(), repr(v), v.trainable)
    tell(v.assign_add([1.0, 1.0]), v.assign([5.0, 6.0]).numpy(), v * 2.0, v[1])
    v[1].assign(0.5)
    tell(
        v.scatter_update(tf.IndexedSlices([9.0], [0], [2])), v.sparse_read([1]), v.is_initialized()
    )
    tell(tf.Variable(lambda: tf.ones([2])), tf.Variable(3, dtype=tf.float32))
    tell(tf.global_variables(), v.initializer, tf.global_variables_initializer())
    for call in (
        lambda: v.assign([1.0]),
        lambda: v.assign("a"),
        lambda: v.op,
        lambda: v.graph,
        lambda: v.eval(),
        lambda: tf.Variable(),
    ):
        tell.refused(call)


@program
def variables_by_name(tf, tell):
    ones = tf.ones_initializer()
    with tf.variable_scope("outer"):
        first = tf.get_variable("v", [2], initializer=ones)
    with tf.variable_scope("outer"):
        second = tf.get_variable("v", [2], initializer=ones)
    tell(first.name, second.name, first is second)
    with tf.variable_scope("outer", reuse=True):
        tell(tf.get_variable("w", [1], initializer=ones))
    store = tf.contrib.eager.EagerVariableStore()
    with store.as_default():
        kept = [tf.get_variable("k", [2], initializer=ones) for _ in range(2)]
    tell(kept[0] is kept[1], [v.name for v in store.variables()])
    step = tf.train.get_or_create_global_step()
    tell(step, step is tf.train.get_or_create_global_step())


@program
def random_numbers(tf, tell):
    tell(*(tf.random.uniform([2], seed=1) for _ in range(3)), tf.random.normal([2], seed=5))
    for _ in range(2):
        tf.set_random_seed(3)
        tell(tf.random.uniform([2]), tf.random.uniform([2]), tf.random.normal([3], seed=5))
        tell(tf.random.shuffle([1, 2, 3, 4]), tf.nn.dropout(tf.ones([6]), rate=0.5))
        tell(tf.random.truncated_normal([2]), tf.multinomial([[1.0, 2.0, 3.0]], 4))
        tell(tf.get_variable("v", [3]))


# Control flow and other things ------------------------------------------------------------------


@program
def control_flow(tf, tell):
    x = tf.constant(3.0)
    tell(tf.cond(x > 2.0, lambda: x * 2.0, lambda: x), tf.cond(x > 5.0, lambda: 1, lambda: [2]))
    tell(tf.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, s + x), [0, 0.0]))
    tell(tf.while_loop(lambda i: i < 9, lambda i: i + 1, [0], maximum_iterations=3))
    tell(tf.case([(x > 5.0, lambda: 1), (x > 2.0, lambda: 2)], default=lambda: 3))
    tell(tf.map_fn(lambda e: e * e, num([1, 2, 3])), tf.scan(lambda a, e: a + e, num([1, 2, 3])))
    tell(tf.foldl(lambda a, e: a * e, num([1, 2, 3])), tf.no_op(), tf.group(x))
    with tf.control_dependencies([x]), tf.name_scope("a"), tf.device("/cpu:0"):
        tell(tf.identity(x))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.while_loop(lambda i, p: i < 3, lambda i, p: (i + 1, p * x), [0, 1.0])[1]
    tell(tape.gradient(y, x))


@program
def arrays_of_tensors(tf, tell):
    array = tf.TensorArray(tf.float32, 2, dynamic_size=True, clear_after_read=False)
    array = array.write(0, [1.0, 2.0]).write(2, [3.0, 4.0])
    tell(array.read(0), array.stack(), array.size(), array.gather([2, 0]), array.concat())
    fixed = tf.TensorArray(tf.float32, 1)
    for call in (
        lambda: fixed.write(1, 1.0),
        lambda: fixed.read(3),
        lambda: array.write(0, [1.0]),
        lambda: fixed.unstack([1.0, 2.0]),
        lambda: tf.TensorArray(tf.float32),
    ):
        tell.refused(call)
    fixed.write(0, 1.0).read(0)
    tell.refused(lambda: fixed.read(0))


@program
def python_functions(tf, tell):
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.py_function(lambda t: t * t, [x], tf.float32)
    tell(y, tape.gradient(y, x), tf.numpy_function(lambda a: a + 1, [x], tf.float32))
    tell(tf.py_func(lambda a, b: (a, b), [x, tf.constant(3)], [tf.float32, tf.int32]))
    tell.refused(lambda: tf.py_func(lambda: {}["missing"], [], tf.float32))


@program
def kernels_refuse(tf, tell):
    x, y = tf.ones([2, 3]), tf.ones([4])
    for call in (
        lambda: tf.matmul(x, x),
        lambda: tf.matmul(y, y),
        lambda: x + y,
        lambda: x + tf.constant(1),
        lambda: tf.constant(2) * 3.5,
        lambda: tf.reshape(x, [4]),
        lambda: tf.gather(y, [7]),
        lambda: tf.concat([x, y], 0),
        lambda: tf.zeros([2])[5],
        lambda: tf.assert_equal(1, 2),
        lambda: tf.assert_less([1, 5], [3, 3], message="small"),
        lambda: tf.check_numerics([np.nan], "bad"),
        lambda: tf.Assert(tf.constant(False), [x]),
    ):
        tell.refused(call)


@program
def graphs_beside(tf, tell):
    here = tf.constant(2.0)
    with tf.Graph().as_default(), tf.Session() as sess:
        tell(tf.executing_eagerly())
        x = tf.placeholder(tf.float32)
        tell(sess.run(x * 3.0, {x: here.numpy()}))
        with tf.init_scope():
            tell(tf.executing_eagerly())
        for call in (lambda: tf.identity(here), lambda: x + here, lambda: tf.Variable(here)):
            tell.refused(call)
    tell(tf.executing_eagerly())
    tell.refused(lambda: x + 1.0)


@program
def what_graphs_alone_have(tf, tell):
    for call in (
        lambda: tf.placeholder(tf.float32),
        lambda: tf.hessians(tf.constant(1.0), tf.constant(1.0)),
        lambda: tf.train.start_queue_runners(),
        lambda: tf.train.string_input_producer(["a"]),
        lambda: tf.summary.merge_all(),
        lambda: tf.train.Saver(),
        lambda: tf.metrics.mean(1.0),
        lambda: tf.add_check_numerics_ops(),
    ):
        tell.refused(call)
    tell(tf.train.exponential_decay(0.1, tf.constant(4), 2, 0.5)())


@program
def modes(tf, tell):
    context = internal_module(tf, "python.eager.context")
    tell(tf.executing_eagerly(), context.num_gpus(), context.context().executing_eagerly())
    with context.graph_mode():
        tell(tf.executing_eagerly())
        with context.eager_mode():
            tell(tf.constant(1))
    tell(context.context().scope_name)
    with tf.name_scope("a"), tf.name_scope("b") as scope:
        tell(scope, tf.Variable(1.0).name)


@program
def numbers_among_tensors(tf, tell):
    """They are of the type of the first tensor, which may come behind them."""
    long, half = tf.constant([1, 5], tf.int64), tf.constant([1.0, 5.0], tf.float16)
    single = tf.Variable([1.0, 5.0])
    for x in (long, half, single):
        for y in (tf.maximum(x, 3), tf.maximum(3, x), tf.pow(x, 2), tf.equal(x, 5)):
            tell(y, y.dtype.name)
    tell(tf.minimum(2.5, half), tf.clip_by_value(single, 2, 3.5), tf.range(0, long[1], 2))
    for call in (
        lambda: tf.maximum(long, 2.5),
        lambda: tf.maximum(2.5, long),
        lambda: tf.equal(tf.constant([True]), 1),
    ):
        tell.refused(call)


# Ragged tensors ---------------------------------------------------------------------------------


def rows_of(value):
    """A value as lists, ragged or not."""
    if isinstance(value, (list, tuple)):
        return [rows_of(part) for part in value]
    return value.to_list() if hasattr(value, "to_list") else value.numpy().tolist()


@program
def ragged_tensors(tf, tell):
    rows, words = (
        tf.ragged.constant([[1.0, 2.5], [], [3.0]]),
        tf.ragged.constant([["a"], ["b", "c"]]),
    )
    deep = tf.ragged.constant([[[1, 2], [3]], [], [[4, 5, 6]]])
    tell(repr(rows), str(deep), repr(words), rows.shape.as_list(), deep.ragged_rank)
    tell(rows_of(list(rows)), rows_of(list(deep)), [len(row.numpy()) for row in rows])
    tell(rows_of([rows[0], rows[-1], rows[0, 1], rows[:2], rows[:, :1], deep[:, 0:1], deep[2, 0]]))
    tell(
        rows_of(
            [
                rows + 1.0,
                rows * [[1.0], [2.0], [3.0]],
                1.0 / rows,
                rows > 2.0,
                tf.add(deep, [[[10]]]),
            ]
        )
    )
    tell(rows_of([tf.concat([rows, rows], 1), tf.stack([deep, deep])[1, 0], tf.tile(rows, [1, 2])]))
    tell(rows_of([tf.reduce_sum(rows, 1), tf.reduce_mean(rows, 0), tf.gather(rows, [2, 0])]))
    tell(rows_of([tf.strings.join([words, words], "-"), tf.strings.length(words)]))
    tell(rows_of([rows.to_tensor(-1.0), tf.sparse.to_dense(rows.to_sparse()), deep.row_lengths(2)]))
    tell(rows_of(list(tf.data.Dataset.from_tensor_slices(deep).map(lambda row: row * 2))))


@program
def ragged_tensors_in_functions_and_tapes(tf, tell):
    rows = tf.ragged.constant([[1.0, 2.5], [], [3.0]])

    @tf.function
    def sums(value):
        return tf.reduce_sum(value * 2.0 + 1.0, axis=1), tf.concat([value, value], axis=1)

    tell(rows_of(sums(rows)), rows_of(sums(tf.ragged.constant([[1.0], [2.0, 3.0]]))))

    @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.float32)])
    def doubled(value):
        return tf.while_loop(lambda i, r: i < 3, lambda i, r: (i + 1, r * 2.0), (0, value))[1]

    tell(rows_of(doubled(rows)))
    x, table = tf.constant([1.0, 2.0, 3.0]), tf.Variable([1.0, 2.0, 3.0, 4.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        made = tf.RaggedTensor.from_row_splits(x, [0, 2, 2, 3])
        y = tf.reduce_sum((made + tf.constant([[1.0], [2.0], [3.0]])).to_tensor() ** 2)
        looked_up = tf.gather(table, tf.ragged.constant([[0, 1], [], [3]]))
        z = tf.reduce_sum(tf.reduce_sum(looked_up * looked_up, axis=1) * [1.0, 2.0, 3.0])
    tell(tape.gradient(y, x), tf.convert_to_tensor(tape.gradient(z, table)))


@program
def ragged_refusals(tf, tell):
    rows = tf.ragged.constant([[1, 2], [], [3]])
    for refused in (
        *(lambda: bool(rows), lambda: len(rows), lambda: rows[5], lambda: rows[:, 0]),
        *(lambda: rows["x"], lambda: tf.add(rows, [1, 2]), lambda: tf.add(rows, [[1], [2]])),
        *(lambda: tf.nn.relu(rows), lambda: tf.convert_to_tensor(rows), lambda: tf.squeeze(rows)),
        *(
            lambda: tf.concat([rows, tf.ragged.constant([[[1]]])], 0),
            lambda: tf.reduce_sum(rows, 5),
        ),
        *(lambda: tf.gather(rows, [7]), lambda: tf.ragged.constant([1, [2]])),
        *(lambda: tf.RaggedTensor.from_row_splits([1, 2], [0, 1]), lambda: tf.shape(rows)),
    ):
        try:
            refused()
            tell("none")
        except Exception as error:
            tell(type(error).__name__)


# Converted code ---------------------------------------------------------------------------------


@program
def converted_functions(tf, tell):
    def broken_off(x):
        y = x
        for i in tf.range(3):
            for j in tf.range(2):
                y = y * x if tf.equal(j, i % 2) else y + x * tf.sin(y)
                if y > 1.1:
                    break
        return y

    def gone_on(x):
        count = 0
        for _ in range(4):
            x = x + 1.0
            if x > 2.0:
                continue
            count += 1
            x = x * 2.0
        return x, count

    def returned(x):
        if x > 3.0:
            return -x
        while x < 2.0:
            x = x + 1.0
        return x

    for function in (broken_off, gone_on, returned):
        converted = tf.autograph.to_graph(function)
        tell(*(converted(tf.constant(value)) for value in (0.5, 1.5, 20.0)))
    with tf.GradientTape() as tape:
        x = tf.constant(0.5)
        tape.watch(x)
        y = tf.autograph.to_graph(broken_off)(x)
    tell(tape.gradient(y, x))


# Rows, shapes and what is computed twice ----------------------------------------------------------


@program
def functions_of_rows(tf, tell):
    x = tf.constant(f32(3, 2))
    tell(tf.vectorized_map(lambda row: tf.reduce_sum(row * row), x))
    tell(tf.vectorized_map(lambda rows: (rows[0] + rows[1], rows[0] * 2.0), (x, x)))
    tell(tf.vectorized_map(lambda row: tf.matmul(row[tf.newaxis], tf.ones([2, 3])), x))
    tell(tf.function(lambda x: tf.vectorized_map(lambda row: row * row[0], x))(x))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.vectorized_map(lambda row: tf.reduce_sum(row**3), x)
    tell(tape.gradient(y, x))


@program
def shapes_by_name(tf, tell):
    x, y, scalar = tf.ones([2, 3]), tf.ones([3, 4]), tf.constant(1.0)
    for shapes in (
        [(x, ("N", "Q")), (y, ("Q", "D"))],
        [(x, ("N", "Q")), (y, ("N", "D"))],
        [(x, (2, "Q")), (y, (3, "*")), (x, None)],
        *([(x, ("N",))], [(x, (2, 4))], [(x, ("...", 3))], [(x, ("*", 3, 3))], [(scalar, ())]),
        *(
            [(scalar, ("N",))],
            [(x, (None, "."))],
            [(x, "NQ")],
            [(x, 5)],
            [(x, ("...", "A", "B", "C"))],
        ),
    ):
        for message in (None, "these differ"):
            try:
                tell(tf.debugging.assert_shapes(shapes, message=message))
            except ValueError as error:
                tell(str(error).split("\n")[0])

    unknown = tf.TensorSpec([None, None])

    @tf.function(input_signature=[unknown, unknown])
    def product(a, b):
        check = tf.debugging.assert_shapes([(a, ("N", "Q")), (b, ("Q", "D"))])
        with tf.control_dependencies([] if check is None else [check]):
            return tf.reduce_sum(a) * tf.reduce_sum(b)

    tell(product(x, y))
    try:
        product(x, x)
    except tf.errors.InvalidArgumentError:
        tell("refused")


@program
def computed_once_more(tf, tell):
    w = tf.Variable(2.0)
    calls = []

    @tf.recompute_grad
    def cubed(x):
        calls.append(x)
        return x * x * x * w

    for differentiate in (lambda f: f, tf.function):

        @differentiate
        def derivatives():
            x = tf.constant(3.0)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = cubed(x)
            return tape.gradient(y, [x, w])

        tell(derivatives(), len(calls))


# TensorFlow 2's behaviour -------------------------------------------------------------------------


@program
def equality_of_values(tf, tell):
    a, b, v = tf.constant([1, 2]), tf.constant([1, 3]), tf.Variable(1)
    name, nan = tf.constant("x"), tf.constant(float("nan"))
    pairs = [(a, a), (a, b), (a, 1), (a, [1, 2]), (v, v), (v, 1), (v, a), (a, v)]
    pairs += [(name, "x"), (name, "y"), (nan, nan), ([1, 2], a), (np.array([1, 2]), a)]
    equality = internal_module(tf, "python.framework.ops").Tensor
    for change in (tf.enable_tensor_equality, tf.disable_tensor_equality):
        change()
        try:
            tell(equality._USE_EQUALITY, [x == y for x, y in pairs], [x != y for x, y in pairs])
            tell(a.experimental_ref() == a.experimental_ref(), a in [a, b], v in [v])
            for question in (
                *(lambda: {a: 1}[a], lambda: {v: 1}[v]),
                *(lambda: b in [a, b], lambda: a == [1, 2, 3], lambda: a != [1, 2, 3]),
            ):
                try:
                    tell(question())
                except (TypeError, ValueError, tf.errors.InvalidArgumentError) as error:
                    tell(type(error).__name__, str(error))

            @tf.function
            def traced(x):
                return x == 1, x != 1, x == [1, 2, 3]

            with tf.Graph().as_default():
                c = tf.constant(1)
                tell([c == c, c == 1, {c: 2}[c]])
            tell(traced(tf.constant(1)) if equality._USE_EQUALITY else None)
        finally:
            tf.disable_tensor_equality()


@program
def sizes_as_numbers(tf, tell):
    shapes = [tf.TensorShape([2, 3]), tf.TensorShape([None, 2]), tf.constant([[1, 2]]).shape]
    for change in (tf.enable_v2_tensorshape, tf.disable_v2_tensorshape):
        change()
        try:
            for shape in shapes:
                tell(repr(shape), repr(shape[0]), repr(shape[-1]), repr(shape[1:]), str(shape))
                tell(repr(list(shape)), repr(shape.dims), shape == [2, 3], shape.as_list())
                tell(repr(tf.compat.v1.dimension_at_index(shape, 1)))
                tell(tf.compat.dimension_value(shape[1]))
            unknown = tf.TensorShape(None)
            tell(repr(unknown[0]), repr(unknown[1:3]), repr(unknown))
            x = tf.reshape(tf.range(6), [shapes[0][0], shapes[0][1]])
            tell(tf.reduce_sum(x, axis=1), tf.keras.layers.Flatten()(x).shape.as_list())
        finally:
            tf.disable_v2_tensorshape()


# What functions take from around them ------------------------------------------------------------


@program
def values_at_call_time(tf, tell):
    now = {"scale": tf.constant(3.0), "other": 1.0}
    rows = tf.IndexedSlices(tf.constant([1, 2]), tf.constant([0, 1], tf.int64))
    ragged = tf.ragged.constant([[[1, 2], [3]], [[4, 5, 6]]])

    def taken(closure, spec, key=None):
        return tf.get_default_graph().capture_call_time_value(closure, spec, key)

    @tf.function
    def scaled(x):
        return x * taken(lambda: now["scale"], tf.TensorSpec([]))

    @tf.function
    def keyed(x):
        first = taken(lambda: now["other"], tf.TensorSpec(None), key=0)
        return x + first + taken(lambda: 1 / 0, tf.TensorSpec(None), key=0)

    @tf.function
    def composite():
        return taken(
            lambda: {"rows": rows, "all": (ragged, now["scale"])},
            {
                "rows": tf.IndexedSlicesSpec(dtype=tf.int32),
                "all": (tf.RaggedTensorSpec([2, None, None], tf.int32), tf.TensorSpec([])),
            },
        )

    @tf.function
    def outer(x):
        return scaled(x) + 1.0

    for _ in range(2):
        with tf.GradientTape() as tape:
            tape.watch(now["scale"])
            y = scaled(2.0) * 3.0
        tell(y, tape.gradient(y, now["scale"]), keyed(1.0), outer(2.0))
        given = composite()
        tell(given["rows"].values, given["all"][0].flat_values, given["all"][1])
        now = {"scale": tf.constant(-4.0), "other": 2.0}
    for wrong in (tf.constant(1), tf.constant([1.0]), "text"):
        now["scale"] = wrong
        try:
            scaled(2.0)
        except ValueError as error:
            tell(str(error).split(" ", 1)[0], str(error).partition(" is not ")[2][:36])
    rows = tf.IndexedSlices(tf.constant([1, 2]), tf.constant([0, 1]))
    tell.refused(composite)
    tell.refused(tf.contrib.eager.defun(lambda: taken(lambda: 1, 5), autograph=False))
    tell.refused(lambda: scaled({1}))


@program
def values_when_traced(tf, tell):
    v = tf.Variable([1.0, 2.0])
    Function = internal_module(tf, "python.eager.function").Function
    direct = Function(lambda: v.read_value() * 2.0, "direct", capture_by_value=True)
    chosen = Function(
        lambda: tf.cond(tf.placeholder_with_default(True, ()), v.read_value, v.read_value),
        "chosen",
        capture_by_value=True,
    )
    for _ in range(2):
        tell(direct(), chosen())
        v.assign_add([5.0, 5.0])
    tell(v)


@program
def calls_that_are_cancelled(tf, tell):
    CancellationManager = internal_module(tf, "python.eager.cancellation").CancellationManager
    queue = tf.queue.FIFOQueue(1, tf.int32)
    tell(queue.name)

    @tf.function
    def taken():
        return queue.dequeue()

    manager = CancellationManager()
    cancelable = manager.get_cancelable_function(taken.get_concrete_function())
    queue.enqueue(37)
    tell(cancelable(), manager.is_cancelled)
    timer = threading.Timer(0.2, manager.start_cancel)
    timer.start()
    tell.refused(cancelable)
    timer.join()
    tell(manager.is_cancelled)
    queue.enqueue(38)
    try:
        cancelable()
    except tf.errors.CancelledError:
        tell("cancelled before it began")
    tell(taken())


# What wrappers of ops ask -------------------------------------------------------------------------


@program
def contexts(tf, tell):
    context = internal_module(tf, "python.eager.context")
    own, of_process = context.Context(), context.context()
    for name in [
        "scope_name",
        "summary_writer",
        "summary_recording",
        "summary_step",
        "device_name",
    ]:
        tell(getattr(own, name), getattr(of_process, name))
        if name != "device_name":
            setattr(own, name, "mine")
            tell(getattr(own, name), getattr(of_process, name))
    for name in ("GPU:0", None, "CPU:0"):
        with own.device(name):
            tell(own.device_name, own.device_spec.to_string(), of_process.device_name)
    with tf.device("CPU:0"), tf.name_scope("a"):
        tell(own.device_name, of_process.device_name, of_process.scope_name, own.scope_name)
    with tf.contrib.summary.always_record_summaries():
        tell(of_process.summary_recording, own.summary_recording)


@program
def sizes_of_several(tf, tell):
    sizes_along = internal_module(tf, "python.pywrap_tensorflow").TFE_Py_TensorShapeSlice
    x, y = tf.ones([2, 3]), tf.ones([4])
    tell(sizes_along([x, y], 0), sizes_along((x,), 1), sizes_along([], 0))
    for wrong in (([x], -1), ([x], 2), ([x, y], 1), ({}, 0), ([x, "text"], 0)):
        try:
            sizes_along(*wrong)
        except (TypeError, ValueError, IndexError) as error:
            tell(type(error).__name__, str(error))
    status = internal_module(tf, "python.eager.core")._NotOkStatusException("no", 3)
    tell(str(status), status.message, status.code)


@program
def summaries_of_nodes(tf, tell):
    for value in ([1.5, 2.0], ["a"]):
        made = tf.raw_ops.TensorSummary(
            tensor=tf.constant(value), description="d", labels=["a"], display_name="shown"
        )
        tell(made)
    with tf.Graph().as_default(), tf.Session() as session:
        tell(session.run(tf.raw_ops.TensorSummary(tensor=tf.constant(1), name="mine")))
