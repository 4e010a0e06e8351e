"""What a SavedModel holds of a root: its objects in order, their functions, what these capture."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.functions.concrete import ConcreteFunction
from stillflow.functions.decorated import Function
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Tensor
from stillflow.interchange.saved_model.objects.functions_of import functions_of, traces_of
from stillflow.interchange.saved_model.objects.revived import SignatureMap
from stillflow.interchange.saved_model.objects.signing import ATTRIBUTE
from stillflow.ops.known_values import constant_value
from stillflow.tracking.identity import WeakIdentityDict
from stillflow.tracking.trackable import TrackableReference
from stillflow.train.objects.object_graph import ObjectGraphView


class SavedView(ObjectGraphView):
    """The objects that a root depends on, and its signatures beside them."""

    def __init__(self, root: Any):
        super().__init__(root, None if executing_eagerly() else WeakIdentityDict())
        self._signatures = SignatureMap()
        self._cache_of_objects: dict[Any, Any] = {}
        self._functions: dict[int, dict[str, Any]] = {}

    def list_dependencies(self, obj: Any) -> list[TrackableReference]:
        others = {reference.name: reference.ref for reference in super().list_dependencies(obj)}
        more = self._list_more(obj)
        for name in others:
            if name in more:
                raise ValueError(
                    f"Error when exporting object {obj} of with identifier="
                    f"{obj._object_identifier}. The object has an attribute named {name}, which is "
                    f"reserved. List of all reserved attributes: {list(more)}"
                )
        others.update(more)
        if obj is self.root:
            others.pop(ATTRIBUTE, None)
            others[ATTRIBUTE] = self._signatures
        return [TrackableReference(*pair) for pair in others.items()]

    def set_signatures(self, signatures: SignatureMap) -> None:
        """Puts signatures beside what the root depends on; there are none before."""
        self._signatures = signatures

    def _list_more(self, obj: Any) -> dict[str, Any]:
        """What a SavedModel, and no checkpoint, has of an object, by name."""
        listed = getattr(obj, "_list_extra_dependencies_for_serialization", None)
        return {} if listed is None else listed(self._cache_of_objects)

    def functions_of(self, obj: Any) -> dict[str, Any]:
        """The functions of an object by name, at each call the same."""
        if id(obj) not in self._functions:
            self._functions[id(obj)] = functions_of(obj, self._cache_of_objects)
        return self._functions[id(obj)]


class CapturedConstant(NamedTuple):
    """A tensor that functions take from around them, and its value."""

    tensor: Tensor
    value: Any


class SavedNodes:
    """The nodes of a SavedObjectGraph.

    Attributes:
      nodes: objects, then functions, then CapturedConstants.
      functions: by object, the functions of it by name.
      traces: the ConcreteFunctions, each once.
    """

    def __init__(self, view: SavedView):
        self._view = view
        self.objects = view.list_objects()
        self.nodes: list[Any] = list(self.objects)
        self.numbers = {id(obj): number for number, obj in enumerate(self.nodes)}
        self.functions: dict[int, dict[str, Any]] = {}
        self.traces: list[ConcreteFunction] = []
        for obj in self.objects:
            self.functions[id(obj)] = own = view.functions_of(obj)
            for function in own.values():
                self._add_function(function)

    def _add_function(self, function: Any) -> None:
        if id(function) in self.numbers:
            return
        self._add(function, function)
        for trace in traces_of(function):
            if not trace.graph.saveable:
                raise ValueError(
                    f"Unable to save function {trace.name!r} for the following reason(s):\n"
                    + "\n".join(sorted(trace.graph.saving_errors))
                )
        self.traces += [t for t in traces_of(function) if all(t is not o for o in self.traces)]

    def _add(self, node: Any, known_as: Any) -> None:
        self.numbers[id(known_as)] = len(self.nodes)
        self.nodes.append(node)

    def add_constants(self, known: Any) -> list[CapturedConstant]:
        """Makes nodes of the tensors that functions capture and that are no object's.

        Args:
          known: the ids of those that are.

        Raises:
          ValueError: the value of one is not known before a run.
        """
        added: list[CapturedConstant] = []
        for trace in self.traces:
            for tensor in trace.captured_inputs:
                is_value = tensor.dtype not in (dtypes.resource, dtypes.variant)
                if is_value and id(tensor) not in known and id(tensor) not in self.numbers:
                    added.append(CapturedConstant(tensor, _value_of(tensor, trace)))
                    self._add(added[-1], tensor)
        return added

    def fill(self, proto: Any) -> None:
        """Adds the nodes to a SavedObjectGraph, with their children."""
        for node in self.nodes:
            described = proto.nodes.add()
            if isinstance(node, (Function, ConcreteFunction, CapturedConstant)):
                continue
            for name, child in self._view.list_dependencies(node):
                described.children.add(node_id=self.numbers[id(child)], local_name=name)
            for name, function in self.functions[id(node)].items():
                described.children.add(node_id=self.numbers[id(function)], local_name=name)


def _value_of(tensor: Tensor, trace: ConcreteFunction) -> Any:
    value = constant_value(tensor)
    if value is None:
        raise ValueError(
            f"Attempted to save a function {trace.name!r} which references a symbolic Tensor "
            f"{tensor} that is not a simple constant. This is not supported."
        )
    return value
