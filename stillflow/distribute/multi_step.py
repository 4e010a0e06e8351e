"""Several steps in one run: a loop in the graph over the next elements of an iterator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.distribute import context
from stillflow.graph.graph import get_default_graph
from stillflow.graph.nest import flatten, pack_sequence_as
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.control.ordering import group
from stillflow.ops.control.while_loop import while_loop


class MultiStepContext:
    """What the function of a step tells: outputs of the last step, and what is no tensor.

    Attributes:
      run_op: the operation that does all steps, once they are built.
    """

    def __init__(self) -> None:
        self.run_op: Any = None
        self._last_step_outputs: dict[str, Any] = {}
        self._last_step_outputs_reduce_ops: dict[str, Any] = {}
        self._non_tensor_outputs: dict[str, Any] = {}

    @property
    def last_step_outputs(self) -> dict[str, Any]:
        """The tensors of the last step, by name."""
        return self._last_step_outputs

    def _set_last_step_outputs(self, outputs: dict[str, Any]) -> None:
        if not isinstance(outputs, dict):
            raise ValueError("Need a dictionary to set last_step_outputs.")
        self._last_step_outputs = outputs

    def set_last_step_output(self, name: str, output: Any, reduce_op: Any = None) -> None:
        """Makes `output` one of the last step's; `reduce_op` brings that of replicas together.

        In a replica there must be a `reduce_op`.
        """
        if context.in_cross_replica_context():
            self._set(context.get_strategy(), name, output, reduce_op)
            return
        assert reduce_op is not None

        def merged(strategy: Any, value: Any) -> None:
            self._set(strategy, name, value, reduce_op)

        context.get_replica_context().merge_call(merged, args=(output,))

    def _set(self, strategy: Any, name: str, value: Any, reduce_op: Any) -> None:
        self._last_step_outputs_reduce_ops[name] = reduce_op
        if reduce_op is not None:
            value = strategy.reduce(reduce_op, value, axis=None)
        self._last_step_outputs[name] = value

    @property
    def non_tensor_outputs(self) -> dict[str, Any]:
        return self._non_tensor_outputs

    def set_non_tensor_output(self, name: str, output: Any) -> None:
        """Makes `output`, which need be no tensor, known outside of the loop."""
        if context.in_cross_replica_context():
            self._non_tensor_outputs[name] = output
            return

        def merged(strategy: Any, value: Any) -> None:
            self._non_tensor_outputs[name] = strategy.experimental_local_results(value)

        context.get_replica_context().merge_call(merged, args=(output,))


def run_steps(
    extended: Any,
    fn: Callable[..., Any],
    iterator: Any,
    iterations: Any,
    initial_loop_values: Any,
    before_loop: Callable[[MultiStepContext], None] = lambda ctx: None,
    behind_loop: Callable[[MultiStepContext, dict[str, Any]], None] = lambda ctx, outputs: None,
) -> MultiStepContext:
    """The loop of `fn(ctx, inputs)`; `before_loop` and `behind_loop` make outputs loop values."""
    ctx = MultiStepContext()

    def body(i: Any, *others: Any) -> list[Any]:
        done = fn(ctx, iterator.get_next())
        before_loop(ctx)
        outputs = flatten(ctx.last_step_outputs)
        with control_dependencies([done]):
            return [i + 1, *outputs]

    extended._outer_control_flow_context = get_default_graph()._get_control_flow_context()
    try:
        values = while_loop(
            lambda i, *others: i < iterations,
            body,
            [constant(0), *flatten(initial_loop_values or {})],
            name="",
            parallel_iterations=1,
            back_prop=False,
            swap_memory=False,
            return_same_structure=True,
        )
    finally:
        del extended._outer_control_flow_context
    ctx.run_op = group(*flatten(values))
    outputs = pack_sequence_as(ctx.last_step_outputs, values[1:])
    behind_loop(ctx, outputs)
    ctx._set_last_step_outputs(outputs)
    return ctx
