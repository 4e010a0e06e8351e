"""`tf.contrib.layers`: layers as functions, whose arguments a scope can give."""
