"""Feature columns: how the features of examples become the numbers that a model takes."""
