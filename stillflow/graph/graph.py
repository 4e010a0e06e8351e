"""`Graph`: the operations of a program, their names, scopes, collections and control dependencies.

A graph knows no op by name and computes nothing; `declare.building` builds nodes in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from stillflow.graph import context
from stillflow.graph.attr_scope import AttrScopes
from stillflow.graph.collections import Collections
from stillflow.graph.control import ControlDependencies, control_inputs_for, take_into_context
from stillflow.graph.creators import Creators
from stillflow.graph.device import DeviceSpec, within
from stillflow.graph.distribution import Distribution
from stillflow.graph.dtypes import DType
from stillflow.graph.flow import Flow
from stillflow.graph.function_library import FunctionLibrary
from stillflow.graph.names import (
    NameTable,
    check_node_name,
    check_scope_name,
    strip_scope_slash,
)
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.source import user_line
from stillflow.graph.stacks import NameStack, Stacks, ThreadStacks
from stillflow.graph.tensor_like import stood_for
from stillflow.graph.tensor_shape import TensorShape


class BuildingBlock:
    """What `graph.as_default()` and `graph.name_scope(name)` are together, at less cost."""

    __slots__ = ("_graph", "_name", "_outer")

    def __init__(self, graph: Graph, name: str):
        self._graph = graph
        self._name = name

    def __enter__(self) -> str:
        names = self._graph._name_stack
        self._outer = names.scope
        inner = names.scope = self._graph._scope_of(self._name)
        context.graphs.stack.append(self._graph)
        return f"{inner}/" if inner else ""

    def __exit__(self, *error: object) -> None:
        context.graphs._leave(self._graph)
        self._graph._name_stack.scope = self._outer


class Graph(Collections, Flow, FunctionLibrary, Creators, AttrScopes, Distribution):
    """A dataflow program: operations that take and give tensors, in the order of their building."""

    is_eager = False

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.RLock()
        self._ops: dict[str, Operation] = {}
        self._names = NameTable()
        self._name_stack = NameStack()
        self._last_id = 0
        self._version = 0
        self.rewirings = 0
        self.widened = 0  # how often an operation has got more outputs
        self._finalized = False
        self.stacks: Stacks = Stacks()
        self._gradient_overrides: list[dict[str, str]] = [{}]
        self._container = ""
        self._versions: Any = None  # a VersionDef, if anything was imported
        self._default_original_op: Operation | None = None
        self.seed: int | None = None
        self._seed_used = False  # by an operation without a seed of its own
        self.orders_effects = False  # what has effects runs in the order of its building
        self.outlives_functions = False  # it is kept, and built on, when functions of it are gone
        self.effect_carriers: set[Operation] = set()  # what leaves a choice or loop with effects
        self.unordered: set[Operation] = set()  # what has effects for which nothing waits
        self.kept: dict[Any, Any] = {}  # what others have live as long as the graph

    # Building ---------------------------------------------------------------------------------

    def add_operation(
        self,
        defn: Any,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        outputs: list[tuple[DType, TensorShape]],
        name: str | None,
    ) -> Operation:
        """Adds one node. A `name` that ends in '/' is taken as it is, any other is made unique."""
        self._check_not_finalized()
        for tensor in inputs:
            self._check_own(tensor)
        with self._lock:
            full_name = self._node_name(name or defn.type)
            producers = {tensor.op for tensor in inputs}
            waits = (
                control_inputs_for(self.stacks.control, producers) if self.stacks.control else ()
            )
            op = Operation.made(self, defn, full_name, inputs, attrs, outputs, waits, user_line())
            self._ops[full_name] = op
            self._version += 1
            if self._has_flow:
                take_into_context(op)
            self._annotate(op)
            for block in self.stacks.control:
                block.add(op)
        return op

    def create_op(self, *args: Any, **kwargs: Any) -> Operation:
        """Adds one node, of an op type by name: see `interchange.creating`."""
        return context.create_op(self, *args, **kwargs)

    def _node_name(self, name: str | bytes) -> str:
        name = name.decode() if isinstance(name, bytes) else name
        check_node_name(strip_scope_slash(name))
        return strip_scope_slash(name) if name.endswith("/") else self.unique_name(name)

    def add_imported_operation(
        self,
        defn: Any,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        outputs: list[tuple[DType, TensorShape]],
        name: str,
        control_inputs: Iterable[Operation],
        device: str,
    ) -> Operation:
        """Adds one node under the very name that it has in a GraphDef, which must be free.

        It gets what the open scopes give to what is built in them, besides its own.
        """
        self._check_not_finalized()
        for tensor in inputs:
            self._check_own(tensor)
        with self._lock:
            outer = control_inputs_for(self.stacks.control, {tensor.op for tensor in inputs})
            waits = list(dict.fromkeys([*control_inputs, *outer]))
            op = Operation.made(self, defn, name, inputs, attrs, outputs, waits, user_line())
            op._set_device(device)
            self._annotate(op)
            self._names.add(name)
            self._ops[name] = op
            self._version += 1
        return op

    def adopt(
        self,
        op: Operation,
        defn: Any,
        name: str,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        outputs: list[tuple[DType, TensorShape]],
        control_inputs: list[Operation],
    ) -> None:
        """Makes a new object the node of that very name; ValueError when the name is taken."""
        self._check_not_finalized()
        for tensor in inputs:
            self._check_own(tensor)
        with self._lock:
            if name in self._ops:
                raise ValueError(f"Duplicate node name in graph: '{name}'")
            op.set_up(self, defn, name, inputs, attrs, outputs, control_inputs, user_line())
            self._names.add(name)
            self._ops[name] = op
            self._version += 1

    def alone(self) -> AbstractContextManager[Any]:
        """A `with` block in which no other thread adds to the graph: what is built is one whole."""
        return self._lock

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """A block that, when it fails, leaves the graph without the operations built in it."""
        with self._lock:
            count, names, last_id = len(self._ops), self._names.copy(), self._last_id
            functions = dict(self._functions)
            try:
                yield
            except BaseException:
                for op in list(self._ops.values())[count:]:
                    for tensor in op.inputs:
                        tensor._drop_consumer(op)
                    del self._ops[op.name]
                self._names, self._last_id, self._functions = names, last_id, functions
                raise

    def _annotate(self, op: Operation) -> None:
        """Gives a new operation what the open scopes say of it."""
        stacks = self.stacks
        _devices_of(stacks, op)
        if stacks.colocation:
            groups = {g for other in stacks.colocation for g in other.colocation_groups()}
            op._note_attr("_class", sorted(groups))
            for other in stacks.colocation:
                if other.device:
                    op._set_device(other.device)
        elif stacks.future_group:
            op._note_attr("_class", stacks.future_group)
        override = self._gradient_overrides[-1].get(op.type)
        if override is not None:
            op._note_attr("_gradient_op_type", override)
        if self._container and op.attrs.get("container") == "":
            op._note_attr("container", self._container)
        if self._attr_scope_map:
            self._give_attributes(op)

    def _current_device(self) -> str:
        """The device of an operation that would be built now."""
        return _devices_of(self.stacks, _Unbuilt()).device

    def _apply_device_functions(self, op: Any) -> None:
        """Tells `op`, whatever it is, the device of an operation that would be built now.

        It is how the keras package asks, whose versions take a name or a DeviceSpec.
        """
        device = self._current_device()
        if device and hasattr(op, "_set_device_from_string"):
            op._set_device_from_string(device)
        elif device:
            op._set_device(DeviceSpec.from_string(device))

    def _check_not_finalized(self) -> None:
        if self._finalized:
            raise RuntimeError(
                "Graph is finalized and cannot be modified.\n"
                "  Build every operation before finalize(); a loop that builds operations while it"
                " runs them grows without end."
            )

    def _check_own(self, tensor: Tensor) -> None:
        if tensor.graph is not self:
            raise ValueError(
                f"{tensor} is from a different graph.\n"
                "  An operation's inputs must be of one graph: build both in the same"
                " `with graph.as_default():` block."
            )

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _next_op_seed(self) -> int:
        """The second seed of a random op that has none of its own."""
        return self._last_id

    def _changed(self, op: Operation) -> None:
        """An existing operation was changed: if something was planned with it, that is stale."""
        self._version += 1
        self.rewirings += op._is_planned

    @property
    def version(self) -> int:
        """A number that grows with every change."""
        return self._version

    @property
    def finalized(self) -> bool:
        return self._finalized

    def finalize(self) -> None:
        """Makes the graph read-only."""
        self._finalized = True

    def _unsafe_unfinalize(self) -> None:
        self._finalized = False

    @property
    def graph_def_versions(self):
        """The VersionDef that GraphDefs of this graph carry."""
        from stillflow.graph.protos.graph_def import version_def

        return version_def() if self._versions is None else self._versions

    def take_versions(self, versions: Any, was_empty: bool) -> None:
        """Notes the VersionDef of an imported GraphDef: of two, the older producer counts."""
        from stillflow.graph.protos.graph_def import merged_versions

        own = None if was_empty else self.graph_def_versions
        self._versions = merged_versions(own, versions)

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False):
        """Returns the GraphDef proto of this graph."""
        from stillflow.graph.protos.graph_def import graph_def_of

        return graph_def_of(self, from_version, add_shapes)

    # Names ------------------------------------------------------------------------------------

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """Returns `name` within the current scope, numbered when it is taken."""
        return self._names.unique(self._within_scope(name), mark_as_used)

    def _within_scope(self, name: str) -> str:
        scope = self._name_stack.scope
        return f"{scope}/{name}" if scope else name

    @property
    def _c_graph(self) -> Graph:
        """What TensorFlow's C functions know the graph by."""
        return self

    def get_name_scope(self) -> str:
        return self._name_stack.scope

    @contextmanager
    def name_scope(self, name: str | None) -> Iterator[str]:
        """Opens a scope; None or '' is the root, and a name ending in '/' re-enters that scope."""
        outer = self._name_stack.scope
        inner = self._name_stack.scope = self._scope_of(name)
        try:
            yield f"{inner}/" if inner else ""
        finally:
            self._name_stack.scope = outer

    def _scope_of(self, name: str | None) -> str:
        """The full name of the scope that `name` opens now."""
        if not name:
            return ""
        if not isinstance(name, str):
            raise TypeError(f"name must be a string, got {name!r}.")
        check_scope_name(name, nested=bool(self._name_stack.scope))
        return strip_scope_slash(name) if name.endswith("/") else self.unique_name(name)

    def building(self, name: str) -> BuildingBlock:
        """A `with` block in which this graph is the default one, in the scope of a node `name`."""
        return BuildingBlock(self, name)

    # Scopes that annotate what is built in them -------------------------------------------------

    def switch_to_thread_local(self) -> None:
        """From now on each thread has its own scopes of devices, colocation and control inputs.

        A thread that comes later starts within the devices of now. Name scopes are always so.
        """
        if not isinstance(self.stacks, ThreadStacks):
            self.stacks = ThreadStacks.like(self.stacks)

    def as_default(self):
        """A `with` block in which this graph is the default one of the thread."""
        return context.graphs.entered(self)

    def control_dependencies(self, control_inputs: Iterable[Any] | None) -> ControlDependencies:
        """A `with` block whose operations run after `control_inputs`; None clears outer blocks."""
        if control_inputs is None:
            return ControlDependencies(self, None)
        ops: dict[Operation, None] = {}
        for item in control_inputs:
            if hasattr(item, "fetch_parts") or hasattr(item, "_handle"):
                item = item.op  # a variable behind a handle is not read for this
            element = self.as_graph_element(item)
            ops[element.op if isinstance(element, Tensor) else element] = None
        return ControlDependencies(self, list(ops))

    @contextmanager
    def device(self, device_name_or_function: Any) -> Iterator[None]:
        """Records a device on what is built; the runtime places operations by itself.

        Inner scopes add to outer ones; None hides them. A function gives an operation's device.
        """
        if device_name_or_function is not None and not callable(device_name_or_function):
            within(device_name_or_function, "")
        self.stacks.devices.append(device_name_or_function)
        depth = len(self.stacks.devices)
        try:
            yield
        finally:
            devices = self.stacks.devices  # another than before where threads have got their own
            if len(devices) != depth:
                raise RuntimeError("Exiting device scope without proper scope nesting.")
            devices.pop()

    @contextmanager
    def colocate_with(self, op: Any, ignore_existing: bool = False) -> Iterator[None]:
        """Records that what is built belongs beside `op`, and on no device but that of `op`.

        Outer blocks count as well, unless `ignore_existing`.
        """
        stacks = self.stacks
        outer, devices = stacks.colocation, stacks.devices
        beside = [] if op is None else [self._operation_of(op)]
        stacks.colocation = beside if ignore_existing else [*outer, *beside]
        stacks.devices = []
        try:
            yield
        finally:
            stacks.colocation, stacks.devices = outer, devices

    def _operation_of(self, item: Any) -> Operation:
        """What `item` is made by: of a variable behind a handle, what gives the handle."""
        if hasattr(item, "fetch_parts"):
            item = item.op
        element = self.as_graph_element(getattr(item, "handle", item))
        return element.op if isinstance(element, Tensor) else element

    @contextmanager
    def colocate_with_future(self, name: str) -> Iterator[None]:
        """Records that what is built belongs beside the operation that will be called `name`."""
        outer, self.stacks.future_group = self.stacks.future_group, [f"loc:@{name}".encode()]
        try:
            yield
        finally:
            self.stacks.future_group = outer

    @contextmanager
    def gradient_override_map(self, op_type_map: dict[str, str]) -> Iterator[None]:
        """Within the block, the gradient of an op type is the one registered under another name."""
        if not isinstance(op_type_map, dict) or not all(
            isinstance(key, str) and isinstance(value, str) for key, value in op_type_map.items()
        ):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        self._gradient_overrides.append({**self._gradient_overrides[-1], **op_type_map})
        try:
            yield
        finally:
            self._gradient_overrides.pop()

    @contextmanager
    def _original_op(self, op: Operation) -> Iterator[None]:
        """Within the block, what is built says that it was made from `op`."""
        outer, self._default_original_op = self._default_original_op, op
        try:
            yield
        finally:
            self._default_original_op = outer

    @contextmanager
    def container(self, container_name: str) -> Iterator[str]:
        """Records a resource container, though every session keeps its own state."""
        outer, self._container = self._container, container_name
        try:
            yield container_name
        finally:
            self._container = outer

    # Looking things up --------------------------------------------------------------------------

    def get_operations(self) -> list[Operation]:
        return list(self._ops.values())

    def get_operation_by_name(self, name: str) -> Operation:
        """Returns an operation; KeyError when the graph has none of that name."""
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=False, allow_operation=True)

    def get_tensor_by_name(self, name: str) -> Tensor:
        """Returns a tensor by `op_name:output_index`; KeyError when the graph has none such."""
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=True, allow_operation=False)

    def as_graph_element(
        self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True
    ) -> Any:
        """Returns the Tensor or Operation that `obj` (one of them, a variable, a name) stands for.

        Raises:
          KeyError: a name that is not in the graph.
          ValueError: an object of another graph, or a name of the wrong form.
          TypeError: anything else.
        """
        element = stood_for(obj)
        obj = obj if element is None else element
        if isinstance(obj, (str, bytes)):
            name = obj if isinstance(obj, str) else obj.decode()
            return self._element_by_name(name, allow_tensor, allow_operation)
        if (isinstance(obj, Tensor) and allow_tensor) or (
            isinstance(obj, Operation) and allow_operation
        ):
            if obj.graph is not self:
                kind = "Tensor" if isinstance(obj, Tensor) else "Operation"
                shown = obj if isinstance(obj, Tensor) else repr(obj)
                raise ValueError(f"{kind} {shown} is not an element of this graph.")
            return obj
        raise TypeError(
            f"Can not convert a {type(obj).__name__} into a "
            f"{_kinds(allow_tensor, allow_operation)}."
        )

    def _element_by_name(self, name: str, allow_tensor: bool, allow_operation: bool) -> Any:
        if ":" in name:
            if not allow_tensor:
                raise ValueError(
                    f"Name {name!r} appears to refer to a Tensor, not a "
                    f"{_kinds(allow_tensor, allow_operation)}."
                )
            return self._tensor_by_name(name)
        if not allow_operation:
            if name in self._ops:
                raise ValueError(
                    f"The name {name!r} refers to an Operation, not a Tensor. Tensor names must "
                    'be of the form "<op_name>:<output_index>".'
                )
            raise ValueError(
                f"The name {name!r} looks like an (invalid) Operation name, not a Tensor. Tensor "
                'names must be of the form "<op_name>:<output_index>".'
            )
        if name not in self._ops:
            raise KeyError(
                f"The name {name!r} refers to an Operation not in the graph."
                f"{self._did_you_mean(name)}"
            )
        return self._ops[name]

    def _tensor_by_name(self, name: str) -> Tensor:
        op_name, _, index_text = name.partition(":")
        if not index_text.isdigit():
            raise ValueError(
                f"The name {name!r} looks a bit like a Tensor name, but is not a valid one. Tensor "
                'names must be of the form "<op_name>:<output_index>".'
            )
        op = self._ops.get(op_name)
        if op is None:
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. The operation, "
                f"{op_name!r}, does not exist in the graph.{self._did_you_mean(op_name)}"
            )
        if int(index_text) >= len(op.outputs):
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. The operation, "
                f"{op_name!r}, exists but only has {len(op.outputs)} outputs."
            )
        return op.outputs[int(index_text)]

    def _did_you_mean(self, name: str) -> str:
        import difflib

        close = difflib.get_close_matches(name, self._ops, n=3)
        return f" Did you mean {' or '.join(map(repr, close))}?" if close else ""


class _Unbuilt:
    """What functions that choose devices may ask of an operation, where there is none."""

    device = type = name = ""

    @property
    def node_def(self) -> _Unbuilt:
        return self

    op = ""

    def _set_device(self, device: str) -> None:
        self.device = device


def _devices_of(stacks: Stacks, op: Any) -> Any:
    """Gives `op` the device that the open scopes say, and returns it."""
    for spec in reversed(stacks.devices):
        if spec is None:
            break
        op._set_device(_device_by(spec, op) if callable(spec) else within(spec, op.device))
    return op


def _device_by(choose: Callable[[Operation], Any], op: Operation) -> str:
    device = choose(op)
    if not isinstance(device, str):
        raise TypeError(f"Expected binary or unicode string, got {device!r}")
    return device


def _kinds(allow_tensor: bool, allow_operation: bool) -> str:
    kinds = ["Tensor"] * allow_tensor + ["Operation"] * allow_operation
    return " or ".join(kinds)


get_default_graph: Callable[[], Graph] = context.get_default_graph
