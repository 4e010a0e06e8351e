"""What TensorFlow 1.15 runs on TPUs only runs here as the one shard that there is."""

import numpy as np
import pytest

import stillflow as tf


def test_one_shard_trains_as_without():
    losses = []
    for wrap in (lambda optimizer: optimizer, tf.tpu.CrossShardOptimizer):
        v = tf.Variable([1.0, 2.0])
        loss = tf.reduce_sum(v * v)
        train = wrap(tf.train.AdamOptimizer(0.1)).minimize(loss)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            losses.append([session.run([train, loss])[1] for _ in range(60)])
    np.testing.assert_array_equal(*losses)


def test_more_replicas_are_refused():
    x = tf.tpu.cross_replica_sum(tf.constant([1.0, 2.0]), [[0, 1]])
    message = "over 2 replicas, and there is one"
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        session.run(x)


def test_the_sum_of_one_replica_has_its_gradient():
    x = tf.placeholder(tf.float32, [2])
    (gradient,) = tf.gradients(tf.tpu.cross_replica_sum(x * x), x)
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(gradient, {x: [1.0, 3.0]}), [2.0, 6.0])
