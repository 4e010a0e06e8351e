"""The network: convolutions with batch normalisation, 28 x 28 pixels -> a score for each digit."""

import tensorflow as tf

SIDE = 28
DIGITS = 10


def scores(images, training):
    """images: f32[n, 784] in [0, 1] -> f32[n, 10], the higher the likelier.

    `training` is a bool, or a tensor that holds one. The updates of the averages that stand for a
    batch's statistics in testing are in the collection UPDATE_OPS.
    """
    x = tf.reshape(images, [-1, SIDE, SIDE, 1])
    x = convolution(x, 16, "same", training)
    x = convolution(x, 16, "same", training)
    x = tf.layers.max_pooling2d(x, 2, 2)
    x = convolution(x, 32, "same", training)
    x = convolution(x, 32, "same", training)
    x = tf.layers.max_pooling2d(x, 2, 2)
    x = convolution(x, 64, "valid", training)
    x = convolution(x, 64, "valid", training)
    x = tf.layers.dropout(tf.layers.flatten(x), 0.4, training=training)
    return tf.layers.dense(x, DIGITS)


def convolution(x, filters, padding, training):
    # The bias is the normalisation's.
    x = tf.layers.conv2d(x, filters, 3, padding=padding, use_bias=False)
    return tf.nn.relu(tf.layers.batch_normalization(x, momentum=0.95, training=training))
