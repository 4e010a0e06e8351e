"""Programs of functions in whose bodies tapes are: among `programs.PROGRAMS`."""


def _power(tf, x, start, count=3):
    """`start` times `x` as often, in a loop."""
    return tf.while_loop(lambda i, a: i < count, lambda i, a: (i + 1, a * x), (0, start))[1]


def _derivative(tf, y_of, *xs):
    """The derivatives of `y_of(*xs)`."""
    with tf.GradientTape() as tape:
        tape.watch(xs)
        y = y_of(*xs)
    return tape.gradient(y, xs)


def tapes_around_choices(tf, note):
    def chosen(x, z):
        y = x * x if x > 1.0 else 3.0 * z
        return tf.case([(y > 50.0, lambda: y * z), (y > 5.0, lambda: y**3)], default=lambda: y + z)

    choice = tf.function(lambda x, z: _derivative(tf, tf.autograph.to_graph(chosen), x, z))
    for pair in [(2.0, 3.0), (0.5, 3.0), (8.0, 2.0), (0.5, 1.0)]:
        note(choice(*map(tf.constant, pair)))

    @tf.function
    def by_number(i, x):
        branches = [lambda: x, lambda: x * x, lambda: x**3]
        return _derivative(tf, lambda _: tf.switch_case(i, branches), x)

    note([by_number(tf.constant(i), tf.constant(3.0)) for i in range(3)])


def tapes_around_loops(tf, note):
    v, table = tf.Variable(1.5), tf.Variable([[1.0, 2.0], [3.0, 4.0]])

    @tf.function
    def loops(x):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = _power(tf, x, x)
            z = y * x
            with tape.stop_recording():
                c = x * x
            partly = _power(tf, c, x)
            by_variable = _power(tf, v, 1.0)
            rows = 0.0
            for i in tf.range(3):
                rows += tf.reduce_sum(tf.gather(table, [i % 2]) ** 2)
            a_constant = _power(tf, tf.constant(2.0), 1.0)
        note([y.shape.as_list(), tape.gradient(a_constant, x) is None])
        return [
            *(tape.gradient(y, x), tape.gradient(z, x), tape.gradient(z, y)),
            *(tape.gradient(partly, x), tape.gradient(by_variable, [x, v])[1]),
            tf.convert_to_tensor(tape.gradient(rows, table)),
            tape.gradient(y, x, output_gradients=tf.constant(2.0)),
            tape.gradient(a_constant, x, unconnected_gradients="zero"),
        ]

    note(loops(tf.constant(1.5)))

    def mapped(x):
        total = tf.reduce_sum(tf.map_fn(lambda e: e * e, x)) + tf.foldl(lambda c, e: c * e, x)
        array = tf.TensorArray(tf.float32, size=3)
        for i in range(3):
            array = array.write(i, x[i] * i)
        return (
            total
            + tf.reduce_sum(tf.scan(lambda c, e: c * e, x))
            + tf.reduce_sum(array.stack() ** 2)
        )

    note(tf.function(lambda x: _derivative(tf, mapped, x))(tf.constant([1.0, 2.0, 3.0])))


def tapes_in_loops(tf, note):
    @tf.function
    def descend(x):
        def step(i, a):
            (slope,) = _derivative(tf, lambda b: _power(tf, b, b, 2), a)
            (other,) = _derivative(
                tf, lambda b: tf.cond(tf.equal(i, 1), lambda: b * b, lambda: b * 3.0), a
            )
            return i + 1, a - 0.01 * slope - 0.02 * other

        return tf.while_loop(lambda i, a: i < 3, step, (0, x))[1]

    note(descend(tf.constant(1.5)))
    inner = tf.function(lambda x: _power(tf, x, x))
    outer = tf.function(
        lambda x: _derivative(
            tf, lambda y: tf.cond(y > 0, lambda: inner(inner(y) * y), lambda: y), x
        )
    )
    note(outer(tf.constant(1.1)))


def gradients_of_gradients(tf, note):
    bodies = [
        lambda x: _power(tf, x, x),
        lambda x: _power(tf, x, tf.sin(x), 2) + _power(tf, x, x, 1),
        lambda x: tf.while_loop(
            lambda i, a, b: i < 2,
            lambda i, a, b: (i + 1, a * b, tf.sin(a) + b * b),
            (0, x, x * x),
        )[1],
    ]
    x = tf.constant(0.6)
    for body in bodies:
        function = tf.function(body)
        note(_derivative(tf, lambda y, function=function: _derivative(tf, function, y)[0], x))

    @tf.function
    def twice(x):
        y = tf.while_loop(lambda i, a: i < 2, lambda i, a: (i + 1, _power(tf, x, a, 2)), (0, x))[1]
        return tf.gradients(tf.gradients(y, x), x)

    note(twice(x))
    mapped = tf.function(lambda x: tf.reduce_sum(tf.map_fn(lambda e: e * e * e, x)))
    note(_derivative(tf, mapped, tf.constant([1.0, 2.0])))


def recurrent_training(tf, note):
    layers = [tf.keras.layers.Embedding(5, 3), tf.keras.layers.GRU(4), tf.keras.layers.Dense(2)]
    model = tf.keras.Sequential(layers)
    sentences, labels = tf.constant([[1, 2, 3], [4, 0, 1]]), tf.constant([0, 1])
    model(sentences)
    for v in model.trainable_variables:
        v.assign(tf.reshape(tf.sin(tf.range(v.shape.num_elements(), dtype=tf.float32)), v.shape))
    optimizer = tf.keras.optimizers.SGD(0.5)
    loss_of = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(x, labels):
        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(x, training=True))
        variables = model.trainable_variables
        grads = tape.gradient(loss, variables)
        optimizer.apply_gradients([(grads[i], variables[i]) for i in range(len(variables))])
        return loss

    for _ in range(3):
        note(step(sentences, labels))
    note([tf.reduce_sum(tf.abs(v)) for v in model.trainable_variables])
