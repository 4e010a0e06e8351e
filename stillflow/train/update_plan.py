"""An update of eager mode as a plan: see `train.repeated_updates`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.ops.control.ordering import placeholder
from stillflow.ops.functions.tracing import TracedGraph
from stillflow.runtime.eager.state import eager_state
from stillflow.runtime.plan import make_plan
from stillflow.runtime.staged import executor_of

_state = eager_state()


class PlannedUpdate:
    """What an optimizer builds for (gradient, variable) pairs, with the gradients fed."""

    def __init__(self, optimizer: Any, pairs: Sequence[tuple[Any, Any]], global_step: Any):
        graph = TracedGraph("update")
        with graph.as_default():
            grads = [placeholder(grad.dtype, grad.shape) for grad, _ in pairs]
            variables = [variable for _, variable in pairs]
            optimizer._build_update(list(zip(grads, variables, strict=True)), global_step, None)
        taken: dict[Any, Any] = dict(zip(graph.extra_args, graph.extra_inputs, strict=True))
        named = {own: handle._value.variable for own, handle in taken.items()}
        writes = [op for op in graph.get_operations() if op.defn.writes]
        plan = make_plan(writes, grads, named, trusts_shapes=False)
        self._run = executor_of(plan, [*grads, *named], "host").run

    def carried_out(self, pairs: Sequence[tuple[Any, Any]]) -> bool:
        """Updates the variables by other gradients; False where it cannot, and has changed none."""
        values = [grad._value for grad, _ in pairs]
        try:
            self._run(_state, [v if type(v) is np.ndarray else np.asarray(v) for v in values])
        except Exception:  # one by one, the operations will say what is wrong
            return False
        return True
