"""`tf.estimator.Head` and its kin, which give predictions, losses and metrics one by one."""
