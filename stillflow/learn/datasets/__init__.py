"""Data sets of `tf.contrib.learn.datasets`, but for MNIST."""
