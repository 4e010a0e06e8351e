"""Importing, and looking at one name of each part that a program of the course uses."""

import tensorflow as tf

used = [tf.Session, tf.placeholder, tf.matmul, tf.nn.relu, tf.train.Saver, tf.random_normal]
print(len(used))
