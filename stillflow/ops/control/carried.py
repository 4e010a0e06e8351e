"""Values that choices and loops carry as a tensor of theirs: TensorArrays, as their flow.

Such a class has `_flow_tensor`, the tensor, and `_with_flow(tensor)`, the same of another.
"""

from __future__ import annotations

from typing import Any


def as_carried(value: Any) -> Any:
    """The tensor that stands for `value`, or the value itself."""
    return getattr(value, "_flow_tensor", value)


def as_before(original: Any, carried: Any) -> Any:
    """What `carried`, the tensor that stood for a value like `original`, stands for."""
    rebuild = getattr(original, "_with_flow", None)
    return carried if rebuild is None else rebuild(carried)
