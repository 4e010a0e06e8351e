"""Distributions of random numbers: `tf.distributions`, and `tf.contrib.distributions` over it."""
