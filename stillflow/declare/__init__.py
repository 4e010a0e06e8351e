"""The language in which ops are declared: what an op is, and how a node of it is built.

Knows no op by name but `Const`, which Python values become.
"""
