"""An update of eager mode as a plan: see `train.repeated_updates`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.graph import nest
from stillflow.graph.eager_tensor import EagerTensor
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.functions.tracing import TracedGraph
from stillflow.runtime.eager.state import eager_state
from stillflow.runtime.plan import make_plan
from stillflow.runtime.staged import executor_of
from stillflow.train.repeated_updates import parts_of

_state = eager_state()


class PlannedUpdate:
    """What an optimizer builds for (gradient, variable) pairs, with the gradients fed."""

    def __init__(self, optimizer: Any, pairs: Sequence[tuple[Any, Any]], global_step: Any):
        graph = TracedGraph("update")
        with graph.as_default():
            given = [(_stand_in(grad), variable) for grad, variable in pairs]
            optimizer._build_update(given, global_step, None)
        feeds = [part for grad, _ in given for part in nest.flatten(grad, expand_composites=True)]
        taken: dict[Any, Any] = dict(zip(graph.extra_args, graph.extra_inputs, strict=True))
        named = {own: handle._value.variable for own, handle in taken.items()}
        writes = [op for op in graph.get_operations() if op.defn.writes]
        plan = make_plan(writes, feeds, named, trusts_shapes=False)
        self._run = executor_of(plan, [*feeds, *named], "host").run

    def carried_out(self, pairs: Sequence[tuple[Any, Any]]) -> bool:
        """Updates the variables by other gradients; False where it cannot, and has changed none."""
        values = [part._value for grad, _ in pairs for part in parts_of(grad) or ()]
        try:
            self._run(_state, [v if type(v) is np.ndarray else np.asarray(v) for v in values])
        except Exception:  # one by one, the operations will say what is wrong
            return False
        return True


def _stand_in(grad: Any) -> Any:
    """What a gradient like `grad` is in the graph, where it may be for any number of rows."""
    if type(grad) is EagerTensor:
        return placeholder(grad.dtype, grad.shape)
    values = placeholder(grad.values.dtype, [None, *grad.values.shape[1:]])
    return IndexedSlices(values, placeholder(grad.indices.dtype, [None]))
