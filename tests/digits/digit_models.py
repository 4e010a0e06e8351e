"""Small models for the tests, made within seconds."""

import numpy as np

import stillflow as tf
from stillflow.api.examples.tutorials.mnist import input_data as mnist
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


def trained(folder, hidden=(100,), steps=500):
    """Trains a network for some seconds, to about 96 % of the test images; saves it in `folder`."""
    train = mnist.read_data_sets(str(folder), seed=1).train
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.set_random_seed(1)
        x = tf.placeholder(tf.float32, [None, forward.PIXELS])
        y = tf.placeholder(tf.int64, [None])
        step = tf.train.get_or_create_global_step()
        scores = forward.forward(x, hidden, stddev=None).scores
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=scores)
        rate = tf.train.exponential_decay(4e-3, step, 100, 0.7)
        update = tf.train.AdamOptimizer(rate).minimize(tf.reduce_mean(losses), step)
        averages = tf.train.ExponentialMovingAverage(0.98)
        with tf.control_dependencies([update]):
            both = averages.apply(tf.trainable_variables())
        sess.run(tf.global_variables_initializer())
        for _ in range(steps):
            images, labels = train.next_batch(100)
            sess.run(both, {x: images, y: labels})
        return tf.train.Saver().save(sess, f"{folder}/{model.NAME}", global_step=step)
