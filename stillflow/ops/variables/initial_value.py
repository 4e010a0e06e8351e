"""Initial values that depend on other variables, which need not be initialised first.

A run of all initialisers has no order, so where a variable's initial value is computed from another
variable, TensorFlow computes it from that one's value or, as long as it has none, from its initial
value. Knows variables by their methods only.
"""

from __future__ import annotations

from typing import Any

from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import init_scope
from stillflow.ops.control.cond import cond
from stillflow.ops.control.switch import ref_switch_op, switch_op
from stillflow.ops.variables import state


def initialized_value_of(variable: Any) -> Tensor:
    """Returns the value of `variable`, or its initial value where it has none yet."""
    with init_scope():
        has_value = state.is_variable_initialized(variable)
        return cond(has_value, variable.read_value, lambda: variable.initial_value)


def guarded(initial_value: Tensor, scope: str) -> Tensor:
    """Returns `initial_value` computed from initialised values of the variables behind it.

    Operations between them are built again, called by their name and the variable's `scope`; none
    are where a loop is among them.
    """
    if not _variables_behind(initial_value.op) or _is_behind_loop(initial_value.op):
        return initial_value
    return _Rebuilder(scope).tensor(initial_value)


def _variables_behind(op: Operation) -> bool:
    """Whether `op` depends on a variable's value."""
    seen, waiting = {op}, [op]
    while waiting:
        current = waiting.pop()
        if current.defn.is_variable:
            return True
        if not _may_read_unset(current):
            fresh = {tensor.op for tensor in current.inputs} - seen
            seen |= fresh
            waiting += fresh
    return False


def _may_read_unset(op: Operation) -> bool:
    """Whether `op` asks if a variable has a value, or is left as it is, as TensorFlow leaves it."""
    asks = op.defn.asks_state and not op.defn.splits
    return asks or op.defn.without_value is not None


def _is_behind_loop(op: Operation) -> bool:
    """Whether `op` depends on operations that depend on each other."""
    finished: set[Operation] = set()
    started: set[Operation] = set()
    waiting = [op]
    while waiting:
        current = waiting[-1]
        started.add(current)
        sources = {*(tensor.op for tensor in current.inputs), *current._control_inputs} - finished
        if not sources.isdisjoint(started):
            return True
        waiting += sources
        if not sources:
            finished.add(waiting.pop())
            started.discard(current)
    return False


class _Rebuilder:
    """Copies what computes a tensor, reading initialised values instead of variables."""

    def __init__(self, scope: str):
        self._scope = scope
        self._safe: dict[Operation, Any] = {}

    def tensor(self, tensor: Tensor) -> Tensor:
        safe = self._safe_op(tensor.op)
        return safe.outputs[tensor.value_index] if isinstance(safe, Operation) else safe

    def _safe_op(self, op: Operation) -> Operation | Tensor:
        if op not in self._safe:
            self._safe[op] = self._made_safe(op)
        return self._safe[op]

    def _made_safe(self, op: Operation) -> Operation | Tensor:
        if op.defn.is_variable:
            return _initialized_value(op)
        if _may_read_unset(op):
            return op
        inputs = tuple(self.tensor(tensor) for tensor in op.inputs)
        return op if inputs == op.inputs else self._rebuilt(op, inputs)

    def _rebuilt(self, op: Operation, inputs: tuple[Tensor, ...]) -> Operation:
        defn = switch_op if op.defn is ref_switch_op else op.defn
        outputs = [(tensor.dtype.base_dtype, tensor.shape) for tensor in op.outputs]
        name = f"{op.name}_{self._scope}".replace(":", "_")
        return op.graph.add_operation(defn, inputs, dict(op.attrs), outputs, name)


def _initialized_value(op: Operation) -> Operation | Tensor:
    """The initialised value of the variable that `op` holds, or `op` when it is of no variable."""
    for collection in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES):
        for variable in op.graph.get_collection(collection):
            if variable.name in (op.name, f"{op.name}:0"):
                return variable.initialized_value()
    return op
