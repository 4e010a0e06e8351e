"""Losses that are weighted, averaged and remembered (tf.losses)."""
