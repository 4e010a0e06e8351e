"""Candidate sampling: losses over a few classes drawn out of very many."""
