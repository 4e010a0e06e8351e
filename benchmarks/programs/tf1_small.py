"""The course's first network: 2-3-1 on 32 points, 3,000 steps."""

import numpy as np
import tensorflow as tf

BATCH, STEPS = 8, 3000
X = np.random.RandomState(23455).rand(32, 2)
Y = [[int(x0 + x1 < 1)] for x0, x1 in X]

x = tf.placeholder(tf.float32, shape=(None, 2))
y_ = tf.placeholder(tf.float32, shape=(None, 1))
w1 = tf.Variable(tf.random_normal([2, 3], stddev=1, seed=1))
w2 = tf.Variable(tf.random_normal([3, 1], stddev=1, seed=1))
y = tf.matmul(tf.matmul(x, w1), w2)
loss = tf.reduce_mean(tf.square(y - y_))
train_step = tf.train.GradientDescentOptimizer(0.001).minimize(loss)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for i in range(STEPS):
        start = (i * BATCH) % 32
        end = start + BATCH
        session.run(train_step, feed_dict={x: X[start:end], y_: Y[start:end]})
        if i % 500 == 0:
            print(i, session.run(loss, feed_dict={x: X, y_: Y}))
    print(session.run([w1, w2]))
