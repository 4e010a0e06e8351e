"""Functions that kernels call while a run goes on: plans of their own, in the run's session.

What is learned of a function, compiled code among it, is the session's, and all its instances have
it; random streams are each instance's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any, NamedTuple

from stillflow.declare.calling import VariableName
from stillflow.declare.resources import Resource
from stillflow.graph.dtypes import DType, variant
from stillflow.graph.errors import NotFoundError
from stillflow.graph.function_library import FunctionName
from stillflow.graph.operation import Operation
from stillflow.runtime.executor import Executor
from stillflow.runtime.plan import make_plan
from stillflow.runtime.rows import RowProgram
from stillflow.runtime.staged import StagedExecutor, executor_of
from stillflow.runtime.state import InstanceState, LoneState, SessionState
from stillflow.runtime.tiers import tier_of_functions


class Caller:
    """See `declare.calling.Caller`."""

    def __init__(self, state: Any, op: Operation):
        self._session: SessionState = getattr(state, "session", state)
        self._op = op

    @cached_property
    def resource(self) -> Any:
        return self._session.resource(self._op)

    def types(self, attr: str) -> Sequence[DType]:
        types: Sequence[DType] = self._op.attrs[attr]
        return types

    def holding(self, resource: Resource) -> AbstractContextManager[None]:
        return self._session.holding(resource)

    def function(self, name: FunctionName, captured: Sequence[Any] = ()) -> Function:
        function = self._op.graph._get_function(name.name)
        if function is None:
            raise NotFoundError(None, self._op, f"Function {name.name} is not defined.")
        return Function(self._session, function.body, captured)


class Function:
    """See `declare.calling.Function`."""

    def __init__(self, session: SessionState, body: Any, captured: Sequence[Any]):
        self.body = body
        self._session = session
        taken = body.inputs[len(body.inputs) - len(captured) :]
        pairs = list(zip(taken, captured, strict=True))
        self._named = {t: v.variable for t, v in pairs if isinstance(v, VariableName)}
        self._captured = [v for t, v in pairs if t not in self._named]

    @property
    def waits(self) -> bool:
        return self._learned.waits

    @property
    def is_stateful(self) -> bool:
        return _any_op(self.body, lambda op: op.defn.stateful and not _makes_variants(op))

    @property
    def gives_rows(self) -> bool:
        return self._learned.rows.is_possible

    def memory(self) -> InstanceState | LoneState:
        shares = bool(self._learned.executor.plan.variables)
        return InstanceState(self._session) if shares else LoneState(self._session)

    def instance(self, memory: Any = None) -> Instance:
        state = self.memory() if memory is None else memory
        return Instance(self._learned, state, self._captured, len(self.body.outputs))

    @cached_property
    def _learned(self) -> Learned:
        key = self.body, *self._named.values()
        learned = self._session.functions.get(key)
        if learned is None:
            learned = self._session.functions[key] = self._planned()
        return learned

    def _planned(self) -> Learned:
        body = self.body.body()
        arguments = {tensor.op for tensor in body.inputs}
        effects = [op for op in body.ops if op.defn.stateful and op not in arguments]
        feeds = [tensor for tensor in body.inputs if tensor not in self._named]
        plan = make_plan([*body.outputs, *effects], feeds, self._named)
        stacked = plan.feeds[: len(feeds) - len(self._captured)]
        rows = RowProgram(plan, stacked)
        fed = [*feeds, *self._named]
        executor = executor_of(plan, fed, tier_of_functions(), copies=False)
        return Learned(executor, rows, _any_op(self.body, lambda op: op.defn.waits))


def _any_op(body: Any, holds: Callable[[Operation], bool]) -> bool:
    """Whether something holds for an operation of a body, or of a function that one names."""
    for op in body.operations:
        names = [value for value in op.attrs.values() if isinstance(value, FunctionName)]
        functions = [body._get_function(name.name) for name in names]
        if holds(op) or any(f is not None and _any_op(f.body, holds) for f in functions):
            return True
    return False


def _makes_variants(op: Operation) -> bool:
    return any(tensor.dtype is variant for tensor in op.outputs)


class Learned(NamedTuple):
    """What all instances of a function use."""

    executor: Executor | StagedExecutor
    rows: RowProgram
    waits: bool


class Instance:
    """See `declare.calling.Instance`."""

    def __init__(self, learned: Learned, state: Any, captured: Sequence[Any], count: int):
        self._executor = learned.executor
        self._rows = learned.rows
        self._state = state
        self._captured = list(captured)
        self._count = count

    def __call__(self, *arguments: Any) -> list[Any]:
        return self._executor.run(self._state, [*arguments, *self._captured])[: self._count]

    def rows(self, columns: Sequence[Any], count: int) -> list[Any] | None:
        try:
            return self._rows.run([*columns, *self._captured], count)
        except Exception:  # of a row: whoever asks for them one by one learns of which
            return None
