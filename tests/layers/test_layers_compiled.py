"""Training steps of layers are compiled in one piece."""

import numpy as np
import pytest

import stillflow.api as tf


def rows(x, training):
    y = tf.layers.dense(x, 4, use_bias=False)
    y = tf.nn.relu(tf.layers.batch_normalization(y, training=training))
    return tf.layers.dropout(y, training=training)


def images(x, training):
    y = tf.layers.conv2d(tf.reshape(x, [-1, 4, 4, 1]), 3, 3, padding="same", use_bias=False)
    y = tf.nn.relu(tf.layers.batch_normalization(y, training=training))
    y = tf.layers.max_pooling2d(y, 2, 2)
    return tf.layers.dense(tf.layers.flatten(y), 4)


def transposed(x, training):
    del training
    y = tf.layers.conv2d_transpose(tf.reshape(x, [-1, 4, 4, 1]), 2, 3, 2, "same")
    return tf.layers.conv2d(y, 2, 3, dilation_rate=2, padding="same")


def renormalised(x, training):
    return tf.layers.batch_normalization(x, renorm=True, training=training)


LAYERS = {build.__name__: build for build in (rows, images, transposed, renormalised)}
#: Each layer, and each way in which a batch norm is told, is among the quick tests.
QUICK = {"rows-fed", "images-known", "transposed-known", "renormalised-known"}
CASES = [
    pytest.param(
        build, fed, id=f"{name}-{way}", marks=() if f"{name}-{way}" in QUICK else pytest.mark.slow
    )
    for name, build in LAYERS.items()
    for way, fed in (("known", False), ("fed", True))
]


@pytest.mark.parametrize(("build", "fed"), CASES)
def test_a_step_is_compiled_in_one_piece(build, fed, monkeypatch):
    """Whether it is known while building that this is training, or fed."""
    monkeypatch.setenv("STILLFLOW_TIER", "xla")
    x = tf.placeholder(tf.float32, [None, 16])
    training = tf.placeholder(tf.bool, []) if fed else True
    w = tf.Variable(tf.ones([16]))
    loss = tf.reduce_mean(tf.square(build(x * w, training)))
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        step = tf.train.AdamOptimizer().minimize(loss)
    feeds = {x: np.random.RandomState(0).rand(8, 16)}
    if fed:
        feeds[training] = True
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(step, feeds)
        (executor,) = [e for e in session._executors.values() if e.plan.feeds]
    assert [segment.on_host for segment in executor.learned.split.segments] == [False]
