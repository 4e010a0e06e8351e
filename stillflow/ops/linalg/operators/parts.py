"""What operators are made of."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.ops.variables.variable import Variable


def held(value: Any, name: str | None = None) -> Any:
    """`value` as a tensor; a variable as itself, so that every use of an operator reads it."""
    return value if isinstance(value, Variable) else convert_to_tensor(value, name=name)
