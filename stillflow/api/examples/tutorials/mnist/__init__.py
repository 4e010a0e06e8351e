"""The package `tensorflow.examples.tutorials.mnist`."""

from stillflow.api import _missing

__getattr__, __dir__ = _missing.fallback(__name__)
