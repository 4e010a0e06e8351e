"""The network: 784 pixels -> 500 hidden units -> one score for each digit."""

import tensorflow as tf

PIXELS = 28 * 28
HIDDEN = 500
DIGITS = 10


def dense(x, size_in, size_out, weight_decay):
    """x: f32[n, size_in] -> f32[n, size_out]; weight_decay adds a term to 'losses'."""
    weights = tf.Variable(tf.truncated_normal([size_in, size_out], stddev=0.1), name="weights")
    biases = tf.Variable(tf.zeros([size_out]), name="biases")
    if weight_decay:
        tf.add_to_collection("losses", tf.contrib.layers.l2_regularizer(weight_decay)(weights))
    return tf.matmul(x, weights) + biases


def scores(images, weight_decay=None):
    """images: f32[n, 784] in [0, 1] -> f32[n, 10], the higher the likelier."""
    with tf.name_scope("hidden"):
        hidden = tf.nn.relu(dense(images, PIXELS, HIDDEN, weight_decay))
    with tf.name_scope("output"):
        return dense(hidden, HIDDEN, DIGITS, weight_decay)
