"""The package `tensorflow.examples.tutorials`."""
