"""`tf.estimator`: a model as a function of features, labels and mode; what trains and serves it."""
