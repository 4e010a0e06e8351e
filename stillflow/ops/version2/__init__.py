"""What `tf.compat.v2` spells otherwise: TensorFlow's functions with version 2's parameters."""
