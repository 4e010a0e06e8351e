"""`tf.data.experimental`, which `tf.contrib.data` has under older names."""
