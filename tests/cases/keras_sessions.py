"""How Keras' backend keeps variables, learning phases and sessions, and calls parts of a graph."""

import numpy as np

from .suite import Suite

suite = Suite("keras_sessions")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def about(x):
    return [x.name, str(x.shape), x.dtype.name]


@story
def variables(tf, run):
    K = tf.keras.backend
    makers = [
        lambda: K.variable(np.array([[1, 2], [3, 4]]), name="v"),
        lambda: K.variable([1.5, 2], dtype="float64"),
        lambda: K.zeros((2, 2), name="z"),
        lambda: K.ones((2,), dtype="int32"),
        lambda: K.eye(3),
        lambda: K.random_uniform_variable((2, 2), -1, 1, seed=3, name="u"),
        lambda: K.random_normal_variable((2, 2), 0.0, 2.0, seed=4, dtype="float64"),
    ]
    made = []
    for make in makers:  # one after the other: TensorFlow initialises several in any order
        variable = make()
        run.note([*about(variable), K.dtype(variable), K.int_shape(variable), K.ndim(variable)])
        run.note([K.get_value(variable), int(K.count_params(variable))])
        made.append(variable)
    run.note(K.batch_get_value(made))
    run.note(K.eval(made[0] * 2))
    run.note(about(K.zeros((0, 2))))
    run.note(K.get_value(3))


@story
def values(tf, run):
    K = tf.keras.backend
    v = K.variable(np.zeros((2,)), name="v")
    K.set_value(v, [1, 2])
    w = K.variable(2, dtype="int64", name="w")
    K.set_value(v, np.array([3, 4], "float64"))
    run.note(K.get_value(v))
    K.batch_set_value([(v, [5, 6]), (w, 7)])
    K.batch_set_value([])
    run.note([K.batch_get_value([v, w]), K.batch_get_value([])])
    ops = [K.update(v, [1.0, 1]), K.update_add(w, 2), K.update_sub(v, [0.25, 0.5])]
    for op in ops:
        run(op)
    run([v, w])


@story
def moving_averages(tf, run):
    K = tf.keras.backend
    average = K.variable([1.0, 2], name="average")
    move = K.moving_average_update(average, K.constant([3.0, 5]), 0.75)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run(move)
    run(average)


@story
def functions(tf, run):
    K = tf.keras.backend
    x, y = K.placeholder((None, 2), name="x"), K.placeholder(ndim=2, dtype="int32")
    total = K.variable(np.zeros((2,)), name="total")
    add = K.function([x, y], [K.sum(x, axis=1)], updates=[K.update_add(total, K.sum(x, axis=0))])
    for _ in range(2):
        run.note(add([np.ones((3, 2)), np.array([[1]])]))
    run.note(K.get_value(total))
    rows = np.array([[1, 2], [3, 4]])
    replace = K.function([x], {"twice": 2 * x, "all": (-x, [x[0]])}, updates=[(total, x[1])])
    run.note(sorted(replace([rows])))
    run.note(replace([rows])["all"][1])
    run.note(K.get_value(total))
    run.note(K.function(x, x + 1)(rows))


@story
def function_of_symbols(tf, run):
    K = tf.keras.backend
    x, scale = K.placeholder((2,), name="x"), tf.placeholder_with_default(2.0, ())
    double = K.function([x, scale], [x * scale])
    run.note(double([K.constant([1, 2], dtype="float64"), None]))
    run.note(double([np.array([1, 2]), K.constant(3)]))
    run.note(double([K.constant([1, 2]), 4]))


@story
def function_with_feeds_and_fetches(tf, run):
    K = tf.keras.backend
    x, offset = K.placeholder((2,)), K.placeholder(())
    seen = []
    square = K.square(x)
    f = K.function([x], [x + offset], feed_dict={offset: 3.0}, fetches=[square])
    f.fetch_callbacks[f.fetches[0]] = lambda value: seen.append(value)
    run.note(f([np.array([1, 2])]))
    f.feed_dict[offset] = 5.0
    run.note(f([np.array([1, 2])]))
    run.note(seen)


@story
def misused_functions(tf, run):
    K = tf.keras.backend
    x = K.placeholder((2,))
    run.refused(lambda: K.function([x], [x], updates=x))
    run.refused(lambda: K.function([x], [x], colour=3))
    run.refused(lambda: K.function([x], [x + 1])([None]))


@story
def learning_phases(tf, run):
    K = tf.keras.backend
    x = K.placeholder((2, 2), name="x")
    chosen = K.in_train_phase(2 * x, lambda: 3 * x)
    phase = K.learning_phase()
    run.note(about(phase))
    f = K.function([x, phase], [chosen])
    run.note([f([np.ones((2, 2)), 0]), f([np.ones((2, 2)), 1]), f([np.ones((2, 2)), None])])
    with K.learning_phase_scope(1):
        run.note([K.learning_phase(), K.in_train_phase(2, 3)])
    K.set_learning_phase(0)
    run.note([K.learning_phase(), K.in_test_phase(lambda: 2, 3)])
    run.refused(lambda: K.set_learning_phase(2))
    run.refused(lambda: K.learning_phase_scope(None).__enter__())


@story
def names_and_kinds(tf, run):
    K = tf.keras.backend
    run.note([K.get_uid("a"), K.get_uid("a"), K.get_uid(), K.get_uid("b")])
    K.reset_uids()
    run.note([K.get_uid("a"), K.backend(), K.floatx(), K.epsilon(), K.image_data_format()])
    run.note(str(K.cast_to_floatx([1, 2]).dtype))
    sparse = K.placeholder(sparse=True, name="s")
    feeds = {sparse: ([[0, 1]], [2.0], [2, 3])}
    run.note([K.is_sparse(sparse), K.is_sparse(K.to_dense(sparse))])
    run(
        K.dot(sparse, K.ones_like(K.constant([[1.0], [2], [3]]))),
        {sparse: ([[0, 1]], [2.0], [2, 3])},
    )
    run(K.concatenate([sparse, sparse], 0), feeds)
    run.note([K.int_shape(tf.placeholder(tf.float32)), K.ndim(tf.placeholder(tf.float32))])
    run.refused(lambda: K.set_floatx("float8"))
    run.refused(lambda: K.set_image_data_format("channels"))


@story
def unknown_sizes(tf, run):
    K = tf.keras.backend
    x = K.placeholder((None, None, 2), name="x")
    feeds = {x: np.arange(8.0).reshape(2, 2, 2)}
    repeated = K.repeat_elements(x, 2, axis=1)
    run.note(about(repeated))
    run(repeated, feeds)
    run(K.dot(x, K.constant([[1.0, 2, 3], [4, 5, 6]])), feeds)
    run(K.batch_flatten(x), feeds)
    run(K.resize_images(tf.expand_dims(x, -1), 2, 1, "channels_last"), feeds)


@story
def gradients(tf, run):
    K = tf.keras.backend
    x = K.variable([[1.0, 2]], name="x")
    y = K.sum(K.square(x)) + K.sum(K.stop_gradient(x) * x)
    run(tf.global_variables_initializer())
    run(K.gradients(y, [x]))
    run(list(K.stop_gradient([x, 2 * x])))


@story
def misuses(tf, run):
    K = tf.keras.backend
    x = K.placeholder((1, 2, 2, 1))
    run.refused(lambda: K.placeholder((2, 2), sparse=True, ragged=True))
    run.refused(lambda: K.conv2d(x, K.constant(np.ones((1, 1, 1, 1))), padding="full"))
    run.refused(lambda: K.conv2d(x, K.constant(np.ones((1, 1, 1, 1))), data_format="last"))
    run.refused(lambda: K.pool2d(x, (2, 2, 2)))
    run.refused(lambda: K.pool2d(x, (2, 2), (1,)))
    run.refused(lambda: K.pool2d(x, (2, 2), pool_mode="min"))
    run.refused(lambda: K.bias_add(x, K.constant(np.ones((2, 2)))))
    run.refused(lambda: K.switch(x > 0, K.constant([1.0]), K.constant([2.0])))
    run.refused(lambda: K.resize_images(x, 2, 2, "channels_last", interpolation="cubic"))
    run.refused(lambda: K.resize_volumes(x, 2, 2, 2, "channels"))
    run.refused(lambda: K.spatial_2d_padding(x, data_format="channels"))


@story
def values_of_other_shapes(tf, run):
    K = tf.keras.backend
    x = tf.placeholder(tf.float32, (4, 3), name="x")
    rows, narrow, wide = np.ones((2, 3)), np.ones((2,)), np.ones((2, 5))
    doubled = K.function([x], [x * 2, tf.shape(x), tf.reduce_mean(x, 0), tf.size(x)])
    for value in (rows, narrow, wide, np.ones((4, 3))):
        run.note(doubled([value]))
    product = K.function([x], [tf.matmul(x, tf.constant(np.ones((3, 2), np.float32)))])
    run.note(product([rows]))
    run.refused(lambda: product([wide]))
    sum_ = K.function([x], [x + tf.constant(np.ones((4, 3), np.float32))])
    run.note(sum_([np.ones((1, 3))]))
    slopes = K.function([x], tf.gradients(tf.reduce_sum(x, 1), [x]))
    run.note(slopes([rows]))
    slopes = K.function([x], tf.gradients(x * tf.constant([[2.0], [1], [1], [1]]), [x]))
    run.note(slopes([rows]))
    turns = tf.while_loop(lambda n, _: n < 3, lambda n, y: (n + 1, y * 2), (0, x))[1]
    chosen = tf.cond(tf.reduce_sum(x) > 6, lambda: x + 1, lambda: x * 0)
    both = K.function([x], [turns + 1, chosen, tf.transpose(tf.reverse(x, [0]))])
    for value in (rows, wide, np.ones((4, 3)), rows):
        run.note(both([value]))
    run.refused(lambda: run(x * 2, {x: rows}))


@story
def short_last_batches(tf, run):
    layers = tf.keras.layers
    # TensorFlow looks in any order whether several are initialised.
    one_variable = {"use_bias": False, "kernel_initializer": "ones"}
    for layer, sizes in (
        (layers.Conv2D(2, 3, batch_input_shape=(4, 5, 5, 1), **one_variable), (5, 5, 1)),
        (layers.Dense(2, batch_input_shape=(4, 3), **one_variable), (3,)),
        (layers.Permute((2, 1), batch_input_shape=(4, 3, 2)), (3, 2)),
        (layers.RepeatVector(2, batch_input_shape=(4, 3)), (3,)),
        (layers.GlobalAveragePooling1D(batch_input_shape=(4, 5, 2)), (5, 2)),
    ):
        model = tf.keras.Sequential([layer])
        values = np.arange(6 * np.prod(sizes)).reshape(6, *sizes) / 8
        run.note(model.predict(values, batch_size=4))
    model = tf.keras.Sequential([layers.Dense(1, batch_input_shape=(4, 3), **one_variable)])
    model.compile(tf.train.GradientDescentOptimizer(0.1), "mse")
    run.refused(lambda: model.evaluate(np.ones((6, 3)), np.ones((6, 1)), 4, verbose=0))
