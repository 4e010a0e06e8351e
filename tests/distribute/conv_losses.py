"""Prints the first losses of a network with all that a batch has in common: COUNT.

Convolutions, batch norm, dropout, noise, a Python function, an unseeded variable, a loss with a
check of its labels.
"""

import sys

import numpy as np
import tensorflow as tf

count = int(sys.argv[1])
tf.set_random_seed(3)
images = tf.placeholder(tf.float32, [None, 12, 12, 1])
labels = tf.placeholder(tf.int32, [None])
x = images + tf.random_normal(tf.shape(images), stddev=0.1)
x = tf.layers.conv2d(x, 8, 3, use_bias=False)
x = tf.nn.relu(tf.layers.batch_normalization(x, training=True))
x = tf.layers.max_pooling2d(x, 2, 2)
x = tf.layers.conv2d(x, 16, 3, activation=tf.nn.relu)
x = tf.layers.dropout(tf.layers.flatten(x), 0.3, training=True)
logits = tf.layers.dense(x, 5)
scale = tf.py_func(lambda n: np.float32(1 / n), [tf.shape(images)[0]], tf.float32)
scale.set_shape([])
errors = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
loss = tf.reduce_sum(errors) * scale
tf.summary.scalar("loss", loss)
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
summary = tf.summary.merge_all()
numbers = np.random.RandomState(0)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(count):
        feed = {images: numbers.rand(16, 12, 12, 1), labels: numbers.randint(0, 5, 16)}
        print("loss", float(sess.run([loss, train_op, summary], feed)[0]).hex())
