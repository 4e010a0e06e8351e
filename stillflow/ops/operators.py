"""Python's operators on tensors: `x + y`, `x @ y`, `-x`, `x < y`, `x & y`.

Importing this module installs them on Tensor; `install_operators` does so on any class whose
values convert to tensors, such as variables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops import linalg
from stillflow.ops import math as math_ops
from stillflow.ops.convert import convert_to_tensor, to_tensor


def _add(x: Tensor, y: Tensor, name: str) -> Tensor:
    add = math_ops.add if x.dtype.base_dtype is dtypes.string else math_ops.add_v2
    return add(x, y, name=name)


# The operators of two operands, by the name of both the method and the node.
_BINARY: dict[str, Callable[..., Tensor]] = {
    "add": _add,
    "sub": math_ops.subtract,
    "mul": math_ops.multiply,
    "div": math_ops.div,
    "truediv": math_ops.truediv,
    "floordiv": math_ops.floordiv,
    "mod": math_ops.floormod,
    "pow": math_ops.pow_,
    "matmul": linalg.matmul,
    "and": math_ops.logical_and,
    "or": math_ops.logical_or,
    "xor": math_ops.logical_xor,
}
_COMPARISONS: dict[str, Callable[..., Tensor]] = {
    "lt": math_ops.less,
    "le": math_ops.less_equal,
    "gt": math_ops.greater,
    "ge": math_ops.greater_equal,
}
_UNARY: dict[str, Callable[..., Tensor]] = {
    "neg": math_ops.negative,
    "abs": math_ops.abs_,
    "invert": math_ops.logical_not,
}


def _forward(name: str, function: Callable[..., Tensor]) -> Callable[[Any, Any], Tensor]:
    reflected = f"__r{name}__"

    def operator(x: Any, y: Any) -> Tensor:
        with name_scope(None, name, [x, y]) as scope:
            if not isinstance(y, Tensor):
                try:
                    # A number takes the type of x where it fits; else the op names the mismatch.
                    y = to_tensor(y, name="y", preferred_dtype=x.dtype.base_dtype)
                except TypeError:
                    if hasattr(type(y), reflected):
                        return NotImplemented
                    raise
            return function(x, y, name=scope)

    return operator


def _reflected(name: str, function: Callable[..., Tensor]) -> Callable[[Any, Any], Tensor]:
    def operator(y: Any, x: Any) -> Tensor:
        with name_scope(None, name, [x, y]) as scope:
            x = convert_to_tensor(x, dtype=y.dtype.base_dtype, name="x")
            return function(x, y, name=scope)

    return operator


def _plain(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """`function` as a method: an OpDef, being no function, would not bind to the tensor."""

    def operator(*operands: Any) -> Tensor:
        return function(*operands)

    return operator


def _methods() -> dict[str, Callable[..., Tensor]]:
    methods: dict[str, Callable[..., Tensor]] = {}
    for name, function in _BINARY.items():
        methods[f"__{name}__"] = _forward(name, function)
        methods[f"__r{name}__"] = _reflected(name, function)
    for name, function in (_COMPARISONS | _UNARY).items():
        methods[f"__{name}__"] = _plain(function)
    for name, method in methods.items():
        method.__name__ = name
    return methods


_METHODS = _methods()


def install_operators(cls: type) -> None:
    """Gives `cls`, whose values convert to tensors, the operators of Tensor."""
    for name in _METHODS:
        setattr(cls, name, _of_converted(name))


def _of_converted(name: str) -> Callable[..., Tensor]:
    of_tensor = _METHODS[name]

    def operator(self: Any, *operands: Any) -> Tensor:
        return of_tensor(convert_to_tensor(self), *operands)

    operator.__name__ = name
    return operator


for _name, _method in _METHODS.items():
    setattr(Tensor, _name, _method)
