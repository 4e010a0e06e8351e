"""Hashes of strings, of many at a time: arrays of 64 bits over which NumPy computes."""
