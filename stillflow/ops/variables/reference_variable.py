"""A variable behind a reference: the kind that TensorFlow 1.x makes by default.

A variable `v` is four nodes: its initial value, the op `v` that holds the value, `v/Assign` that
initialises it and `v/read` that the program reads it through.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from stillflow.declare.convert import convert_to_tensor, register_tensor_conversion_function
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.names import check_node_name, strip_scope_slash
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, device, init_scope, name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape, unknown_shape
from stillflow.ops.control.ordering import identity
from stillflow.ops.variables import state
from stillflow.ops.variables.initial_value import guarded
from stillflow.ops.variables.scatter import assign_slice
from stillflow.ops.variables.variable import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
    built_initial_value,
    check_conversion,
    check_outside_of_flow,
    checked_arguments,
    element_named,
    joined_collections,
)


class RefVariable(Variable):
    """See Variable."""

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        expected_shape: Any = None,
        import_scope: str | None = None,
        constraint: Callable | None = None,
        synchronization: VariableSynchronization | None = None,
        aggregation: VariableAggregation | None = None,
        shape: Any = None,
    ):
        self._constraint = constraint
        if variable_def is not None:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
            self._find_nodes(variable_def, import_scope)
            return
        checked_arguments(initial_value, constraint)
        self._settle(synchronization, aggregation, trainable, name)
        joined = joined_collections(collections, self._trainable)
        with init_scope():
            self._build_nodes(initial_value, validate_shape, caching_device, name, dtype, shape)
        self.graph.add_to_collections(joined, self)

    def _build_nodes(
        self,
        initial_value: Any,
        validate_shape: bool,
        caching_device: Any,
        name: str | None,
        dtype: Any,
        shape: Any,
    ) -> None:
        is_function = callable(initial_value)
        with name_scope(name, "Variable", [] if is_function else [initial_value]) as scope:
            own_name = strip_scope_slash(scope)
            check_node_name(own_name)
            with (
                get_default_graph().colocate_with_future(own_name) if is_function else nullcontext()
            ):
                value = _initial_tensor(initial_value, dtype, scope)
                self._variable = _variable_node(value, validate_shape, shape, scope)
            self._initial_value: Tensor | None = value
            self._initializer_op = state.assign(
                self._variable, guarded(value, scope), validate_shape=validate_shape
            ).op
            with colocate_with(self.op) if caching_device is None else device(caching_device):
                self._snapshot = identity(self._variable, name="read")

    def _find_nodes(self, variable_def: Any, import_scope: str | None) -> None:
        """Takes the nodes that a VariableDef names from the default graph."""
        self._variable = element_named(variable_def.variable_name, import_scope)
        self._snapshot = element_named(variable_def.snapshot_name, import_scope)
        self._describe(variable_def, import_scope)

    # What it is -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self._variable.name

    @property
    def op(self) -> Operation:
        """The operation that holds the value."""
        return self._variable.op

    @property
    def graph(self) -> Graph:
        return self._variable.graph

    @property
    def device(self) -> str:
        return self._variable.device

    @property
    def dtype(self) -> DType:
        """The reference type, such as `float32_ref`; `dtype.base_dtype` is the value's type."""
        return self._variable.dtype

    @property
    def shape(self) -> TensorShape:
        return self._variable.shape

    def set_shape(self, shape: Any) -> None:
        """Adds to what is known of the shape; ValueError when it contradicts that."""
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

    # Reading --------------------------------------------------------------------------------------

    def _ref(self) -> Tensor:
        """The reference, which operations that change the variable take."""
        return self._variable

    def _as_graph_element(self) -> Tensor:
        """What a run fetches or feeds in its name."""
        return self._variable

    def value(self) -> Tensor:
        """The reading node made with the variable."""
        return self._snapshot

    def _snapshot_tensor(self) -> Tensor:
        """The reading node that a VariableDef names."""
        return self._snapshot

    def read_value(self) -> Tensor:
        """A new reading node, which waits for the control dependencies open now."""
        return identity(self._variable, name="read")

    def eval(self, session: Any = None) -> Any:
        """Returns the value in `session`, or in the default one."""
        return self._variable.eval(session=session)

    # Changing -------------------------------------------------------------------------------------

    def assign(
        self,
        value: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Tensor | Operation:
        """Returns what sets it to `value`: a reference, or the operation without `read_value`."""
        updated = state.assign(self._variable, value, use_locking=use_locking, name=name)
        return updated if read_value else updated.op

    def assign_add(
        self,
        delta: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Tensor | Operation:
        """Returns what adds `delta` to it: a reference, or the operation without `read_value`."""
        updated = state.assign_add(self._variable, delta, use_locking=use_locking, name=name)
        return updated if read_value else updated.op

    def assign_sub(
        self,
        delta: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Tensor | Operation:
        """Returns what takes `delta` off it: a reference, or the operation without `read_value`."""
        updated = state.assign_sub(self._variable, delta, use_locking=use_locking, name=name)
        return updated if read_value else updated.op

    def _assign_slice(self, part: Tensor, value: Any, name: str | None = None) -> Tensor:
        """Sets what `part`, a StridedSlice of this variable, shows."""
        return assign_slice(self._variable, part, value, name)

    def count_up_to(self, limit: int) -> Tensor:
        """Returns its value before it is raised by one; a run fails once that is `limit`."""
        return state.count_up_to(self._variable, limit)


def _initial_tensor(initial_value: Any, dtype: Any, scope: str) -> Tensor:
    """What the variable starts from; only a function builds it in a scope of its own."""
    if callable(initial_value):
        return built_initial_value(initial_value, dtype)
    value = convert_to_tensor(initial_value, dtype, "initial_value")
    check_outside_of_flow(value, scope)
    return value


def _variable_node(value: Tensor, validate_shape: bool, shape: Any, scope: str) -> Tensor:
    """The op that will hold `value`; ValueError when its shape must be known and is not."""
    if validate_shape and not value.shape.is_fully_defined():
        raise ValueError(
            f"initial_value must have a shape specified: {value}\n"
            "  Pass validate_shape=False for a variable whose shape is known in a run only."
        )
    if shape is None:
        static = value.shape if validate_shape else unknown_shape()
    else:
        static = as_shape(shape)
    return state.variable_v2(shape=static, dtype=value.dtype, name=scope)


def _to_tensor(
    variable: RefVariable,
    dtype: DType | None = None,
    name: str | None = None,
    as_ref: bool = False,
) -> Tensor:
    del name  # no node is made
    check_conversion(variable, dtype)
    return variable._ref() if as_ref else variable.value()


register_tensor_conversion_function(RefVariable, _to_tensor)
