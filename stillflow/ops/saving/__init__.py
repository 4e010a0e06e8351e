"""Checkpoints from inside a graph."""
