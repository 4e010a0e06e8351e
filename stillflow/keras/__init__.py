"""`tf.keras`: models that train themselves, on top of the layers."""
