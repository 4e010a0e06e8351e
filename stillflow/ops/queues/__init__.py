"""Queues of tensors between runs: what waits when they are full or empty."""
