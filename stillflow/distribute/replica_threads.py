"""A function built for every replica: on a thread for each, of which one runs at a time.

They take turns at `merge_call`: when all replicas wait there, or have returned, the thread that
called goes on, and gives each its part of what is the same for all. Whoever waits leaves the lock
of the graph, which a loop that is being built holds, to the one that builds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.distribute.device_map import DeviceMap
from stillflow.distribute.replica_context import ReplicaContext
from stillflow.distribute.shared_variables import creator_of_replica
from stillflow.distribute.values import regroup, select_replica
from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.scopes import control_dependencies, device, name_scope
from stillflow.ops.known_values import constant_value
from stillflow.ops.variables.creators import variable_creator_scope
from stillflow.ops.variables.scope import get_variable_scope, variable_scope


class _Stopped(Exception):
    """The replica is not wanted any more."""


def call_for_each_replica(
    strategy: Any, device_map: DeviceMap, fn: Callable[..., Any], args: Any, kwargs: Any
) -> Any:
    """Returns what `fn` returned for the replicas, brought together.

    Raises:
      RuntimeError: replicas have called `merge_call` in different numbers.
    """
    get_default_graph().switch_to_thread_local()
    made: dict[str, list[Any]] = {}
    replicas = [
        _Replica(strategy, device_map, number, creator_of_replica(made, number), fn, args, kwargs)
        for number in range(device_map.num_replicas_in_graph)
    ]
    try:
        while not _all_done(replicas):
            _merge(strategy, device_map, replicas)
    finally:
        for replica in replicas:
            replica.stop()
    return regroup(device_map, tuple(replica.result for replica in replicas))


def _all_done(replicas: Sequence[_Replica]) -> bool:
    """Has each go on until it waits or has returned. Returns whether all have."""
    for replica in replicas:
        replica.go_on()
    done = [replica.is_done for replica in replicas]
    if any(done) and not all(done):
        raise RuntimeError(
            "Some replicas made a different number of replica_context().merge_call() calls."
        )
    return all(done)


def _merge(strategy: Any, device_map: DeviceMap, replicas: Sequence[_Replica]) -> None:
    """Calls what the replicas wait for, where the first of them is."""
    first = replicas[0]
    args = regroup(device_map, tuple(replica.merge_args for replica in replicas))
    kwargs = regroup(device_map, tuple(replica.merge_kwargs for replica in replicas))
    waits = dict.fromkeys(op for replica in replicas for op in replica.waits)
    with (
        name_scope(first.name_scope),
        control_dependencies(list(waits)),
        variable_scope(first.variable_scope),
    ):
        merged = first.merge_fn(strategy, *args, **kwargs)
    for replica in replicas:
        replica.merged = select_replica(replica.number, merged)


class _Replica(threading.Thread):
    """Builds one replica. The thread that made it has it go on, and waits meanwhile."""

    def __init__(
        self,
        strategy: Any,
        device_map: DeviceMap,
        number: int,
        creator: Callable[..., Any],
        fn: Callable[..., Any],
        args: Any,
        kwargs: Any,
    ):
        super().__init__(daemon=True)
        self.number = number
        self.is_done = False
        self.result: Any = None
        self.merge_fn: Any = None
        self.merge_args: Any = ()
        self.merge_kwargs: Any = {}
        self.merged: Any = None
        self.name_scope: Any = None
        self.variable_scope: Any = None
        self.waits: list[Any] = []
        self._strategy = strategy
        self._device = device_map.logical_to_actual_devices(0)[number]
        self._creator = creator
        self._fn = fn
        self._arguments = select_replica(number, args), select_replica(number, kwargs)
        self._error: BaseException | None = None
        self._is_unwanted = False
        self._may_go = self._has_paused = self._has_ended = False
        self._graph = get_default_graph()
        self._turn = threading.Condition(self._graph._lock)
        self._flow = self._graph.stacks.flow
        self._creators = list(self._graph._variable_creator_stack)
        self._outer_scope = get_variable_scope()
        scope = self._graph.get_name_scope()
        prefix = f"{scope}/" if scope else ""
        self._outer_name_scope = f"{prefix}replica_{number}/" if number else prefix

    # On the thread that calls ---------------------------------------------------------------------

    def go_on(self) -> None:
        """Until it waits again, or has returned; raises what it raises."""
        with self._turn:
            if not self.is_alive():
                self.start()
            self._may_go, self._has_paused = True, False
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._has_paused)
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Ends the thread, wherever it waits."""
        with self._turn:
            self._is_unwanted = self._may_go = True
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._has_ended or not self.is_alive())

    # On its own -----------------------------------------------------------------------------------

    def run(self) -> None:
        with self._turn:
            self._await_turn()
        try:
            self._build()
        except _Stopped:
            pass
        except BaseException as error:  # handed to the thread that calls
            self._error = error
        with self._turn:
            self._has_paused = self._has_ended = True
            self._turn.notify_all()

    def _build(self) -> None:
        graph = self._graph
        with graph.as_default():
            graph._variable_creator_stack = self._creators
            graph.stacks.flow = self._flow
            context = ReplicaContextOfThread(self._strategy, constant(self.number, dtypes.int32))
            context.replica = self
            with (
                context,
                device(self._device),
                name_scope(self._outer_name_scope),
                variable_scope(self._outer_scope, reuse=self.number > 0),
                variable_creator_scope(self._creator),
            ):
                args, kwargs = self._arguments
                self.result = self._fn(*args, **kwargs)
        self.is_done = True

    def merge_call(self, merge_fn: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Waits until all replicas are here; returns its part of the result."""
        graph = get_default_graph()
        if graph is not self._graph:
            raise RuntimeError(
                "`merge_call` called while defining a new graph or a tf.function.\n"
                "  Call it in the function that runs for each replica, outside of loops, branches "
                "and functions of a dataset."
            )
        self.merge_fn, self.merge_args, self.merge_kwargs = merge_fn, args, kwargs
        scope = graph.get_name_scope()
        self.name_scope = f"{scope}/" if scope else None
        self.variable_scope = get_variable_scope()
        self.waits = [op for block in graph.stacks.control for op in block.inputs]
        with self._turn:
            self._may_go, self._has_paused = False, True
            self._turn.notify_all()
            self._await_turn()
        if self._is_unwanted:
            raise _Stopped
        return self.merged

    def _await_turn(self) -> None:
        self._turn.wait_for(lambda: self._may_go)


class ReplicaContextOfThread(ReplicaContext):
    """That of a replica which is built on a thread."""

    replica: _Replica

    def _merge_call(self, merge_fn: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
        return self.replica.merge_call(merge_fn, args, kwargs)

    @property
    def devices(self) -> Any:
        number = constant_value(self.replica_id_in_sync_group)
        return [list(self._strategy.extended.worker_devices_by_replica)[int(number)]]
