"""Horovod's face for Keras: models that ranks train together, each on batches of its own."""
