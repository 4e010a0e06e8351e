"""`tf.contrib.legacy_seq2seq`: sequences of a fixed length, as lists of steps, without loops."""
