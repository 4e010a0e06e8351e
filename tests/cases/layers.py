"""What layers are: names, scopes, shared variables, losses and updates."""

import numpy as np

from .suite import Suite

suite = Suite("layers")


def story(fn):
    """Adds `fn(tf, run)` as a case, under its own name."""
    suite.case(fn.__name__, fn, grad=False)
    return fn


def placeholder(tf, *sizes):
    return tf.placeholder(tf.float32, sizes, name="x")


def batch(*sizes):
    return np.linspace(-1, 1, int(np.prod(sizes)), dtype=np.float32).reshape(sizes)


def names(of):
    return [each.name for each in of]


@story
def dense(tf, run):
    tf.set_random_seed(1)
    x = placeholder(tf, None, 3)
    layer = tf.layers.Dense(2, tf.nn.relu, kernel_regularizer=tf.nn.l2_loss)
    y = layer(x) + layer(-x)
    z = tf.layers.dense(y, 4, activation="selu", name="last")
    with tf.variable_scope("outer", regularizer=tf.nn.l2_loss):
        z += tf.layers.dense(x, 4, name="shared", use_bias=False)
        z += tf.layers.dense(-x, 4, name="shared", use_bias=False, reuse=True)
    z = tf.layers.dense(tf.reshape(z, [-1, 2, 2]), 3, activity_regularizer=tf.reduce_sum)
    run.note([layer.name, layer.dtype, layer.scope_name, names(layer.weights)])
    run.note(names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)))
    loss = tf.reduce_mean(z * z) + tf.losses.get_regularization_loss()
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run(train, {x: batch(4, 3)})
        run(loss, {x: batch(4, 3)})


@story
def dropout_and_flatten(tf, run):
    tf.set_random_seed(2)
    x = placeholder(tf, None, 2, 3)
    training = tf.placeholder(tf.bool, [])
    y = tf.layers.dropout(tf.layers.flatten(x), 0.4, training=True)
    z = tf.layers.dropout(x, noise_shape=[None, 1, 3], training=training)
    run.note([str(y.shape), str(tf.layers.flatten(x, data_format="channels_first").shape)])
    for value in (True, False, True):
        run([y, z], {x: batch(2, 2, 3), training: value})


@story
def written_by_a_program(tf, run):
    tf.set_random_seed(3)

    class Scale(tf.layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight("factor", [int(input_shape[-1])], initializer="ones")
            self.seen = self.add_variable("seen", [], trainable=False, initializer="zeros")
            self.inner = tf.layers.Dense(2, name="inner")
            self.built = True

        def call(self, inputs, training=False):
            self.add_update(tf.assign_add(self.seen, tf.reduce_sum(inputs)))
            self.add_update(tf.assign_add(self.seen, 1.0))
            self.add_loss(tf.reduce_sum(self.factor))
            self.add_loss(tf.reduce_sum(inputs), inputs=inputs)
            return tf.layers.dropout(self.inner(inputs * self.factor), training=training)

    x = placeholder(tf, None, 3)
    layer = Scale()
    y = layer(x, training=True)
    with tf.name_scope("elsewhere"):
        z = layer(x)
    run.note([names(layer.weights), names(layer.trainable_weights), layer.count_params()])
    run.note([names(layer.get_updates_for(x)), names(layer.get_updates_for(None))])
    run.note([names(layer.get_losses_for(x)), names(layer.get_losses_for(None))])
    run.note(names(tf.get_collection(tf.GraphKeys.UPDATE_OPS)))
    run(tf.global_variables_initializer())
    run([y, z], {x: batch(2, 3)})
    run(tf.get_collection(tf.GraphKeys.UPDATE_OPS)[::2], {x: batch(2, 3)})
    run(layer.seen)


@story
def refusals(tf, run):
    x = tf.zeros([2, 3])
    layer = tf.layers.Dense(2)
    run.refused(lambda: layer.scope_name)
    run.refused(layer.count_params)
    layer(x)
    run.refused(lambda: layer(tf.zeros([2, 4])))
    run.refused(lambda: layer.get_input_at(0))
    run.refused(lambda: tf.layers.dense(tf.zeros([3]), 2))
    run.refused(lambda: tf.layers.dense(tf.placeholder(tf.float32), 2))
    run.refused(lambda: tf.layers.dense(tf.placeholder(tf.float32, [2, None]), 2))
    run.refused(lambda: tf.layers.dense(tf.zeros([2, 3], tf.int32), 2))
    run.refused(lambda: tf.layers.dense(x, 2, activation="none such"))
    run.refused(lambda: tf.layers.dense(x, 2, activation=3))
    run.refused(lambda: tf.layers.dense(x, 2, kernel_initializer=3))
    run.refused(lambda: tf.layers.dense(x, 2, name="none_such", reuse=True))
    tf.layers.dense(x, 2, name="a")
    run.refused(lambda: tf.layers.dense(x, 2, name="a"))
    run.refused(lambda: tf.layers.dense(tf.zeros([2, 4]), 2, name="a", reuse=True))
    run.refused(lambda: tf.layers.Flatten(data_format="none such"))
    run.refused(lambda: tf.layers.InputSpec(ndim=2, axes={3: 2}))
    run.refused(lambda: tf.layers.Dense(2, none_such=1))


def trained(tf, run, y, feeds, steps=2):
    """Runs a few steps of training of the mean square of `y`."""
    loss = tf.reduce_mean(tf.square(y - 1.0)) + sum(tf.losses.get_regularization_losses())
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    run(tf.global_variables_initializer())
    for _ in range(steps):
        run(train, feeds)
        run(loss, feeds)


@story
def convolutions(tf, run):
    tf.set_random_seed(4)
    x = placeholder(tf, None, 5, 6, 2)
    y = tf.layers.conv2d(x, 3, 2, 2, "same", activation=tf.nn.relu)
    layer = tf.layers.Conv2D(2, (2, 3), dilation_rate=(1, 2), padding="same", use_bias=False)
    y = layer(y) + layer(-y)
    y = tf.layers.separable_conv2d(y, 3, 2, depth_multiplier=2)
    run.note([names(layer.weights), str(y.shape), str(layer.compute_output_shape([4, 9, 9, 3]))])
    trained(tf, run, y, {x: batch(2, 5, 6, 2)})


@story
def convolutions_of_sequences(tf, run):
    tf.set_random_seed(5)
    x = placeholder(tf, None, 6, 2)
    y = tf.layers.conv1d(x, 3, 2, activation="relu")
    y = tf.layers.conv1d(y, 2, 2, padding="causal", dilation_rate=2)
    y = tf.layers.separable_conv1d(y, 3, 2, padding="same")
    run.note(str(y.shape))
    trained(tf, run, y, {x: batch(2, 6, 2)})


@story
def convolutions_of_volumes(tf, run):
    tf.set_random_seed(6)
    x = placeholder(tf, None, 3, 4, 3, 1)
    y = tf.layers.conv3d(x, 2, 2, padding="same")
    y = tf.layers.conv3d_transpose(y, 2, 2, 2)
    y = tf.layers.max_pooling3d(y, 2, 2) + tf.layers.average_pooling3d(y, 2, 2)
    run.note(str(y.shape))
    trained(tf, run, y, {x: batch(1, 3, 4, 3, 1)})


@story
def transposed_convolutions(tf, run):
    tf.set_random_seed(7)
    x = placeholder(tf, None, 3, None, 2)
    y = tf.layers.conv2d_transpose(x, 2, 3, 2, "same", activation=tf.tanh)
    y = tf.layers.Conv2DTranspose(1, 2, dilation_rate=2)(y)
    y = tf.layers.Conv2DTranspose(1, 3, 2, output_padding=1)(y)
    run.note(str(y.shape))
    trained(tf, run, y, {x: batch(2, 3, 4, 2)})


@story
def channels_first(tf, run):
    """What TensorFlow builds, and runs on a GPU only."""
    tf.set_random_seed(8)
    x = placeholder(tf, None, 2, 6, 6)
    y = tf.layers.conv2d(x, 4, 2, data_format="channels_first", activation=tf.nn.relu)
    y = tf.layers.conv2d(y, 3, 2, 1, "same", data_format="channels_first", dilation_rate=2)
    y = tf.layers.separable_conv2d(y, 3, 2, data_format="channels_first")
    y = tf.layers.max_pooling2d(y, 2, 2, data_format="channels_first")
    z = tf.layers.conv1d(tf.reshape(x, [-1, 2, 36]), 3, 2, data_format="channels_first")
    z = tf.layers.separable_conv1d(z, 3, 2, data_format="channels_first")
    v = tf.layers.conv3d(tf.reshape(x, [-1, 2, 3, 4, 3]), 3, 2, data_format="channels_first")
    v = tf.layers.conv3d_transpose(v, 3, 2, data_format="channels_first")
    v = tf.layers.max_pooling3d(v, 2, 2, data_format="channels_first")
    run.note([str(tensor.shape) for tensor in (y, z, v)])


@story
def pooling(tf, run):
    x = placeholder(tf, None, 4, 5, 2)
    row = tf.reshape(x, [-1, 20, 2])
    both = [
        tf.layers.max_pooling2d(x, 2, 2),
        tf.layers.average_pooling2d(x, (2, 3), 1, "same"),
        tf.layers.max_pooling1d(row, 3, 2),
        tf.layers.average_pooling1d(row, 3, 2, "same"),
    ]
    run.note([str(y.shape) for y in both])
    run(both, {x: batch(2, 4, 5, 2)})
    run(tf.gradients(both, x), {x: batch(2, 4, 5, 2)})


@story
def refusals_of_windows(tf, run):
    images = tf.placeholder(tf.float32, [None, 4, 4, 2])
    run.refused(lambda: tf.layers.conv2d(tf.placeholder(tf.float32, [2, 4, 4, None]), 3, 2))
    run.refused(lambda: tf.layers.conv2d(tf.zeros([4, 4]), 3, 2))
    run.refused(lambda: tf.layers.conv2d(images, 3, 2, padding="none such"))
    run.refused(lambda: tf.layers.conv2d(images, 3, 2, padding="causal"))
    run.refused(lambda: tf.layers.conv2d(images, 3, 2, data_format="NHWC"))
    run.refused(lambda: tf.layers.conv2d(images, 3, (2, 2, 2)))
    run.refused(lambda: tf.layers.conv2d(images, 3, 2, strides=2, dilation_rate=2))
    run.refused(lambda: tf.layers.Conv2DTranspose(3, 3, 2, output_padding=2))
    run.refused(lambda: tf.layers.max_pooling2d(tf.zeros([4, 4]), 2, 2))
    run.refused(lambda: tf.layers.max_pooling2d(images, "ab", 2))
    run.refused(lambda: tf.layers.max_pooling2d(images, 2, None))
    run.refused(lambda: tf.layers.max_pooling2d(images, 2, 2, data_format="none such"))


def normalised(tf, run, build, feeds):
    """Trains what `build(training)` gives, with its updates, and looks at the averages."""
    tf.set_random_seed(9)
    training = tf.placeholder(tf.bool, [], name="training")
    y = build(training)
    loss = tf.reduce_mean(tf.square(y - 1.0))
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    run.note(names(updates))
    with tf.control_dependencies(updates):
        train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    run(tf.global_variables_initializer())
    for _ in range(3):
        run(train, {**feeds, training: True})
        run(loss, {**feeds, training: False})
    variables = tf.global_variables()
    run.note(names(variables))
    run([v for v in variables if "moving" in v.name or "renorm" in v.name])


@story
def batch_norm_of_images(tf, run):
    x = placeholder(tf, None, 3, 3, 2)

    def build(training):
        y = tf.layers.conv2d(x, 3, 2, use_bias=False)
        y = tf.nn.relu(tf.layers.batch_normalization(y, training=training, momentum=0.8))
        y = tf.layers.batch_normalization(y, center=False, scale=False, training=training)
        return tf.layers.batch_normalization(y, name="never")

    normalised(tf, run, build, {x: batch(4, 3, 3, 2)})


@story
def batch_norm_of_rows(tf, run):
    x = placeholder(tf, None, 3)

    def build(training):
        y = tf.layers.batch_normalization(x, training=training)
        y = tf.layers.batch_normalization(tf.layers.dense(y, 4), training=True, scale=False)
        cube = tf.reshape(y, [-1, 2, 2])
        return tf.layers.batch_normalization(cube, axis=1, training=training)

    normalised(tf, run, build, {x: batch(4, 3) ** 3})


@story
def batch_norm_along_axes(tf, run):
    x = placeholder(tf, None, 2, 3, 2)

    def build(training):
        y = tf.layers.batch_normalization(x, axis=[1, 2], training=training)
        return tf.layers.batch_normalization(y, fused=False, training=True)

    normalised(tf, run, build, {x: batch(3, 2, 3, 2) ** 2})


@story
def batch_renorm(tf, run):
    x = placeholder(tf, None, 3)
    clipping = {"rmin": 0.5, "rmax": 2.0, "dmax": 1.0}

    def build(training):
        y = tf.layers.batch_normalization(x, renorm=True, training=training, momentum=0.7)
        return tf.layers.batch_normalization(
            tf.layers.dense(y, 2), renorm=True, renorm_clipping=clipping, training=training
        )

    normalised(tf, run, build, {x: batch(4, 3) ** 3})


@story
def batch_norm_of_virtual_batches(tf, run):
    x = placeholder(tf, 4, 2, 2, 3)

    def build(training):
        y = tf.layers.batch_normalization(x, virtual_batch_size=2, training=training)
        return tf.layers.batch_normalization(
            tf.layers.flatten(y),
            adjustment=lambda shape: (
                tf.random_uniform([shape[0], 1], 0.9, 1.1),
                tf.random_uniform([shape[0], 1], -0.1, 0.1),
            ),
            training=training,
        )

    normalised(tf, run, build, {x: batch(4, 2, 2, 3) ** 3})


@story
def batch_norm_told_by_no_one(tf, run):
    x = placeholder(tf, None, 2, 2, 3)
    layer = tf.layers.BatchNormalization()
    y = layer(x, training=None)
    z = tf.layers.dropout(tf.cast(x, tf.float16), training=None)
    z = layer(x, training=True) + tf.cast(z, tf.float32)
    run.note(names(tf.get_collection(tf.GraphKeys.UPDATE_OPS)))
    run(tf.global_variables_initializer())
    run(z, {x: batch(2, 2, 2, 3)})
    run(layer.get_updates_for(x), {x: batch(2, 2, 2, 3)})
    run(y, {x: batch(2, 2, 2, 3)})


@story
def batch_norm_refusals(tf, run):
    x = tf.placeholder(tf.float32, [None, 3, 3])
    run.refused(lambda: tf.layers.batch_normalization(tf.placeholder(tf.float32, [2, None])))
    run.refused(lambda: tf.layers.batch_normalization(x, axis=4))
    run.refused(lambda: tf.layers.batch_normalization(x, axis=[1, 1]))
    run.refused(lambda: tf.layers.batch_normalization(x, axis=(1,)))
    run.refused(lambda: tf.layers.batch_normalization(x, renorm=True, renorm_clipping={"r": 1}))
    run.refused(lambda: tf.layers.batch_normalization(x, virtual_batch_size=0))
    run.refused(lambda: tf.layers.batch_normalization(x, virtual_batch_size=1, axis=0))


@story
def spectral_norm(tf, run):
    """As generative networks write it: a power iteration that goes on with each step."""
    tf.set_random_seed(10)

    def normalised_kernel(w):
        rows = tf.reshape(w, [-1, w.shape.as_list()[-1]])
        u = tf.get_variable(
            "u", [1, rows.shape[-1]], initializer=tf.random_normal_initializer(), trainable=False
        )
        v = tf.nn.l2_normalize(tf.matmul(u, rows, transpose_b=True))
        new_u = tf.nn.l2_normalize(tf.matmul(v, rows))
        new_u, v = tf.stop_gradient(new_u), tf.stop_gradient(v)
        sigma = tf.matmul(tf.matmul(v, rows), new_u, transpose_b=True)
        with tf.control_dependencies([u.assign(new_u)]):
            return tf.reshape(rows / sigma, w.shape.as_list())

    x = placeholder(tf, None, 4, 4, 2)
    with tf.variable_scope("discriminator"):
        w = tf.get_variable("kernel", [3, 3, 2, 3])
        y = tf.nn.leaky_relu(tf.nn.conv2d(x, normalised_kernel(w), [1, 2, 2, 1], "SAME"))
    trained(tf, run, y, {x: batch(2, 4, 4, 2)})
    run(tf.global_variables()[-1])


@story
def weight_norm(tf, run):
    """By a custom getter, under layers that know nothing of it."""
    tf.set_random_seed(11)

    def getter(getter, name, *args, **kwargs):
        v = getter(name, *args, **kwargs)
        if not name.endswith("kernel"):
            return v
        g = getter(f"{name}_g", v.shape[-1:].as_list(), initializer=tf.ones_initializer())
        axes = list(range(v.shape.ndims - 1))
        return g * tf.nn.l2_normalize(v, axes)

    x = placeholder(tf, None, 3)
    with tf.variable_scope("net", custom_getter=getter):
        y = tf.layers.dense(tf.layers.dense(x, 4, tf.nn.relu), 2, name="out")
    with tf.variable_scope("net", custom_getter=getter, reuse=True):
        y += tf.layers.dense(tf.zeros([1, 4]), 2, name="out")
    run.note(names(tf.trainable_variables()))
    trained(tf, run, y, {x: batch(3, 3)})


@story
def copies(tf, run):
    """Layers that are copied, and made to share by a template or a scope."""
    import copy

    tf.set_random_seed(12)
    x = placeholder(tf, None, 3)
    layer = tf.layers.Dense(2, name="original")
    other = copy.deepcopy(layer)
    y = layer(x) + other(x)
    run.note([layer.name, other.name, names(layer.weights), names(other.weights)])
    again = copy.deepcopy(tf.layers.Dense(2, _scope="scoped"))
    y += again(x)
    block = tf.make_template("block", lambda x: tf.layers.dense(x, 2, tf.tanh))
    y += block(x) + block(-x)
    with tf.variable_scope("shared", reuse=tf.AUTO_REUSE):
        y += tf.layers.dense(x, 2, name="a") + tf.layers.dense(-x, 2, name="a")
    with tf.variable_scope("by_default", initializer=tf.ones_initializer(), use_resource=True):
        y += tf.layers.dense(x, 2)
    run.note(names(tf.global_variables()))
    trained(tf, run, y, {x: batch(3, 3)})


@story
def in_choices_and_loops(tf, run):
    tf.set_random_seed(13)
    x = placeholder(tf, None, 2)
    layer = tf.layers.Dense(2, tf.tanh)
    layer.build([None, 2])
    y = tf.cond(tf.reduce_sum(x) > 0, lambda: layer(x), lambda: tf.layers.dense(x, 2))
    y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, layer(y)), [0, y])[1]
    run.note(names(tf.global_variables()))
    run(tf.global_variables_initializer())
    for sign in (1, -1):
        run([y, *tf.gradients(y, layer.weights)], {x: sign * batch(2, 2) + 0.5})


@story
def keras_style(tf, run):
    tf.set_random_seed(14)
    x = placeholder(tf, None, 3)
    with tf.layers.experimental.keras_style_scope():
        layers = [tf.layers.Dense(2, name="own") for _ in range(2)]
        run.refused(lambda: tf.layers.dense(x, 2, name="n"))
        run.refused(lambda: tf.layers.dense(x, 2, reuse=True))
    y = layers[0](x) + layers[1](x)
    run.refused(lambda: layers[0](x, scope="s"))
    run.note([names(layer.weights) for layer in layers])
    run.note([type(layer.kernel).__name__ for layer in layers])
    trained(tf, run, y, {x: batch(3, 3)})


@story
def empty_regularizers(tf, run):
    """What is no function and empty stands for none, as Sonnet passes it."""
    with tf.variable_scope("scope", regularizer=tf.nn.l2_loss):
        tf.get_variable("w", [2], regularizer={})
        tf.get_variable("v", [2])
    run.note(names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)))
