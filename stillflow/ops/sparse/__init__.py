"""Tensors of which most elements are zero, given by the others."""
