"""A convolutional network on random images: `tf1_cnn.py [STEPS]`."""

import sys

import numpy as np
import tensorflow as tf

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 100
random = np.random.RandomState(1)
images = random.rand(1280, 784).astype(np.float32)
classes = np.eye(10, dtype=np.float32)[random.randint(0, 10, 1280)]


def weights(shape):
    return tf.Variable(tf.truncated_normal(shape, stddev=0.1))


def bias(size):
    return tf.Variable(tf.constant(0.1, shape=[size]))


def convolved(value, before, filters):
    value = tf.nn.conv2d(value, weights([5, 5, before, filters]), [1, 1, 1, 1], "SAME")
    return tf.nn.max_pool(tf.nn.relu(value + bias(filters)), [1, 2, 2, 1], [1, 2, 2, 1], "SAME")


x = tf.placeholder(tf.float32, [None, 784])
y_ = tf.placeholder(tf.float32, [None, 10])
keep = tf.placeholder(tf.float32)
value = convolved(convolved(tf.reshape(x, [-1, 28, 28, 1]), 1, 32), 32, 64)
flat = tf.reshape(value, [-1, 7 * 7 * 64])
hidden = tf.nn.relu(tf.matmul(flat, weights([7 * 7 * 64, 1024])) + bias(1024))
y = tf.matmul(tf.nn.dropout(hidden, keep), weights([1024, 10])) + bias(10)
loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=y_, logits=y))
train_step = tf.train.AdamOptimizer(1e-4).minimize(loss)
right = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(y, 1), tf.argmax(y_, 1)), tf.float32))

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for i in range(steps):
        rows = slice(i * 128 % 1280, i * 128 % 1280 + 128)
        session.run(train_step, feed_dict={x: images[rows], y_: classes[rows], keep: 0.5})
        if i % 50 == 0:
            print(i, session.run(right, feed_dict={x: images[rows], y_: classes[rows], keep: 1.0}))
