"""Layers whose variables stand in variable scopes: `tf.layers`."""
