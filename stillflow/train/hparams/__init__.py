"""Hyper-parameters by name: `tf.contrib.training.HParams`."""
