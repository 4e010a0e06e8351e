"""The package `tensorflow.examples`."""
