"""Models of many kinds that are trained eagerly, as programs of 2018 and 2019 train them."""

import gc
import tempfile

import numpy as np

from .suite import Suite, internal_module

suite = Suite("eager_models")

ROUNDING = "TensorFlow's kernels sum in another order"


def program(fn):
    """Adds `fn(tf, tell)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False, rtol=1e-4, atol=1e-5, why=ROUNDING)
    return fn


def waves(*shape, at=0):
    """f32 of `shape`, with no two alike."""
    count = int(np.prod(shape))
    return np.sin(np.arange(count, dtype=np.float32) + np.float32(at)).reshape(shape)


def given(variables):
    """The variables, with values that no initialiser has drawn."""
    for at, variable in enumerate(variables):
        variable.assign(waves(*variable.shape.as_list(), at=at))
    return variables


def pairs(grads, variables):
    return [(grads[i], variables[i]) for i in range(len(variables))]


@program
def recurrence_by_hand(tf, tell):
    variables = [tf.Variable(waves(3, 4)), tf.Variable(waves(4, 4)), tf.Variable(waves(4, 1, at=5))]
    x, y = tf.constant(waves(2, 5, 3)), tf.constant([[1.0], [-1.0]])
    optimizer, step = tf.train.RMSPropOptimizer(0.05), tf.train.get_or_create_global_step()
    for _ in range(4):
        with tf.GradientTape() as tape:
            state = tf.zeros([2, 4])
            for row in tf.unstack(x, axis=1):
                state = tf.tanh(tf.matmul(row, variables[0]) + tf.matmul(state, variables[1]))
            loss = tf.losses.mean_squared_error(y, tf.matmul(state, variables[2]))
        grads, norm = tf.clip_by_global_norm(tape.gradient(loss, variables), 1.0)
        optimizer.apply_gradients(pairs(grads, variables), global_step=step)
        tell(loss, norm)
    tell(step, *variables)


@program
def two_adversaries(tf, tell):
    layers = tf.keras.layers
    makes = tf.keras.Sequential(
        [layers.Dense(8, activation="relu", input_shape=(2,)), layers.Dense(2)]
    )
    tells = tf.keras.Sequential(
        [
            *(layers.Dense(8, activation=tf.nn.leaky_relu, input_shape=(2,)), layers.Dropout(0.0)),
            layers.Dense(1),
        ]
    )
    given(makes.variables + tells.variables)
    optimizers = [tf.train.AdamOptimizer(0.01), tf.train.AdamOptimizer(0.01)]
    real, noise = tf.constant(waves(4, 2)), tf.constant(waves(4, 2, at=9))
    entropy = tf.losses.sigmoid_cross_entropy
    for _ in range(3):
        with tf.GradientTape() as of_maker, tf.GradientTape() as of_teller:
            of_real = tells(real, training=True)
            of_made = tells(makes(noise, training=True), training=True)
            fooled = entropy(tf.ones_like(of_made), of_made)
            told = entropy(tf.ones_like(of_real), of_real) + entropy(
                tf.zeros_like(of_made), of_made
            )
        made = of_maker.gradient(fooled, makes.variables)
        seen = of_teller.gradient(told, tells.variables)
        optimizers[0].apply_gradients(pairs(made, makes.variables))
        optimizers[1].apply_gradients(pairs(seen, tells.variables))
        tell(fooled, told)


@program
def learning_to_learn(tf, tell):
    """Steps within steps: the outer tape differentiates the inner one's gradients."""
    w, b = tf.Variable(waves(1, 4)), tf.Variable(waves(4, 1, at=1))
    optimizer = tf.train.GradientDescentOptimizer(0.01)

    def loss_of(w, b, x, y):
        return tf.reduce_mean((tf.matmul(tf.sin(tf.matmul(x, w)), b) - y) ** 2)

    for _ in range(3):
        with tf.GradientTape() as outer:
            total = 0.0
            for task in range(2):
                x = tf.constant(waves(5, 1, at=task))
                fast = [tf.identity(w), tf.identity(b)]
                for _ in range(2):
                    with tf.GradientTape() as inner:
                        inner.watch(fast)
                        loss = loss_of(*fast, x, x * (task + 1.0))
                    slopes = inner.gradient(loss, fast)
                    fast = [fast[i] - 0.1 * slopes[i] for i in range(2)]
                total += loss_of(*fast, x, x * (task + 1.0))
        optimizer.apply_gradients(pairs(outer.gradient(total, [w, b]), [w, b]))
        tell(total)
    tell(w, b)


@program
def gradient_of_a_policy(tf, tell):
    weights, states = tf.Variable(waves(3, 2)), tf.constant(waves(4, 3))
    optimizer = tf.train.AdamOptimizer(0.1)
    for seed in range(3):
        with tf.GradientTape() as tape:
            choice = tf.distributions.Categorical(logits=tf.matmul(states, weights))
            actions = choice.sample(seed=seed)
            reward = tf.cast(tf.equal(actions, 1), tf.float32)
            advantage = reward - tf.reduce_mean(reward)
            loss = -tf.reduce_mean(choice.log_prob(actions) * advantage)
            loss -= 0.01 * tf.reduce_mean(choice.entropy())
        optimizer.apply_gradients([(tape.gradient(loss, weights), weights)])
        tell(loss, actions)


@program
def own_layer_and_model(tf, tell):
    layers = tf.keras.layers

    class Counting(layers.Layer):
        def build(self, shape):
            penalty, tenth = tf.keras.regularizers.l2(0.1), tf.constant_initializer(0.1)
            size = [int(shape[-1]), 4]
            self.kernel = self.add_weight("kernel", size, initializer=tenth, regularizer=penalty)
            self.calls = self.add_weight("calls", [], initializer="zeros", trainable=False)

        def call(self, x):
            self.calls.assign_add(1.0)
            self.add_loss(tf.reduce_sum(tf.abs(x)) * 0.01)
            return tf.matmul(x, self.kernel)

    class Net(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.norm = Counting(), layers.BatchNormalization()
            self.last = layers.Dense(1, kernel_initializer="ones")

        def call(self, x, training=False):
            return self.last(tf.nn.relu(self.norm(self.first(x), training=training)))

    net, x, y = Net(), tf.constant(waves(4, 3)), tf.constant(waves(4, 1, at=3))
    optimizer = tf.keras.optimizers.Adam(0.01)
    for _ in range(3):
        with tf.GradientTape() as tape:
            errors = tf.keras.losses.mean_squared_error(y, net(x, training=True))
            loss = tf.reduce_mean(errors) + sum(net.losses)
        grads = tape.gradient(loss, net.trainable_variables)
        optimizer.apply_gradients(pairs(grads, net.trainable_variables))
        tell(loss)
    tell(net(x), net.first.calls, len(net.losses), [v.name for v in net.variables])


@program
def resumed_training(tf, tell):
    """Epochs over a shuffled dataset, with metrics; saved, and gone on with by a new model."""
    folder = tempfile.mkdtemp()

    def train(epochs):
        dense = tf.keras.layers.Dense(2, kernel_initializer="ones", input_shape=(3,))
        model, optimizer = tf.keras.Sequential([dense]), tf.train.AdamOptimizer(0.05)
        step = tf.Variable(0, dtype=tf.int64)
        checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer, step=step)
        manager = tf.train.CheckpointManager(checkpoint, folder, max_to_keep=2)
        checkpoint.restore(manager.latest_checkpoint)
        rows = (waves(8, 3), np.arange(8) % 2)
        dataset = tf.data.Dataset.from_tensor_slices(rows).shuffle(8, seed=3).batch(3)
        mean, right = tf.keras.metrics.Mean(), tf.keras.metrics.SparseCategoricalAccuracy()
        for _ in range(epochs):
            mean.reset_states()
            right.reset_states()
            for x, labels in dataset:
                with tf.GradientTape() as tape:
                    logits = model(x)
                    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
                grads = tape.gradient(loss, model.variables)
                optimizer.apply_gradients(pairs(grads, model.variables), global_step=step)
                mean(loss)
                right(labels, logits)
            manager.save()
            tell(mean.result(), right.result(), manager.latest_checkpoint[-6:])
        tell(step, *model.variables)

    train(2)
    train(1)


@program
def python_in_between(tf, tell):
    weights, seen = tf.Variable([1.0, 2.0]), []

    def python(x):
        seen.append(x.numpy().tolist())
        return tf.reduce_sum(x * x) if x[0] > 0 else tf.reduce_sum(x)

    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.py_function(python, [weights], tf.float32)
        weights.assign_sub(0.6 * tape.gradient(loss, weights))
        tell(loss)
    tell(seen)


@program
def variational_encoder(tf, tell):
    encode, decode = tf.Variable(waves(3, 4)), tf.Variable(waves(2, 3, at=4))
    x, optimizer = tf.constant(waves(5, 3)), tf.train.MomentumOptimizer(0.05, 0.9)
    for seed in range(3):
        with tf.GradientTape() as tape:
            mean, log_scale = tf.split(tf.matmul(x, encode), 2, axis=1)
            code = tf.distributions.Normal(mean, tf.exp(log_scale))
            prior = tf.distributions.Normal(tf.zeros_like(mean), tf.ones_like(mean))
            far = tf.reduce_sum(tf.distributions.kl_divergence(code, prior), 1)
            errors = tf.reduce_sum((tf.matmul(code.sample(seed=seed), decode) - x) ** 2, 1)
            loss = tf.reduce_mean(errors + far)
        grads = tape.gradient(loss, [encode, decode])
        optimizer.apply_gradients(pairs(grads, [encode, decode]))
        tell(loss)


@program
def attention_over_a_sentence(tf, tell):
    layers = tf.keras.layers
    reads = layers.GRU(4, return_sequences=True, return_state=True)
    writes, embed, last = layers.GRU(4, return_state=True), layers.Embedding(6, 3), layers.Dense(6)
    of_words, of_state, score = layers.Dense(4), layers.Dense(4), layers.Dense(1)
    words, target = tf.constant([[1, 2, 3], [3, 2, 0]]), tf.constant([[1, 4], [1, 5]])

    def loss_of():
        sequence, state = reads(embed(words))
        summed = tf.nn.tanh(of_words(sequence) + of_state(state[:, tf.newaxis]))
        looked = tf.reduce_sum(tf.nn.softmax(score(summed), axis=1) * sequence, 1)
        inputs = tf.concat([looked[:, tf.newaxis], embed(target[:, :1])], -1)
        output, _ = writes(inputs, initial_state=state)
        entropy = tf.nn.sparse_softmax_cross_entropy_with_logits
        return tf.reduce_mean(entropy(labels=target[:, 1], logits=last(output)))

    loss_of()
    parts = [reads, writes, embed, last, of_words, of_state, score]
    variables = given([variable for layer in parts for variable in layer.variables])
    optimizer = tf.train.AdamOptimizer(0.02)
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = loss_of()
        optimizer.apply_gradients(pairs(tape.gradient(loss, variables), variables))
        tell(loss)


@program
def slope_of_a_critic(tf, tell):
    """A loss of a gradient, as critics of adversaries have it."""
    first = tf.keras.layers.Dense(4, activation="tanh", input_shape=(2,))
    critic = tf.keras.Sequential([first, tf.keras.layers.Dense(1)])
    x = tf.constant(waves(3, 2))
    given(critic.variables)
    with tf.GradientTape() as tape:
        with tf.GradientTape() as of_inputs:
            of_inputs.watch(x)
            y = critic(x)
        slopes = tf.norm(of_inputs.gradient(y, x), axis=1)
        loss = tf.reduce_mean((slopes - 1.0) ** 2)
    tell(loss, tape.gradient(loss, critic.trainable_variables)[:3])


@program
def layers_that_count_their_calls(tf, tell):
    backend = tf.keras.backend

    class Counts(tf.keras.layers.Layer):
        def build(self, shape):
            zero = {"shape": (), "dtype": "int32", "initializer": "zeros", "trainable": False}
            self.calls = self.add_weight("calls", **zero)
            self.trainings = self.add_weight("trainings", **zero)

        def call(self, inputs, training=None):
            if training is None:
                training = backend.learning_phase()
            self.calls.assign_add(1)
            if training:
                self.trainings.assign(self.trainings + 1)
            return inputs * tf.cast(self.calls, inputs.dtype)

    for options in ({}, {"experimental_run_tf_function": False}, {"run_eagerly": True}):
        layer, inputs = Counts(), tf.keras.Input((2,))
        model = tf.keras.Model(
            inputs, tf.keras.layers.Dense(1, kernel_initializer="ones")(layer(inputs))
        )
        model.compile("sgd", "mse", **options)
        tell(
            model.fit(
                waves(6, 2), waves(6, 1), batch_size=2, epochs=2, shuffle=False, verbose=0
            ).history["loss"][-1]
        )
        tell(layer.calls, layer.trainings)
        tell(model.predict(waves(2, 2)), layer.calls, layer.trainings)


@program
def targets_of_another_shape(tf, tell):
    inputs = tf.keras.Input((2,))
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(3, kernel_initializer="ones")(inputs))
    model.compile("sgd", "mse")
    x, y = waves(4, 2), waves(4)
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(2)
    tell(model.fit(data, epochs=2, verbose=0).history["loss"])  # tensors are taken as they are
    tell(model.train_on_batch(tf.constant(x), tf.constant(y)))
    try:
        model.train_on_batch(x, y)
    except ValueError:
        tell("an array is not")


@program
def told_in_text(tf, tell):
    """Tensors in texts are what they hold; Python's functions get NumPy's scalars, or tensors."""
    third, seen = tf.constant(1.0) / 3.0, []

    def python(x):
        seen.append(type(x).__name__)
        return x * x

    tell("{} {:.3f} {!s}".format(third, third, third))  # noqa: UP032  as programs then did
    tell(f"{tf.constant(7)}, {tf.constant([1, 2])}, {tf.constant('word')}, {third:>9.2f}")
    tell(tf.py_func(python, [third], tf.float32))
    tell(tf.contrib.eager.py_func(python, [third], tf.float32), seen)


@program
def functions_of_numbers(tf, tell):
    """Stacked calls and Jacobians, of TensorFlow's module for parallel loops."""
    parallel = internal_module(tf, "python.ops.parallel_for")
    x = tf.constant(waves(3, 2))

    def centred(i, pfor_config=None):
        row = tf.gather(x, i)
        return row - pfor_config.reduce_mean(row), pfor_config.reduce_sum(row * row)

    tell(*parallel.pfor(lambda i: [tf.gather(x, i) * 2.0, {"i": i}], 3)[:1])
    tell(*parallel.pfor(centred, 3), parallel.pfor(lambda i: tf.gather(x, i), 3, 2))
    tell(parallel.for_loop(lambda i: tf.cast(i, tf.float32) * x[0], tf.float32, 2))
    each = parallel.pfor(lambda i: tf.SparseTensor([[i64(tf, i)]], [1.0], [5]), 3)
    tell(each.indices, each.values, each.dense_shape)

    @tf.function
    def derivatives(x):
        y = tf.stack([x * x, tf.tanh(x)], axis=1)
        return parallel.jacobian(y, x), parallel.batch_jacobian(y, x)

    tell(*derivatives(x))
    with tf.Graph().as_default():
        for misuse in (0, 1):
            tell.refused(lambda n=misuse: parallel.pfor(lambda i: i, 3, parallel_iterations=n))


def i64(tf, x):
    return tf.cast(x, tf.int64)


@program
def averages_scales_and_ggt(tf, tell):
    moving_averages = internal_module(tf, "python.training.moving_averages")
    average = tf.Variable([0.0, 0.0], name="average")
    for value in ([1.0, 2.0], [3.0, 2.0]):
        moving_averages.assign_moving_average(average, tf.constant(value), 0.25)
        tell(average)
    scale = tf.train.experimental.DynamicLossScale(1, increment_period=2, multiplier=3)
    scale.update([tf.constant(1.0)])
    tell(repr(scale))
    variables = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    optimizer = tf.contrib.opt.GGTOptimizer(0.1)
    for _ in range(3):
        grads = tf.constant([0.1, 0.2]), tf.constant([0.3, 0.1])
        optimizer.apply_gradients([(grads[i], variables[i]) for i in range(2)])
    tell(*variables)


@program
def shapes_before_any_call(tf, tell):
    class Mixes(tf.keras.layers.Layer):
        def build(self, shape):
            self.kernel = self.add_weight("kernel", (3, 4))

        def call(self, inputs):
            if isinstance(inputs, (list, tuple)):
                return [tf.reduce_sum(inputs[0], 1), inputs[1][:, :2]]
            return tf.matmul(inputs, self.kernel)

    class Needs(tf.keras.layers.Layer):
        def call(self, inputs, others):
            return inputs + others

    layer = Mixes()
    tell(str(layer.compute_output_shape((None, 3)).as_list()), layer.built)
    tell(str(layer.compute_output_shape(tf.TensorShape([6, 3])).as_list()), len(layer.weights))
    shapes = layer.compute_output_shape([(None, 3), (5, 6)])
    tell(str([shape.as_list() for shape in shapes]))
    try:
        Needs().compute_output_shape((None, 3))
    except NotImplementedError:
        tell("who takes more says more")


@program
def layers_that_are_dynamic_inside_of_models(tf, tell):
    class Doubles(tf.keras.layers.Layer):
        def call(self, inputs):
            return inputs * 2.0

        def compute_output_shape(self, shape):
            return shape

    inputs = tf.keras.Input((3,))
    inner = tf.keras.Model(inputs, Doubles(dynamic=True)(inputs))
    inputs = tf.keras.Input((3,))
    model = tf.keras.Model(inputs, inner(Doubles(dynamic=True)(inputs)))
    model.compile("sgd", "mse")
    tell(model.train_on_batch(np.ones((2, 3)), np.ones((2, 3))))


@program
def data_that_batches_called_by_python_refuse(tf, tell):
    inputs = tf.keras.Input((3,))
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(4)(inputs))
    model.compile("sgd", "mse", run_eagerly=True, experimental_run_tf_function=False)
    x, y = waves(8, 3), waves(8, 4)
    for call in (
        lambda: model.fit(x, y, steps_per_epoch=2, verbose=0),
        lambda: model.evaluate(x, y, steps=2, verbose=0),
        lambda: model.predict(x, steps=2),
        lambda: model.train_on_batch([x, x], y),
    ):
        try:
            call()
        except ValueError as error:
            tell(str(error)[:60])


@program
def numbers_as_metrics(tf, tell):
    class Tells(tf.keras.layers.Layer):
        def call(self, inputs, training=None):
            total = tf.reduce_sum(inputs) if training else 0.0
            self.add_metric(total, name="total", aggregation="mean")
            self.add_metric(3.0, name="three", aggregation="mean")
            return inputs

    inputs = tf.keras.Input((3,))
    model = tf.keras.Model(inputs, Tells()(inputs))
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.ones((2, 3), np.float32)
    tell(model.metrics_names, model.train_on_batch(x, x), model.test_on_batch(x, x))


@program
def datasets_handed_to_functions(tf, tell):
    """Datasets of both versions as arguments; a shuffle that goes on from iterator to iterator."""
    raw = tf.raw_ops

    @tf.function
    def total(dataset):
        found = tf.constant(0, tf.int64)
        for x in dataset:
            found += tf.reduce_sum(x)
        return found

    numbers = tf.data.Dataset.range(5)
    for dataset in (
        numbers,
        numbers.map(lambda x: x * 2).batch(2),
        tf.compat.v2.data.Dataset.range(3),
    ):
        tell(total(dataset), total(dataset.take(1)))
    seeds, _ = raw.AnonymousRandomSeedGenerator(seed=5, seed2=7)
    shuffled = raw.ShuffleDatasetV2(
        input_dataset=numbers._variant_tensor,
        buffer_size=5,
        seed_generator=seeds,
        output_types=[tf.int64],
        output_shapes=[[]],
    )
    again = tf.data.experimental.from_variant(shuffled, numbers.element_spec)
    tell([[int(x) for x in again] for _ in range(3)], [int(x) for x in again.repeat(2)])


@program
def frozen_normalisation(tf, tell):
    """Version 2's layer, which is frozen as a whole, and the names beside it."""
    keras = tf.compat.v2.keras
    layer, x = keras.layers.BatchNormalization(), tf.constant(waves(4, 3))
    tell(layer(x, training=True), layer.moving_mean)
    layer.trainable = False
    tell(layer(x, training=True), layer.moving_mean, keras.backend.floatx())


@program
def losses_of_ragged_targets(tf, tell):
    rows = tf.ragged.constant([[1.0, 2.0], [3.0]])
    inputs = tf.keras.Input((None,), ragged=True)
    model = tf.keras.Model(inputs, tf.keras.layers.Lambda(lambda x: x * 2.0)(inputs))
    model.compile("sgd", lambda y, z: tf.reduce_sum(z.values - y.values), run_eagerly=True)
    tell(model.train_on_batch(rows, rows), model.test_on_batch(rows, rows))


@program
def normalisation_frozen_between_compilations(tf, tell):
    """What training does follows `trainable` as it was at the last `compile`."""
    x, y = waves(6, 3), waves(6, 1)
    for run_eagerly in (False, True):
        normal = tf.compat.v2.keras.layers.BatchNormalization(momentum=0.5)
        dense = tf.keras.layers.Dense(1, kernel_initializer="ones")
        model = tf.keras.Sequential([tf.keras.Input((3,)), normal, dense])
        for trainable in (True, False, True):
            normal.trainable = trainable
            tell(model.predict(x))
            model.compile(tf.keras.optimizers.SGD(0.1), "mse", run_eagerly=run_eagerly)
            tell(model.train_on_batch(x, y), model.get_weights())
            normal.trainable = not trainable
            tell(model.train_on_batch(x, y), model.evaluate(x, y, verbose=0))


@program
def plain_ops_of_a_model_in_a_function(tf, tell):
    """A tape within a function differentiates ops that a model holds as layers."""
    z = tf.keras.Input((2,))
    doubled = tf.reduce_mean(tf.matmul(z, [[2.0, 1.0], [0.0, 3.0]]), axis=0, keepdims=True)
    model = tf.keras.Model(z, tf.nn.relu(doubled))

    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = model(x**2)
        return tape.gradient(y, x)

    inner = tf.function(slope)
    for function in (slope, inner, tf.function(lambda x: inner(x) + 1.0)):
        tell(function(tf.constant([[10.0, 3.0]])))


@program
def stacked_cells_that_drop(tf, tell):
    """Cells of a stack draw masks eagerly, though they were built with those of a graph."""
    layers = tf.keras.layers
    for cell in (layers.SimpleRNNCell, layers.GRUCell, layers.LSTMCell):
        stack = layers.RNN([cell(3, dropout=0.1, recurrent_dropout=0.1) for _ in range(2)])
        x = tf.keras.Input((None, 2))
        model = tf.keras.Model(x, stack(x))
        model.compile("sgd", "mse", run_eagerly=True)
        tell(model.train_on_batch(np.zeros((6, 5, 2)), waves(6, 3)))


@program
def attention_state_and_a_copy_on_a_device(tf, tell):
    memory = tf.contrib.seq2seq.LuongAttention(3, tf.ones([2, 4, 3]))
    cell = tf.contrib.seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(3), memory)
    state = cell.zero_state(2, tf.float32)
    tell(state.clone(cell_state=tf.ones([2, 3])).cell_state)
    tell.refused(lambda: state.clone(cell_state=tf.ones([4, 3])))
    with tf.distribute.MirroredStrategy(["/cpu:0"]).scope():
        mirrored = tf.Variable(1.0)
    tell(mirrored.get("/cpu:0"), mirrored.get("/job:localhost/replica:0/task:0/device:CPU:0"))


@program
def frozen_layers_leave_out_their_updates(tf, tell):
    class Counts(tf.keras.layers.Layer):
        def build(self, shape):
            zero = {"shape": (), "dtype": "int32", "initializer": "zeros", "trainable": False}
            self.calls = self.add_weight("calls", **zero)

        def call(self, inputs):
            self.add_update(lambda: self.calls.assign_add(1))
            return inputs * 2.0

    counts, normal = Counts(), tf.keras.layers.BatchNormalization()
    inputs = tf.keras.Input((2,))
    outputs = tf.keras.layers.Dense(1, kernel_initializer="ones")(normal(counts(inputs)))
    model = tf.keras.Model(inputs, outputs)
    for trainable in (True, False):
        counts.trainable = normal.trainable = trainable
        model.compile("sgd", "mse")
        model.fit(waves(6, 2), waves(6, 1), batch_size=2, epochs=1, shuffle=False, verbose=0)
        tell(counts.calls, normal.moving_mean)


@program
def templates_share_variables(tf, tell):
    def scaled(x):
        w = tf.get_variable("w", [], initializer=tf.ones_initializer())
        return x * w + tf.get_variable("b", [], initializer=tf.zeros_initializer(), trainable=False)

    template, other = tf.make_template("scaled", scaled), tf.make_template("scaled", scaled)
    tell(template(3.0), other(2.0))
    template.trainable_variables[0].assign(5.0)
    tell(template(3.0), other(2.0))
    for each in (template, other):
        tell([v.name for v in each.variables], [v.name for v in each.trainable_variables])
        tell([v.name for v in each.non_trainable_variables], each.variable_scope_name)


@program
def models_after_models_that_are_gone(tf, tell):
    """What was built for one, and went with its functions, is no loss to the next."""
    x, y = waves(4, 3), waves(4, 2)
    for rate in (0.0, 0.5):
        inputs = tf.keras.Input((3,))
        outputs = tf.keras.layers.Dense(2, kernel_initializer="ones")(inputs)
        model = tf.keras.Model(inputs, outputs)
        model.compile(tf.keras.optimizers.SGD(rate), "mse")
        model.fit(x, y, batch_size=4, epochs=2, verbose=0)
        tell(model.evaluate(x, y, verbose=0), model.predict(x))
        del inputs, outputs, model
        gc.collect()


@program
def sparse_and_ragged_data_of_models(tf, tell):
    """Values that are cut into batches, and outputs of batches that are joined."""

    class Ragged(tf.keras.layers.Layer):
        def call(self, inputs):
            return tf.RaggedTensor.from_tensor(inputs, padding=0)

    class Sparse(tf.keras.layers.Layer):
        def call(self, inputs):
            return tf.sparse.from_dense(inputs)

    def numbers(x):
        dense = x.to_tensor(-1) if isinstance(x, tf.RaggedTensor) else tf.sparse.to_dense(x, -1)
        return tf.cast(dense, tf.float32)

    def shaped(x):
        return tf.reshape(numbers(x), [-1, 3])

    def scaled(x):
        dense = tf.keras.layers.Dense(1, kernel_initializer="ones")
        return dense(tf.keras.layers.Lambda(shaped)(x))

    sparse = tf.SparseTensor([[0, 0], [1, 0], [1, 1], [2, 2]], [1, 2, 3, 9], [3, 3])
    ragged = tf.ragged.constant([[[1], [4, 8]], [[2, 3], [5]]])
    rows = np.array([[1, 0, 0], [2, 3, 0], [4, 0, 0], [5, 6, 7]], np.int32)
    for eagerly in (False, True):
        for data, shape, options in (
            (sparse, (3,), {"sparse": True}),
            (ragged, (None, None), {"ragged": True}),
        ):
            inputs = tf.keras.Input(shape, dtype="int32", **options)
            model = tf.keras.Model(inputs, tf.keras.layers.Lambda(numbers)(inputs))
            model.compile("sgd", "mse", run_eagerly=eagerly)
            tell(model.predict(data, batch_size=2), model.predict_on_batch(data))
        inputs = tf.keras.Input((3,), dtype="int32", sparse=True)
        model = tf.keras.Model(inputs, scaled(inputs))
        model.compile(tf.keras.optimizers.SGD(0.01), "mse", run_eagerly=eagerly)
        model.fit(sparse, waves(3, 1), batch_size=2, epochs=2, shuffle=False, verbose=0)
        tell(*model.get_weights())
        for layer in (Ragged(), Sparse()):
            inputs = tf.keras.Input((3,), dtype="int32")
            doubled = tf.keras.layers.Lambda(lambda x: tf.cast(x, tf.float32) * 2.0)(inputs)
            model = tf.keras.Model(inputs, [layer(inputs), doubled])
            model.compile("sgd", [None, "mse"], run_eagerly=eagerly)
            for size in (4, 3):
                found, numbers_too = model.predict(rows, batch_size=size)
                tell(type(found).__name__)
                tell(numbers(found), numbers_too)


@program
def datasets_known_not_to_be_mixed_or_batched(tf, tell):
    """What Keras knows of a dataset before it warns that nothing is shuffled; files' among them."""
    checks = internal_module(tf, "python.keras.engine.training_utils")
    data, numbers = tf.data, tf.data.Dataset.range(5)
    for dataset in (
        data.TextLineDataset([]).map(lambda line: line),
        data.TFRecordDataset([], num_parallel_reads=2),
        data.FixedLengthRecordDataset([], 4).batch(2),
        data.Dataset.from_tensor_slices([1]).repeat(2).with_options(data.Options()),
        data.Dataset.zip((numbers, numbers.shuffle(2))),
        numbers.window(2).prefetch(1),
        numbers.flat_map(lambda x: data.Dataset.range(x)),
    ):
        for check in (checks.assert_not_batched, checks.assert_not_shuffled):
            try:
                check(dataset)
                tell("known")
            except ValueError as error:
                tell(str(error))


@program
def what_is_trained_is_settled_by_compile(tf, tell):
    """Layers shared by two models, of which one was compiled while they were frozen."""
    normal, dense = tf.keras.layers.BatchNormalization(), tf.keras.layers.Dense(2)
    inputs = tf.keras.Input((3,))
    outputs = dense(normal(inputs))
    dense.set_weights([waves(3, 2), np.zeros(2)])
    models = [tf.keras.Model(inputs, outputs) for _ in range(2)]
    for i, trainable in enumerate((False, True)):
        normal.trainable = dense.trainable = trainable
        models[i].compile("sgd", "mse", run_eagerly=True)
    for model in models:
        tell(model.train_on_batch(waves(4, 3), waves(4, 2)))
        tell(dense.trainable, dense.kernel, normal.moving_mean)


@program
def normalization_by_moments_of_data(tf, tell):
    path = "python.keras.layers.preprocessing.normalization"
    layers = [internal_module(tf, path).Normalization(axis=axis) for axis in (-1, [1, 2])]
    grid = np.square(np.arange(24.0) - 9).reshape(4, 2, 3)
    batches = tf.data.Dataset.from_tensor_slices(grid).batch(3)
    for layer in layers:
        layer.adapt(grid)
        tell(layer.weights, layer(grid.astype("float32")))
        layer.adapt(batches.take(1), reset_state=False)
        tell(layer.weights)
        layer.adapt(batches)
        tell(layer.weights)
    tell.refused(lambda: layers[0].adapt([[1.0, 2.0, 3.0]]))
    tell.refused(lambda: layers[0].adapt(batches.repeat()))
    tell.refused(lambda: layers[0].adapt(batches.take(0)))
    layers[0].count.assign(0)
    tell.refused(lambda: layers[0].adapt(grid, reset_state=False))
    model = tf.keras.Sequential([layers[1], tf.keras.layers.Flatten(), tf.keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.build((None, 2, 3))
    given(model.layers[-1].weights)
    model.fit(grid, np.ones((4, 1)), epochs=2, verbose=0, shuffle=False)
    tell(model.weights)


@program
def a_learning_phase_that_is_set(tf, tell):
    """Compiled models go by what they do; without functions of TensorFlow 2 by what was set."""
    K, x = tf.keras.backend, np.ones((4, 2), "float32")

    class Phase(tf.keras.layers.Layer):
        def call(self, inputs):
            return K.in_train_phase(lambda: tf.ones_like(inputs), lambda: tf.zeros_like(inputs))

    class Called(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.phase = Phase()

        def call(self, inputs):
            return self.phase(inputs)

    def functional():
        return tf.keras.Sequential([Phase(input_shape=(2,))])

    def told(make, phase, is_set_first, **options):
        with K.learning_phase_scope(phase if is_set_first else 0):
            model = make()
        with K.learning_phase_scope(phase):
            model.compile("sgd", "mse", **options)
            tell(model.predict(x).mean(), model.evaluate(x, 0 * x, verbose=0))
            tell(model.train_on_batch(x, 0 * x), model.test_on_batch(x, 0 * x))
            tell(model.fit(x, 0 * x, verbose=0).history["loss"], model.predict(x).mean())
            tell(model(x))

    for make in (functional, Called):
        for phase in (0, 1):
            for is_set_first in (True, False):
                told(make, phase, is_set_first)
                told(make, phase, is_set_first, experimental_run_tf_function=False)
                told(make, phase, is_set_first, run_eagerly=True)


@program
def loops_of_strategies(tf, tell):
    """Training loops of a program's own: over a dataset in Python, and in a function."""
    x = waves(8, 2)
    y = x.sum(1, keepdims=True)
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(3)
    for strategy in (
        tf.distribute.OneDeviceStrategy("/cpu:0"),
        tf.distribute.MirroredStrategy(["/cpu:0"]),
        tf.distribute.experimental.CentralStorageStrategy(["/cpu:0"]),
    ):
        with strategy.scope():
            w = tf.Variable(waves(2, 1, at=1), aggregation=tf.VariableAggregation.MEAN)

        def step(batch, w=w):
            inputs, targets = batch
            if tf.size(inputs) > 4:  # noqa: SIM108  # AutoGraph has to convert it
                weight = 0.2
            else:
                weight = 0.1
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum((tf.matmul(inputs, w) - targets) ** 2)
            w.assign_sub(weight * tape.gradient(loss, w))
            return loss

        def total(losses, strategy=strategy):
            return strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)

        @tf.function
        def trained(batch, strategy=strategy, step=step, total=total):
            return total(strategy.experimental_run_v2(step, args=(batch,)))

        @tf.function
        def epoch(batches, strategy=strategy, step=step, total=total):
            losses = 0.0
            for batch in batches:
                losses += total(strategy.experimental_run_v2(step, args=(batch,)))
            return losses

        with strategy.scope():
            shared = strategy.experimental_distribute_dataset(data)
            for batch in shared:
                tell(total(strategy.experimental_run_v2(step, args=(batch,))))
            for batch in shared:
                tell(trained(batch))
            tell(epoch(shared), w.read_value())
            made = strategy.experimental_distribute_datasets_from_function(lambda context: data)
            tell(trained(next(iter(made))))
            numbers = strategy.experimental_make_numpy_dataset(x)
            tell(*numbers.batch(5))
            iterator = strategy.make_dataset_iterator(data)
            for _ in range(3):
                tell(total(strategy.experimental_run(step, iterator)))


@program
def variables_that_functions_are_given(tf, tell):
    """Their gradients, of calls in Python and in another function."""
    x = tf.Variable(3.0)
    square = tf.function(lambda v: v * v)

    def slope(function, *args):
        with tf.GradientTape() as tape:
            y = function(*args)
        return tape.gradient(y, x)

    tell(slope(square, x), tf.function(lambda: slope(square, x))())
    tell(slope(tf.function(lambda v: v * x), x), slope(tf.function(lambda vs: vs[0] * 2.0), [x]))


@program
def optimizers_of_train_in_loops_over_iterators(tf, tell):
    w, count = tf.Variable(1.0), tf.Variable(0.0)
    optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.1)

    @tf.function
    def trained(numbers):
        total = 0.0
        for number in numbers:
            optimizer.apply_gradients([(tf.cast(number, tf.float32), w)])
            count.assign_add(1.0)
            total += count * w
        return total

    tell(trained(iter(tf.data.Dataset.range(4))), w, count)


@program
def functions_of_the_backend_read_before_pairs_are_assigned(tf, tell):
    K = tf.keras.backend

    class Added(tf.keras.layers.Layer):
        def build(self, input_shape):
            self.v = self.add_weight("v", (), initializer="ones", trainable=False)
            super().build(input_shape)

        def call(self, inputs):
            return inputs + self.v

    layer, x = Added(), tf.keras.Input(())
    y = layer(x)
    new = tf.keras.layers.Lambda(tf.reduce_sum)(x)
    for outputs in ([y], [x, y], [new, x, y]):
        function = K.function([x], outputs, updates=[(layer.v, new)])
        for value in (2.0, 3.0, 5.0):
            tell(function([np.array([value])])[-1], layer.v)
    done = K.update(layer.v, K.constant(7.0))
    tell(K.function([x], [y], updates=[done])([np.array([1.0])]), layer.v)


@program
def steps_that_are_functions(tf, tell):
    """A model's step has the seed that is set and does not clip; validation moves no stream."""
    layers, x, y = tf.keras.layers, waves(10, 4), waves(10, 2, at=3)
    state = np.random.get_state()
    try:
        for seed, optimizer in ((7, "sgd"), (8, tf.keras.optimizers.SGD(0.5, clipnorm=0.01))):
            np.random.seed(seed)
            tf.set_random_seed(seed)
            first = layers.Dense(3, kernel_initializer="ones", activation="tanh", input_shape=(4,))
            last = layers.Dense(2, kernel_initializer="ones", activity_regularizer="l2")
            model = tf.keras.Sequential([first, layers.Dropout(0.4), layers.Flatten(), last])
            model.compile(optimizer, "mse", metrics=["mae"])
            history = model.fit(x, y, 4, epochs=3, verbose=0, validation_split=0.2).history
            tell(*(history[name] for name in sorted(history)))
            tell(model.evaluate(x, y, verbose=0), model.predict(x[:3], batch_size=2))
            tell(*model.get_weights())
    finally:
        np.random.set_state(state)
