"""Parameters of estimators by name, as scikit-learn's have them, and its measures."""

from __future__ import annotations

from typing import Any

import numpy as np


class NotFittedError(ValueError, AttributeError):
    """An estimator is asked before it was trained."""


class Parameters:
    """The public attributes of an object that are no functions, by name."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """{name: value}; with `deep` also `name__inner` of values that have parameters."""
        found: dict[str, Any] = {}
        for name, value in vars(self).items():
            if name.startswith("_") or callable(value):
                continue
            if deep and hasattr(value, "get_params"):
                found |= {f"{name}__{key}": inner for key, inner in value.get_params().items()}
            found[name] = value
        return found

    def set_params(self, **params: Any) -> Any:
        """Sets parameters, also `name__inner` ones; ValueError for one that there is not."""
        known = self.get_params(deep=True) if params else {}
        for key, value in params.items():
            name, _, inner = key.partition("__")
            if name not in known:
                shown = self if inner else type(self).__name__
                raise ValueError(
                    f"Invalid parameter {name if inner else key} for estimator {shown}. Check the "
                    "list of available parameters with `estimator.get_params().keys()`."
                )
            if inner:
                known[name].set_params(**{inner: value})
            else:
                setattr(self, key, value)
        return self

    def __repr__(self) -> str:
        shown = ", ".join(f"{key}={value}" for key, value in self.get_params(deep=False).items())
        return f"{type(self).__name__}({shown})"


class ClassifierMixin:
    """Marks a classifier."""


class RegressorMixin:
    """Marks a regressor."""


class TransformerMixin:
    """Marks a transformer."""


def accuracy_score(y_true: np.ndarray, y_pred: np.ndarray) -> Any:
    """The share of predictions that are right."""
    return np.average(y_true == y_pred)


def mean_squared_error(y_true: np.ndarray, y_pred: np.ndarray) -> Any:
    """The mean of squared differences, of arrays alike but for axes of size 1."""
    own, other = (np.squeeze(a) if a.ndim > 1 else a for a in (y_true, y_pred))
    return np.average((own - other) ** 2)


def train_test_split(
    *arrays: np.ndarray,
    test_size: float | None = None,
    train_size: float | None = None,
    random_state: int | None = None,
) -> tuple[np.ndarray, ...]:
    """Splits the rows of arrays by chance: (train, test) of each. It seeds `numpy.random`."""
    if train_size is None:
        train_size = 0.75 if test_size is None else 1 - test_size
    rows = len(arrays[0])
    np.random.seed(random_state)
    order = np.random.permutation(rows)
    first, second = order[: int(train_size * rows)], order[int(train_size * rows) :]
    return tuple(part for array in arrays for part in (array[first], array[second]))
