"""Models in the place of what other libraries train."""
