"""Estimators whose models are made: linear, deep, and both together."""
