"""Who takes a tensor, and how that is changed; the count of steps that delays wait for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.control.ordering import identity
from stillflow.ops.variables import state
from stillflow.ops.variables.initializers import Zeros
from stillflow.ops.variables.scope import get_variable
from stillflow.ops.variables.variable import VariableAggregation

SKIPPED = ("gradients/", "RMSProp/", "Adagrad/", "Const_", "HistogramSummary", "ScalarSummary")
_STEP = "fake_quantization_step"


class Consumers:
    """Who took which tensor when this was made; gradients and summaries do not count."""

    def __init__(self, graph: Any) -> None:
        self._of: dict[Tensor, dict[Operation, None]] = defaultdict(dict)
        for op in graph.get_operations():
            if not op.name.startswith(SKIPPED):
                for tensor in op.inputs:
                    self._of[tensor][op] = None

    def of(self, op: Operation) -> list[Operation]:
        return list(dict.fromkeys(c for out in op.outputs for c in self._of.get(out, ())))


def reroute(new: Tensor, old: Tensor, only: Iterable[Operation] | None = None) -> int:
    """Gives `new` to whom `old` was given, or to those of them in `only`; counts inputs."""
    takers = dict.fromkeys(old.consumers() if only is None else only)
    count = 0
    for op in [op for op in old.consumers() if op in takers]:
        for index, tensor in enumerate(op.inputs):
            if tensor is old:
                op._update_input(index, new)
                count += 1
    return count


def quantization_step() -> Tensor:
    """How many steps the graph has run with this one, counted once for all who ask."""
    graph = get_default_graph()
    try:
        return graph.get_tensor_by_name(f"{_STEP}/Identity:0")
    except KeyError:
        pass
    with name_scope(None):
        counted = get_variable(
            _STEP,
            shape=[],
            dtype=dtypes.int64,
            initializer=Zeros(),
            trainable=False,
            collections=[GraphKeys.GLOBAL_VARIABLES],
            aggregation=VariableAggregation.ONLY_FIRST_REPLICA,
        )
        with name_scope(f"{counted.op.name}/"):
            return identity(state.assign_add(counted, 1))
