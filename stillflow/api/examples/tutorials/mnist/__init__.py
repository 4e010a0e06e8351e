"""The package `tensorflow.examples.tutorials.mnist`."""
