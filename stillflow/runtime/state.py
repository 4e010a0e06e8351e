"""What a session remembers from run to run."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stillflow.declare.resources import Resource
from stillflow.graph.errors import FailedPreconditionError, NotFoundError
from stillflow.graph.operation import Operation
from stillflow.runtime.streams import RandomStream
from stillflow.runtime.variables import declared_shape, has_handle, name_in_container

_making = threading.Lock()
_numbers = itertools.count()  # of the resources that are shared with no other node


@dataclass(slots=True)
class SessionState:
    """The value of each variable, the position of each random stream, what other ops keep.

    A run that changes variables or draws random numbers holds `lock` until it has kept what it
    computed. One that reads holds it for as long as it takes to see all its values at one moment;
    then it counts as one of `readers` while it uses them.
    """

    lock: Any = field(default_factory=threading.RLock)
    # An entry for each run that uses values which it has taken: their buffers must not be given up.
    readers: list[None] = field(default_factory=list)
    # Whether variables may be in buffers that compiled runs give up.
    has_buffers: bool = False
    variables: dict[Operation, Any] = field(default_factory=dict)
    # The variables that have had a value of another shape than they were declared with.
    reshaped: set[Operation] = field(default_factory=set)
    streams: dict[Operation, RandomStream] = field(default_factory=dict)
    kept: dict[Operation, Any] = field(default_factory=dict)
    # By container and name.
    resources: dict[tuple[str, str], Resource] = field(default_factory=dict)
    is_closed: bool = False
    # The compiled program that wrote variables last and kept them as arguments of its next run.
    last_writer: Any = None
    # What has been learned of functions that kernels call: see `runtime.calling`.
    functions: dict[Hashable, Any] = field(default_factory=dict)

    def stream(self, op: Operation) -> RandomStream:
        if op not in self.streams:
            self.streams[op] = RandomStream(op)
        return self.streams[op]

    def kept_for(self, op: Operation) -> Any:
        kept = self.kept.get(op)
        return self.kept.setdefault(op, new_for(op, self)) if kept is None else kept

    def resource(self, op: Operation) -> Resource:
        """The resource of the name that `op` has for it, or one of its own."""
        attrs, make = op.attrs, op.defn.resource
        assert make is not None
        with _making:
            is_shared = op.defn.named_by_node or attrs.get("use_node_name_sharing")
            own = op.name if is_shared else f"_{next(_numbers)}_{op.name}"
            name = op.defn.shared_as or attrs.get("shared_name") or own
            key = attrs.get("container", ""), name
            if key not in self.resources:
                self.resources[key] = make(name, attrs)
                if self.is_closed:  # under a run that goes on
                    self.resources[key].cancel()
            return self.resources[key]

    @contextmanager
    def holding(self, resource: Resource) -> Iterator[None]:
        """A `with` block in which `resource` is cancelled if the session is closed."""
        key = "", f"_{next(_numbers)}_held"
        with _making:
            self.resources[key] = resource
            if self.is_closed:
                resource.cancel()
        try:
            yield
        finally:
            with _making:
                del self.resources[key]

    def close(self) -> None:
        """Ends whatever runs wait for, now and later."""
        with _making:
            self.is_closed = True
            resources = list(self.resources.values())
        for resource in resources:
            resource.cancel()

    @contextmanager
    def read(self) -> Iterator[None]:
        """A `with` block that uses values taken before; `lock` is held when it begins."""
        self.readers.append(None)
        try:
            yield
        finally:
            self.readers.pop()

    def require(self, variables: Mapping[Operation, Operation]) -> None:
        """Raises when one of `variables`, given with what reads them, has no value."""
        for variable, reader in variables.items():
            if variable not in self.variables:
                raise uninitialized(variable, reader, self)

    def note_shapes(self, variables: Iterable[Operation]) -> None:
        """Looks at what has just been written unchecked: of another shape, or no value at all."""
        for variable in variables:
            if self.variables[variable] is None:
                del self.variables[variable]
                continue
            sizes = declared_shape(variable).sizes
            if sizes is not None and np.shape(self.variables[variable]) != sizes:
                self.reshaped.add(variable)


def _of_session(name: str) -> Any:
    def get(state: Any) -> Any:
        return getattr(state.session, name)

    def put(state: Any, value: Any) -> None:
        setattr(state.session, name, value)

    return property(get, put)


class InstanceState:
    """What an instance of a function remembers: its random streams, and what its ops keep.

    The variables and resources are the session's.
    """

    lock = _of_session("lock")
    readers = _of_session("readers")
    has_buffers = _of_session("has_buffers")
    variables = _of_session("variables")
    reshaped = _of_session("reshaped")
    last_writer = _of_session("last_writer")
    functions = _of_session("functions")
    is_closed = _of_session("is_closed")

    stream = SessionState.stream
    kept_for = SessionState.kept_for
    read = SessionState.read
    require = SessionState.require
    note_shapes = SessionState.note_shapes

    def __init__(self, session: SessionState):
        self.session = session
        self.streams: dict[Operation, RandomStream] = {}
        self.kept: dict[Operation, Any] = {}

    def resource(self, op: Operation) -> Resource:
        return self.session.resource(op)


class LoneState(SessionState):
    """That of an instance which touches no variable: it waits for nobody who does."""

    __slots__ = ("session",)

    def __init__(self, session: SessionState):
        super().__init__(functions=session.functions)
        self.session = session

    def resource(self, op: Operation) -> Resource:
        return self.session.resource(op)


def new_for(op: Operation, state: Any) -> Any:
    """What a session, or an instance of a function, keeps for `op` from now on."""
    if op.defn.calls:
        from stillflow.runtime.calling import (
            Caller,  # few programs have kernels that call functions
        )

        return Caller(state, op)
    return state.resource(op).for_node(op.name) if op.defn.kept is None else op.defn.kept()


def uninitialized(variable: Operation, reader: Operation, state: SessionState) -> Exception:
    """The error of a run in which `reader` was to read `variable`, which has no value."""
    if has_handle(variable):
        return _not_found(variable, reader, state)
    return FailedPreconditionError(
        None,
        variable,
        f"Attempting to use uninitialized value {variable.name}\n"
        "  Run sess.run(tf.global_variables_initializer()) first, or restore a checkpoint.",
    )


def _not_found(variable: Operation, reader: Operation, state: SessionState) -> Exception:
    container, name = name_in_container(variable)
    has_container = any(
        has_handle(other) and name_in_container(other)[0] == container for other in state.variables
    )
    if has_container:
        missing = f"Resource {container}/{name}/N10tensorflow3VarE does not exist."
    else:
        missing = (
            f"Container {container} does not exist. (Could not find resource: {container}/{name})"
        )
    if reader.defn.without_value is not None:
        return reader.defn.without_value(reader, missing, name, container)
    return NotFoundError(
        None,
        reader,
        f"{missing}\n  Run sess.run(tf.global_variables_initializer()) first, or restore a "
        "checkpoint.",
    )
