"""Heads: what comes after a network's logits, for each kind of problem."""
