"""Layers that make of several tensors one, element by element."""

from __future__ import annotations

import functools
from typing import Any

from stillflow.keras.layers.merging import Merge
from stillflow.ops.math import arithmetic


class Add(Merge):
    """The sum of a list of tensors."""

    def _merge_function(self, inputs: list[Any]) -> Any:
        return functools.reduce(lambda x, y: x + y, inputs)


class Subtract(Merge):
    """The first of two tensors without the second."""

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        _check_two(input_shape)

    def _merge_function(self, inputs: list[Any]) -> Any:
        _check_two(inputs)
        return inputs[0] - inputs[1]


class Multiply(Merge):
    """The product of a list of tensors."""

    def _merge_function(self, inputs: list[Any]) -> Any:
        return functools.reduce(lambda x, y: x * y, inputs)


class Average(Merge):
    """The mean of a list of tensors."""

    def _merge_function(self, inputs: list[Any]) -> Any:
        return functools.reduce(lambda x, y: x + y, inputs) / len(inputs)


class Maximum(Merge):
    """The largest of a list of tensors."""

    def _merge_function(self, inputs: list[Any]) -> Any:
        return functools.reduce(arithmetic.maximum, inputs)


class Minimum(Merge):
    """The smallest of a list of tensors."""

    def _merge_function(self, inputs: list[Any]) -> Any:
        return functools.reduce(arithmetic.minimum, inputs)


def add(inputs: list[Any], **kwargs: Any) -> Any:
    """Returns `Add(**kwargs)(inputs)`."""
    return Add(**kwargs)(inputs)


def subtract(inputs: list[Any], **kwargs: Any) -> Any:
    """Returns `Subtract(**kwargs)(inputs)`."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs: list[Any], **kwargs: Any) -> Any:
    """Returns `Multiply(**kwargs)(inputs)`."""
    return Multiply(**kwargs)(inputs)


def average(inputs: list[Any], **kwargs: Any) -> Any:
    """Returns `Average(**kwargs)(inputs)`."""
    return Average(**kwargs)(inputs)


def maximum(inputs: list[Any], **kwargs: Any) -> Any:
    """Returns `Maximum(**kwargs)(inputs)`."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: list[Any], **kwargs: Any) -> Any:
    """Returns `Minimum(**kwargs)(inputs)`."""
    return Minimum(**kwargs)(inputs)


def _check_two(inputs: list[Any]) -> None:
    if len(inputs) != 2:
        raise ValueError(
            f"A `Subtract` layer should be called on exactly 2 inputs\n  Got {len(inputs)}."
        )
