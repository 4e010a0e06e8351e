"""`tf.Variable`: a value that a session keeps from run to run, as TensorFlow 1.x builds it.

A variable `v` is four nodes: its initial value, the op `v` that holds the value, `v/Assign` that
initialises it and `v/read` that the program reads it through.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from enum import Enum
from typing import Any, NamedTuple

from stillflow.declare.convert import convert_to_tensor, register_tensor_conversion_function
from stillflow.graph import context
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.names import check_node_name, strip_scope_slash
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, device, init_scope, name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape, unknown_shape
from stillflow.ops.control.ordering import identity
from stillflow.ops.operators import install_operators
from stillflow.ops.variables import save_slice_info, state
from stillflow.ops.variables.creators import MadeByCreators
from stillflow.ops.variables.initial_value import guarded, initialized_value_of
from stillflow.ops.variables.updates import PartialUpdates


class VariableSynchronization(Enum):
    """When a distributed variable is brought together; without effect in one process."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(Enum):
    """How a distributed variable's copies are combined; without effect in one process."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3


class Modes(NamedTuple):
    """What `tf.Variable` and `tf.get_variable` make of three of their arguments."""

    synchronization: VariableSynchronization
    aggregation: VariableAggregation
    trainable: Any


def modes(synchronization: Any, aggregation: Any, trainable: Any, name: str | None) -> Modes:
    """None stands for what is usual: a variable brought together when it is read does not train.

    Raises:
      ValueError: there is no such synchronization or aggregation.
    """
    if synchronization is None:
        synchronization = VariableSynchronization.AUTO
    mode = _member(VariableSynchronization, synchronization, "synchronization", name)
    if trainable is None:
        trainable = mode is not VariableSynchronization.ON_READ
    if aggregation is None:
        aggregation = VariableAggregation.NONE
    return Modes(mode, _member(VariableAggregation, aggregation, "aggregation", name), trainable)


def _member(kind: type[Enum], value: Any, what: str, name: str | None) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(
            f"Invalid variable {what} mode: {value} for variable: {name}\n"
            f"  It is one of {', '.join(map(str, kind))}."
        ) from None


class Variable(PartialUpdates, metaclass=MadeByCreators):
    """A value that lasts from run to run, changed by assignments and by optimizers.

    Args:
      initial_value: what becomes a tensor, or a function without arguments that gives one.
      trainable: whether optimizers change it by default; None is True but for ON_READ.
      collections: the graph collections to join, instead of the global variables.
      validate_shape: False lets the shape be unknown.
      caching_device: recorded for the reading node.
      name: of its operation; "Variable" by default, made unique.
      variable_def: a VariableDef proto of a variable already in the graph, instead of all else.
      dtype: what the initial value is converted to.
      expected_shape: ignored, as in TensorFlow 1.15.
      import_scope: a scope before the names in `variable_def`.
      constraint: a function from the variable's value to the value that optimizers then give it.
      use_resource: accepted and without effect. TensorFlow's resource variables differ from its
        reference variables in what an unordered read sees; Stillflow orders the reads of either.
      synchronization, aggregation: recorded.
      shape: the static shape, when less is to be known of it than of the initial value's.

    Raises:
      ValueError: no initial value, one of unknown shape, or `collections` that are not a list.
    """

    __array_priority__ = 100
    SaveSliceInfo = save_slice_info.SaveSliceInfo
    _save_slice_info: save_slice_info.SaveSliceInfo | None = (
        None  # of a part of a partitioned variable
    )

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
        use_resource: bool | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
        shape: Any = None,
    ):
        self._constraint = constraint
        if variable_def is not None:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
            self._find_nodes(variable_def, import_scope)
            return
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        if constraint is not None and not callable(constraint):
            raise ValueError("The `constraint` argument must be a callable.")
        settled = modes(synchronization, aggregation, trainable, name)
        self._synchronization, self._aggregation, self._trainable = settled
        joined = _collections(collections, self._trainable)
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
                value = _initial_tensor(initial_value, dtype)
                self._variable = _variable_node(value, validate_shape, shape, scope)
            self._initial_value: Tensor | None = value
            self._initializer_op = state.assign(
                self._variable, guarded(value, scope), validate_shape=validate_shape
            ).op
            with colocate_with(self.op) if caching_device is None else device(caching_device):
                self._snapshot = identity(self._variable, name="read")

    # What it is -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self._variable.name

    @property
    def _shared_name(self) -> str:
        return self._variable.op.name

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

    def get_shape(self) -> TensorShape:
        return self._variable.shape

    def set_shape(self, shape: Any) -> None:
        """Adds to what is known of the shape; ValueError when it contradicts that."""
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

    @property
    def trainable(self) -> bool:
        return self._trainable

    @property
    def synchronization(self) -> VariableSynchronization:
        return self._synchronization

    @property
    def aggregation(self) -> VariableAggregation:
        return self._aggregation

    @property
    def constraint(self) -> Callable | None:
        return self._constraint

    @property
    def initializer(self) -> Operation:
        """The operation that gives it its initial value."""
        return self._initializer_op

    @property
    def initial_value(self) -> Tensor | None:
        """The tensor that the initializer assigns, where that depends on no other variable."""
        return self._initial_value

    def _set_save_slice_info(self, info: save_slice_info.SaveSliceInfo) -> None:
        """Makes it, for checkpoints, a part of another variable."""
        self._save_slice_info = info

    def _get_save_slice_info(self) -> save_slice_info.SaveSliceInfo | None:
        return self._save_slice_info

    def _initialize_with(self, value: Tensor, initializer: Operation) -> None:
        """Makes `initializer`, which assigns `value`, the operation that initializes it."""
        self._initial_value = value
        self._initializer_op = initializer

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

    def read_value(self) -> Tensor:
        """A new reading node, which waits for the control dependencies open now."""
        return identity(self._variable, name="read")

    def initialized_value(self) -> Tensor:
        """The value, or the initial value where the variable has none yet."""
        return initialized_value_of(self)

    def eval(self, session: Any = None) -> Any:
        """Returns the value in `session`, or in the default one."""
        return self._variable.eval(session=session)

    def experimental_ref(self) -> VariableReference:
        """A key for dicts and sets that stands for this very variable."""
        return VariableReference(self)

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

    def count_up_to(self, limit: int) -> Tensor:
        """Returns its value before it is raised by one; a run fails once that is `limit`."""
        return state.count_up_to(self._variable, limit)

    def load(self, value: Any, session: Any = None) -> None:
        """Sets the value in `session`, or in the default one, without a new node."""
        session = session or context.get_default_session()
        if session is None:
            raise ValueError(
                "Either session argument should be provided or default session should be "
                "established"
            )
        session.run(self._initializer_op, {self._initializer_op.inputs[1]: value})

    # Python's protocols ---------------------------------------------------------------------------

    def __iter__(self):
        raise TypeError("'Variable' object is not iterable.")

    def __repr__(self) -> str:
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name}>"

    # As a proto -----------------------------------------------------------------------------------

    def to_proto(self, export_scope: str | None = None):
        """Returns the VariableDef of this variable; None when it is outside `export_scope`."""
        from stillflow.graph.protos.variable_def import variable_def_of

        return variable_def_of(self, export_scope)

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> Variable:
        """Returns the variable of the default graph that a VariableDef names."""
        return Variable(variable_def=variable_def, import_scope=import_scope)

    def _find_nodes(self, variable_def: Any, import_scope: str | None) -> None:
        """Takes the nodes that a VariableDef names from the default graph."""

        def element(name: str) -> Any:
            graph = get_default_graph()
            return graph.as_graph_element(f"{import_scope}/{name}" if import_scope else name)

        self._variable = element(variable_def.variable_name)
        self._initializer_op = element(variable_def.initializer_name)
        self._snapshot = element(variable_def.snapshot_name)
        initial = variable_def.initial_value_name
        self._initial_value = element(initial) if initial else None
        self._trainable = variable_def.trainable
        self._synchronization = VariableSynchronization(variable_def.synchronization)
        self._aggregation = VariableAggregation(variable_def.aggregation)
        if variable_def.HasField("save_slice_info_def"):
            self._save_slice_info = self.SaveSliceInfo(
                save_slice_info_def=variable_def.save_slice_info_def, import_scope=import_scope
            )


class VariableReference:
    """Stands for a variable where it is compared and hashed by identity."""

    def __init__(self, variable: Variable):
        self._variable = variable

    def deref(self) -> Variable:
        return self._variable

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VariableReference) and self._variable is other._variable

    def __hash__(self) -> int:
        return id(self._variable)


def _initial_tensor(initial_value: Any, dtype: Any) -> Tensor:
    """What a variable starts from; a function builds it in a scope of its own."""
    if not callable(initial_value):
        return convert_to_tensor(initial_value, dtype, "initial_value")
    with name_scope("Initializer"), device(None):
        return convert_to_tensor(initial_value(), dtype, "initial_value")


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


def _collections(collections: Any, trainable: bool) -> list:
    """The collections that a new variable joins."""
    if collections is None:
        collections = [GraphKeys.GLOBAL_VARIABLES]
    if not isinstance(collections, (list, tuple, set)):
        raise ValueError(
            "collections argument to Variable constructor must be a list, tuple, or set. Got "
            f"{collections} of type {type(collections)}"
        )
    joined = list(collections)
    if trainable and GraphKeys.TRAINABLE_VARIABLES not in joined:
        joined.append(GraphKeys.TRAINABLE_VARIABLES)
    return joined


def _to_tensor(
    variable: Variable, dtype: DType | None = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    del name  # no node is made
    if dtype is not None and not dtype.is_compatible_with(variable.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtype.name}' for variable of type "
            f"'{variable.dtype.name}'"
        )
    return variable._ref() if as_ref else variable.value()


register_tensor_conversion_function(Variable, _to_tensor)
install_operators(Variable)
