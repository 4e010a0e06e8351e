"""Small models for the tests, made without training."""

import numpy as np

import stillflow as tf
from stillflow.digits import forward, model


def untrained(folder, hidden=(6,), steps=(0,), seed=1):
    """Saves a network with random averages in `folder` once per step; returns the paths."""
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.set_random_seed(seed)
        forward.forward(tf.placeholder(tf.float32, [None, forward.PIXELS]), hidden)
        step = tf.Variable(0, trainable=False, name=model.STEP, dtype=tf.int64)
        average = tf.train.ExponentialMovingAverage(0.0).apply(tf.trainable_variables())
        sess.run(tf.global_variables_initializer())
        sess.run(average)
        saver, paths = tf.train.Saver(), []
        for number in steps:
            step.load(number, sess)
            paths.append(saver.save(sess, f"{folder}/{model.NAME}", global_step=step))
    return paths


def images(count, seed=3):
    """f32[count, 784] in [0, 1]"""
    return np.random.RandomState(seed).rand(count, forward.PIXELS).astype(np.float32)
