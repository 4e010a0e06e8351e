"""The machine around a program: its files, log, command line and Python functions' home.

It knows operating-system facts and TensorFlow's names for them, and no graph, op or session.
"""
