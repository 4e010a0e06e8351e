"""The way out: what a TensorFlow program has learned, as functions and files of today's systems."""
