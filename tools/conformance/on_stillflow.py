"""Stillflow as `tensorflow`, under TensorFlow's tests."""

import re
import sys

import numpy as np

import stillflow
from stillflow.api import _missing
from stillflow.input.datasets.iterator_v2 import IteratorV2
from stillflow.keras.backend.eager_function import EagerExecutionFunction
from stillflow.keras.backend.function import GraphExecutionFunction

from . import evidence
from .extras import extras, settings
from .missing import NOTES
from .modules import Finder
from .testing import assertions

# NumPy 1 took a list of slices for a tuple of them, and tests name such a list so.
INDEX = re.compile(r"(?<=\w)\[(ix|ind|slices|slc|slice_list|index)\]")
AS_TUPLE = r"[tuple(\1) if isinstance(\1, list) and any(isinstance(_, slice) for _ in \1) else \1]"


class Stillflow:
    """The side of Stillflow: what is missing, or was only built, does not pass."""

    def __init__(self, tree, halves):
        sys.dont_write_bytecode = True
        self.halves = halves
        tf = stillflow.as_tensorflow()
        for layer in (tf.compat.v2.keras.layers.GRU, tf.compat.v2.keras.layers.LSTM):
            layer.__module__ = "tensorflow.python.keras.layers.recurrent_v2"  # tests' names show it
        _note_refusals()
        evidence.install(tf, [GraphExecutionFunction, EagerExecutionFunction])
        tf.test.TestCase = assertions(tf.test.TestCase)
        finder = Finder(tree, extras(str(tree), halves, tf.test.TestCase), settings())
        sys.meta_path.insert(0, finder)
        # What the tests of datasets call an iterator's method; and what NumPy 2 dropped.
        IteratorV2._next_internal = lambda self: self.get_next()
        np.reshape, np.ndim = _reshape, _ndim

    def source(self, text):
        return INDEX.sub(AS_TUPLE, text)

    def importing(self):
        return NOTES.during_import()

    def begin(self):
        NOTES.importing = False
        NOTES.begin()
        self.halves.begin()

    def verdict(self, kind, why):
        return self.halves.verdict(*NOTES.verdict(kind, why))


def _note_refusals():
    """Has what Stillflow says that it lacks noted, wherever the error goes."""

    def noting(self, *args, **kwargs):
        NOTES.refused.append(str(args[0])[:150] if args else "?")
        Exception.__init__(self, *args)

    _missing.NotInStillflowError.__init__ = noting


def _reshape(a, *args, newshape=None, _numpy=np.reshape, **kwargs):
    return _numpy(a, *args if newshape is None else (newshape,), **kwargs)


def _ndim(a, _numpy=np.ndim):
    try:
        return _numpy(a)
    except ValueError:  # lists of several lengths, which NumPy 1 took for arrays of objects
        return np.array(a, object).ndim
