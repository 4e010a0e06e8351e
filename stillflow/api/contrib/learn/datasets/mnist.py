"""`tf.contrib.learn.datasets.mnist`, where TensorFlow 1.15 keeps its MNIST reader."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
