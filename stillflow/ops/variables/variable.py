"""`tf.Variable`: a value that a session keeps from run to run. What both of its kinds have.

A variable behind a reference, as TensorFlow 1.x makes them by default, is in `reference_variable`;
one behind a handle, with `use_resource=True`, in `resource_variable`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import context
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.reference import Reference
from stillflow.graph.scopes import device, name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.operators import install_operators
from stillflow.ops.variables import save_slice_info
from stillflow.ops.variables.creators import MadeByCreators
from stillflow.ops.variables.initial_value import initialized_value_of
from stillflow.ops.variables.updates import PartialUpdates
from stillflow.tracking.trackable import VARIABLE_VALUE_KEY, Trackable


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
    ONLY_FIRST_TOWER = 3  # the older name


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


class Variable(PartialUpdates, Trackable, metaclass=MadeByCreators):
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
      use_resource: True for a variable behind a handle, False for one behind a reference; None for
        what the variable scope says, else `tf.enable_resource_variables`.
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
    _is_variable = True
    _distribute_strategy: Any = None  # in whose scope it was made
    _constraint: Callable | None
    _initial_value: Tensor | None
    _initializer_op: Operation
    _trainable: bool
    _synchronization: VariableSynchronization
    _aggregation: VariableAggregation

    if TYPE_CHECKING:  # what `kinds.new_variable` takes, and what every kind has

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
            synchronization: VariableSynchronization | None = VariableSynchronization.AUTO,
            aggregation: VariableAggregation | None = VariableAggregation.NONE,
            shape: Any = None,
        ): ...

        _Method = Callable[..., Any]
        name: Any
        op: Any
        graph: Any
        device: Any
        dtype: Any
        shape: Any
        assign: _Method
        assign_add: _Method
        assign_sub: _Method
        count_up_to: _Method
        read_value: _Method
        eval: _Method

    # What it is -----------------------------------------------------------------------------------

    @property
    def _shared_name(self) -> str:
        return self.name.rsplit(":", 1)[0]

    def get_shape(self) -> TensorShape:
        return self.shape

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

    # Reading and changing -------------------------------------------------------------------------

    def initialized_value(self) -> Tensor:
        """The value, or the initial value where the variable has none yet."""
        return initialized_value_of(self)

    def experimental_ref(self) -> Reference[Variable]:
        """A key for dicts and sets that stands for this very variable."""
        return Reference(self)

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

    # In checkpoints -------------------------------------------------------------------------------

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        return {VARIABLE_VALUE_KEY: self}

    # As a proto -----------------------------------------------------------------------------------

    def to_proto(self, export_scope: str | None = None):
        """Returns the VariableDef of this variable; None when it is outside `export_scope`."""
        from stillflow.graph.protos.variable_def import variable_def_of

        return variable_def_of(self, export_scope)

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> Variable:
        """Returns the variable of the default graph that a VariableDef names."""
        from stillflow.ops.variables import kinds

        return kinds.variable_of(variable_def, import_scope)

    def _settle(self, synchronization: Any, aggregation: Any, trainable: Any, name: Any) -> None:
        settled = modes(synchronization, aggregation, trainable, name)
        self._synchronization, self._aggregation, self._trainable = settled

    def _describe(self, variable_def: Any, import_scope: str | None) -> None:
        """Takes from a VariableDef what variables of both kinds have."""
        self._initializer_op = element_named(variable_def.initializer_name, import_scope)
        initial = variable_def.initial_value_name
        self._initial_value = element_named(initial, import_scope) if initial else None
        self._trainable = variable_def.trainable
        self._synchronization = VariableSynchronization(variable_def.synchronization)
        self._aggregation = VariableAggregation(variable_def.aggregation)
        if variable_def.HasField("save_slice_info_def"):
            self._save_slice_info = self.SaveSliceInfo(
                save_slice_info_def=variable_def.save_slice_info_def, import_scope=import_scope
            )


# For both kinds -----------------------------------------------------------------------------------


def element_named(name: str, import_scope: str | None) -> Any:
    """The operation or tensor of the default graph that has `name` below `import_scope`."""
    graph = get_default_graph()
    return graph.as_graph_element(f"{import_scope}/{name}" if import_scope else name)


def checked_arguments(initial_value: Any, constraint: Any) -> None:
    """ValueError for what no variable can be made of."""
    if initial_value is None:
        raise ValueError("initial_value must be specified.")
    if constraint is not None and not callable(constraint):
        raise ValueError("The `constraint` argument must be a callable.")


def joined_collections(collections: Any, trainable: bool) -> list:
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


def built_initial_value(initial_value: Any, dtype: Any) -> Tensor:
    """What a variable starts from, made in a scope of its own."""
    with name_scope("Initializer"), device(None):
        value = initial_value() if callable(initial_value) else initial_value
        return convert_to_tensor(value, dtype, "initial_value")


def check_outside_of_flow(value: Tensor, scope: str) -> None:
    """ValueError for an initial value that is computed inside a choice or a loop."""
    if value.op._control_flow_context is not None:
        raise ValueError(
            f"Initializer for variable {scope} is from inside a control-flow construct, such as a "
            "loop or conditional. When creating a variable inside a loop or conditional, use a "
            "lambda as the initializer."
        )


def check_conversion(variable: Any, dtype: DType | None) -> None:
    """ValueError when a tensor of `dtype` is asked for that the variable cannot give."""
    if dtype is not None and not dtype.is_compatible_with(variable.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtype.name}' for variable of type "
            f"'{variable.dtype.name}'"
        )


install_operators(Variable)
