"""Lookup tables: keys to values, kept by a session."""
