"""Prints the first losses of the course's MNIST network, as hexadecimal floats: COUNT [BATCH ...].

Batches are of the sizes given, one after another and again from the first.
"""

import sys
from itertools import cycle, islice
from pathlib import Path

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "mnist"))
import mnist_backward

count, *sizes = map(int, sys.argv[1:])
tf.set_random_seed(1)
images = tf.placeholder(tf.float32, [None, 784])
labels = tf.placeholder(tf.int64, [None])
train_op, loss, _, _ = mnist_backward.training(images, labels, 275)
data = input_data.read_data_sets("./data", seed=1).train
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for size in islice(cycle(sizes or [200]), count):
        x, y = data.next_batch(size)
        print("loss", float(sess.run([loss, train_op], {images: x, labels: y})[0]).hex())
