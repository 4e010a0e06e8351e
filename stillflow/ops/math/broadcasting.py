"""How the ops on two tensors are declared."""

from __future__ import annotations

from typing import Any

from stillflow.declare import rows, shapes
from stillflow.declare.type_sets import types
from stillflow.graph.dtypes import DType

FIELD = types("float16 float32 float64 complex64 complex128")


def broadcasting(
    allowed: tuple[DType, ...], total: bool = True, is_exact: bool = True
) -> dict[str, Any]:
    """The options of an op on tensors of one type that are brought to one shape.

    It is `total` unless some numbers are refused, and gives the same for an element wherever that
    is in an array, unless it is not `is_exact`.
    """
    return {
        "rows": rows.elementwise if is_exact else None,
        "shape": shapes.broadcast,
        "broadcasts": True,
        "types": {"T": allowed},
        "total": total,
    }
