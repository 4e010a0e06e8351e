"""Differentiates by a tape: goes from targets backwards over what it recorded.

Gradients are summed, and operations taken, in the order of TensorFlow's own tape: one whose
consumers are all done is next, the one that was found last first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from stillflow.gradients.registered import rule_of
from stillflow.gradients.repeated_tapes import repeated_gradients
from stillflow.gradients.tape import Tape
from stillflow.gradients.tape_in_functions import gradients_in_function, meets_control_flow
from stillflow.gradients.walk import UnconnectedGradients, is_trainable
from stillflow.gradients.zeros import zeros_like_value
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly, get_default_graph
from stillflow.graph.eager_tensor import EagerOperation
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.operation import Tensor
from stillflow.graph.recording import Record
from stillflow.ops.array import filling
from stillflow.ops.array.indexed_slices import as_slices_list, concat_slices
from stillflow.ops.math.arithmetic import add_n_op

Gradient = Tensor | IndexedSlices

# The outputs whose gradient their op's rule takes None for, as TensorFlow lists them.
_MAY_BE_NONE = {
    "SoftmaxCrossEntropyWithLogits": (1,),
    "FusedBatchNorm": (1, 2, 3, 4),
    "SparseSoftmaxCrossEntropyWithLogits": (1,),  # its rule looks at the first alone
}


def tape_gradients(
    tape: Tape,
    targets: Sequence[Tensor],
    sources: Sequence[Tensor],
    output_gradients: Sequence[Any] | None,
    unconnected: UnconnectedGradients,
) -> list[Gradient | None]:
    """The gradient of the sum of `targets` with respect to each of `sources`, or None."""
    weights = output_gradients or [None] * len(targets)
    grads = repeated_gradients(tape, targets, sources, weights)
    if grads is None:
        grads = walked_gradients(tape, targets, sources, weights)
    if unconnected is UnconnectedGradients.ZERO:
        pairs = zip(grads, sources, strict=True)
        return [zeros_like_value(x) if grad is None else grad for grad, x in pairs]
    return grads


def walked_gradients(
    tape: Tape, targets: Sequence[Tensor], sources: Sequence[Tensor], weights: Sequence[Any]
) -> list[Gradient | None]:
    """`tape_gradients` by the rules of the operations, one after another.

    weights: of each target, None where its elements are summed as they are.
    """
    walk = _Walk(tape, targets, sources)
    ops = walk.between()
    if meets_control_flow(ops):
        return gradients_in_function(tape, ops, targets, sources, weights)
    with _scope():
        return walk.run(weights)


def _scope() -> AbstractContextManager[Any]:
    """In a function, the scope by which TensorArrays tell one call's gradients from another's."""
    in_function = not executing_eagerly() and get_default_graph().building_function
    return get_default_graph().name_scope("gradients") if in_function else nullcontext()


class _Walk:
    """One backward pass over a tape."""

    def __init__(self, tape: Tape, targets: Sequence[Tensor], sources: Sequence[Tensor]):
        self._producers = tape.producers
        self._targets = targets
        self._sources = sources
        self._source_ids = {id(source) for source in sources}
        # By the id of a tensor, the gradients that have arrived.
        self._arrived: dict[int, list[Gradient]] = {}
        # How often a tensor is used between, and how many of an op's outputs still are.
        self._uses: dict[int, int] = {}
        self._pending: dict[int, int] = {}
        self._ops: dict[int, Any] = {}
        self._look_between()

    def _look_between(self) -> None:
        """Counts the uses of tensors by the ops from which the targets were made."""
        waiting = [id(target) for target in self._targets]
        while waiting:
            op = self._producers.get(waiting.pop())
            if op is None or id(op) in self._ops:
                continue
            self._ops[id(op)] = op
            for tensor in op.inputs:
                key = id(tensor)
                if key in self._uses:
                    self._uses[key] += 1
                else:
                    self._uses[key] = 1
                    waiting.append(key)
        for key in self._uses:
            op = self._producers.get(key)
            if op is not None:
                self._pending[id(op)] = self._pending.get(id(op), 0) + 1

    def between(self) -> Collection[Any]:
        """What the tape recorded from which the targets were made."""
        return self._ops.values()

    def run(self, weights: Sequence[Any]) -> list[Gradient | None]:
        self._begin(weights)
        ready = [op for key, op in self._ops.items() if key not in self._pending]
        while ready:
            op = ready.pop()
            self._differentiate(op)
            ready += self._freed_by(op)
        return [self._of_source(source) for source in self._sources]

    def _begin(self, weights: Sequence[Any]) -> None:
        for target, grad in zip(self._targets, weights, strict=True):
            if id(target) in self._producers and target.dtype is not dtypes.string:
                start = filling.ones_like(target) if grad is None else grad
                self._arrived.setdefault(id(target), []).append(start)

    def _of_source(self, source: Tensor) -> Gradient | None:
        """The gradient of a source; none reaches what was not watched."""
        key = id(source)
        return _total(self._arrived.get(key, ())) if key in self._producers else None

    def _freed_by(self, op: Any) -> list[Any]:
        """The ops whose consumers are all done, now that `op` is."""
        freed = []
        for tensor in op.inputs:
            key = id(tensor)
            self._uses[key] -= 1
            producer = self._producers.get(key)
            if self._uses[key] == 0 and producer is not None:
                self._pending[id(producer)] -= 1
                if not self._pending[id(producer)]:
                    freed.append(producer)
        return freed

    def _differentiate(self, op: Any) -> None:
        """Hands the inputs of `op` their gradients."""
        grads = [self._of_output(tensor) for tensor in op.outputs]
        if all(grad is None for grad in grads):
            return
        if type(op) is not Record and _is_control_flow(op):
            self._refuse_before_sources(op)
            return
        if len(op.inputs) == 2 and type(op) is EagerOperation:
            op.unwanted = [id(tensor) not in self._producers for tensor in op.inputs]
        for tensor, grad in zip(op.inputs, _gradients_by(op, grads), strict=True):
            if grad is not None:
                self._arrived.setdefault(id(tensor), []).append(grad)

    def _refuse_before_sources(self, op: Any) -> None:
        """Refuses to go through a node of a choice or a loop, if a source lies behind it."""
        waiting, seen = [id(tensor) for tensor in op.inputs], set()
        while waiting:
            key = waiting.pop()
            if key in self._source_ids:
                raise NotImplementedError(
                    "tf.GradientTape.gradients() does not support graph control flow operations "
                    "like tf.cond or tf.while at this time. Use tf.gradients() instead."
                )
            producer = self._producers.get(key)
            if producer is not None and id(producer) not in seen:
                seen.add(id(producer))
                waiting += map(id, producer.inputs)

    def _of_output(self, tensor: Tensor) -> Gradient | None:
        key = id(tensor)
        parts = self._arrived.get(key)
        if parts is None:
            return None
        total = _total(parts)
        if key in self._source_ids:
            self._arrived[key] = [total]  # type: ignore[list-item]
        else:
            del self._arrived[key]
        return total


def _gradients_by(op: Any, grads: list[Gradient | None]) -> Sequence[Gradient | None]:
    """What the rule of `op` gives for each of its inputs."""
    if type(op) is Record:
        given = op.backward(*_with_zeros(op, grads))
    else:
        rule = rule_of(op)
        if rule is None:
            return [None] * len(op.inputs)
        given = rule(op, *_with_zeros(op, grads))
    in_grads = given if isinstance(given, (list, tuple)) else [given]
    if len(in_grads) != len(op.inputs):
        raise ValueError(
            f"Num gradients {len(in_grads)} generated for op {op.type} do not match num inputs "
            f"{len(op.inputs)}"
        )
    return in_grads


def _is_control_flow(op: Any) -> bool:
    return op.defn.splits or op.defn.joins or op.defn.frame


def _with_zeros(op: Any, grads: list[Gradient | None]) -> list[Gradient | None]:
    """`grads` with zeros for the outputs that nothing used."""
    if None not in grads:
        return grads
    may_be_none = _MAY_BE_NONE.get(op.type, ())
    return [
        zeros_like_value(tensor)
        if grad is None and index not in may_be_none and is_trainable(tensor)
        else grad
        for index, (tensor, grad) in enumerate(zip(op.outputs, grads, strict=True))
    ]


def _total(parts: Sequence[Gradient]) -> Gradient | None:
    """The sum of the gradients of one tensor; of slices, where any of them is."""
    if len(parts) < 2:
        return parts[0] if parts else None
    if all(isinstance(part, Tensor) for part in parts):
        return add_n_op(parts)
    return concat_slices(as_slices_list(parts))
