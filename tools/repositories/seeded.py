"""Runs a program with its random numbers seeded: python seeded.py [-m MODULE | SCRIPT] [ARGUMENTS].

Python's, NumPy's and every graph's seed are set before the program starts; a program that sets its
own keeps them. Runs on Python 3.7 with TensorFlow 1.15 as well as under `stillflow run`.
"""

import importlib
import os
import random
import runpy
import sys
from contextlib import suppress

import numpy as np
import tensorflow as tf

# It draws a number as it is imported, which packages of today do while a program runs.
with suppress(ImportError):
    importlib.import_module("rich.style")

SEED = 1


def seed_graphs():
    """Every graph has a seed, also where an estimator sets None."""

    def seed(graph):
        return graph.__dict__.get("_survey_seed", SEED)

    def set_seed(graph, value):
        graph.__dict__["_survey_seed"] = SEED if value is None else value

    tf.Graph.seed = property(seed, set_seed)


def place_softly():
    """A program that names GPUs runs where there are none."""
    begin = tf.Session.__init__

    def softly(self, target="", graph=None, config=None):
        config = config or tf.ConfigProto()
        config.allow_soft_placement = True
        begin(self, target, graph, config)

    tf.Session.__init__ = softly


def nudge_weights():
    """Moves the trained variables of a graph once something of it was initialized."""
    run = tf.Session.run

    def nudging(self, fetches, *args, **kwargs):
        result = run(self, fetches, *args, **kwargs)
        is_first = isinstance(fetches, tf.Operation) and "init" in fetches.name
        if is_first and not self.graph.__dict__.get("_survey_nudged"):
            self.graph.__dict__["_survey_nudged"] = True
            for variable in self.graph.get_collection("trainable_variables"):
                if variable.dtype.base_dtype == tf.float32:
                    old = run(self, variable)
                    value = variable.initializer.inputs[1]
                    run(self, variable.initializer, {value: np.nextafter(old, np.float32(np.inf))})
        return result

    tf.Session.run = nudging


def main(arguments):
    random.seed(SEED)
    np.random.seed(SEED)
    seed_graphs()
    place_softly()
    if "NUDGED" in os.environ:
        nudge_weights()
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path[0] = os.getcwd()
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        sys.path[0] = os.path.dirname(os.path.abspath(arguments[0]))
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
