"""Python's operators on tensors: `x + y`, `x @ y`, `-x`, `x < y`, `x & y`.

Importing this module installs them on Tensor; `install_operators` does so on any class whose
values convert to tensors, such as variables.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor, to_tensor
from stillflow.declare.executing import Registered
from stillflow.declare.opdef import OpDef
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.eager_tensor import EagerTensor
from stillflow.graph.errors import OpError
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.linalg import products
from stillflow.ops.math import arithmetic, comparison, division, elementwise


def _add(x: Tensor, y: Tensor, name: str) -> Tensor:
    add = arithmetic.add if x.dtype.base_dtype is dtypes.string else arithmetic.add_v2
    return add(x, y, name=name)


def _mul(x: Tensor, y: Any, name: str) -> Any:
    if isinstance(y, Tensor):
        return arithmetic.multiply(x, y, name=name)
    from stillflow.ops.sparse.dense_operators import multiplied_by

    return multiplied_by(x, y, name)


# The operators of two operands, by the name of both the method and the node.
_BINARY: dict[str, Callable[..., Tensor]] = {
    "add": _add,
    "sub": arithmetic.subtract,
    "mul": _mul,
    "div": division.div,
    "truediv": division.truediv,
    "floordiv": division.floordiv,
    "mod": division.floormod,
    "pow": arithmetic.pow_,
    "matmul": products.matmul,
    "and": comparison.logical_and,
    "or": comparison.logical_or,
    "xor": comparison.logical_xor,
}
_COMPARISONS: dict[str, Callable[..., Tensor]] = {
    "lt": comparison.less,
    "le": comparison.less_equal,
    "gt": comparison.greater,
    "ge": comparison.greater_equal,
}
_UNARY: dict[str, Callable[..., Tensor]] = {
    "neg": elementwise.negative,
    "abs": elementwise.abs_,
    "invert": comparison.logical_not,
}


def _forward(name: str, function: Callable[..., Tensor]) -> Callable[[Any, Any], Tensor]:
    reflected = f"__r{name}__"

    def operator(x: Any, y: Any) -> Tensor:
        with name_scope(None, name, [x, y]) as scope:
            if not isinstance(y, Tensor) and not getattr(y, "_is_sparse_tensor", False):
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
    @functools.wraps(_METHODS[name])
    def operator(self: Any, *operands: Any) -> Tensor:
        tensor = convert_to_tensor(self)
        of_tensor: Callable[..., Tensor] = getattr(type(tensor), name)
        return of_tensor(tensor, *operands)

    return operator


for _name, _method in _METHODS.items():
    setattr(Tensor, _name, _method)


# Of eager tensors ---------------------------------------------------------------------------------

# The ops of operators on two numbers, for which eager tensors need no scope and no choice.
_AT_ONCE: dict[str, OpDef] = {
    "add": arithmetic.add_v2,
    "sub": arithmetic.subtract,
    "mul": arithmetic.multiply,
}


def _at_once(name: str, defn: OpDef) -> Callable[[Any, Any], Tensor]:
    """The operator on two eager tensors of numbers; all else is left to that of tensors."""
    of_tensors = _METHODS[f"__{name}__"]

    def operator(x: Any, y: Any) -> Tensor:
        if hasattr(type(y), "_should_act_as_resource_variable"):
            y = y.value()
        if type(y) is EagerTensor and executing_eagerly() and x._dtype is not dtypes.string:
            try:
                return Registered.execute(defn, (x, y), {})
            except OpError:
                return of_tensors(x, y)  # which fails in its name
        return of_tensors(x, y)

    operator.__name__ = f"__{name}__"
    return operator


for _name, _defn in _AT_ONCE.items():
    setattr(EagerTensor, f"__{_name}__", _at_once(_name, _defn))
