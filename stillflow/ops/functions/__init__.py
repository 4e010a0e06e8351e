"""Functions of a graph: their bodies, calls of them, and what calls them by attribute."""
