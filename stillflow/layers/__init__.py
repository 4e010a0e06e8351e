"""Layers of networks: composition over ops, variables and control flow."""
