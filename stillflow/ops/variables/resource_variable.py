"""A variable behind a handle: `tf.Variable(..., use_resource=True)`.

A variable `v` is five nodes: its initial value, the op `v` that gives the handle,
`v/IsInitialized/VarIsInitializedOp`, `v/Assign` that initialises it, and `v/Read/ReadVariableOp`,
which stands for it in fetches and feeds. Every use of it as a tensor reads it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn

from stillflow.declare.convert import convert_to_tensor, register_tensor_conversion_function
from stillflow.declare.handles import variable_behind
from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly, graphs, inside_function
from stillflow.graph.dtypes import DType
from stillflow.graph.eager_graph import eager_mode
from stillflow.graph.eager_tensor import numpy_text
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.names import check_node_name, strip_scope_slash
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.recording import record_operation, variable_accessed
from stillflow.graph.scopes import (
    colocate_with,
    control_dependencies,
    device,
    init_scope,
    name_scope,
)
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.control.ordering import identity
from stillflow.ops.variables import resource, resource_scatter
from stillflow.ops.variables.initial_value import guarded
from stillflow.ops.variables.updates import batch_scatter_update
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

# What is called with each new variable of eager mode.
told_of_new: list[Callable[[Any], None]] = []


class HandleData(NamedTuple):
    """What the maker of a handle knew of the variable."""

    shape: TensorShape
    dtype: DType


class BaseResourceVariable(Variable):
    """A variable that is known by its handle, a scalar tensor of type resource."""

    _handle: Tensor
    _shape: TensorShape
    _dtype: DType
    _graph_element: Tensor
    _cached_value: Tensor | None = None
    _should_act_as_resource_variable = True  # by which TensorFlow's modules know it
    _in_graph_mode = True  # False of one that holds its value without a session
    _own_name = ""  # without a graph

    # What it is -----------------------------------------------------------------------------------

    @property
    def handle(self) -> Tensor:
        return self._handle

    @property
    def name(self) -> str:
        return self._handle.name if self._in_graph_mode else self._own_name

    @property
    def op(self) -> Operation:
        """The operation that gives the handle."""
        return self._handle.op

    @property
    def graph(self) -> Graph:
        return self._handle.graph

    @property
    def device(self) -> str:
        return self._handle.device

    @property
    def dtype(self) -> DType:
        """The type of its values, which is no reference type."""
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        return self._shape

    def _shape_as_list(self) -> list[int | None] | None:
        return None if self._shape.sizes is None else list(self._shape.sizes)

    def set_shape(self, shape: Any) -> NoReturn:
        raise NotImplementedError(
            "ResourceVariable does not implement set_shape()\n"
            "  tf.Variable(..., shape=...) declares a shape of which less is known."
        )

    @property
    def create(self) -> Operation:
        """The operation that gives it its initial value; RuntimeError in eager mode."""
        if not self._in_graph_mode:
            raise RuntimeError("Calling create is not supported when eager execution is enabled.")
        return self._initializer_op

    # Reading --------------------------------------------------------------------------------------

    def _as_graph_element(self) -> Tensor:
        """What a run fetches or feeds in its name."""
        return self._graph_element

    def value(self) -> Tensor:
        """A node that reads it, or the value cached when it was made for another device."""
        if self._cached_value is not None:
            return self._cached_value
        if executing_eagerly():
            return self._read()
        with colocate_with(None, ignore_existing=True), device(self._handle.device):
            return self._read()

    def _snapshot_tensor(self) -> Tensor:
        """The reading node that a VariableDef names."""
        return self._graph_element if self._cached_value is None else self._cached_value

    def read_value(self) -> Tensor:
        """A new reading node, which waits for the control dependencies open now."""
        if executing_eagerly():
            return self._read()
        with name_scope("Read"), device(self._handle.device):
            value = self._read()
        return identity(value)

    def _read(self) -> Tensor:
        if graphs.tapes:
            return self._read_recorded()
        return resource.read_variable_op(self._handle, dtype=self._dtype)

    def _read_recorded(self) -> Tensor:
        variable_accessed(self)
        value = resource.read_variable_op(self._handle, dtype=self._dtype)
        if not executing_eagerly():
            # In a loop or a function, the node may read what stands for the handle there.
            record_operation("ReadVariableOp", [value], [self._handle], lambda grad: [grad])
        return value

    @property
    def _order(self) -> int:
        """By which variables are told apart that were made before others."""
        if self._in_graph_mode:
            return self._handle.op._id
        variable = variable_behind(self._handle)
        return 0 if variable is None else int(variable.attrs["shared_name"].rsplit("_", 1)[1])

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        """Reads the rows `indices` alone."""
        variable_accessed(self)
        with name_scope("Gather" if name is None else name) as scope:
            rows = resource.resource_gather_op(self._handle, indices, dtype=self._dtype, name=scope)
        return identity(rows)

    def gather_nd(self, indices: Any, name: str | None = None) -> Tensor:
        """Reads the places that the rows of `indices` name alone."""
        variable_accessed(self)
        with name_scope("GatherNd" if name is None else name) as scope:
            places = resource.resource_gather_nd_op(
                self._handle, indices, dtype=self._dtype, name=scope
            )
        return identity(places)

    def is_initialized(self, name: str | None = None) -> Tensor:
        """Returns a bool[] tensor: whether it has a value in the session."""
        return resource.var_is_initialized_op(self._handle, name=name)

    def eval(self, session: Any = None) -> Any:
        """Returns the value in `session`, or in the default one; RuntimeError in eager mode."""
        if not self._in_graph_mode:
            raise RuntimeError("Trying to eval in EAGER mode")
        return self._graph_element.eval(session=session)

    def numpy(self) -> Any:
        """Returns a copy of the value; NotImplementedError in a graph."""
        if executing_eagerly():
            return self._read().numpy()  # type: ignore[attr-defined]
        raise NotImplementedError(
            "numpy() is only available when eager execution is enabled.\n"
            "  In a session, v.eval() or sess.run(v) gives the value."
        )

    def _to_tensor(self, dtype: DType | None, as_ref: bool) -> Tensor:
        check_conversion(self, dtype)
        if executing_eagerly():
            return self._handle if as_ref else self.value()
        return self.read_value().op.inputs[0] if as_ref else self.value()

    # Changing -------------------------------------------------------------------------------------

    def assign(
        self,
        value: Any,
        use_locking: bool | None = None,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """Returns what sets it to `value` and is then read, or the operation without `read_value`.

        Raises:
          ValueError: `value` is of another shape.
        """
        tensor = convert_to_tensor(value, dtype=self._dtype)
        self._shape.assert_is_compatible_with(tensor.shape)
        updated = resource.assign_variable_op(self._handle, tensor, name=name)
        return self._lazy_read(updated) if read_value else updated

    def assign_add(
        self,
        delta: Any,
        use_locking: bool | None = None,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """Returns what adds `delta` to it and is then read, or the operation."""
        with self._after_cached_value():
            tensor = convert_to_tensor(delta, dtype=self._dtype)
            updated = resource.assign_add_variable_op(self._handle, tensor, name=name)
        return self._lazy_read(updated) if read_value else updated

    def assign_sub(
        self,
        delta: Any,
        use_locking: bool | None = None,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """Returns what takes `delta` off it and is then read, or the operation."""
        with self._after_cached_value():
            tensor = convert_to_tensor(delta, dtype=self._dtype)
            updated = resource.assign_sub_variable_op(self._handle, tensor, name=name)
        return self._lazy_read(updated) if read_value else updated

    @contextmanager
    def _after_cached_value(self) -> Iterator[None]:
        """A block in which what changes it waits for the value that is cached, if one is."""
        with control_dependencies([] if self._cached_value is None else [self._cached_value]):
            yield

    def _lazy_read(self, update: Any) -> Any:
        return UnreadVariable(self, update)

    def count_up_to(self, limit: int) -> Tensor:
        """Returns its value before it is raised by one; a run fails once that is `limit`."""
        return resource.resource_count_up_to_op(self._handle, limit=limit, T=self._dtype)

    def batch_scatter_update(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Any:
        """Sets rows of each matrix of a batch."""
        if not isinstance(sparse_delta, IndexedSlices):
            raise TypeError(f"sparse_delta is not IndexedSlices: {sparse_delta}")
        updated = batch_scatter_update(
            self, sparse_delta.indices, sparse_delta.values, use_locking=use_locking, name=name
        )
        return self._lazy_read(updated)

    def _assign_slice(self, part: Tensor, value: Any, name: str | None = None) -> Any:
        """Sets what `part`, a StridedSlice of a read of this variable, shows."""
        begin, end, strides = part.op.inputs[1:]
        masks = {key: value for key, value in part.op.attrs.items() if key.endswith("_mask")}
        name = f"{part.op.name}/_assign" if name is None else name
        return self._assign_part([begin, end, strides], masks, value, name)

    def _assign_part(
        self, bounds: Any, masks: dict[str, int], value: Any, name: str | None = None
    ) -> Any:
        """Sets a strided slice of it."""
        with self._after_cached_value():
            updated = resource_scatter.resource_strided_slice_assign(
                self._handle,
                *bounds,
                convert_to_tensor(value, dtype=self._dtype),
                name=name,
                **masks,
            )
        return self._lazy_read(updated)

    # Python's protocols ---------------------------------------------------------------------------

    def __bool__(self) -> bool:
        return bool(self.read_value())

    __nonzero__ = __bool__

    def __copy__(self) -> BaseResourceVariable:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        """A variable of its own with the same value; NotImplementedError in a graph."""
        if not executing_eagerly():
            raise NotImplementedError(
                "__deepcopy__() is only available when eager execution is enabled."
            )
        copied = ResourceVariable(
            initial_value=self.read_value(),
            trainable=self._trainable,
            constraint=self._constraint,
            dtype=self._dtype,
            name=f"{self._own_name.rsplit(':', 1)[0]}_copy",
        )
        memo[id(self)] = copied
        return copied

    def __int__(self) -> int:
        if not self._dtype.is_integer:
            raise TypeError("Non-integer variable can't be converted to integer.")
        return int(self.numpy())

    def __repr__(self) -> str:
        if self._in_graph_mode:
            return super().__repr__()
        return (
            f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name}, "
            f"numpy={self._value_text()}>"
        )

    def _value_text(self) -> str:
        with eager_mode():
            value = self.read_value()
        return numpy_text(value, is_repr=True)


def _refused_in_place(symbol: str, instead: str) -> Callable[..., NoReturn]:
    """Python's `v += x`, which would make `v` a tensor."""

    def operator(self: Any, other: Any) -> NoReturn:
        raise RuntimeError(f"Variable {symbol} value not supported. Use {instead}.")

    return operator


for _name, _symbol, _method in (("iadd", "+=", "assign_add"), ("isub", "-=", "assign_sub")):
    _instead = (
        f"variable.{_method}(value) to modify the variable value and variable = variable "
        f"{_symbol[0]} value to get a new Tensor object"
    )
    setattr(BaseResourceVariable, f"__{_name}__", _refused_in_place(_symbol, _instead))
for _name, _symbol in (("imul", "*="), ("itruediv", "/="), ("ipow", "**=")):
    _changed = f"var {_symbol[:-1]} value"
    _instead = (
        f"`var.assign({_changed})` to modify the variable or `var = {_changed}` to get a new "
        "Tensor object"
    )
    setattr(BaseResourceVariable, f"__{_name}__", _refused_in_place(_symbol, _instead))


class ResourceVariable(BaseResourceVariable):
    """See Variable."""

    _is_left_by_casts = True  # to its own type

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        dtype: Any = None,
        variable_def: Any = None,
        import_scope: str | None = None,
        constraint: Callable | None = None,
        distribute_strategy: Any = None,
        synchronization: VariableSynchronization | None = None,
        aggregation: VariableAggregation | None = None,
        shape: Any = None,
    ):
        self._constraint = constraint
        self._distribute_strategy = distribute_strategy
        if variable_def is not None:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
            self._find_nodes(variable_def, import_scope)
            return
        self._settle(synchronization, aggregation, trainable, name)
        checked_arguments(initial_value, constraint)
        joined = joined_collections(collections, self._trainable)
        _check_outside_of_functions(initial_value)
        with init_scope():
            self._in_graph_mode = not executing_eagerly()
            if self._in_graph_mode:
                self._build_nodes(initial_value, caching_device, name, dtype, shape)
            else:
                self._hold_value(initial_value, name, dtype, shape)
        if self._in_graph_mode:
            self.graph.add_to_collections(joined, self)

    def _hold_value(self, initial_value: Any, name: str | None, dtype: Any, shape: Any) -> None:
        """Makes it a variable of eager mode, which has its value at once, without a graph."""
        with name_scope(name, "Variable") as scope:
            own_name = strip_scope_slash(scope)
            value = built_initial_value(initial_value, dtype)
            self._shape, self._dtype = _static_shape(value, shape), value.dtype.base_dtype
            self._handle = new_handle(self._shape, self._dtype, own_name, scope)
        self._own_name = f"{own_name}:0"
        self._unique_id = variable_behind(self._handle).attrs["shared_name"]  # type: ignore[union-attr]
        resource.assign_variable_op(self._handle, value)
        self._initial_value = self._initializer_op = self._graph_element = None  # type: ignore[assignment]
        for tell in told_of_new:
            tell(self)

    def _build_nodes(
        self, initial_value: Any, caching_device: Any, name: str | None, dtype: Any, shape: Any
    ) -> None:
        values = [] if callable(initial_value) else [initial_value]
        with name_scope(name, "Variable", values) as scope:
            own_name = strip_scope_slash(scope)
            check_node_name(own_name)
            with get_default_graph().colocate_with_future(own_name):
                value = built_initial_value(initial_value, dtype)
                self._shape, self._dtype = _static_shape(value, shape), value.dtype.base_dtype
                self._handle = new_handle(self._shape, self._dtype, own_name, scope)
            check_outside_of_flow(value, scope)
            self._initial_value = value
            with name_scope("IsInitialized"):
                resource.var_is_initialized_op(self._handle)
            with (
                name_scope("Assign") as assign,
                colocate_with(None, ignore_existing=True),
                device(self._handle.device),
            ):
                assigned: Any = resource.assign_variable_op(
                    self._handle, guarded(value, scope), name=assign
                )
            self._initializer_op = assigned
            with name_scope("Read"):
                with device(self._handle.device):
                    self._graph_element = self._read()
                if caching_device is not None:
                    with colocate_with(None, ignore_existing=True), device(caching_device):
                        self._cached_value = identity(self._graph_element)

    def _find_nodes(self, variable_def: Any, import_scope: str | None) -> None:
        """Takes the nodes that a VariableDef names from the default graph."""
        if not variable_def.is_resource:
            raise ValueError("Trying to restore Variable as ResourceVariable.")
        self._handle = element_named(variable_def.variable_name, import_scope)
        self._shape = self._handle.op.attrs["shape"]
        self._dtype = self._handle.op.attrs["dtype"]
        if variable_def.snapshot_name:
            snapshot = element_named(variable_def.snapshot_name, import_scope)
        else:
            snapshot = self.graph.get_tensor_by_name(f"{self.op.name}/Read/ReadVariableOp:0")
        if snapshot.op.defn is not resource.read_variable_op:
            self._cached_value = snapshot
        while snapshot.op.defn is not resource.read_variable_op:
            snapshot = snapshot.op.inputs[0]
        self._graph_element = snapshot
        self._describe(variable_def, import_scope)


def _check_outside_of_functions(initial_value: Any) -> None:
    """ValueError for a tensor of the body of a function, which what is around it cannot take."""
    is_graphs = isinstance(initial_value, Tensor) and not initial_value._is_eager
    if is_graphs and initial_value.graph.building_function and inside_function():
        raise ValueError(
            "Tensor-typed variable initializers must either be wrapped in an init_scope or "
            "callable (e.g., `tf.Variable(lambda : tf.truncated_normal([10, 40]))`) when building "
            "functions. Please file a feature request if this restriction inconveniences you."
        )


def new_handle(shape: TensorShape, dtype: DType, shared_name: str, name: str) -> Tensor:
    """The handle of a new variable."""
    handle = resource.var_handle_op(shape=shape, dtype=dtype, shared_name=shared_name, name=name)
    handle._handle_data = HandleData(shape, dtype)
    return handle


def _static_shape(value: Tensor, shape: Any) -> TensorShape:
    if shape is None:
        return value.shape
    if not value.shape.is_compatible_with(shape):
        raise ValueError(
            f"The initial value's shape ({value.shape}) is not compatible with the explicitly "
            f"supplied `shape` argument ({shape})."
        )
    return as_shape(shape)


class UnreadVariable(BaseResourceVariable):
    """A variable as it is after an update: whoever takes its value reads it then."""

    def __init__(self, variable: BaseResourceVariable, update: Any):
        self._synchronization = VariableSynchronization.AUTO
        self._aggregation = VariableAggregation.NONE
        self._trainable = True
        self._handle = variable._handle
        self._shape, self._dtype = variable._shape, variable._dtype
        self._constraint = self._initial_value = None
        self._initializer_op = None  # type: ignore[assignment]
        self._update = update
        self._in_graph_mode = variable._in_graph_mode
        if not self._in_graph_mode:
            self._graph_element = None  # type: ignore[assignment]
        elif not get_default_graph().building_function:  # where nothing is fetched
            self._graph_element = self._read()

    @property
    def name(self) -> str:
        return self._update.name if self._in_graph_mode else "UnreadVariable"

    @property
    def op(self) -> Operation:
        """The operation that updates the variable."""
        return self._update.op if isinstance(self._update, UnreadVariable) else self._update

    def value(self) -> Tensor:
        return self._read()

    def read_value(self) -> Tensor:
        return self._read()

    def _read(self) -> Tensor:
        if executing_eagerly():
            return super()._read()
        with control_dependencies([self._update]):
            return super()._read()


nest.known_as_leaves(ResourceVariable, UnreadVariable)


def _to_tensor(
    variable: BaseResourceVariable,
    dtype: DType | None = None,
    name: str | None = None,
    as_ref: bool = False,
) -> Tensor:
    del name  # the node that reads it has its own
    return variable._to_tensor(dtype, as_ref)


register_tensor_conversion_function(BaseResourceVariable, _to_tensor)
