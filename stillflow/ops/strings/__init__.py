"""Strings as tensors; they stay on the host."""
