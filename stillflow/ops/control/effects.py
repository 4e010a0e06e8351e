"""Operations with effects, in the order in which they were built: automatic control dependencies.

What has effects runs one after another, by resource, and what a function returns waits for all of
it. A choice or a loop is one such operation to what is around it: where something in it has
effects, what it gives waits for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph import dtypes, nest
from stillflow.graph.context import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.control.carried import as_carried
from stillflow.ops.control.nodes import entered
from stillflow.ops.control.ordering import identity

# What a run makes for itself: flows and counters order what is done with it.
_OWN_OF_RUNS = frozenset(
    {"StackV2", "TensorArrayV3", "TensorArrayGradV3", "TensorArrayGradWithShape"}
)
_PASSING_ON = frozenset({"Enter", "Exit", "Identity", "Merge", "NextIteration", "Switch"})


def has_effect(op: Operation) -> bool:
    """Whether an operation changes what others see, random streams left out."""
    defn = op.defn
    if not defn.stateful or defn.stream is not None or defn.is_placeholder:
        return False
    return op.type not in _OWN_OF_RUNS and not any(map(_is_own_of_run, op.inputs))


def _is_own_of_run(tensor: Tensor) -> bool:
    return tensor.dtype is dtypes.resource and entered(tensor).op.type in _OWN_OF_RUNS


def is_flow(tensor: Tensor) -> bool:
    """Whether a tensor says only that something was done with a TensorArray of the run."""
    while tensor.op.type in _PASSING_ON:
        tensor = tensor.op.inputs[0]
    op = tensor.op
    if op.type not in _OWN_OF_RUNS and not any(map(_is_own_of_run, op.inputs)):
        return False
    return op.defn.signature.outputs[tensor.value_index].name.startswith("flow")


def context_of(op: Operation) -> Any:
    """The choice or loop that an operation runs in; what leaves a loop runs around it."""
    context = op._control_flow_context
    is_exit = context is not None and op.type in ("Exit", "RefExit")
    return context.outer_context if is_exit else context


def _leads_in(op: Operation, context: Any) -> bool:
    """Whether an operation leads a resource into a choice or a loop in `context`, not around it."""
    if not (op.defn.splits or op.type == "Enter"):
        return False
    around = op._control_flow_context
    while around is not None:
        around = around.outer_context
        if around is context:
            return True
    return False


def order(operations: Sequence[Operation], context: Any) -> list[Operation]:
    """Has operations of one context run in order; returns those that have effects.

    Those that use one resource are in order, and those that use none. A choice or loop in which
    something has effects comes before all that follows.
    """
    effects: list[Operation] = []
    last: dict[Tensor | None, Operation] = {}
    for op in operations:
        if op in op.graph.unordered:
            continue
        is_carrier = op in op.graph.effect_carriers
        is_own = context_of(op) is context
        resources = _resources_of(op)
        if not is_own:
            if _leads_in(op, context):
                op._add_control_inputs(_before(op, last, resources))
            continue
        acts = has_effect(op) or is_carrier
        if acts:
            effects.append(op)
        keys: list[Tensor | None] = [*resources]
        if is_carrier:
            last = dict.fromkeys([*last, None], op)
        elif keys or acts:
            keys = keys or [None]
            op._add_control_inputs(_before(op, last, keys))
            last.update(dict.fromkeys(keys, op))
    return effects


def _resources_of(op: Operation) -> list[Tensor]:
    """The resources that an operation takes and that others may take, too."""
    handles = dict.fromkeys(t for t in op.inputs if t.dtype is dtypes.resource)
    return [handle for handle in handles if not _is_own_of_run(handle)]


def _before(op: Operation, last: dict, keys: Any) -> list[Operation]:
    everything = last.get(None)
    found = dict.fromkeys(last.get(key, everything) for key in keys)
    return [before for before in found if before is not None and before is not op]


def waiting(values: Any, since: int, context: Any) -> Any:
    """Values that leave a choice or loop, of which the first waits for the effects in it.

    Args:
      values: a nest.
      since: how many operations the graph had before.
    """
    graph = get_default_graph()
    if not graph.orders_effects:
        return values
    effects = order(graph.get_operations()[since:], context)
    flat = nest.flatten(values, expand_composites=True)
    place = next((i for i, value in enumerate(flat) if isinstance(value, Tensor)), None)
    if not effects or place is None:
        return values
    context.has_effects = True
    with control_dependencies(effects):
        flat[place] = identity(flat[place])
    return nest.pack_sequence_as(values, flat, expand_composites=True)


def carry(values: Sequence[Any], *contexts: Any) -> None:
    """Notes that what leaves a choice or loop stands for the effects in it."""
    if any(context.has_effects for context in contexts):
        first = next(value for value in map(as_carried, values) if isinstance(value, Tensor))
        first.graph.effect_carriers.add(first.op)


def count() -> int:
    """How many operations the default graph has, where their order is automatic."""
    graph = get_default_graph()
    return len(graph.get_operations()) if graph.orders_effects else 0


class AutomaticControlDependencies:
    """A block of the default graph in which what has effects runs in the order of the code.

    What is returned from it, marked by `mark_as_return`, waits for all of them.
    """

    def __init__(self) -> None:
        self._returned: list[Tensor] = []
        self._since = 0
        self._ordered_before = False

    def mark_as_return(self, tensor: Any) -> Any:
        """The value to return in place of `tensor`."""
        marked = identity(tensor)
        self._returned.append(marked)
        return marked

    def __enter__(self) -> AutomaticControlDependencies:
        graph = get_default_graph()
        self._since, self._ordered_before = len(graph.get_operations()), graph.orders_effects
        graph.orders_effects = True
        return self

    def __exit__(self, kind: Any, *error: Any) -> None:
        graph = get_default_graph()
        graph.orders_effects = self._ordered_before
        if kind is None:
            context = graph._get_control_flow_context()
            order_returning(graph.get_operations()[self._since :], self._returned, context)


def order_returning(
    operations: Sequence[Operation], returned: Sequence[Tensor], context: Any = None
) -> list[Operation]:
    """Orders effects, and has `returned` wait for all of them; returns these."""
    effects = order(operations, context)
    for tensor in returned:
        if context_of(tensor.op) is context:
            tensor.op._add_control_inputs([op for op in effects if op is not tensor.op])
    return effects
