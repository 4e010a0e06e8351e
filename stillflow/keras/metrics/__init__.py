"""The metrics of `tf.keras`: what is kept from batch to batch, and what is made of it."""
