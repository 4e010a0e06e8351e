"""Data sets by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.data.mnist import load_mnist
from stillflow.learn.datasets import base, synthetic
from stillflow.platform.deprecation import deprecated

_BY_DATA = "Please use tf.data."

DATASETS: dict[str, Callable[..., Any]] = {
    "iris": base.load_iris,
    "boston": base.load_boston,
    "mnist": load_mnist,
}
SYNTHETIC: dict[str, Callable[..., base.Dataset]] = {
    "circles": synthetic.circles,
    "spirals": synthetic.spirals,
}


@deprecated(None, _BY_DATA)
def load_dataset(name: str, size: str = "small", test_with_fake_data: bool = False) -> Any:
    """A data set: "mnist"; ValueError for a name that is none here."""
    if name not in DATASETS:
        raise ValueError(f"Name of dataset is not found: {name}")
    return DATASETS[name]()


@deprecated(None, _BY_DATA)
def make_dataset(
    name: str,
    n_samples: int = 100,
    noise: float | None = None,
    seed: int | None = 42,
    *args: Any,
    **kwargs: Any,
) -> base.Dataset:
    """Points in the plane: "circles" or "spirals"; ValueError for another name."""
    if name not in SYNTHETIC:
        raise ValueError(f"Synthetic dataset not found or not implemeted: {name}")
    return SYNTHETIC[name](*args, n_samples=n_samples, noise=noise, seed=seed, **kwargs)
