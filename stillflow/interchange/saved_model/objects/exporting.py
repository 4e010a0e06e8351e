"""The graph of a SavedModel of objects: what sessions and servers run of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.functions.concrete import ConcreteFunction
from stillflow.graph import dtypes
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.interchange.saved_model import names
from stillflow.interchange.saved_model.objects.functions_of import is_resource, traces_of
from stillflow.interchange.saved_model.objects.revived import SignatureMap
from stillflow.interchange.saved_model.objects.view import SavedNodes
from stillflow.interchange.saved_model.signatures import build_signature_def, build_tensor_info
from stillflow.ops.control.ordering import identity, no_op, placeholder
from stillflow.ops.saving import save_restore
from stillflow.ops.saving.asset import TrackableAsset
from stillflow.ops.variables import resource
from stillflow.ops.variables.kinds import is_resource_variable
from stillflow.ops.variables.resource_variable import new_handle


class ExportedGraph:
    """A graph in which stand-ins are what functions capture.

    Attributes:
      graph: it.
      numbers: of the nodes whose tensors functions capture, by the ids of these.
      assets: the files, by the names of the placeholders for their paths, in order.
      constants: the nodes of CapturedConstants, in order.
      init_op: makes and fills what the model needs besides the values of variables.
      signatures: SignatureDefs by their keys.
    """

    def __init__(self, nodes: SavedNodes, signatures: SignatureMap):
        self.graph = Graph()
        self.numbers: dict[int, int] = {}
        self.assets: list[tuple[TrackableAsset, str]] = []
        self.constants: list[str] = []
        self._nodes = nodes
        self._stand_ins: dict[int, Tensor] = {}
        self._path_ops: list[Operation] = []
        with self.graph.as_default():
            for number, obj in enumerate(nodes.objects):
                self._add_object(number, obj)
            for node in nodes.add_constants(self._stand_ins):
                value = constant(node.value)
                self._stand_in(node.tensor, value, nodes.numbers[id(node.tensor)])
                self.constants.append(value.op.name)
            self.init_op = self._initialized()
            self.signatures = {
                key: self._signature(key, signatures[key]) for key in sorted(signatures)
            }
            for trace in nodes.traces:
                trace.add_to_graph()

    # What functions capture -----------------------------------------------------------------------

    def _stand_in(self, captured: Tensor, tensor: Tensor, number: int) -> None:
        self._stand_ins[id(captured)] = tensor
        self.numbers[id(captured)] = number

    def _add_object(self, number: int, obj: Any) -> None:
        if is_resource_variable(obj):
            self._stand_in(obj.handle, self._variable(obj), number)
        elif isinstance(obj, TrackableAsset):
            self._stand_in(obj.asset_path, self._path(obj), number)
        elif is_resource(obj):
            (creator,) = traces_of(self._nodes.functions[id(obj)]["_create_resource"])
            self._stand_in(obj.resource_handle, self._called(creator, []), number)

    def _variable(self, variable: Any) -> Tensor:
        name = variable.name.partition(":")[0]
        with name_scope(name) as scope:
            # Eager variables may have one name; the nodes' names, and what they share, differ.
            own = scope.rstrip("/")
            handle = new_handle(variable.shape, variable.dtype, own, scope)
            with name_scope("Read"):
                resource.read_variable_op(handle, dtype=variable.dtype)
        return handle

    def _path(self, asset: TrackableAsset) -> Tensor:
        """A variable of the file's path, which is fed where the model is loaded."""
        path = placeholder(dtypes.string, [], name="asset_path_initializer")
        with name_scope("Variable") as scope:
            name = scope.rstrip("/")
            handle = new_handle(TensorShape([]), dtypes.string, name, scope)
            assigned: Any = resource.assign_variable_op(handle, path, name="Assign")
        self._path_ops.append(assigned)
        self.assets.append((asset, path.name))
        return handle

    def _called(self, function: ConcreteFunction, arguments: Sequence[Tensor]) -> Any:
        captures = []
        for outside, inside in function.graph.captures:
            if id(outside) not in self._stand_ins:
                raise AssertionError(
                    f"Tried to export a function which references untracked object {inside}."
                    "TensorFlow objects (e.g. tf.Variable) captured by functions must be tracked "
                    "by assigning them to an attribute of a tracked object or assigned to an "
                    "attribute of the main object directly."
                )
            captures.append(self._handed_over(self._stand_ins[id(outside)], outside))
        return function._call_flat(arguments, captures)

    def _handed_over(self, tensor: Tensor, outside: Tensor) -> Tensor:
        """What a call gets: of the path of a file, what its variable holds by then."""
        if tensor.dtype == outside.dtype:
            return tensor
        path: Tensor = resource.read_variable_op(tensor, dtype=outside.dtype)
        return path

    def _initialized(self) -> Operation:
        filled = list(self._path_ops)
        for obj in self._nodes.objects:
            if is_resource(obj):
                (initializer,) = traces_of(self._nodes.functions[id(obj)]["_initialize"])
                with control_dependencies(self._path_ops):
                    result = self._called(initializer, [])
                filled.append(result.op if isinstance(result, Tensor) else result)
        with control_dependencies(filled):
            return no_op()

    # Signatures -----------------------------------------------------------------------------------

    def _signature(self, key: str, function: ConcreteFunction) -> Any:
        count = len(function.inputs) - len(function.captured_inputs)
        given = {
            name: placeholder(tensor.dtype, tensor.shape, name=f"{key}_{name}")
            for name, tensor in zip(
                function._arg_keywords or (), function.inputs[:count], strict=True
            )
        }
        outputs = self._called(function, list(given.values()))
        return build_signature_def(
            {name: build_tensor_info(tensor) for name, tensor in given.items()},
            {name: build_tensor_info(tensor) for name, tensor in outputs.items()},
            names.PREDICT_METHOD_NAME,
        )

    # Values ---------------------------------------------------------------------------------------

    def saver_def(self, keys: dict[int, str]) -> Any:
        """Adds nodes that save and restore variables; returns the SaverDef that names them.

        Args:
          keys: of the variables in checkpoints, by their numbers.
        """
        from tensorboard.compat.proto.saver_pb2 import SaverDef

        handles = [
            (self._stand_ins[id(obj.handle)], obj.dtype, keys[number])
            for number, obj in enumerate(self._nodes.objects)
            if is_resource_variable(obj)
        ]
        found = [key for _, _, key in handles]
        slices = [""] * len(found)
        with self.graph.as_default():
            prefix = placeholder(dtypes.string, [], name="saver_filename")
            saves, restores = [], []
            if handles:
                values = [resource.read_variable_op(h, dtype=dtype) for h, dtype, _ in handles]
                saves = [save_restore.save_v2(prefix, found, slices, values)]
                restored = save_restore.restore_v2(
                    prefix, found, slices, dtypes=[dtype for _, dtype, _ in handles]
                )
                pairs = zip(handles, restored, strict=True)
                restores = [resource.assign_variable_op(h[0], value) for h, value in pairs]
            with control_dependencies(saves):
                saved = identity(prefix)
            with control_dependencies(restores):
                done = no_op()
        return SaverDef(
            filename_tensor_name=prefix.name,
            save_tensor_name=saved.name,
            restore_op_name=done.name,
            version=SaverDef.V2,
        )
