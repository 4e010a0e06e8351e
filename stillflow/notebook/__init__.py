"""Jupyter: its kernel of Stillflow, notebooks run from the command line, what objects look like."""
