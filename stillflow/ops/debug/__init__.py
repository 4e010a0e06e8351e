"""Checks, printing and Python functions inside a graph."""
