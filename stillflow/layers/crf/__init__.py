"""`tf.contrib.crf`: conditional random fields over sequences, linear chains of tags."""
