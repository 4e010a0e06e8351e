"""Which variable a tensor refers to in a run, directly or through operations that hand it on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stillflow.declare.expanding import expansion_of
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.variables import first_of_its_name, has_handle, may_change_shape


class Run:
    """What all the plans of one run share.

    `named` are the variables that fed handles name; `trusts_shapes` tells that values have the
    shapes that the graph declares.
    """

    def __init__(
        self,
        fed: frozenset[Tensor],
        ops: Iterable[Operation],
        named: Mapping[Tensor, Operation],
        trusts_shapes: bool = True,
    ):
        self.fed = fed
        self.trusts_shapes = trusts_shapes
        self.needed = set(ops)
        self._variable_of: dict[Tensor, Operation | None] = dict(named)
        self._moved: set[Operation | None] = set()
        self._moved = {self._moved_by(op) for op in self.needed if op.defn.writes} - {None}

    def _moved_by(self, op: Operation) -> Operation | None:
        """The variable that `op` moves to other memory, if its shape may become another."""
        (target, *_) = op.defn.input_positions(op, op.defn.writes[:1])
        variable = self.variable(op.inputs[target])
        if variable is None or has_handle(variable) or not may_change_shape(op, variable):
            return None
        return variable

    def is_copied(self, op: Operation) -> bool:
        """Whether `op` reads a variable that moves: what it read stays where it was."""
        if not self._moved or not op.defn.forwards or is_name(op.outputs[0]):
            return False
        return self.variable(op.inputs[0]) in self._moved

    def variable(self, tensor: Tensor) -> Operation | None:
        """The variable that `tensor` refers to, directly or through ops that forward it."""
        chain = []
        while tensor not in self._variable_of:
            chain.append(tensor)
            source = None if tensor in self.fed else _referred_input(tensor)
            if source is None:
                is_variable = tensor not in self.fed and tensor.op.defn.is_variable
                self._variable_of[tensor] = first_of_its_name(tensor.op) if is_variable else None
                break
            tensor = source
        variable = self._variable_of[tensor]
        for link in reversed(chain):
            if variable in self._moved and link.op.defn.forwards and not is_name(link):
                variable = None
            self._variable_of[link] = variable
        return variable


def _referred_input(tensor: Tensor) -> Tensor | None:
    """The tensor that this one is only another name of, or None."""
    op = tensor.op
    defn = op.defn
    if defn.forwards:
        return op.inputs[0]
    if defn.expands:
        return expansion_of(op).outputs[tensor.value_index]
    if defn.splits or (defn.frame == "enter" and op.attrs["is_constant"]):
        return op.inputs[0]  # of a variable that was read before, too: TensorFlow does not copy it
    if not is_name(tensor):
        return None
    if defn.writes:
        return op.inputs[defn.input_positions(op, defn.writes[:1])[0]]
    if defn.frame:
        return op.inputs[0]
    if defn.joins:  # of a loop, or of two names of one variable
        return next((t for t in op.inputs if t.op.defn.frame == "enter"), op.inputs[0])
    return None


def is_name(tensor: Tensor) -> bool:
    """Whether it is a reference to a variable or a handle, rather than a value."""
    return tensor.dtype._is_ref_dtype or tensor.dtype is dtypes.resource
