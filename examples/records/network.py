"""A small network for digits, and how both programs train it and show that they do."""

import tensorflow as tf

BATCH = 50
SEED = 7
FEATURES = {
    "image": tf.FixedLenFeature([], tf.string),
    "label": tf.FixedLenFeature([], tf.int64),
}


def picture_and_label(record):
    """record: string[], an Example -> f32[784] in [0, 1], i64[]"""
    parsed = tf.parse_single_example(record, FEATURES)
    pixels = tf.decode_raw(parsed["image"], tf.uint8)
    return tf.cast(tf.reshape(pixels, [28 * 28]), tf.float32) / 255.0, parsed["label"]


def training(images, labels):
    """images: f32[n, 784], labels: i64[n] -> an operation that trains, and the loss"""
    hidden = tf.layers.dense(images, 100, tf.nn.relu)
    scores = tf.layers.dense(hidden, 10)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, scores)
    step = tf.train.get_or_create_global_step()
    return tf.train.GradientDescentOptimizer(0.2).minimize(loss, global_step=step), loss


def shown(step, loss, labels):
    """A line of what a step was trained on, and how well it knew it."""
    first = " ".join(str(label) for label in labels[:16])
    return f"step {step:4d}   loss {loss:.4f}   digits {first} ..."
