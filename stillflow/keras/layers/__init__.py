"""Layers of `tf.keras` alone, and all of its layers by name."""
