"""How the ops on one tensor are declared."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.type_sets import FLOATS, FLOATS_AND_COMPLEX, SIGNED
from stillflow.graph.operation import Tensor
from stillflow.ops.math import conjugate

ON_SIGNED: dict[str, Any] = {"shape": shapes.same, "types": {"T": SIGNED}, "total": True}
ON_SMOOTH: dict[str, Any] = {
    "shape": shapes.same,
    "types": {"T": FLOATS_AND_COMPLEX},
    "total": True,
}
ON_FLOATS: dict[str, Any] = {"shape": shapes.same, "types": {"T": FLOATS}, "total": True}
# Of a gradient op that computes with the function's own output.
OF_OUTPUT = "y: T, dy: T -> z: T"


def x_of(op: Any) -> Tensor:
    """The input, conjugated as the gradient of a complex function has it."""
    return conjugate.conj(op.inputs[0])


def y_of(op: Any) -> Tensor:
    """The output, conjugated likewise."""
    return conjugate.conj(op.outputs[0])
