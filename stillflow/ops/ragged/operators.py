"""Python's operators on ragged tensors: `rt + 1`, `rt > rt`, `-rt`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from stillflow.ops.math import arithmetic, comparison, division, elementwise

_BINARY: dict[str, Callable[..., Any]] = {
    "add": arithmetic.add,
    "sub": arithmetic.subtract,
    "mul": arithmetic.multiply,
    "div": division.div,
    "truediv": division.truediv,
    "floordiv": division.floordiv,
    "mod": division.floormod,
    "pow": arithmetic.pow_,
    "and": comparison.logical_and,
    "or": comparison.logical_or,
    "xor": comparison.logical_xor,
}
_ONE_WAY: dict[str, Callable[..., Any]] = {
    "lt": comparison.less,
    "le": comparison.less_equal,
    "gt": comparison.greater,
    "ge": comparison.greater_equal,
    "neg": elementwise.negative,
    "abs": elementwise.abs_,
    "invert": comparison.logical_not,
}


class RaggedOperators:
    """A class whose objects the functions of elements take."""

    def __bool__(self) -> NoReturn:
        raise TypeError("RaggedTensor may not be used as a boolean.")


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *operands: function(*operands)


def _reflected(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda y, x: function(x, y)


for _name, _function in _BINARY.items():
    setattr(RaggedOperators, f"__{_name}__", _plain(_function))
    setattr(RaggedOperators, f"__r{_name}__", _reflected(_function))
for _name, _function in _ONE_WAY.items():
    setattr(RaggedOperators, f"__{_name}__", _plain(_function))
