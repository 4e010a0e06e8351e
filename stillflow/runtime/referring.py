"""Which variable a tensor refers to in a run, directly or through operations that hand it on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stillflow.declare.expanding import expansion_of
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.runtime.variables import first_of_its_name


class Run:
    """What all the plans of one run share. `named` are the variables that fed handles name."""

    def __init__(
        self,
        fed: frozenset[Tensor],
        ops: Iterable[Operation],
        named: Mapping[Tensor, Operation],
    ):
        self.fed = fed
        self.needed = set(ops)
        self._variable_of: dict[Tensor, Operation | None] = dict(named)

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
        self._variable_of.update(dict.fromkeys(chain, variable))
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
