"""`tf.estimator.inputs`: input functions from arrays and tables in memory."""
