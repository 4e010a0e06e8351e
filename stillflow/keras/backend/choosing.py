"""Choices: by a condition, or by whether a model trains."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import is_tensor
from stillflow.graph import dtypes
from stillflow.keras.backend.tensors import ndim
from stillflow.layers.learning_phase import phase_of_layers
from stillflow.ops.array import filling, joining, reshaping, selecting, shape_of, tiling
from stillflow.ops.control.cond import cond
from stillflow.ops.math import casts


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """Returns one of two expressions: tensors, or functions that return one.

    Args:
      condition: a scalar, of which depends which one is evaluated; or a tensor that chooses for
        each element, of a rank that is not greater than that of the expressions.

    Raises:
      ValueError: the rank of the condition is greater.
    """
    if condition.dtype != dtypes.bool:
        condition = casts.cast(condition, "bool")
    if not ndim(condition):
        return cond(condition, _function(then_expression), _function(else_expression))
    chosen = then_expression() if callable(then_expression) else then_expression
    other = else_expression() if callable(else_expression) else else_expression
    return selecting.where(_spread(condition, chosen), chosen, other)


def _function(expression: Any) -> Any:
    return expression if callable(expression) else lambda: expression


def _spread(condition: Any, like: Any) -> Any:
    """A condition as `where` takes it: a vector, or of the shape of what is chosen."""
    rank, full = ndim(condition) or 0, ndim(like) or 0
    if rank > full:
        raise ValueError(
            "Rank of `condition` should be less than or equal to rank of `then_expression` and "
            f"`else_expression`. ndim(condition)={rank}, ndim(then_expression)={full}\n"
            "  Reduce the condition, or choose among tensors that have its axes."
        )
    if rank <= 1:
        return condition
    shape = joining.concat([shape_of.shape(condition), [1] * (full - rank)], axis=0)
    condition = reshaping.reshape(condition, shape)
    wanted = shape_of.shape(like)
    times = selecting.where(wanted - shape > 0, wanted, filling.ones_like(wanted))
    return tiling.tile(condition, times)


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Returns `x` where a model trains, else `alt`: tensors, or functions that return one.

    Args:
      training: 0, 1, a bool or a tensor; by default the learning phase.
    """
    if training is None:
        training = phase_of_layers()
    if not is_tensor(training) and training in (0, 1):
        chosen = x if training else alt
        return chosen() if callable(chosen) else chosen
    return switch(training, x, alt)


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """Returns `alt` where a model trains, else `x`; see `in_train_phase`."""
    return in_train_phase(alt, x, training=training)
