"""TensorFlow's protocol buffer modules, `tensorflow.core.*`, served from TensorBoard's copies."""

from __future__ import annotations

import importlib
from types import ModuleType

from stillflow.api import _below, _missing

_PACKAGES = ("core", "core.example", "core.framework", "core.protobuf", "core.util")
_COPIES = "tensorboard.compat.proto"  # one flat package
_SAVED_MODEL = "core.protobuf.saved_model_pb2"  # which it lacks


def is_proto(path: str) -> bool:
    """Whether `tensorflow.<path>` is a module of protocol buffers, or a package of such."""
    package, _, leaf = path.rpartition(".")
    return path in _PACKAGES or (package in _PACKAGES and leaf.endswith("_pb2"))


def proto_module(path: str) -> ModuleType:
    """The module that stands for `tensorflow.<path>`.

    Raises:
      MissingModuleError: TensorBoard carries no copy of it.
    """
    if path in _PACKAGES:
        package = ModuleType(f"tensorflow.{path}")
        package.__path__ = []  # modules below it can be imported
        return package
    if path == _SAVED_MODEL:
        module = ModuleType(f"tensorflow.{path}")
        vars(module)["SavedModel"] = _below.saved_model_class()
        return module
    copy = f"{_COPIES}.{path.rpartition('.')[2]}"
    try:
        return importlib.import_module(copy)
    except ModuleNotFoundError as error:
        if error.name != copy:
            raise
        raise _missing.MissingModuleError(
            f"tensorflow.{path} is not in Stillflow: {_COPIES} has no copy of it.",
            name=f"tensorflow.{path}",
        ) from None
