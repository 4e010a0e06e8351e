"""Compares `tf.gradients` with difference quotients: `tf.test.compute_gradient`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.gradients.walk import gradients
from stillflow.graph.context import get_default_session
from stillflow.graph.operation import Tensor

Jacobian = np.ndarray  # f[elements of x, elements of y]


def compute_gradient(
    x: Any,
    x_shape: Any,
    y: Tensor,
    y_shape: Sequence[int],
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
    extra_feed_dict: Mapping | None = None,
) -> Any:
    """Returns the Jacobian of `y` by `x` twice: from tf.gradients, and from difference quotients.

    Needs a default session.

    Args:
      x: a tensor, or a list of them; then `x_shape` and `x_init_value` are lists, and so is the
        result.
      x_init_value: where; a random point by default.
      delta: the step of the difference quotients.
      init_targets: operations to run first.
      extra_feed_dict: what else to feed.
    """
    session = get_default_session()
    if session is None:
        raise ValueError("Cannot compute the gradient without a default session: use `with`.")
    if init_targets is not None:
        session.run(init_targets)
    if not isinstance(x, list):
        return _compare(session, x, x_shape, y, y_shape, x_init_value, delta, extra_feed_dict)
    starts = [None] * len(x) if x_init_value is None else x_init_value
    return [
        _compare(session, *each, delta, extra_feed_dict)
        for each in ((a, b, y, y_shape, c) for a, b, c in zip(x, x_shape, starts, strict=True))
    ]


def compute_gradient_error(
    x: Any,
    x_shape: Any,
    y: Tensor,
    y_shape: Sequence[int],
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
    extra_feed_dict: Mapping | None = None,
) -> float:
    """Returns the largest difference between the two Jacobians of compute_gradient."""
    found = compute_gradient(
        x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict
    )
    pairs = [found] if isinstance(found, tuple) else found
    return max(float(np.max(np.abs(a - b), initial=0)) for a, b in pairs)


def _compare(
    session: Any,
    x: Tensor,
    x_shape: Sequence[int],
    y: Tensor,
    y_shape: Sequence[int],
    start: Any,
    delta: float,
    feeds: Mapping | None,
) -> tuple[Jacobian, Jacobian]:
    dtype = x.dtype.base_dtype.stored_as
    point = np.random.random_sample(tuple(x_shape)) if start is None else start
    point = np.array(point, dtype)
    others = dict(feeds or {})
    return (
        _from_gradients(session, x, y, y_shape, point, others),
        _from_differences(session, x, y, y_shape, point, delta, others),
    )


def _from_gradients(
    session: Any, x: Tensor, y: Tensor, y_shape: Sequence[int], point: np.ndarray, feeds: dict
) -> Jacobian:
    """One run for each element of y, whose gradient alone is then 1."""
    weights = constant(np.zeros(tuple(y_shape)), dtype=y.dtype.base_dtype)
    (dx,) = gradients(y, x, weights)
    columns: np.ndarray = np.eye(int(np.prod(y_shape)), dtype=y.dtype.base_dtype.stored_as)
    rows = [
        session.run(dx, {**feeds, x: point, weights: column.reshape(tuple(y_shape))})
        for column in columns
    ]
    return np.stack([np.ravel(row) for row in rows], axis=1)


def _from_differences(
    session: Any,
    x: Tensor,
    y: Tensor,
    y_shape: Sequence[int],
    point: np.ndarray,
    delta: float,
    feeds: dict,
) -> Jacobian:
    """Two runs for each element of x, half a step to both sides."""
    jacobian = np.zeros((point.size, int(np.prod(y_shape))), point.dtype)
    for row, at in enumerate(np.ndindex(point.shape)):
        sides = []
        for step in (delta, -delta):
            moved = point.copy()
            moved[at] += step
            sides.append(session.run(y, {**feeds, x: moved}))
        jacobian[row] = np.ravel((sides[0] - sides[1]) / (2 * delta))
    return jacobian
