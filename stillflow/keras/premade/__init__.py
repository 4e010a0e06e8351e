"""Models that are there to be used as they are."""
