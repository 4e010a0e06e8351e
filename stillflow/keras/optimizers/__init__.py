"""The optimizers of `tf.keras`, whose rates and decays are variables."""
