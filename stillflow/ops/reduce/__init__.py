"""Reductions: over axes, over segments, into histograms."""
