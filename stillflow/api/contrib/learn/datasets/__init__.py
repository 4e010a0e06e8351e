"""`tf.contrib.learn.datasets`: MNIST, tables in CSV files, made points."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
