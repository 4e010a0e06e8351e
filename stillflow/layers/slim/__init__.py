"""`tf.contrib.slim`: known networks, and what is told of a network."""
