"""Variables of which each replica has a copy."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from stillflow.declare.convert import register_tensor_conversion_function, to_tensor
from stillflow.distribute import update_device
from stillflow.distribute.device_map import DeviceMap
from stillflow.distribute.devices import canonicalize, current
from stillflow.distribute.reduce_op import ReduceOp
from stillflow.distribute.values import DistributedDelegate, Mirrored, replica_context_here
from stillflow.graph.distribution import strategy_around
from stillflow.graph.scopes import device
from stillflow.ops.control.ordering import group, identity
from stillflow.ops.math.comparison import logical_and
from stillflow.ops.saving.saveable import SaveableObject, SaveSpec
from stillflow.ops.variables.variable import Variable, VariableAggregation

VARIABLE_VALUE_KEY = "VARIABLE_VALUE"  # of what is saved for a whole object
_NO_AGGREGATION = (
    "You must specify an aggregation method to update a {} in Replica Context.\n"
    "  tf.Variable(..., aggregation=tf.VariableAggregation.SUM) says how what the replicas assign "
    "becomes one value; or update it outside of the replicas, by "
    "tf.distribute.get_replica_context().merge_call(...)."
)


# What copies have and the variable of all replicas has not.
_OF_COPIES = ("_values", "_device_map", "_distributed_container", "_is_left_by_casts")


class DistributedVarOp(NamedTuple):
    """What is known of the operation of a variable of all replicas."""

    name: str
    graph: Any
    traceback: Any
    type: str
    built_at: Any


@contextmanager
def _within(strategy: Any) -> Iterator[None]:
    """A block in the scope of `strategy`; RuntimeError in that of another."""
    around = strategy_around()
    if around is None:
        with strategy.scope():
            yield
        return
    if around is not strategy:
        raise RuntimeError(
            f"Mixing different tf.distribute.Strategy objects: {around} is not {strategy}"
        )
    yield


class DistributedVariable(DistributedDelegate, Variable):
    """Base of them: a variable for each replica, all of them under one name.

    Args:
      strategy: the strategy in whose scope it was made.
      device_map: where the copies are.
      values: the copies, variables behind handles.
      aggregation: how what replicas assign is brought together.
    """

    _should_act_as_resource_variable = True
    _save_slice_info = None

    def __init__(
        self,
        strategy: Any,
        device_map: DeviceMap,
        values: Sequence[Any],
        aggregation: VariableAggregation,
        logical_device: int | None = None,
    ):
        self._distribute_strategy = strategy
        super().__init__(device_map, values, logical_device=logical_device)
        self._aggregation = aggregation
        for value in values:
            value._distributed_container = weakref.ref(self)

    def __getattr__(self, name: str) -> Any:
        if name in _OF_COPIES or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._get_closest(), name)

    # What it is -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self.primary.name

    @property
    def _common_name(self) -> str:
        return self.primary.name.split(":")[0]

    _shared_name = _common_name

    @property
    def op(self) -> Any:
        """That of the replica's copy; outside of replicas, what is known of it."""
        if replica_context_here() is not None:
            return self.get().op
        op = self.primary.op
        return DistributedVarOp(op.name, op.graph, op.traceback, op.type, op.built_at)

    @property
    def graph(self) -> Any:
        return self.primary.graph

    @property
    def dtype(self) -> Any:
        return self.primary.dtype

    @property
    def shape(self) -> Any:
        return self.primary.shape

    @property
    def trainable(self) -> bool:
        return self.primary.trainable

    @property
    def synchronization(self) -> Any:
        return self.primary.synchronization

    @property
    def aggregation(self) -> VariableAggregation:
        return self._aggregation

    @property
    def constraint(self) -> Any:
        return self.primary.constraint

    @property
    def device(self) -> str:
        return self._get_closest().device

    @property
    def distribute_strategy(self) -> Any:
        return self._distribute_strategy

    @property
    def handle(self) -> Any:
        """That of the only copy, the replica's, or the one being updated; else ValueError."""
        if len(self._values) == 1:
            return self.primary.handle
        if replica_context_here() is not None:
            return self.get().handle
        if update_device.current() is None:
            raise ValueError(
                "`handle` is not available outside the replica context or a "
                "`tf.distribute.Strategy.update()` call."
            )
        return self.get(device=update_device.current()).handle

    def _get_closest(self) -> Any:
        """The copy at hand; the first where there is none."""
        context = replica_context_here()
        if context is not None:
            return self._device_map.select_for_current_replica(self._values, context)
        place = update_device.current() or canonicalize(current())
        replica = self._device_map.replica_for_device(place)
        return self.primary if replica is None else self._values[replica]

    # Initial values -------------------------------------------------------------------------------

    @property
    def initializer(self) -> Any:
        """The operation that initializes all copies."""
        return group(*(value.initializer for value in self._values))

    @property
    def initial_value(self) -> Any:
        return self._get_closest().initial_value

    def initialized_value(self) -> Any:
        return self._get_closest().initialized_value()

    def is_initialized(self, name: str | None = None) -> Any:
        """bool[], whether all copies are."""
        # The last is asked even if it is the first, as TensorFlow's graph has it.
        first, last = self._values[0], self._values[-1]
        initialized = first.is_initialized()
        for other in self._values[1:-1]:
            initialized = logical_and(initialized, other.is_initialized())
        return logical_and(initialized, last.is_initialized(), name=name)

    # Reading --------------------------------------------------------------------------------------

    def read_value(self) -> Any:
        """A new reading node of it."""
        with _within(self._distribute_strategy):
            return identity(self.get())

    def value(self) -> Any:
        return self._get_closest().value()

    def eval(self, session: Any = None) -> Any:
        return self._get_closest().eval(session)

    def _to_tensor(self, dtype: Any, as_ref: bool) -> Any:
        return to_tensor(self.get(), dtype)

    # In checkpoints -------------------------------------------------------------------------------

    def to_proto(self, export_scope: str | None = None) -> Any:
        return self.primary.to_proto(export_scope=export_scope)

    def _get_save_slice_info(self) -> Any:
        return self.primary._get_save_slice_info()

    def _set_save_slice_info(self, info: Any) -> None:
        for value in self._values:
            value._set_save_slice_info(info)

    def __repr__(self) -> str:
        return self._lines("%r")


class MirroredVariable(DistributedVariable, Mirrored):
    """One whose copies always have the same value: all are assigned together."""

    def assign(self, *args: Any, **kwargs: Any) -> Any:
        return self._assigned(lambda copy, *a, **k: copy.assign(*a, **k), args, kwargs)

    def assign_add(self, *args: Any, **kwargs: Any) -> Any:
        return self._assigned(lambda copy, *a, **k: copy.assign_add(*a, **k), args, kwargs)

    def assign_sub(self, *args: Any, **kwargs: Any) -> Any:
        return self._assigned(lambda copy, *a, **k: copy.assign_sub(*a, **k), args, kwargs)

    def _assigned(self, assign: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        with _within(self._distribute_strategy):
            place = update_device.current()
            if replica_context_here() is None and place is not None:
                return assign(self.get(device=place), *args, **kwargs)
            return assigned_by_all(self, "MirroredVariable", assign, args, kwargs)

    def _get_cross_replica(self) -> Any:
        return identity(super()._get_cross_replica())

    def _as_graph_element(self) -> Any:
        copy = self.primary if replica_context_here() is None else self.get()
        return copy._as_graph_element()

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        return {VARIABLE_VALUE_KEY: lambda name=self._common_name: _MirroredSaveable(self, name)}


class SyncOnReadVariable(DistributedVariable):
    """One whose copies each replica changes by itself; reading it brings them together."""

    def assign(self, *args: Any, **kwargs: Any) -> Any:
        """In a replica its copy, elsewhere all copies: for a SUM each gets its share."""
        with _within(self._distribute_strategy):
            copy = self._own_copy()
            if copy is not None:
                return copy.assign(*args, **kwargs)
            value = args[0]
            if self._aggregation is VariableAggregation.SUM:
                value *= 1.0 / len(self.devices)
            return self._each("assign", value)

    def assign_add(self, *args: Any, **kwargs: Any) -> Any:
        return self._changed("assign_add", args, kwargs)

    def assign_sub(self, *args: Any, **kwargs: Any) -> Any:
        return self._changed("assign_sub", args, kwargs)

    def _changed(self, method: str, args: Any, kwargs: Any) -> Any:
        with _within(self._distribute_strategy):
            copy = self._own_copy()
            if copy is not None:
                return getattr(copy, method)(*args, **kwargs)
            if self._aggregation is VariableAggregation.SUM:
                raise ValueError(
                    f"SyncOnReadVariable does not support `{method}` in cross-replica context "
                    "when aggregation is set to `tf.VariableAggregation.SUM`."
                )
            return self._each(method, args[0])

    def _own_copy(self) -> Any:
        """The only copy, or the replica's; None outside of several replicas."""
        if len(self._values) == 1:
            return self.primary
        return self.get() if replica_context_here() is not None else None

    def _each(self, method: str, value: Any) -> Any:
        updates = []
        for copy in self._values:
            with device(copy.device):
                updates.append(getattr(copy, method)(value))
        return group(*updates)

    def _get_cross_replica(self) -> Any:
        if self._aggregation is VariableAggregation.ONLY_FIRST_REPLICA:
            return self.primary
        with _within(self._distribute_strategy):
            reduce_op = ReduceOp.from_variable_aggregation(self._aggregation)
            return self._distribute_strategy.reduce(reduce_op, self, axis=None)

    def _as_graph_element(self) -> Any:
        if replica_context_here() is None:
            return self._get_cross_replica()
        return self.get()._as_graph_element()

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        return {VARIABLE_VALUE_KEY: lambda name=self._common_name: _SyncOnReadSaveable(self, name)}


def assigned_by_all(
    variable: Any, what: str, assign: Callable[..., Any], args: Any, kwargs: Any
) -> Any:
    """What assigns all copies of `variable`: in replicas, what their values are together.

    Raises:
      ValueError: in a replica, of a variable of which nothing says what that would be.
    """
    strategy = variable._distribute_strategy
    with _within(strategy):
        context = replica_context_here()
        if context is None:
            return strategy.extended.update(variable, assign, args=args, kwargs=kwargs)
        if variable.aggregation is VariableAggregation.NONE:
            raise ValueError(_NO_AGGREGATION.format(what))

        def merged(strategy: Any, value: Any, *others: Any, **options: Any) -> Any:
            together = aggregated(strategy, value, variable.aggregation, variable)
            return strategy.extended.update(
                variable, assign, args=(together, *others), kwargs=options
            )

        return context.merge_call(merged, args=args, kwargs=kwargs)


def aggregated(strategy: Any, value: Any, aggregation: VariableAggregation, place: Any) -> Any:
    """What the values of replicas are together, where `place` is."""
    if aggregation is VariableAggregation.ONLY_FIRST_REPLICA:
        first = strategy.experimental_local_results(value)[0]
        return strategy.extended.broadcast_to(first, destinations=place)
    reduce_op = ReduceOp.from_variable_aggregation(aggregation)
    return strategy.extended.reduce_to(reduce_op, value, place)


class _MirroredSaveable(SaveableObject):
    """Saves the first copy, and restores all."""

    def __init__(self, variable: MirroredVariable, name: str):
        self._variable = variable
        primary = variable.primary
        spec = SaveSpec(_read_on_host(primary), "", name, primary.dtype, primary.device)
        super().__init__(primary.handle, [spec], name)

    def restore(self, restored_tensors: Any, restored_shapes: Any) -> Any:
        (tensor,) = restored_tensors
        return _assigned_on_each(self._variable, tensor)


class _SyncOnReadSaveable(SaveableObject):
    """Saves what the copies are together, and restores each to its share."""

    def __init__(self, variable: SyncOnReadVariable, name: str):
        self._variable = variable

        def tensor() -> Any:
            return variable._distribute_strategy.extended.read_var(variable)

        spec = SaveSpec(tensor, "", name, variable.dtype, variable.primary.device)
        super().__init__(tensor, [spec], name)

    def restore(self, restored_tensors: Any, restored_shapes: Any) -> Any:
        (tensor,) = restored_tensors
        return self._variable.assign(tensor)


def _read_on_host(copy: Any) -> Callable[[], Any]:
    def read() -> Any:
        with device(copy.device):
            value = copy.read_value()
            with device("/device:CPU:0"):
                return identity(value)

    return read


def _assigned_on_each(variable: DistributedVariable, tensor: Any) -> Any:
    updates = []
    for copy in variable.values:
        with device(copy.device):
            updates.append(copy.assign(tensor))
    return group(*updates)


def _converted(variable: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False):
    return variable._to_tensor(dtype, as_ref)


register_tensor_conversion_function(DistributedVariable, _converted)
