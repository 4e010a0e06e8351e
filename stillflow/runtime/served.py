"""Servers of this process: what the sessions of one share, by the names of the variables.

A session of a server runs its own graph, but variables and resources are the server's: another
session, of another graph, finds them by container and name. Servers of one cluster share them all,
each task's under its own name.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, MutableMapping
from typing import Any

import numpy as np

from stillflow.declare.resources import Resource
from stillflow.graph.device import DeviceSpec
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation
from stillflow.platform.processes import TWO_WAYS
from stillflow.runtime.state import InstanceState, SessionState
from stillflow.runtime.variables import declared_shape

_servers: dict[str, Served] = {}
_lock = threading.Lock()
Task = tuple[str, int]
Name = tuple[Task, str, str]  # of a variable: its task, its container and its own


class Cluster:
    """The servers of this process that name each other, and what they hold together."""

    def __init__(self, tasks: dict[Task, str]):
        self.tasks = tasks
        self.state = SessionState()
        self.values: dict[Name, Any] = {}

    def lacking(self) -> list[str]:
        """The addresses of tasks that are not in this process."""
        return [address for address in self.tasks.values() if address not in _servers]


class Served:
    """A server: a task of a cluster, and the cluster."""

    def __init__(self, task: Task, cluster: Cluster):
        self.task = task
        self.cluster = cluster


def serve(task: Task, tasks: dict[Task, str]) -> None:
    """Has sessions find the server of a task; `tasks` are the addresses of the whole cluster."""
    with _lock:
        joined = (_servers[address].cluster for address in tasks.values() if address in _servers)
        cluster = next((known for known in joined if known.tasks == tasks), None)
        _servers[tasks[task]] = Served(task, cluster or Cluster(tasks))


def is_served(address: str) -> bool:
    return address in _servers


def found(target: str | bytes) -> Served | None:
    """The server of a session's target; None where sessions are by themselves.

    Raises:
      UnimplementedError: the server's cluster has tasks in other processes.
    """
    name = target.decode() if isinstance(target, bytes) else target
    server = _servers.get(name.partition("://")[2])
    lacking = server.cluster.lacking() if server is not None else []
    if lacking:
        raise UnimplementedError(
            None,
            None,
            f"A cluster of several processes is not in Stillflow: {', '.join(lacking)} is not in "
            f"this one.\n  {TWO_WAYS} tf.train.Server.create_local_server() is the server of one "
            "task.",
        )
    return server


class ServedState(InstanceState):
    """What a session of a server remembers: random streams and what kernels keep.

    The values of variables, and the resources, are the server's.
    """

    def __init__(self, server: Served, graph: Graph):
        super().__init__(server.cluster.state)
        self._server = server
        self._graph = graph
        self._values = _ByName(server)
        self._known: list[Operation] = []  # the variables among the first operations
        self._looked_at = 0

    @property
    def variables(self) -> _ByName:
        return self._values

    @property
    def reshaped(self) -> set[Operation]:
        """The graph's variables that are of another shape than this graph declares."""
        ops = self._graph.get_operations()
        self._known += [op for op in ops[self._looked_at :] if op.defn.is_variable]
        self._looked_at = len(ops)
        return {op for op in self._known if self._differs(op)}

    def _differs(self, variable: Operation) -> bool:
        sizes = declared_shape(variable).sizes
        value = self._values.get(variable)
        return value is not None and sizes is not None and np.shape(value) != sizes

    def note_shapes(self, variables: Any) -> None:
        for variable in variables:
            if self._values[variable] is None:
                del self._values[variable]

    def close(self) -> None:
        """Ends what this session alone waits for. Variables stay, and what stands still."""
        shared = self.session.resources
        own = [key for key, resource in shared.items() if resource.users == {id(self)}]
        for key in own:
            if shared[key].outlives_sessions:
                shared[key].users.clear()
            else:
                shared.pop(key).cancel()

    def resource(self, op: Operation) -> Resource:
        resource = super().resource(op)
        resource.users.add(id(self))
        return resource


class _ByName(MutableMapping[Operation, Any]):
    """Variables' values, by the names that operations of any graph have for them."""

    def __init__(self, server: Served):
        self._server = server
        self._values = server.cluster.values
        self._ops: dict[Name, Operation] = {}

    def _key(self, op: Operation) -> Name:
        attrs = op.attrs
        key = (
            self._task(op._device),
            attrs.get("container") or self._server.task[0],
            attrs.get("shared_name") or op.name,
        )
        self._ops[key] = op
        return key

    def _task(self, device: str) -> Task:
        spec = DeviceSpec.from_string(device)
        job, task = self._server.task
        if spec.job in (None, "localhost"):
            return job, task
        return spec.job, spec.task or 0

    def __getitem__(self, op: Operation) -> Any:
        return self._values[self._key(op)]

    def __setitem__(self, op: Operation, value: Any) -> None:
        self._values[self._key(op)] = value

    def __delitem__(self, op: Operation) -> None:
        del self._values[self._key(op)]

    def __iter__(self) -> Iterator[Operation]:
        return iter([op for key, op in self._ops.items() if key in self._values])

    def __len__(self) -> int:
        return len(list(iter(self)))


def reset(server: Served, containers: Any) -> None:
    """Forgets the variables and resources of these containers; of all, where none are named."""
    wanted = {name.decode() if isinstance(name, bytes) else name for name in containers or ()}
    state = server.cluster.state
    with state.lock:
        for key in [k for k in server.cluster.values if not wanted or k[1] in wanted]:
            del server.cluster.values[key]
        for place in [
            k for k in state.resources if not wanted or (k[0] or server.task[0]) in wanted
        ]:
            state.resources.pop(place).cancel()
