"""Estimators as they were before `tf.estimator`."""
