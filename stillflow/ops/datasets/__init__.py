"""Datasets and iterators: what pipelines are made of, and what gives their elements."""
