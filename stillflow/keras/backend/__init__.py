"""`tf.keras.backend`: tensors as Keras works on them, and the session that it runs in."""
