"""Monitors of trainings, which hooks have taken the place of: `tf.contrib.learn.monitors`."""
