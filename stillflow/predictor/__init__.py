"""`tf.contrib.predictor`: a model as a function, from a SavedModel or from an estimator."""
