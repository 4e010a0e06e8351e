"""Prints losses of a network whose ranks feed their parts of each batch."""

import os

import numpy as np
import tensorflow as tf

rank, size = int(os.environ.get("STILLFLOW_RANK", 0)), int(os.environ.get("STILLFLOW_SIZE", 1))
tf.set_random_seed(2)
x = tf.placeholder(tf.float32, [None, 6])
y = tf.placeholder(tf.float32, [None])
rate = tf.placeholder(tf.float32, [])
hidden = tf.layers.batch_normalization(tf.layers.dense(x, 4), training=True)
loss = tf.reduce_mean(tf.square(tf.layers.dense(hidden, 1)[:, 0] - y))
train_op = tf.train.GradientDescentOptimizer(rate).minimize(loss)
numbers = np.random.RandomState(5)
part = slice(16 // size * rank, 16 // size * (rank + 1))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(5):
        images, labels = numbers.rand(16, 6), numbers.rand(16)
        feed = {x: images[part], y: labels[part], rate: 0.1}
        print("loss", float(sess.run([loss, train_op], feed)[0]).hex())
