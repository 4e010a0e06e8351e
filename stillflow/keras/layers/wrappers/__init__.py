"""Layers around other layers: at each time of a sequence, or both ways over it."""
