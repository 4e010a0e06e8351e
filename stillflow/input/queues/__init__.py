"""Pipelines of queues: what fills a queue, one element or a batch at a time."""
