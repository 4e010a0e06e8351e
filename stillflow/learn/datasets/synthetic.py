"""Points of two or more classes in the plane: circles and spirals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.learn.datasets.base import Dataset
from stillflow.platform.deprecation import deprecated

_INSTEAD = "Consider using synthetic datasets from scikits.learn."
_Curve = Callable[..., tuple[np.ndarray, np.ndarray]]


@deprecated(None, _INSTEAD)
def circles(
    n_samples: int = 100,
    noise: float | None = None,
    seed: int | None = None,
    factor: float = 0.8,
    n_classes: int = 2,
    *args: Any,
    **kwargs: Any,
) -> Dataset:
    """Circles within each other, one for each class.

    Args:
      noise: the deviation of what is added to the points.
      seed: seeds `numpy.random`.
      factor: how much smaller each circle is than the one before.

    Returns:
      Dataset(data=float64[n_samples, 2], target=int32[n_samples]).
    """
    _seed(seed)
    each = n_samples // n_classes
    angles = np.linspace(0, 2 * np.pi, each)
    x, y = np.cos(angles), np.sin(angles)
    points: list[np.ndarray] = []
    for _ in range(n_classes):
        points.append(np.stack([x, y], axis=1))
        x, y = x * factor, y * factor
    extras = n_samples % n_classes
    cosines = np.cos(np.random.rand(extras) * 2 * np.pi)
    sines = np.sin(np.random.rand(extras) * 2 * np.pi)
    points.append(np.stack([cosines, sines], axis=1))
    return _shuffled(points, _labels(n_classes, each, extras), noise)


@deprecated(None, _INSTEAD)
def spirals(
    n_samples: int = 100,
    noise: float | None = None,
    seed: int | None = None,
    mode: str = "archimedes",
    n_loops: int = 2,
    *args: Any,
    **kwargs: Any,
) -> Dataset:
    """Two spirals.

    Args:
      noise: the deviation of what is added to the points.
      seed: seeds `numpy.random`.
      mode: "archimedes", "bernoulli" or "fermat".

    Returns:
      Dataset(data=float64[n_samples, 2], target=int32[n_samples]).

    Raises:
      ValueError: `mode` is another.
    """
    if mode not in _MODES:
        raise ValueError(f"Cannot generate spiral with mode {mode}")
    _seed(seed)
    curve = _MODES[mode]
    each, extras = divmod(n_samples, 2)
    angles = np.linspace(0, 2 * n_loops * np.pi, each)
    points = [np.stack(curve(angles, label * np.pi, *args, **kwargs), axis=1) for label in (0, 1)]
    if extras:
        more = np.random.rand(extras) * 2 * np.pi
        points.append(np.stack(curve(more, 0.0, *args, **kwargs), axis=1))
    return _shuffled(points, _labels(2, each, extras), noise)


def _seed(seed: int | None) -> None:
    if seed is not None:
        np.random.seed(seed)


def _labels(classes: int, each: int, extras: int) -> np.ndarray:
    labels = np.repeat(np.arange(classes, dtype=np.int32), each)
    return np.append(labels, np.zeros(extras, np.int32))


def _shuffled(points: list[np.ndarray], labels: np.ndarray, noise: float | None) -> Dataset:
    data = np.concatenate(points)
    order = np.random.permutation(range(len(data)))
    if noise is not None:
        data += np.random.normal(scale=noise, size=data.shape)
    return Dataset(data=data[order], target=labels[order])


def _spiral(radius: np.ndarray, angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points at such radii and angles, in a square from -1 to 1."""
    x, y = radius * np.cos(angles), radius * np.sin(angles)
    return x / np.max(np.abs(x)), y / np.max(np.abs(y))


def _archimedes(theta: np.ndarray, offset: float, *args: Any, **kwargs: Any) -> Any:
    return _spiral(theta, theta + offset)


def _bernoulli(theta: np.ndarray, offset: float, *args: Any, **kwargs: Any) -> Any:
    return _spiral(np.exp(kwargs.get("exp_scale", 0.1) * theta), theta + offset)


def _fermat(theta: np.ndarray, offset: float, *args: Any, **kwargs: Any) -> Any:
    return _spiral(np.sqrt(theta), theta + offset)


_MODES: dict[str, _Curve] = {
    "archimedes": _archimedes,
    "bernoulli": _bernoulli,
    "fermat": _fermat,
}
