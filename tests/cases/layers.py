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
