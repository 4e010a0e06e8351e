"""Prints losses of a network that MirroredStrategy has a replica of on each of so many GPUs."""

import sys

import numpy as np
import tensorflow as tf

strategy = tf.distribute.MirroredStrategy([f"/gpu:{n}" for n in range(int(sys.argv[1]))])
numbers = np.random.RandomState(0)
pictures = numbers.rand(80, 30).astype(np.float32), numbers.randint(0, 5, 80).astype(np.int32)
tf.set_random_seed(4)


def replica_loss(inputs):
    x, y = inputs
    logits = tf.layers.dense(tf.layers.dense(x, 20, activation=tf.nn.relu), 5)
    errors = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
    loss = tf.reduce_mean(errors)
    with tf.control_dependencies([tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)]):
        return tf.identity(loss)


with strategy.scope():
    iterator = strategy.make_dataset_iterator(
        tf.data.Dataset.from_tensor_slices(pictures).batch(16)
    )
    losses = strategy.experimental_run(replica_loss, iterator)
    loss = strategy.reduce(tf.distribute.ReduceOp.MEAN, losses)
    with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as sess:
        sess.run(iterator.initialize())
        sess.run(tf.global_variables_initializer())
        for _ in range(5):
            print("loss", float(sess.run(loss)).hex())
