"""Sonnet 1.36: modules that share variables, trained."""

import numpy as np
import sonnet as snt
import tensorflow as tf


def main():
    tf.set_random_seed(3)
    rng = np.random.RandomState(0)
    x, y = rng.rand(16, 8).astype(np.float32), rng.rand(16, 2).astype(np.float32)
    net = snt.Sequential(
        [snt.Linear(12), tf.tanh, snt.LayerNorm(), snt.nets.MLP([6, 2], activate_final=False)]
    )
    picture = tf.constant(rng.rand(2, 6, 6, 3).astype(np.float32))
    convolved = snt.Conv2D(4, 3, stride=2)(picture)
    normed = snt.BatchNorm()(convolved, is_training=True)
    core = snt.LSTM(5)
    outputs, _ = tf.nn.dynamic_rnn(
        core, tf.reshape(tf.constant(x), [4, 4, 8]), initial_state=core.initial_state(4)
    )
    embedded = snt.Embed(7, 3)(tf.constant([[1, 2], [6, 0]]))
    flat = snt.BatchFlatten()(normed)
    loss = tf.reduce_mean(tf.square(net(tf.constant(x)) - y))
    train = tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        numbers = session.run({"lstm": outputs, "embed": embedded, "flat": flat})
        numbers["losses"] = [session.run([loss, train])[0] for _ in range(20)]
        numbers["again"] = session.run(net(tf.constant(x[:3])))
    names = [v.name for v in tf.trainable_variables()]
    numbers["names"] = [len(names), sum(map(len, names))]
    return numbers
