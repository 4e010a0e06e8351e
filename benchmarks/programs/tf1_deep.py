"""What one of ten steps of a deep network takes, in seconds: `tf1_deep.py STEPS-BEFORE`."""

import sys
import time

import numpy as np
import tensorflow as tf

before = int(sys.argv[1])
random = np.random.RandomState(1)
images = random.rand(32, 28, 28, 1).astype(np.float32)
classes = random.randint(0, 10, 32)

x = tf.placeholder(tf.float32, [None, 28, 28, 1])
y_ = tf.placeholder(tf.int64, [None])
value = x
for layer in range(8):
    value = tf.layers.conv2d(value, 32, 3, 2 if layer % 4 == 3 else 1, "same")
    value = tf.nn.relu(tf.layers.batch_normalization(value, training=True))
y = tf.layers.dense(tf.layers.flatten(value), 10)
loss = tf.losses.sparse_softmax_cross_entropy(y_, y)
train_step = tf.train.AdamOptimizer(1e-4).minimize(loss)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(before + 10):
        if step == before:
            start = time.perf_counter()
        session.run([train_step, loss], feed_dict={x: images, y_: classes})
    print((time.perf_counter() - start) / 10)
