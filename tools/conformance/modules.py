"""TensorFlow's internal modules: Stillflow's own, what tests need besides, and what is missing.

A module that Stillflow has is shown as it is; a name that it lacks becomes a `Missing`. Helpers of
tests, such as `keras.testing_utils`, are imported from TensorFlow's tree.
"""

import contextlib
import importlib
import importlib.machinery
import importlib.util
import re
import sys
import types

from stillflow.api import _below
from stillflow.declare.opdef import OPS
from stillflow.environment import alias

from .missing import NOTES, Missing

INTERNAL = re.compile(r"tensorflow\.(python|core|contrib\.\w+\.python)(\.|$)")
HELPER = re.compile(r"(test_utils?|test_base|_testing|testing_utils|test_lib|_test|test_case)$")
HELPERS = {  # that are not named like one
    *("python.ops.gradient_checker_v2", "python.kernel_tests.random.util"),
    *("python.compat.compat", "python.autograph.utils.testing"),
    *("python.autograph.pyct.testing.basic_definitions", "python.keras.keras_parameterized"),
    *("python.autograph.pyct.testing.decorators", "python.distribute.combinations"),
    *("python.distribute.strategy_combinations", "python.framework.combinations"),
    *("python.distribute.single_loss_example", "python.distribute.model_combinations"),
    *("python.distribute.model_collection.model_collection_base",),
    *("python.distribute.model_collection.simple_models", "python.framework.test_combinations"),
}


class Finder:
    """Answers for internal modules, before Stillflow's own finder does.

    Args:
      extras: {module: {name: object}}, which come before all else.
      settings: {(module, name): function}, which is told of what a test sets there.
    """

    def __init__(self, tree, extras, settings):
        self.tree, self.extras, self.settings = tree, extras, settings

    def find_spec(self, fullname, path=None, target=None):
        if not INTERNAL.match(fullname):
            return None
        below = fullname.partition(".")[2]
        if self.is_helper(below):
            file = str(self.file(below))
            return importlib.util.spec_from_file_location(
                fullname, file, loader=HelperLoader(fullname, file)
            )
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec):
        """The import system's own empty module will do."""

    def exec_module(self, module):
        with _unnoticed():
            try:
                real = alias._resolve(module.__name__.partition(".")[2])
            except ImportError:
                real = None
        # What is no module of Python's, as `contrib.layers.python` is none, is shown all the same.
        sys.modules[module.__name__] = InternalModule(module.__name__, real, self)

    def is_helper(self, below):
        named = below in HELPERS or HELPER.search(below)
        return bool(named) and below not in self.extras and self.file(below).is_file()

    def file(self, below):
        return self.tree.joinpath(*below.split(".")).with_suffix(".py")

    def is_module(self, below):
        is_there = self.tree.joinpath(*below.split(".")).is_dir() or self.file(below).is_file()
        return is_there or re.search(r"\.(gen_\w+_ops|pywrap\w*|\w+_pb2)$", below) is not None


class HelperLoader(importlib.machinery.SourceFileLoader):
    """Imports a helper from the tree, whenever that is, and leaves no compiled file there."""

    def exec_module(self, module):
        with NOTES.during_import():
            super().exec_module(module)

    def set_data(self, path, data, *, _mode=0o666):
        """Writes nothing."""


class InternalModule(types.ModuleType):
    """Shows the names of a module of Stillflow's, and others as missing."""

    def __init__(self, fullname, real, finder):
        super().__init__(fullname)
        vars(self).update(_real=real, _finder=finder, _below=fullname.partition(".")[2])
        self.__path__ = []
        if getattr(real, "__file__", None):
            self.__file__ = real.__file__

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        with _unnoticed():
            found = self._find(name)
        if not isinstance(found, Missing):
            vars(self)[name] = found
        return found

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        setting = self._finder.settings.get((self._below, name))
        if setting is not None:
            setting(value)

    def _find(self, name):
        below = f"{self._below}.{name}"
        extras = self._finder.extras
        if name in extras.get(self._below, ()):
            return extras[self._below][name]
        if below in extras or self._finder.is_helper(below):
            return importlib.import_module(f"tensorflow.{below}")
        for spelling in (name, f"{name}_v1"):
            with contextlib.suppress(AttributeError, ImportError, NotImplementedError):
                return getattr(self._real, spelling)
        if self._finder.is_module(below):
            return importlib.import_module(f"tensorflow.{below}")
        function = generated(name) if ".gen_" in self._below else None
        return Missing(below) if function is None else function


def generated(name):
    """What builds a node of the op whose function TensorFlow generates as `name`."""
    by_name = {op_type.lower(): op_type for op_type in OPS}
    op_type = by_name.get(name.replace("_", ""))
    return None if op_type is None else _below.generated_function(op_type)


class _unnoticed:
    """A block in which what Stillflow refuses is not held against the test."""

    def __enter__(self):
        self._before = len(NOTES.refused)

    def __exit__(self, *error):
        del NOTES.refused[self._before :]
