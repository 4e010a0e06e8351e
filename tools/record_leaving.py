"""Records small models of TensorFlow 1.15 in files, and what they compute.

    TF115_PYTHON tools/record_leaving.py

Each is kept as a frozen graph, as a checkpoint with its MetaGraphDef and as a SavedModel.
"""

import os
import shutil

import numpy as np
import tensorflow as tf

FOLDER = os.path.join(os.path.dirname(__file__), "..", "tests", "golden", "leaving")


def convolutional():
    """Convolution, batch norm, pooling, dropout that is off, averages of variables, clipping."""
    x = tf.placeholder(tf.float32, [None, 8, 8, 1], name="x")
    keep = tf.placeholder_with_default(1.0, [], name="keep")
    h = tf.layers.conv2d(x, 4, 3, kernel_initializer=tf.glorot_uniform_initializer(1))
    h = tf.nn.relu(tf.layers.batch_normalization(h))
    h = tf.nn.dropout(tf.layers.max_pooling2d(h, 2, 2), keep_prob=keep, seed=3)
    h = tf.layers.dense(
        tf.layers.flatten(h), 3, kernel_initializer=tf.glorot_uniform_initializer(2)
    )
    tf.train.ExponentialMovingAverage(0.9).apply(tf.trainable_variables())
    return x, tf.clip_by_value(h, -0.3, 0.4, name="y")


def recurrent():
    """An LSTM in a loop."""
    x = tf.placeholder(tf.float32, [None, 5, 3], name="x")
    cell = tf.nn.rnn_cell.LSTMCell(4, initializer=tf.glorot_uniform_initializer(4))
    outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    y = tf.layers.dense(outputs[:, -1], 2, kernel_initializer=tf.glorot_uniform_initializer(5))
    return x, tf.identity(y, name="y")


def record(name, build):
    folder = os.path.join(FOLDER, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x, y = build()
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, os.path.join(folder, "model.ckpt"))
        tf.saved_model.simple_save(
            session, os.path.join(folder, "saved_model"), {"image": x}, {"scores": y}
        )
        constants = tf.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), ["y"]
        )
        with open(os.path.join(folder, "frozen.pb"), "wb") as file:
            file.write(constants.SerializeToString())
        xs = np.random.RandomState(0).rand(6, *x.shape.as_list()[1:]).astype(np.float32)
        y, dx = session.run([y, tf.gradients(y, x)[0]], {x: xs})
    np.savez(os.path.join(folder, "expected.npz"), x=xs, y=y, dx=dx)


record("convolutional", convolutional)
record("recurrent", recurrent)
