"""`tf.CriticalSection`: parts of a graph that never run at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from stillflow.graph import context, dtypes, nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies, init_scope, name_scope
from stillflow.ops.control.mutexes import consume_mutex_lock_op, mutex_lock_op, mutex_op
from stillflow.ops.control.ordering import group, identity, tuple_

CRITICAL_SECTIONS = "critical_sections"
CRITICAL_SECTION_EXECUTIONS = "critical_section_executions"


class Execution(NamedTuple):
    """What a call of `execute` has built: its lock, and the resources that it touches."""

    op: Operation
    handle: Tensor
    resources: list[Tensor]
    exclusive_resource_access: bool


class CriticalSection:
    """A lock of the session: of what is executed in one, only one part runs at a time.

    Sections of the same `shared_name` are one.
    """

    def __init__(
        self,
        name: str | None = None,
        shared_name: str | None = None,
        critical_section_def: Any = None,
        import_scope: str | None = None,
    ):
        if critical_section_def:
            if name is not None:
                raise ValueError("critical_section_def and shared_name are mutually exclusive.")
            raise NotImplementedError("Not yet implemented")
        graph = get_default_graph()
        self._lock = threading.Lock()  # for eager mode, where the mutex is not asked
        with name_scope(name, "CriticalSection", []) as scope, init_scope():
            self._handle = mutex_op(
                shared_name=scope if shared_name is None else shared_name,
                container=get_default_graph()._container or "",
                name=scope,
            )
        graph.add_to_collections(CRITICAL_SECTIONS, self)

    @property
    def name(self) -> str:
        return self._handle.op.name

    def execute(
        self, fn: Callable[[], Any], exclusive_resource_access: bool = True, name: str | None = None
    ) -> Any:
        """Returns what `fn()` gives: tensors that are computed while nothing else has the section.

        What `fn` takes from outside is computed before.

        Args:
          exclusive_resource_access: no other section may touch the resources that `fn` does.

        Raises:
          ValueError: `fn` executes something in this very section, or the resources are another's.
        """
        if executing_eagerly():
            with self._lock:
                return fn()
        with name_scope(name, "critical_section_execute", []):
            lock = mutex_lock_op(self._handle)
            result, built = _built(fn, lock)
            _let_arguments_go_first(built, lock.op)
            resources = _resources_of(built)
            if any(self._is_own_handle(resource) for resource in resources):
                raise ValueError(
                    "The function fn attempts to directly access the CriticalSection in which it "
                    "would be running.  This is illegal and would cause deadlocks.\n"
                    "  Compute what it needs of this section before, and let fn take that."
                )
            self._check_access(resources, exclusive_resource_access)
            outputs = _released(result, lock, self._handle)
            execution = Execution(lock.op, self._handle, resources, exclusive_resource_access)
            get_default_graph().add_to_collections(CRITICAL_SECTION_EXECUTIONS, execution)
            return outputs

    def _is_own_handle(self, tensor: Tensor) -> bool:
        op, own = tensor.op, self._handle.op
        if op.type != "MutexV2" or not op.attrs["shared_name"]:
            return False
        is_beside = op.device == own.device or op.colocation_groups() == own.colocation_groups()
        return op.attrs["shared_name"] == own.attrs["shared_name"] and is_beside

    def _check_access(self, resources: list[Tensor], is_exclusive: bool) -> None:
        for other in get_default_graph().get_collection(CRITICAL_SECTION_EXECUTIONS):
            if self._is_own_handle(other.handle):
                continue
            shared = [r for r in resources if any(r is theirs for theirs in other.resources)]
            if shared and (is_exclusive or other.exclusive_resource_access):
                raise ValueError(
                    f"This execution would access resources: {shared}.  Either this lock "
                    f"(CriticalSection: {self._handle}) or lock '{other}' (CriticalSection: "
                    f"{other.handle}) requested exclusive resource access of this resource.  Did "
                    "you mean to call execute with keyword argument "
                    "exclusive_resource_access=False?"
                )


def _built(fn: Callable[[], Any], lock: Tensor) -> tuple[Any, list[Operation]]:
    """What `fn` gives once `lock` is held, and the operations that it has added."""
    graph = context.get_default_graph()
    before = set(graph.get_operations())
    with control_dependencies([lock]):
        result = fn()
    return result, [op for op in graph.get_operations() if op not in before]


def _let_arguments_go_first(built: Iterable[Operation], lock: Operation) -> None:
    """`lock` waits for what the operations take from outside: else that might wait for `lock`."""
    built = list(built)
    taken = [tensor.op for op in built for tensor in op.inputs]
    taken += [earlier for op in built for earlier in op.control_inputs]
    known = {*built, lock, *lock.control_inputs, *(tensor.op for tensor in lock.inputs)}
    outside = sorted({op for op in taken if op not in known}, key=lambda op: op._id)
    if outside:
        lock._add_control_input(group(*outside))


def _resources_of(built: Iterable[Operation]) -> list[Tensor]:
    inputs = (tensor for op in built for tensor in op.inputs)
    return list(dict.fromkeys(tensor for tensor in inputs if tensor.dtype == dtypes.resource))


def _released(result: Any, lock: Tensor, handle: Tensor) -> Any:
    """`result`, all of it computed, of a section that others may enter again."""
    computed = [_passed(leaf) for leaf in nest.flatten(result)]
    with control_dependencies(computed):
        with colocate_with(handle):
            consumed: Any = consume_mutex_lock_op(lock)
        together = nest.pack_sequence_as(result, tuple_(nest.flatten(result)))
    with control_dependencies([consumed]):
        return nest.map_structure(_passed, together)


def _passed(leaf: Any) -> Any:
    if hasattr(leaf, "flow"):  # a TensorArray
        return leaf.identity()
    return group(leaf) if isinstance(leaf, Operation) else identity(leaf)
