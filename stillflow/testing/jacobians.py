"""Compares `tf.gradients` with difference quotients: `tf.test.compute_gradient`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.gradients.walk import gradients
from stillflow.graph.context import get_default_session
from stillflow.graph.indexed_slices import IndexedSlicesValue
from stillflow.graph.operation import Tensor

Jacobian = np.ndarray  # f[numbers in x, numbers in y], where a complex one counts as two


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
    point: np.ndarray = np.array(_random(tuple(x_shape), dtype) if start is None else start, dtype)
    others = dict(feeds or {})
    return (
        _from_gradients(session, x, y, tuple(y_shape), point, others),
        _from_differences(session, x, y, tuple(y_shape), point, delta, others),
    )


def _random(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    point = np.random.random_sample(shape).astype(dtype)
    if np.iscomplexobj(point):
        point.imag = np.random.random_sample(shape)
    return point


def _parts(array: np.ndarray) -> np.ndarray:
    """A view of the numbers of `array`, f[n]; a complex one counts as two."""
    return np.ravel(array).view(array.real.dtype)


def _from_gradients(
    session: Any, x: Tensor, y: Tensor, y_shape: tuple[int, ...], point: np.ndarray, feeds: dict
) -> Jacobian:
    """One run for each number of y, whose gradient alone is then 1."""
    weights = constant(np.ones(y_shape), dtype=y.dtype.base_dtype)
    (dx,) = gradients(y, x, weights)
    seed: np.ndarray = np.zeros(y_shape, y.dtype.base_dtype.stored_as)
    run = lambda: _dense(session.run(dx, {**feeds, x: point, weights: seed}), point)
    columns = []
    for at in range(_parts(seed).size):
        _parts(seed)[at] = 1
        columns.append(_parts(run()))
        _parts(seed)[at] = 0
    if columns:
        return np.stack(columns, axis=1)
    _check_empty(run(), point)
    return np.zeros((_parts(point).size, 0), point.real.dtype)


def _dense(dx: Any, point: np.ndarray) -> np.ndarray:
    """A fetched gradient, which may be the value of IndexedSlices, in the shape of `point`."""
    if not isinstance(dx, IndexedSlicesValue):
        return np.asarray(dx)
    result = np.zeros_like(point)
    np.add.at(result, dx.indices, dx.values)
    return result


def _check_empty(dx: np.ndarray, point: np.ndarray) -> None:
    if dx.shape != point.shape:
        raise ValueError(f"Empty gradient has wrong shape: expected {point.shape}, got {dx.shape}")
    if np.any(dx):
        raise ValueError("Empty tensor with nonzero gradients")


def _from_differences(
    session: Any,
    x: Tensor,
    y: Tensor,
    y_shape: tuple[int, ...],
    point: np.ndarray,
    delta: float,
    feeds: dict,
) -> Jacobian:
    """Two runs for each number of x, a step to either side."""
    kind = y.dtype.base_dtype.stored_as
    columns = _parts(np.zeros(y_shape, kind)).size
    jacobian = np.zeros((_parts(point).size, columns), point.real.dtype)
    for row in range(len(jacobian)):
        sides = []
        for step in (delta, -delta):
            moved = point.copy()
            _parts(moved)[row] += step
            sides.append(session.run(y, {**feeds, x: moved}))
        jacobian[row] = _parts(np.asarray((sides[0] - sides[1]) / (2 * delta), kind))
    return jacobian
