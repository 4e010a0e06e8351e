"""The array namespace of the host tier: NumPy, and the few functions that it lacks."""
