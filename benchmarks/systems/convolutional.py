"""A convolutional network as programs of TensorFlow 1.x write it: LeNet's form, on 28x28."""

import tensorflow as tf
from systems import data


def inputs():
    """Images, classes one-hot, and how much dropout keeps."""
    x = tf.placeholder(tf.float32, [None, 784])
    y_ = tf.placeholder(tf.float32, [None, 10])
    return x, y_, tf.placeholder(tf.float32, [])


def logits(x, keep):
    """x: f32[n, 784] -> f32[n, 10]"""
    value = tf.reshape(x, [-1, 28, 28, 1])
    for before, filters in (1, 32), (32, 64):
        kernel = tf.Variable(data.kernel(5, before, filters))
        value = tf.nn.conv2d(value, kernel, [1, 1, 1, 1], "SAME")
        value = tf.nn.relu(value + tf.Variable(tf.constant(0.1, shape=[filters])))
        value = tf.nn.max_pool(value, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    value = tf.reshape(value, [-1, 7 * 7 * 64])
    value = tf.nn.relu(_dense(value, 7 * 7 * 64, 1024))
    return _dense(tf.nn.dropout(value, keep), 1024, 10)


def training(logits, y_):
    """A step of Adam, and the loss."""
    entropy = tf.nn.softmax_cross_entropy_with_logits_v2(labels=y_, logits=logits)
    loss = tf.reduce_mean(entropy)
    return tf.train.AdamOptimizer(1e-4).minimize(loss), loss


def _dense(x, rows, columns):
    w = tf.Variable(data.weights(rows, columns))
    return tf.matmul(x, w) + tf.Variable(tf.constant(0.1, shape=[columns]))
