"""Optimizers of `tf.contrib.opt` for workers that train copies of a model and average them."""
