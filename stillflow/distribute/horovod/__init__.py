"""Horovod's face for TensorFlow 1.x programs: ranks that each train on a batch of their own.

What Horovod does in a run is done here in operations of the host, between compiled segments, over
the connections that XLA has between the ranks.
"""
