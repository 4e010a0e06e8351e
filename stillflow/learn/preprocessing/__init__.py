"""Texts and categories as numbers: `tf.contrib.learn.preprocessing`."""
