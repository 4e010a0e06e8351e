"""Clusters of points: which centres are nearest, and where centres start."""
