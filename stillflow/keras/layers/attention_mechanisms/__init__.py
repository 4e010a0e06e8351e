"""Mechanisms of attention of `tf.contrib.seq2seq` that are layers of Keras."""
