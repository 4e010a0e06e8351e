"""TensorFlow 1.15 itself, under its own tests: of Python 3.7."""

import contextlib
import importlib.util
import sys

from . import evidence
from .missing import NOTES

RUNS_ITSELF = ("python.platform.googletest", "python.platform.test")


class TensorFlow:
    """The side of TensorFlow: a test that only builds is skipped, as it is on the other side."""

    def __init__(self, tree, halves, with_contrib):
        sys.dont_write_bytecode = True
        self.halves = halves
        import tensorflow
        from tensorflow.python.eager import context
        from tensorflow.python.eager import test as eager_test
        from tensorflow.python.framework import ops, test_util
        from tensorflow.python.keras import backend
        from tensorflow.python.platform import app, googletest, test

        if with_contrib:
            import tensorflow.contrib

            tensorflow.contrib.layers  # noqa: B018  # which loads it
        evidence.install(
            tensorflow, [backend.GraphExecutionFunction, backend.EagerExecutionFunction]
        )
        sys.meta_path.append(Helpers(tree))
        for module in (app, tensorflow.compat.v1.app):
            module.run = nothing
        for module in (googletest, test, tensorflow.test):
            module.main = nothing
        start = halves.of_whole_file(ops.enable_eager_execution)
        for module in (ops, tensorflow, tensorflow.compat.v1):
            module.enable_eager_execution = start
        eager_test.main = start
        context.eager_mode = halves.eager_block(context.eager_mode)
        test_util.run_in_graph_and_eager_modes = halves.in_graph_and_eagerly(
            test_util.run_in_graph_and_eager_modes, context.graph_mode, context.eager_mode
        )

    def source(self, text):
        return text

    @contextlib.contextmanager
    def importing(self):
        yield

    def begin(self):
        NOTES.begin()
        self.halves.begin()

    def verdict(self, kind, why):
        return self.halves.verdict(*NOTES.verdict(kind, why))


def nothing(*args, **kwargs):
    """In place of what runs a main program: the tests are run by us."""


class Helpers:
    """Finds what tests import and TensorFlow's package has not, in the tree; asked last."""

    def __init__(self, tree):
        self._tree = tree

    def find_spec(self, fullname, path=None, target=None):
        if not fullname.startswith("tensorflow."):
            return None
        place = self._tree.joinpath(*fullname.split(".")[1:])
        file, package = place.with_suffix(".py"), place / "__init__.py"
        if file.is_file():
            return importlib.util.spec_from_file_location(fullname, str(file))
        if package.is_file():
            return importlib.util.spec_from_file_location(
                fullname, str(package), submodule_search_locations=[str(place)]
            )
        return None
