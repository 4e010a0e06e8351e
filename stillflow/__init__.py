"""TensorFlow 1.x programs, unchanged, on today's Python and hardware."""
