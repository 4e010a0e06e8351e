"""What object-based checkpoints know of Python's objects: who depends on whom, by which name.

`trackable` is the protocol, `assigning` has attributes become dependencies, and the other modules
are containers whose elements are dependencies. Nodes, files and restoring are `train.objects`'s.
"""
