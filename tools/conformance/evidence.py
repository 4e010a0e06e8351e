"""Notes that a test looked at anything: a test that only builds has shown nothing."""

import functools
import inspect

import numpy as np

from .missing import NOTES

_OF_MODELS = (
    *("evaluate", "fit", "fit_generator", "predict"),
    *("predict_on_batch", "test_on_batch", "train_on_batch"),
)


def install(tf):
    """Has runs of sessions and models, calls of layers on values, and NumPy's assertions, count."""
    _count(tf.Session, ["run"])
    _count(tf.keras.Model, _OF_MODELS)
    _count(tf.keras.layers.Layer, ["__call__"], tf.executing_eagerly)
    _count(np.testing, [name for name in dir(np.testing) if name.startswith("assert")])


def looks(test_case):
    """A subclass whose assertions count; also an own one of a test's class, by its name."""

    def counting(self, name):
        if name.startswith(("assert", "fail", "evaluate")):
            NOTES.looks += 1
        return super(Counting, self).__getattribute__(name)

    Counting = type("TensorFlowTestCase", (test_case,), {"__getattribute__": counting})
    return Counting


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
