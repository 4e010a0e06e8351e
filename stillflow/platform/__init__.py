"""The machine around a program: its files, log, command line, Python functions' home, and the
processes that run it.

It knows operating-system facts and TensorFlow's names for them, and no graph, op or session.
"""
