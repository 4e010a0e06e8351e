"""TensorFlow's internal modules, as far as they hold what Stillflow has.

Programs reach into `tensorflow.python.framework.ops` and its like, mostly for objects that are
public elsewhere. `internal_names.json`, recorded from TensorFlow 1.15 by tools/record_names.py,
says where, and which functions build one node each; the tables below say what else is there.
"""

from __future__ import annotations

import functools
import importlib
import operator
import os
import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any

from stillflow.api import _below, _missing

Members = dict[str, str]
_RAW = "raw_ops"

# TensorFlow has an object of its own for each of these; the public one takes the same calls.
# {internal module: {public module: "name internal=public ..."}}, or {module: public module}.
_EQUIVALENT: dict[str, Members | str] = {
    "contrib.learn.python.learn.datasets.base": {"contrib.learn.datasets.mnist": "Datasets"},
    "contrib.learn.python.learn.datasets.mnist": "contrib.learn.datasets.mnist",
    "python.framework.common_shapes": {"": "broadcast_shape=broadcast_static_shape"},
    "python.framework.constant_op": {"": "constant"},
    "python.framework.ops": {"": "colocate_with"},
    "python.lib.io.file_io": {"gfile": "FileIO=GFile"},
    "python.ops.array_ops": {"": "constant newaxis"},
    "python.ops.standard_ops": {"": "constant"},
    "python.platform.tf_logging": {"logging": "DEBUG ERROR FATAL INFO WARN"},
    "python.framework.versions": {"": "VERSION GIT_VERSION COMPILER_VERSION GRAPH_DEF_VERSION"},
    "python.ops.linalg_ops": {"": "eye"},
    "python.ops.linalg_ops_impl": {"": "eye"},
    "python.ops.math_ops": {
        "": "reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod "
        "reduce_sum sparse_matmul",
    },
    "python.ops.nn": {"nn": "softmax_cross_entropy_with_logits_v2"},
    "python.ops.nn_ops": {"nn": "softmax_cross_entropy_with_logits_v2"},
    "python.ops.variables": {"": "RefVariable=Variable Variable"},
}

# Modules that are ours as a whole, so that a program can set what they hold.
_WHOLE: dict[str, str] = {"python.util.deprecation": "stillflow.platform.deprecation"}

# What TensorFlow never made public and Stillflow has: {internal module: {module of ours: names}}.
_OWN: dict[str, Members] = {
    "python.framework.tensor_shape": {
        "stillflow.api._below": "unknown_shape",
        "stillflow.graph.tensor_shape": "as_dimension as_shape matrix scalar vector",
    },
    "python.client.session": {"stillflow.runtime.session": "BaseSession"},
    "python.client.device_lib": {"stillflow.platform.devices": "list_local_devices"},
    "python.framework.ops": {
        "stillflow.declare.convert": "convert_n_to_tensor internal_convert_to_tensor=to_tensor "
        "internal_convert_n_to_tensor=convert_n_to_tensor",
        "stillflow.gradients.registered": "get_gradient_function=rule_of",
        "stillflow.gradients.registry": "_gradient_registry=REGISTRY",
        "stillflow.graph.behavior": "executing_eagerly_outside_functions=is_at_2 "
        "inside_function=is_at_2",
        "stillflow.graph.scopes": "get_name_scope",
        "stillflow.graph.names": "name_from_scope_name=strip_scope_slash prepend_name_scope "
        "strip_name_scope",
    },
    "python.framework.tensor_util": {
        "stillflow.api._below": "constant_value constant_value_as_shape"
    },
    "python.eager.context": {
        "contextlib": "graph_mode=nullcontext",
        "stillflow.graph.behavior": "in_eager_mode=is_at_2",
    },
    "python.lib.io.file_io": {
        "stillflow.platform.whole_files": "atomic_write_string_to_file read_file_to_string "
        "write_string_to_file"
    },
    "python.ops.gradients_impl": {
        "stillflow.gradients.hessians": "_hessian_vector_product=hessian_vector_product"
    },
    "python.platform.googletest": {"absl.testing.absltest": "TestCase main"},
    "python.saved_model.loader_impl": {
        "stillflow.interchange.saved_model.loader": "parse_saved_model=read_saved_model"
    },
    "python.ops.control_flow_ops": {
        "stillflow.ops.control.ordering": "with_dependencies",
        "stillflow.ops.control.switch": "merge switch",
    },
    "python.tf2": {"stillflow.graph.behavior": "enabled=is_at_2"},
    "python.tools.freeze_graph": {
        "stillflow.interchange.freeze_graph": "freeze_graph freeze_graph_with_def_protos"
    },
    "python.tools.inspect_checkpoint": {
        "stillflow.checkpoint.printing": "print_tensors_in_checkpoint_file"
    },
    "python.util.function_utils": {
        "stillflow.platform.decorators": "fn_args get_func_code get_func_name has_kwargs"
    },
    "python.util.nest": {
        "stillflow.graph.nest": "flatten_dict_items flatten_with_joined_string_paths "
        "flatten_with_tuple_paths is_sequence map_structure_with_paths "
        "map_structure_with_tuple_paths yield_flat_paths",
        "stillflow.graph.nest_above": "assert_shallow_structure flatten_up_to "
        "get_traverse_shallow_structure map_structure_up_to",
    },
    "python.util.tf_contextlib": {"stillflow.platform.decorators": "contextmanager"},
    "python.util.tf_decorator": {
        "stillflow.platform.decorators": "TFDecorator make_decorator unwrap"
    },
    "python.util.tf_export": {
        "stillflow.platform.decorators": "estimator_export=tf_export keras_export=tf_export "
        "tf_export"
    },
    "python.util.tf_inspect": {
        "inspect": "FullArgSpec currentframe getdoc getfile getframeinfo getmembers getmodule "
        "getmro getsource getsourcefile getsourcelines isbuiltin isclass isframe isfunction "
        "isgenerator isgeneratorfunction ismethod ismodule isroutine stack",
        "stillflow.platform.decorators": "ArgSpec getargspec getcallargs getfullargspec",
    },
    "python.training.moving_averages": {
        "stillflow.train.moving_averages": "assign_moving_average weighted_moving_average"
    },
    "python.training.slot_creator": {
        "stillflow.train.slot_creator": "create_slot create_slot_with_initializer create_zeros_slot"
    },
}


def is_internal(path: str) -> bool:
    """Whether TensorFlow 1.15 has an internal module `tensorflow.<path>`."""
    return path in _table()


@functools.cache
def internal_module(path: str) -> ModuleType:
    """The module that stands for `tensorflow.<path>`: the public one, where TensorFlow has one."""
    if path in _WHOLE:
        return importlib.import_module(_WHOLE[path])
    if path == "python":  # which is named before it is used: the table can wait
        return InternalModule(path)
    found = _table()[path]
    if isinstance(found, str):
        return importlib.import_module(f"tensorflow.{found}")
    return InternalModule(path)


@functools.cache
def _table() -> dict[str, Members | str]:
    """{internal path: {name: public spelling}, or the path of the public module that it is}."""
    import json  # for programs that reach into the internals

    path = os.path.join(os.path.dirname(__file__), "internal_names.json")
    with open(path, encoding="utf-8") as file:
        recorded = json.load(file)
    table: dict[str, Any] = {path: {} for path in recorded.pop("").split()}
    for path, members in [*recorded.items(), *_EQUIVALENT.items()]:
        if isinstance(members, str):
            table[path] = members
        else:
            table[path] = {**table.get(path, {}), **_spellings(members)}
    return table


def _spellings(members: Members) -> dict[str, str]:
    """{"train": "Saver x=y"} -> {"Saver": "train.Saver", "x": "train.y"}"""
    spellings = {}
    for module, names in members.items():
        for entry in names.split():
            name, _, there = entry.partition("=")
            spellings[name] = f"{module}.{there or name}".removeprefix(".")
    return spellings


class InternalModule(ModuleType):
    """Looks each attribute up where it is, so that there is one object under all its names."""

    def __init__(self, path: str):
        super().__init__(f"tensorflow.{path}", f"Stands for TensorFlow's internal module {path}.")
        self.__path__: list[str] = []  # modules below it can be imported
        self._path = path

    @functools.cached_property
    def _spellings(self) -> Members:
        members = _table()[self._path]
        assert isinstance(members, dict)
        return members

    @functools.cached_property
    def _own(self) -> Members:
        return _spellings(_OWN.get(self._path, {}))

    def __getattr__(self, name: str) -> Any:
        if name in self._own:
            module, _, there = self._own[name].rpartition(".")
            return getattr(importlib.import_module(module), there)
        if name in self._spellings:
            return self._public(name, sys._getframe(1))
        if is_internal(f"{self._path}.{name}"):
            return importlib.import_module(f"{self.__name__}.{name}")
        if name == "__all__":  # for `import *`, which takes what there is
            return [name for name in dir(self) if not name.startswith("_") and hasattr(self, name)]
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        raise self._refusal(name, sys._getframe(1))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._spellings, *self._own})

    def _public(self, name: str, asker: FrameType) -> Any:
        module, _, there = self._spellings[name].rpartition(".")
        if module == _RAW:
            return self._generated(name, there, asker)
        try:
            return operator.attrgetter(self._spellings[name])(
                importlib.import_module(_missing.ROOT)
            )
        except _missing.NotInStillflowError as error:
            raise _missing.refusal(self.__name__, name, str(error), asker) from None

    def _generated(self, name: str, op_type: str, asker: FrameType) -> Callable[..., Any]:
        function = _below.generated_function(op_type)
        if function is None:
            why = f"{self.__name__}.{name} builds a {op_type}, an op that Stillflow has not yet."
            raise _missing.refusal(self.__name__, name, why, asker)
        return function

    def _refusal(self, name: str, asker: FrameType) -> Exception:
        why = (
            f"{self.__name__}.{name} is internal to TensorFlow, and Stillflow has no such thing."
            "\n  dir() lists what there is of this module."
        )
        return _missing.refusal(self.__name__, name, why, asker)
