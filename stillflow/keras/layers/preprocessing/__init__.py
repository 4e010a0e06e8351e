"""Layers that learn what they are to do from data, by `adapt`, before a model is trained."""
