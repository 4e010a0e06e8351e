"""Random numbers, which are TensorFlow's: drawn from a stream, or from a seed alone."""
