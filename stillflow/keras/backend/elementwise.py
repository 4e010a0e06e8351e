"""Functions of each element, and comparisons."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.layers import bounding
from stillflow.ops.math import arithmetic, comparison, elementwise, trigonometric

clip = bounding.clip
sqrt = bounding.sqrt


def square(x: Any) -> Tensor:
    """x * x"""
    return elementwise.square(x)


def abs_(x: Any) -> Tensor:
    """The magnitude of x."""
    return elementwise.abs_(x)


def exp(x: Any) -> Tensor:
    """e to the power of x."""
    return elementwise.exp(x)


def log(x: Any) -> Tensor:
    """The natural logarithm of x."""
    return elementwise.log(x)


def round_(x: Any) -> Tensor:
    """x rounded; halves to the even number."""
    return elementwise.round_(x)


def sign(x: Any) -> Tensor:
    """-1, 0 or 1, as x is negative, zero or positive."""
    return elementwise.sign(x)


def pow_(x: Any, a: Any) -> Tensor:
    """x to the power of a."""
    return arithmetic.pow_(x, a)


def equal(x: Any, y: Any) -> Tensor:
    """Whether x == y, for each element."""
    return comparison.equal(x, y)


def not_equal(x: Any, y: Any) -> Tensor:
    """Whether x != y, for each element."""
    return comparison.not_equal(x, y)


def greater(x: Any, y: Any) -> Tensor:
    """Whether x > y, for each element."""
    return comparison.greater(x, y)


def greater_equal(x: Any, y: Any) -> Tensor:
    """Whether x >= y, for each element."""
    return comparison.greater_equal(x, y)


def less(x: Any, y: Any) -> Tensor:
    """Whether x < y, for each element."""
    return comparison.less(x, y)


def less_equal(x: Any, y: Any) -> Tensor:
    """Whether x <= y, for each element."""
    return comparison.less_equal(x, y)


def maximum(x: Any, y: Any) -> Tensor:
    """The greater one of x and y, for each element."""
    return arithmetic.maximum(x, y)


def minimum(x: Any, y: Any) -> Tensor:
    """The smaller one of x and y, for each element."""
    return arithmetic.minimum(x, y)


def sin(x: Any) -> Tensor:
    """The sine of x."""
    return trigonometric.sin(x)


def cos(x: Any) -> Tensor:
    """The cosine of x."""
    return trigonometric.cos(x)
