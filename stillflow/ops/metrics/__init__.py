"""`tf.metrics`: what a model gets right, counted over many batches."""
