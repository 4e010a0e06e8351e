"""`tf.contrib.estimator.replicate_model_fn`: a model built once for each device."""
