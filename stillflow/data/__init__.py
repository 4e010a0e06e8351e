"""Datasets that travel with the package. Knows the graph only for its seed and dtypes."""
