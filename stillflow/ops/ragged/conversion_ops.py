"""What ragged tensors are made of and made into, as functions of a module.

What is there already is given back.
"""

from __future__ import annotations

from typing import Any

from stillflow.ops.ragged.ragged_tensor import RaggedTensor, is_ragged

from_sparse = RaggedTensor.from_sparse
to_sparse = RaggedTensor.to_sparse


def from_tensor(tensor: Any, *args: Any, **kwargs: Any) -> Any:
    """`RaggedTensor.from_tensor`, or `tensor` itself where it is ragged."""
    return tensor if is_ragged(tensor) else RaggedTensor.from_tensor(tensor, *args, **kwargs)


def to_tensor(rt_input: Any, default_value: Any = None, name: str | None = None) -> Any:
    """`RaggedTensor.to_tensor`, or `rt_input` itself where it is not ragged."""
    return rt_input.to_tensor(default_value, name) if is_ragged(rt_input) else rt_input
