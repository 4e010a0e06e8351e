"""Pictures read row by row by an LSTM, trained for 500 steps: `tf1_lstm.py [STEPS]`."""

import sys

import numpy as np
import tensorflow as tf

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 500
random = np.random.RandomState(4)
images = random.rand(2048, 28, 28).astype(np.float32)
classes = images[:, :, :10].sum(1).argmax(1)

x = tf.placeholder(tf.float32, [None, 28, 28])
labels = tf.placeholder(tf.int64, [None])
cell = tf.nn.rnn_cell.BasicLSTMCell(128)
_, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
w = tf.get_variable("w", [128, 10])
logits = tf.matmul(state.h, w) + tf.get_variable("b", [10])
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=labels))
train_step = tf.train.AdamOptimizer(0.001).minimize(loss)

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for i in range(steps):
        rows = np.arange(i * 128, i * 128 + 128) % len(images)
        _, value = session.run(
            [train_step, loss], feed_dict={x: images[rows], labels: classes[rows]}
        )
        if i % 100 == 0:
            print(i, value)
