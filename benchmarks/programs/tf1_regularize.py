"""The course's two-class points, fitted without L2 and with it: Adam, twice 40,000 steps."""

import numpy as np
import tensorflow as tf

STEPS, BATCH = 40000, 30
random = np.random.RandomState(2)
X = random.randn(300, 2)
Y = np.array([[int(x0 * x0 + x1 * x1 < 2)] for x0, x1 in X])


def dense(values, rows, columns):
    w = tf.Variable(tf.random_normal([rows, columns], seed=1))
    tf.add_to_collection("losses", 0.01 * tf.nn.l2_loss(w))
    return tf.matmul(values, w) + tf.Variable(tf.constant(0.01, shape=[columns]))


x = tf.placeholder(tf.float32, shape=(None, 2))
y_ = tf.placeholder(tf.float32, shape=(None, 1))
y = dense(tf.nn.relu(dense(x, 2, 11)), 11, 1)
error = tf.reduce_mean(tf.square(y - y_))

for loss in error, error + tf.add_n(tf.get_collection("losses")):
    train_step = tf.train.AdamOptimizer(0.0001).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for i in range(STEPS):
            start = (i * BATCH) % 300
            end = start + BATCH
            session.run(train_step, feed_dict={x: X[start:end], y_: Y[start:end]})
            if i % 2000 == 0:
                print(i, session.run(loss, feed_dict={x: X, y_: Y}))
