"""Pictures brought to a range, by themselves or by what was learned of all."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from stillflow.keras.preprocessing.image.changing import Changing
from stillflow.keras.preprocessing.image.from_arrays import warn_of_channels
from stillflow.keras.preprocessing.image.libraries import scipy

_SMALL = 1e-6


class Standardizing(Changing):
    """The part of an ImageDataGenerator that learns a range, and brings pictures to one."""

    preprocessing_function: Any
    rescale: float | None
    samplewise_center: bool
    samplewise_std_normalization: bool
    featurewise_center: bool
    featurewise_std_normalization: bool
    zca_whitening: bool
    zca_epsilon: float
    mean: Any
    std: Any
    principal_components: Any
    data_format: str
    dtype: Any

    def standardize(self, x: Any) -> Any:
        """Returns a picture brought to the range that was asked for; it may change in place."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + _SMALL
        if self.featurewise_center and self._knows(self.mean, "featurewise_center"):
            x -= self.mean
        if self.featurewise_std_normalization and self._knows(
            self.std, "featurewise_std_normalization"
        ):
            x /= self.std + _SMALL
        if self.zca_whitening and self._knows(self.principal_components, "zca_whitening"):
            flat = np.reshape(x, (-1, np.prod(x.shape[-3:])))
            x = np.reshape(np.dot(flat, self.principal_components), x.shape)
        return x

    def _knows(self, learned: Any, what: str) -> bool:
        if learned is None:
            warnings.warn(
                f"This ImageDataGenerator specifies `{what}`, but it hasn't been fit on any "
                "training data. Fit it first by calling `.fit(numpy_data)`.",
                stacklevel=3,
            )
        return learned is not None

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Learns the mean, deviation and components that were asked for.

        Args:
          x: pictures.
          augment: whether they are changed by chance first.
          rounds: how often each then counts.
          seed: of NumPy; None leaves its state.

        Raises:
          ValueError: there are not four axes.
          ImportError: SciPy is needed and not installed.
        """
        x = np.array(x, dtype=self.dtype)
        if x.ndim != 4:
            raise ValueError(
                f"Input to `.fit()` should have rank 4. Got array with shape: {x.shape}"
            )
        warn_of_channels(
            "Expected input to be images (as Numpy array) following the data format convention",
            x,
            self.data_format,
        )
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            x *= self.rescale
        if augment:
            x = np.stack([self.random_transform(each) for _ in range(rounds) for each in x])
        if self.featurewise_center:
            self.mean = self._of_channels(np.mean, x)
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = self._of_channels(np.std, x)
            x /= self.std + _SMALL
        if self.zca_whitening:
            self.principal_components = _components(x, self.zca_epsilon)

    def _of_channels(self, measure: Any, x: np.ndarray) -> Any:
        axes = (0, self.row_axis, self.col_axis)
        shape = [1, 1, 1]
        shape[self.channel_axis - 1] = x.shape[self.channel_axis]
        return np.reshape(measure(x, axis=axes), shape)


def _components(x: np.ndarray, epsilon: float) -> Any:
    linalg = scipy("linalg", "Using zca_whitening requires")
    flat = np.reshape(x, (len(x), -1))
    u, s, _ = linalg.svd(np.dot(flat.T, flat) / len(flat))
    return (u * (1.0 / np.sqrt(s[np.newaxis] + epsilon))).dot(u.T)
