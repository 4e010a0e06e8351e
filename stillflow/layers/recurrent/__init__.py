"""Recurrent networks: cells, and what goes over sequences with them."""
