"""Elementwise mathematics, and what is made of it."""
