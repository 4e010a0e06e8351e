"""Random training programs: a network, a loss, a schedule, an optimiser, drawn by their number.

Only `tf.set_random_seed` seeds them, so that every initial weight and every dropout mask rests on
the number of nodes built before. The loss is fetched after the step, since beside it TensorFlow's
order is chance: see `races`.
"""

import random

import numpy as np

from .arrays import f32
from .suite import Suite

suite = Suite("trained")

PROGRAMS = 40
STEPS = 4
FEATURES, CLASSES, BATCH = 4, 3, 6


def normal(tf, shape, i):
    return tf.Variable(tf.random_normal(shape, stddev=0.5))


def truncated(tf, shape, i):
    return tf.Variable(tf.truncated_normal(shape, stddev=0.3), name="w")


def uniform(tf, shape, i):
    return tf.Variable(tf.random_uniform(shape, -0.5, 0.5), name="weights")


def glorot(tf, shape, i):
    return tf.get_variable(f"w{i}", shape)


def scoped(tf, shape, i):
    with tf.variable_scope(f"layer{i}"):
        return tf.get_variable("w", shape, initializer=tf.truncated_normal_initializer(stddev=0.3))


WEIGHTS = (normal, truncated, uniform, glorot, scoped)
ACTIVATIONS = ("relu", "tanh", "sigmoid", "elu", "softplus", "leaky_relu")


def mean_square(tf, y, target):
    return tf.reduce_mean(tf.square(y - target))


def softmax(tf, y, target):
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=target, logits=y))


def sparse(tf, y, target):
    labels = tf.argmax(target, 1)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits=y, labels=labels))


def sigmoid(tf, y, target):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=y))


def by_hand(tf, y, target):
    p = tf.clip_by_value(tf.nn.softmax(y), 1e-10, 1.0)
    return -tf.reduce_mean(tf.reduce_sum(target * tf.log(p), 1))


def uneven(tf, y, target):
    return tf.reduce_sum(tf.where(tf.greater(y, target), 9 * (y - target), target - y)) / 20


LOSSES = (mean_square, softmax, sparse, sigmoid, by_hand, uneven)
RATES = {
    "constant": lambda tf, step: 0.05,
    "exponential": lambda tf, step: tf.train.exponential_decay(0.1, step, 2, 0.8),
    "staircase": lambda tf, step: tf.train.exponential_decay(0.1, step, 2, 0.8, staircase=True),
    "natural": lambda tf, step: tf.train.natural_exp_decay(0.1, step, 2, 0.3),
    "inverse": lambda tf, step: tf.train.inverse_time_decay(0.1, step, 2, 0.5),
    "polynomial": lambda tf, step: tf.train.polynomial_decay(0.1, step, 3, 0.01, 2.0),
    "cosine": lambda tf, step: tf.train.cosine_decay(0.1, step, 5),
}
OPTIMIZERS = {
    "gradient_descent": lambda train, rate: train.GradientDescentOptimizer(rate),
    "momentum": lambda train, rate: train.MomentumOptimizer(rate, 0.9),
    "nesterov": lambda train, rate: train.MomentumOptimizer(rate, 0.9, use_nesterov=True),
    "adam": lambda train, rate: train.AdamOptimizer(rate, beta1=0.8),
    "adagrad": lambda train, rate: train.AdagradOptimizer(rate),
    "adadelta": lambda train, rate: train.AdadeltaOptimizer(rate, 0.9, 1e-4),
    "rmsprop": lambda train, rate: train.RMSPropOptimizer(rate, 0.8, momentum=0.3),
    "centered": lambda train, rate: train.RMSPropOptimizer(rate, centered=True, epsilon=1e-4),
    "ftrl": lambda train, rate: train.FtrlOptimizer(rate, l2_regularization_strength=0.01),
}
PENALTIES = {
    "none": None,
    "l2": lambda tf: tf.contrib.layers.l2_regularizer(0.01),
    "l1": lambda tf: tf.contrib.layers.l1_regularizer(0.01),
}


def network(tf, draw, x):
    """The output of random layers, whose penalties go to the collection "losses"."""
    penalty = PENALTIES[draw.choice(sorted(PENALTIES))]
    size, y = FEATURES, x
    for i in range(draw.randint(1, 3)):
        width = draw.randint(2, 6)
        w = draw.choice(WEIGHTS)(tf, [size, width], i)
        if penalty is not None:
            tf.add_to_collection("losses", penalty(tf)(w))
        b = tf.Variable(tf.constant(0.1, shape=[width]))
        y = getattr(tf.nn, draw.choice(ACTIVATIONS))(tf.matmul(y, w) + b)
        if draw.random() < 0.3:
            y = tf.nn.dropout(y, 0.8)
        size = width
    return tf.matmul(y, draw.choice(WEIGHTS)(tf, [size, CLASSES], 9)) + tf.Variable(
        tf.zeros([CLASSES])
    )


def training(tf, draw, loss, step):
    """The training op: perhaps with clipped gradients, perhaps followed by a moving average."""
    rate = RATES[draw.choice(sorted(RATES))](tf, step)
    optimizer = OPTIMIZERS[draw.choice(sorted(OPTIMIZERS))](tf.train, rate)
    if draw.random() < 0.5:
        train = optimizer.minimize(loss, global_step=step)
    else:
        pairs = optimizer.compute_gradients(loss)
        clipped, _ = tf.clip_by_global_norm([grad for grad, _ in pairs], 0.5)
        pairs = [(clipped[i], pairs[i][1]) for i in range(len(pairs))]
        train = optimizer.apply_gradients(pairs, global_step=step)
    if draw.random() < 0.5:
        with tf.control_dependencies([train]):
            train = tf.train.ExponentialMovingAverage(0.9, step).apply(tf.trainable_variables())
    return train


def program(number):
    """The program `number`."""

    def fn(tf, run):
        draw = random.Random(number)
        tf.set_random_seed(number)
        x = tf.placeholder(tf.float32, [None, FEATURES], "x")
        target = tf.placeholder(tf.float32, [None, CLASSES], "y")
        loss = draw.choice(LOSSES)(tf, network(tf, draw, x), target)
        if tf.get_collection("losses"):
            loss = loss + tf.add_n(tf.get_collection("losses"))
        step = tf.Variable(0, trainable=False, name="step")
        train = training(tf, draw, loss, step)
        run(tf.global_variables_initializer())
        run(tf.global_variables())
        feed = {
            x: f32(BATCH, FEATURES, at=number),
            target: np.eye(CLASSES, dtype=np.float32)[np.arange(BATCH) % CLASSES],
        }
        for _ in range(STEPS):
            run(train, feed)
            run(loss, feed)
        run(tf.global_variables())

    return fn


for number in range(PROGRAMS):
    suite.case(
        f"program_{number:02}",
        program(number),
        grad=False,
        rtol=5e-4,
        atol=5e-5,
        why="four steps of training in float32",
    )
