"""The form of what a tape is asked: equal where two steps differ in nothing but their values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from stillflow.declare.calling import VariableName
from stillflow.gradients.tape import Tape
from stillflow.graph.eager_tensor import EagerOperation, EagerTensor


class Form(NamedTuple):
    """What gradients are asked of.

    Attributes:
      key: the operations by their attributes, which tensors they take and give, the types and
        shapes of these, the values of those that decide about shapes, and what is asked.
      tensors: those of the operations on the way to the targets, in the order of their numbers.
      ops: these operations.
    """

    key: tuple
    tensors: list[EagerTensor]
    ops: list[EagerOperation]

    @property
    def attrs(self) -> list[dict[str, Any]]:
        """What ids in the key are of: who keeps the key keeps these."""
        return [op.attrs for op in self.ops]


def form_of(
    tape: Tape, targets: Sequence[Any], sources: Sequence[Any], weights: Sequence[Any]
) -> Form | None:
    """The form of the gradients of `targets`, weighted by `weights`, for `sources`.

    None where something on the way differentiates itself, or is no tensor that has its value.
    """
    if not all([type(t) is EagerTensor for t in (*targets, *weights) if t is not None]):
        return None
    producers = tape.producers
    numbers: dict[int, int] = {}
    tensors: list[EagerTensor] = []
    ops: list[EagerOperation] = []
    key: list[Any] = []
    seen: set[int] = set()
    waiting: list[Any] = []
    met: Sequence[Any] = targets
    while True:
        for tensor in met:
            known = id(tensor)
            number = numbers.get(known)
            if number is None:
                number = numbers[known] = len(tensors)
                tensors.append(tensor)
                key.append(tensor._dtype._number)
                value = tensor._value
                if type(value) is VariableName:
                    key.append(value.variable.attrs["shape"].sizes)
                else:
                    key.append(getattr(value, "shape", None))  # other handles have none
                producer = producers.get(known)
                if producer is not None:
                    waiting.append(producer)
                else:
                    key.append(known in producers)
            key.append(number)
        while waiting:
            op = waiting.pop()
            if id(op) not in seen:
                break
        else:
            break
        if type(op) is not EagerOperation:
            return None
        seen.add(id(op))
        ops.append(op)
        defn = op.defn
        key.append(defn.type)
        key.append(id(op.attrs))
        if defn.static:
            inputs = op.inputs
            key += [inputs[place]._value.tobytes() for place in defn.static_positions(op)]
        met = (*op.inputs, *op.outputs)
    key += [numbers.get(id(source)) for source in sources]
    key += [None if w is None else (w._dtype._number, w._value.shape) for w in weights]
    return Form(tuple(key), tensors, ops)
