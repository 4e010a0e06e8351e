"""What runs in place of an operation that stands for others: calls of functions, and their like.

An op type that `expands` gives, for a node, a Body: operations with inputs and outputs. Planning
takes a copy of them for each such node, in which the node's own inputs stand for the body's. The
copies are no nodes of any graph, so a program does not see them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from stillflow.declare.opdef import OpDef
from stillflow.graph.errors import UnimplementedError
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.stacks import Stacks

ARRIVAL = OpDef("Inputs", "inputs: [T] ->", lambda xp, *inputs: (), total=True)
_BITS_A_LEVEL = 24  # for the places of a body's operations between those of the graph around


@dataclass(frozen=True, slots=True)
class Body:
    """Operations of one graph that give `outputs` from `inputs`, which are placeholders.

    continues: they are behind those of another body, and use what these gave: the operation in
      whose place the body goes takes, before its inputs, an output of the one in whose place the
      other went.
    """

    ops: Sequence[Operation]
    inputs: Sequence[Tensor]
    outputs: Sequence[Tensor]
    continues: bool = False


@dataclass(slots=True, eq=False)
class Expansion:
    """What runs in place of `op`.

    outputs: a tensor for each output of `op`.
    effects: operations that run although nothing may read them.
    """

    body: Body
    outputs: list[Tensor]
    effects: list[Operation]
    taken: tuple[Any, ...]  # the inputs and control inputs that it was made for
    widened: int  # of the body's graph, then
    tensors: dict[Tensor, Tensor]  # the copies of the body's, and of what it continues
    ops: dict[Operation, Operation]


def expansion_of(op: Operation) -> Expansion:
    """The expansion of an operation whose type `expands`: always the same operations."""
    taken = (op.inputs, op._control_inputs)
    known = op._expansion
    if known is None or known.taken != taken or known.widened != _widened(known.body):
        body = op.defn.expands(op)
        _check_not_recursive(op, body)
        op._expansion = _Copy(op, body).expansion(taken)
    return op._expansion


def _widened(body: Body) -> int:
    """How often gradients have added outputs to operations of the body's graph."""
    widened: int = body.ops[0].graph.widened if body.ops else 0
    return widened


def _check_not_recursive(op: Operation, body: Body) -> None:
    """UnimplementedError where `op` is, or is in, an operation of the same body."""
    around = op._original_op
    while around is not None and around.defn.expands:
        if around._expansion is not None and around._expansion.body.ops is body.ops:
            raise UnimplementedError(
                None, op, f"A function that calls itself is not yet in Stillflow: {op.type} does."
            )
        around = around._original_op


class _Copies:
    """What an Operation asks its graph for when it is made."""

    def __init__(self, op: Operation, count: int):
        depth = _depth(op) + 1
        self._at: Any = Fraction(op._id)
        self._step = Fraction(1, 1 << (_BITS_A_LEVEL * depth))
        self.stacks = Stacks()
        self._default_original_op = None
        assert count < 1 << (_BITS_A_LEVEL - 1)

    def _next_id(self) -> Fraction:
        """A place behind those of before, and before the operation that is built after `op`."""
        self._at += self._step
        return self._at


def _depth(op: Operation) -> int:
    return (Fraction(op._id).denominator.bit_length() + _BITS_A_LEVEL - 2) // _BITS_A_LEVEL


class _Copy:
    """The copying of one body for one operation."""

    def __init__(self, op: Operation, body: Body):
        self._op = op
        self._body = body
        self._ops: dict[Operation, Operation] = {}  # of the body
        self._known_ops: dict[Operation, Operation] = {}  # of what it continues
        self._tensors: dict[Tensor, Tensor] = {}
        given: Sequence[Tensor] = op.inputs
        if body.continues:
            first, *given = op.inputs
            before = expansion_of(first.op)
            self._known_ops, self._tensors = before.ops, dict(before.tensors)
        self._tensors.update(zip(body.inputs, given, strict=True))

    def expansion(self, taken: tuple) -> Expansion:
        arguments = {tensor.op for tensor in self._body.inputs}
        templates = [op for op in self._body.ops if op not in arguments]
        place = _Copies(self._op, len(templates))
        # What continues another body begins within it: a stack, before the loop that fills it.
        is_whole = not self._body.continues
        self._beginning = [*self._op._control_inputs, *self._arrival(place)] if is_whole else []
        for template in templates:
            self._copy(template, place)
        for template in templates:
            self._connect(template)
        outputs = [self._tensors[tensor] for tensor in self._body.outputs]
        own = set(self._ops.values())
        for tensor in outputs:
            if tensor.op in own:
                tensor._add_consumer(self._op)
        effects = [copy for template, copy in self._ops.items() if template.defn.stateful]
        copies = {**self._known_ops, **self._ops}
        widened = _widened(self._body)
        return Expansion(self._body, outputs, effects, taken, widened, self._tensors, copies)

    def _arrival(self, place: Any) -> list[Operation]:
        """What has run when all inputs are there: a call begins then, and not on another side."""
        inputs = self._op.inputs
        if not any(tensor.op.defn.splits for tensor in inputs):
            return [tensor.op for tensor in inputs]
        attrs = {"T": [tensor.dtype for tensor in inputs]}
        arrival = Operation.made(place, ARRIVAL, f"{self._op.name}/inputs", (), attrs, [], [], None)
        arrival.inputs, arrival.graph = inputs, self._op.graph
        return [arrival]

    def _copy(self, template: Operation, place: Any) -> None:
        copy = Operation.made(
            place,
            template.defn,
            f"{self._op.name}/{template.name}",
            (),
            template.attrs,
            [(tensor.dtype, tensor.shape) for tensor in template.outputs],
            [],
            template._source,
        )
        copy.graph, copy._original_op = self._op.graph, self._op
        self._ops[template] = copy
        self._tensors.update(zip(template.outputs, copy.outputs, strict=True))

    def _connect(self, template: Operation) -> None:
        """Gives the copy its inputs, of which some may come from behind it."""
        copy = self._ops[template]
        copy.inputs = tuple(self._tensors[tensor] for tensor in template.inputs)
        for tensor in template.inputs:
            if tensor.op in self._ops or tensor.op in self._known_ops:
                self._tensors[tensor]._add_consumer(copy)
        waited = (self._ops.get(op, self._known_ops.get(op)) for op in template._control_inputs)
        waits = [op for op in waited if op is not None]
        if template.defn.stateful or not template.inputs:
            waits += self._beginning
        copy._control_inputs = tuple(waits)
