"""TensorFlow's protocol buffer modules, `tensorflow.core.*`, served from TensorBoard's copies."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable
from types import ModuleType
from typing import Any

from stillflow.api import _below, _missing

PACKAGES = (
    "core",
    "core.example",
    "core.framework",
    "core.profiler",
    "core.protobuf",
    "core.util",
)
_COPIES = "tensorboard.compat.proto"  # one flat package
# Which it lacks: {module: what gives the classes of its messages}
_OURS: dict[str, Callable[[], list[Any]]] = {
    "core.example.example_pb2": lambda: _below.example_classes("example_pb2"),
    "core.example.feature_pb2": lambda: _below.example_classes("feature_pb2"),
    "core.framework.device_attributes_pb2": lambda: [_below.device_attributes_class()],
    "core.profiler.tfprof_log_pb2": lambda: _below.profiler_classes("tfprof_log_pb2"),
    "core.profiler.tfprof_output_pb2": lambda: _below.profiler_classes("tfprof_output_pb2"),
    "core.protobuf.control_flow_pb2": _below.control_flow_classes,
    "core.protobuf.queue_runner_pb2": _below.queue_runner_classes,
    "core.protobuf.tensorflow_server_pb2": lambda: [_below.server_def_class()],
    "core.protobuf.trackable_object_graph_pb2": lambda: [_below.object_graph_class()],
    "core.protobuf.saved_model_pb2": lambda: [_below.saved_model_class()],
}


def is_proto(path: str) -> bool:
    """Whether `tensorflow.<path>` is a module of protocol buffers, or a package of such."""
    package, _, leaf = path.rpartition(".")
    return path in PACKAGES or (package in PACKAGES and leaf.endswith("_pb2"))


def is_served(path: str) -> bool:
    """Whether `proto_module` has it; nothing is imported."""
    tensorboard = importlib.util.find_spec("tensorboard")
    folders = (tensorboard and tensorboard.submodule_search_locations) or []
    copy = os.path.join("compat", "proto", f"{path.rpartition('.')[2]}.py")
    return path in _OURS or any(os.path.exists(os.path.join(folder, copy)) for folder in folders)


def proto_module(path: str) -> ModuleType:
    """The module that stands for `tensorflow.<path>`.

    Raises:
      MissingModuleError: TensorBoard carries no copy of it.
    """
    if path in PACKAGES:
        package = ModuleType(f"tensorflow.{path}")
        package.__path__ = []  # modules below it can be imported
        return package
    if path in _OURS:
        module = ModuleType(f"tensorflow.{path}")
        vars(module).update({message.DESCRIPTOR.name: message for message in _OURS[path]()})
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
