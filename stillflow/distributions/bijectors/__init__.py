"""Bijectors: functions that go both ways and know by how much they stretch space."""
