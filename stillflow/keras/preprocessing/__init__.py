"""`tf.keras.preprocessing`: texts, sequences and pictures made ready for models."""
