"""Notes that a test looked at anything: a test that only builds has shown nothing."""

import functools
import inspect
import unittest

import numpy as np

from .missing import NOTES

_OF_MODELS = (
    *("evaluate", "fit", "fit_generator", "predict"),
    *("predict_on_batch", "test_on_batch", "train_on_batch"),
)


def install(tf, functions):
    """Has runs of sessions, models and layers on values, and assertions, count on either side.

    Args:
      functions: the classes of what `tf.keras.backend.function` gives.
    """
    _count(tf.compat.v1.Session, ["run"])
    _count(tf.keras.Model, _OF_MODELS)
    _count(tf.keras.layers.Layer, ["__call__"], tf.executing_eagerly)
    for function in functions:
        _count(function, ["__call__"])
    _count(np.testing, [name for name in dir(np.testing) if name.startswith("assert")])
    unittest.TestCase.__getattribute__ = _counting


def _counting(self, name):
    """An attribute of a test; assertions, also those of a test's class, are known by the name."""
    if name.startswith(("assert", "fail", "evaluate")):
        NOTES.look()
    return object.__getattribute__(self, name)


def _count(place, names, counts=lambda: True):
    """Has calls of functions count, where `counts()` at that time."""
    for name in names:
        function = getattr(place, name)
        if callable(function) and not isinstance(function, type):
            setattr(place, name, _counted(function, counts))


def _counted(function, counts):
    @functools.wraps(function)
    def counting(*args, **kwargs):
        NOTES.looks += counts()
        return function(*args, **kwargs)

    # What asks for parameters, as wrappers for scikit-learn do, does not look behind wrappers.
    counting.__signature__ = inspect.signature(function)

    return counting
