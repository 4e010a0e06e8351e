"""`tf.test`: what programs test themselves with. Uses what programs use; nothing uses it."""
