"""Batches of pictures that are in files, whose paths and classes subclasses tell."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator as Iterates
from typing import Any

import numpy as np

from stillflow.keras.preprocessing.image.iterator import Iterator
from stillflow.keras.preprocessing.image.pictures import img_to_array, load_img, save_batch
from stillflow.layers.settings import floatx, image_data_format

_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
_NAMES = 10**7


class FilesIterator(Iterator):
    """What iterators of files have in common.

    Attributes:
      filepaths: of all pictures.
      labels: for each picture its class, or what else it is to give.
      sample_weight: for each picture, or None.
      class_indices: the numbers of the classes by their names.
    """

    class_mode: str | None
    class_indices: dict[Any, int]
    classes: Any
    dtype: Any
    sample_weight: Any = None

    def set_processing_attrs(
        self,
        image_data_generator: Any,
        target_size: Any,
        color_mode: str,
        data_format: str | None,
        save_to_dir: str | None,
        save_prefix: str,
        save_format: str,
        subset: str | None,
        interpolation: str,
        dtype: Any,
    ) -> None:
        """Notes how pictures are read, changed and written.

        Raises:
          ValueError: an unknown colour mode or subset.
        """
        self.image_data_generator = image_data_generator
        self.target_size = tuple(target_size)
        if color_mode not in _CHANNELS:
            raise ValueError(
                "Invalid color mode:", color_mode, '; expected "rgb", "rgba", or "grayscale".'
            )
        self.color_mode = color_mode
        self.data_format = image_data_format() if data_format is None else data_format
        channels = (_CHANNELS[color_mode],)
        is_last = self.data_format == "channels_last"
        size = self.target_size
        self.image_shape = (*size, *channels) if is_last else (*channels, *size)
        self.save_to_dir = save_to_dir
        self.save_prefix = save_prefix
        self.save_format = save_format
        self.interpolation = interpolation
        self.dtype = dtype or floatx()
        self.subset = subset
        self.split = self._share(subset)

    def _share(self, subset: str | None) -> tuple[float, float] | None:
        """Which part of the pictures counts; those to validate with come first."""
        if subset is None:
            return None
        share = self.image_data_generator._validation_split
        parts = {"validation": (0, share), "training": (share, 1)}
        if subset not in parts:
            raise ValueError(f'Invalid subset name: {subset};expected "training" or "validation"')
        return parts[subset]

    @property
    def filepaths(self) -> list[str]:
        raise NotImplementedError(
            f"`filepaths` property method has not been implemented in {type(self).__name__}."
        )

    @property
    def labels(self) -> Any:
        raise NotImplementedError(
            f"`labels` property method has not been implemented in {type(self).__name__}."
        )

    def _get_batches_of_transformed_samples(self, index_array: Any) -> Any:
        pictures = np.zeros((len(index_array), *self.image_shape), dtype=self.dtype)
        paths = self.filepaths
        for place, number in enumerate(index_array):
            pictures[place] = self._picture(paths[number])
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
        if self.class_mode is None:
            return pictures
        labels = self._labels_of(index_array, pictures)
        weights = () if self.sample_weight is None else (self.sample_weight[index_array],)
        return (pictures, labels, *weights)

    def _picture(self, path: str) -> np.ndarray:
        loaded = load_img(
            path,
            color_mode=self.color_mode,
            target_size=self.target_size,
            interpolation=self.interpolation,
        )
        x = img_to_array(loaded, data_format=self.data_format)
        loaded.close()
        changed: np.ndarray = (
            self.image_data_generator.changed(x) if self.image_data_generator else x
        )
        return changed

    def _labels_of(self, numbers: Any, pictures: np.ndarray) -> Any:
        """What a batch's pictures are to give, as `class_mode` says."""
        if self.class_mode == "input":
            return pictures.copy()
        if self.class_mode == "multi_output":
            return [output[numbers] for output in self.labels]
        if self.class_mode == "raw":
            return self.labels[numbers]
        if self.class_mode != "categorical":
            return np.array([self.classes[number] for number in numbers], dtype=self.dtype)
        rows = np.zeros((len(numbers), len(self.class_indices)), dtype=self.dtype)
        for row, number in zip(rows, numbers, strict=True):
            row[self.classes[number]] = 1.0
        return rows


def is_picture(filename: str, formats: tuple[str, ...]) -> bool:
    """Whether a path is that of a file of one of the formats."""
    return filename.lower().endswith(formats) and os.path.isfile(filename)


def pictures_below(
    directory: str, formats: tuple[str, ...], follow_links: bool
) -> Iterates[tuple[str, str]]:
    """The pictures in a folder and those below, in the order of their names: (folder, name)."""
    walked = sorted(os.walk(directory, followlinks=follow_links), key=lambda each: each[0])
    for folder, _, names in walked:
        for name in sorted(names):
            if name.lower().endswith(".tiff"):
                warnings.warn(
                    'Using ".tiff" files with multiple bands will cause distortion. Please verify '
                    "your output.",
                    stacklevel=2,
                )
            if name.lower().endswith(formats):
                yield folder, name
