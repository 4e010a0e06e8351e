"""Batches of pictures that are in an array."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from stillflow.keras.preprocessing.image.iterator import Iterator
from stillflow.keras.preprocessing.image.pictures import save_batch
from stillflow.layers.settings import floatx, image_data_format

_NAMES = 10**4


class NumpyArrayIterator(Iterator):
    """Yields batches (pictures, labels, weights) of arrays, without what is None.

    Args:
      x: pictures; or a pair of them and of further arrays, which go along as they are.
      y, sample_weight: for each picture, or None.
      image_data_generator: what changes the pictures.
      batch_size, shuffle, seed: as for `Iterator`.
      data_format: where channels are; by default what `image_data_format` says.
      save_to_dir, save_prefix, save_format: where the changed pictures are written, if anywhere.
      subset: "training" or "validation", by the generator's `validation_split`; None for all.
      dtype: of the pictures; by default what `floatx` says.

    Raises:
      ValueError: the lengths differ, `x` has not four axes, or another subset.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        image_data_generator: Any,
        batch_size: int = 32,
        shuffle: bool = False,
        sample_weight: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        dtype: Any = None,
    ):
        self.dtype = dtype or floatx()
        self.data_format = image_data_format() if data_format is None else data_format
        self.image_data_generator = image_data_generator
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        x, others = _with_others(x)
        _check_lengths(x, others, y, sample_weight)
        if subset is not None:
            part = _part(subset, len(x), image_data_generator._validation_split, y)
            x, others = x[part], [each[part] for each in others]
            y = None if y is None else y[part]
        self.x = np.asarray(x, dtype=self.dtype)
        self.x_misc = others
        self.y = None if y is None else np.asarray(y)
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)
        self._check_pictures()
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _check_pictures(self) -> None:
        if self.x.ndim != 4:
            raise ValueError(
                "Input data in `NumpyArrayIterator` should have rank 4. You passed an array with "
                "shape",
                self.x.shape,
            )
        warn_of_channels(
            "NumpyArrayIterator is set to use the data format convention", self.x, self.data_format
        )

    def _get_batches_of_transformed_samples(self, index_array: Any) -> Any:
        pictures = np.zeros((len(index_array), *self.x.shape[1:]), dtype=self.dtype)
        for place, number in enumerate(index_array):
            pictures[place] = self.image_data_generator.changed(self.x[number].astype(self.dtype))
        if self.save_to_dir:
            save_batch(
                pictures,
                index_array,
                self.data_format,
                self.save_to_dir,
                self.save_prefix,
                self.save_format,
                _NAMES,
            )
        others = [each[index_array] for each in self.x_misc]
        inputs: Any = [pictures, *others] if others else pictures
        if self.y is None:
            return inputs
        weights = () if self.sample_weight is None else (self.sample_weight[index_array],)
        return (inputs, self.y[index_array], *weights)


def warn_of_channels(who: str, x: np.ndarray, data_format: str) -> None:
    """Warns of pictures whose channels are not 1, 3 or 4."""
    axis = 3 if data_format == "channels_last" else 1
    channels = x.shape[axis]
    if channels not in (1, 3, 4):
        warnings.warn(
            f'{who} "{data_format}" (channels on axis {axis}), i.e. expected either 1, 3, or 4 '
            f"channels on axis {axis}. However, it was passed an array with shape {x.shape} "
            f"({channels} channels).",
            stacklevel=2,
        )


def _with_others(x: Any) -> tuple[Any, list[np.ndarray]]:
    """The pictures of `x`, and what goes along with them."""
    if not isinstance(x, (tuple, list)):
        return x, []
    others = x[1] if isinstance(x[1], list) else [x[1]]
    return x[0], [np.asarray(each) for each in others]


def _check_lengths(x: Any, others: list[np.ndarray], y: Any, sample_weight: Any) -> None:
    for other in others:
        if len(x) != len(other):
            raise ValueError(
                "All of the arrays in `x` should have the same length. Found a pair with: "
                f"len(x[0]) = {len(x)}, len(x[?]) = {len(other)}"
            )
    for name, told, values in (
        ("y", "`y` (labels)", y),
        ("sample_weight", "`sample_weight`", sample_weight),
    ):
        if values is not None and len(x) != len(values):
            raise ValueError(
                f"`x` (images tensor) and {told} should have the same length. Found: x.shape = "
                f"{np.asarray(x).shape}, {name}.shape = {np.asarray(values).shape}"
            )


def _part(subset: str, count: int, share: float, y: Any) -> slice:
    """The rows of a subset; those to validate with come first."""
    if subset not in ("training", "validation"):
        raise ValueError("Invalid subset name:", subset, '; expected "training" or "validation".')
    end = int(count * share)
    if y is not None and not np.array_equal(np.unique(y[:end]), np.unique(y[end:])):
        raise ValueError(
            "Training and validation subsets have different number of classes after the split. If "
            "your numpy arrays are sorted by the label, you might want to shuffle them."
        )
    return slice(0, end) if subset == "validation" else slice(end, None)
