"""What `tf.contrib.eager` has of its own, and TensorFlow's `execute` of ops by name."""
