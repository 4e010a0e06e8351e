"""What a run computes in place of an op, as TensorFlow's graph optimizer (Grappler) has it.

TensorFlow rewrites a graph before it runs it. Most rewrites change no value; the few that do are
declared beside the ops, for the values that TensorFlow gives are the rewritten graph's. A GraphDef
never shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from stillflow.declare.static import Sizes
from stillflow.graph.dtypes import DType

if TYPE_CHECKING:
    from stillflow.declare.opdef import OpDef


class Operand(NamedTuple):
    """An input of a step: the number of the slot that holds it, or its constant value."""

    slot: int
    constant: np.ndarray | None


class Seen(Protocol):
    """A step, as far as a rule may look."""

    defn: OpDef
    attrs: Mapping[str, Any]

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The inputs; what constants and declared shapes alone decide is a constant."""

    @property
    def dtype(self) -> DType:
        """The type of the output."""

    def shape(self, index: int) -> Sizes:
        """The static shape of an input."""

    def producer(self, index: int) -> Seen | None:
        """The step behind an input, when no other step and no fetch has its value."""


class Instead(NamedTuple):
    """What is computed in place of a step; an operand may be a constant of the rule's own."""

    defn: OpDef
    operands: tuple[Operand, ...]
    attrs: Mapping[str, Any] = {}


def constant_operand(value: np.ndarray) -> Operand:
    return Operand(-1, value)
