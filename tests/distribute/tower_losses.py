"""Prints losses of a network with a tower on each of several GPUs: TOWERS"""

import sys

import numpy as np
import tensorflow as tf

towers = int(sys.argv[1])


def tower_loss(images, labels):
    x = tf.layers.dense(images, 20, activation=tf.nn.relu, name="hidden")
    x = tf.layers.dropout(x, 0.2, training=True)
    logits = tf.layers.dense(x, 5, name="output")
    errors = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    return tf.reduce_mean(errors)


def average_gradients(tower_grads):
    averaged = []
    for pairs in zip(*tower_grads, strict=True):
        grads = tf.concat([tf.expand_dims(grad, 0) for grad, _ in pairs], 0)
        averaged.append((tf.reduce_mean(grads, 0), pairs[0][1]))
    return averaged


tf.set_random_seed(4)
images = tf.placeholder(tf.float32, [None, 30])
labels = tf.placeholder(tf.int32, [None])
with tf.device("/cpu:0"):
    opt = tf.train.MomentumOptimizer(0.1, 0.9)
    parts = zip(tf.split(images, towers), tf.split(labels, towers), strict=True)
    tower_grads, losses = [], []
    with tf.variable_scope(tf.get_variable_scope()):
        for i, (x, y) in enumerate(parts):
            with tf.device(f"/gpu:{i}"), tf.name_scope(f"tower_{i}"):
                losses.append(tower_loss(x, y))
                tf.get_variable_scope().reuse_variables()
                tower_grads.append(opt.compute_gradients(losses[-1]))
    train_op = opt.apply_gradients(average_gradients(tower_grads))
    loss = tf.add_n(losses) / towers
numbers = np.random.RandomState(0)
config = tf.ConfigProto(allow_soft_placement=True)
with tf.Session(config=config) as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(10):
        feed = {images: numbers.rand(16, 30), labels: numbers.randint(0, 5, 16)}
        print("loss", float(sess.run([loss, train_op], feed)[0]).hex())
