"""`==` of tensors and variables: whether two are one and the same, or where they are of one value.

The first is TensorFlow 1's way, the second what `enable_tensor_equality` asks for. Until that is
called, Python's own identity holds, which costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.graph.operation import Tensor
from stillflow.graph.own_code import is_asked_by_own_code
from stillflow.ops.math import comparison
from stillflow.ops.variables.variable import Variable

_Question = Callable[[Any], bool]


def enable_tensor_equality() -> None:
    """From here on `==` and `!=` compare the values of tensors and variables in eager programs.

    Tensors and variables cannot be hashed then: `experimental_ref()` gives what can be. Where no
    eager mode is, in graphs and sessions, all stays as it is.
    """
    _give(Tensor, "Tensor", _has_values)
    _give(Variable, "Variable", _is_eager)
    Tensor._USE_EQUALITY = True


def disable_tensor_equality() -> None:
    """From here on `==` says whether two are one and the same tensor or variable."""
    if Tensor._USE_EQUALITY:
        for kind in (Tensor, Variable):
            for name in ("__eq__", "__ne__", "__hash__"):
                delattr(kind, name)
    Tensor._USE_EQUALITY = False


def _give(kind: type, name: str, has_values: _Question) -> None:
    """Gives a class operators that compare values, of objects for which that is so.

    Errors call the class `name`.
    """
    methods = {
        "__eq__": _operator(comparison.equal, has_values, is_equal=True),
        "__ne__": _operator(comparison.not_equal, _is_eager, is_equal=False),
        "__hash__": _hash(name, has_values),
    }
    for special, method in methods.items():
        setattr(kind, special, method)


def _operator(
    compare: Callable[[Any, Any], Any], has_values: _Question, is_equal: bool
) -> Callable[[Any, Any], Any]:
    def operator(self: Any, other: Any) -> Any:
        if is_asked_by_own_code() or not has_values(self):
            return (self is other) == is_equal
        return compare(self, other)

    return operator


def _hash(kind: str, has_values: _Question) -> Callable[[Any], int]:
    def hash_of(self: Any) -> int:
        if is_asked_by_own_code() or not has_values(self):
            return object.__hash__(self)
        raise TypeError(
            f"{kind} is unhashable if Tensor equality is enabled. Instead, use "
            "tensor.experimental_ref() as the key."
        )

    return hash_of


def _is_eager(compared: Any) -> bool:
    return executing_eagerly_outside_functions()


def _has_values(tensor: Tensor) -> bool:
    """Whether it is an eager tensor, or one of a function that an eager program traces."""
    return _is_eager(tensor) and (tensor._is_eager or tensor.graph.building_function)
