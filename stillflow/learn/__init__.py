"""`tf.contrib.learn`: the estimators before `tf.estimator`, and what programs use around them."""
