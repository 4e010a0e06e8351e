"""`tf.keras.preprocessing.image.ImageDataGenerator`: how pictures are changed, by chance or not."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from stillflow.keras.preprocessing.image.from_arrays import NumpyArrayIterator
from stillflow.keras.preprocessing.image.from_dataframe import DataFrameIterator
from stillflow.keras.preprocessing.image.from_directory import DirectoryIterator
from stillflow.keras.preprocessing.image.standardizing import Standardizing
from stillflow.layers.settings import floatx, image_data_format


class ImageDataGenerator(Standardizing):
    """Makes batches of pictures, each of which is changed by chance and brought to a range.

    Args:
      featurewise_center, featurewise_std_normalization: whether the mean of all pictures is
        subtracted from each, and whether it is divided by their deviation; `fit` learns both.
      samplewise_center, samplewise_std_normalization: the same by each picture's own.
      zca_whitening, zca_epsilon: whether pictures are whitened, by components that `fit` learns.
      rotation_range: how many degrees they are turned at most.
      width_shift_range, height_shift_range: how far they are moved: a share of the size below 1,
        pixels above, or a list of which one is taken.
      brightness_range: two factors, between which their brightness is.
      shear_range: how many degrees they are sheared at most.
      zoom_range: two factors, or how far they are from 1.
      channel_shift_range: how much is added or subtracted at most.
      fill_mode, cval: what is around a picture; see `apply_affine_transform`.
      horizontal_flip, vertical_flip: whether half of them are mirrored.
      rescale: what they are multiplied with.
      preprocessing_function: a function of each picture, applied before all that brings it to a
        range.
      data_format: where channels are; by default what `image_data_format` says.
      validation_split: the share of pictures to validate with.
      dtype: of the batches; by default what `floatx` says.

    Raises:
      ValueError: another format, split, zoom or brightness.
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: Any = 0.0,
        height_shift_range: Any = 0.0,
        brightness_range: Any = None,
        shear_range: float = 0.0,
        zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Any = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        dtype: Any = None,
    ):
        self.featurewise_center = featurewise_center
        self.samplewise_center = samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.zca_epsilon = zca_epsilon
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.shear_range = shear_range
        self.zoom_range = _factors(zoom_range)
        self.channel_shift_range = channel_shift_range
        self.fill_mode = fill_mode
        self.cval = cval
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.dtype = dtype or floatx()
        self.data_format = image_data_format() if data_format is None else data_format
        self._check_format()
        is_first = self.data_format == "channels_first"
        self.channel_axis, self.row_axis, self.col_axis = (1, 2, 3) if is_first else (3, 1, 2)
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(
                "`validation_split` must be strictly between 0 and 1.  Received: "
                f"{validation_split}"
            )
        self._validation_split = validation_split
        _check_brightness(brightness_range)
        self.brightness_range = brightness_range
        self.mean: Any = None
        self.std: Any = None
        self.principal_components: Any = None
        self._settle()

    def _check_format(self) -> None:
        if self.data_format not in ("channels_last", "channels_first"):
            raise ValueError(
                '`data_format` should be `"channels_last"` (channel after row and column) or '
                '`"channels_first"` (channel before row and column). Received: '
                f"{self.data_format}"
            )

    def _settle(self) -> None:
        """Lets what is asked for bring along what it needs."""
        deviates = self.featurewise_std_normalization
        if self.zca_whitening:
            self._set("featurewise_center", True, "`zca_whitening`, which overrides setting of ")
            self._set(
                "featurewise_std_normalization",
                False,
                "`zca_whitening` which overrides setting of",
            )
        if deviates:
            self._set(
                "featurewise_center",
                True,
                "`featurewise_std_normalization`, which overrides setting of ",
            )
        if self.samplewise_std_normalization:
            self._set(
                "samplewise_center",
                True,
                "`samplewise_std_normalization`, which overrides setting of ",
            )

    def _set(self, name: str, value: bool, why: str) -> None:
        if getattr(self, name) != value:
            setattr(self, name, value)
            warnings.warn(f"This ImageDataGenerator specifies {why}`{name}`.", stacklevel=4)

    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: Any = None,
        seed: int | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
    ) -> NumpyArrayIterator:
        """Returns batches of pictures that are in an array; see `NumpyArrayIterator`."""
        return NumpyArrayIterator(
            x,
            y,
            self,
            batch_size=batch_size,
            shuffle=shuffle,
            sample_weight=sample_weight,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            subset=subset,
            dtype=self.dtype,
        )

    def flow_from_directory(
        self,
        directory: str,
        target_size: Any = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
    ) -> DirectoryIterator:
        """Returns batches of pictures that are in folders; see `DirectoryIterator`."""
        return DirectoryIterator(
            directory,
            self,
            target_size=target_size,
            color_mode=color_mode,
            classes=classes,
            class_mode=class_mode,
            data_format=self.data_format,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            follow_links=follow_links,
            subset=subset,
            interpolation=interpolation,
            dtype=self.dtype,
        )

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: str | None = None,
        x_col: str = "filename",
        y_col: Any = "class",
        weight_col: str | None = None,
        target_size: Any = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        **kwargs: Any,
    ) -> DataFrameIterator:
        """Returns batches of pictures that a table lists; see `DataFrameIterator`."""
        _warn_of_old(kwargs)
        if class_mode == "other":
            _warn('`class_mode` "other" is deprecated, please use `class_mode` "raw".')
            class_mode = "raw"
        return DataFrameIterator(
            dataframe,
            directory,
            self,
            x_col=x_col,
            y_col=y_col,
            weight_col=weight_col,
            target_size=target_size,
            color_mode=color_mode,
            classes=classes,
            class_mode=class_mode,
            data_format=self.data_format,
            batch_size=batch_size,
            shuffle=shuffle,
            seed=seed,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            subset=subset,
            interpolation=interpolation,
            validate_filenames=validate_filenames,
            dtype=self.dtype,
        )

    def changed(self, x: np.ndarray) -> Any:
        """Returns a picture changed by chance, and brought to the range."""
        parameters = self.get_random_transform(x.shape)
        return self.standardize(self.apply_transform(x, parameters))


def _factors(zoom_range: Any) -> list[Any]:
    if isinstance(zoom_range, (float, int)):
        return [1 - zoom_range, 1 + zoom_range]
    if len(zoom_range) == 2 and all(isinstance(each, (float, int)) for each in zoom_range):
        return [zoom_range[0], zoom_range[1]]
    raise ValueError(
        f"`zoom_range` should be a float or a tuple or list of two floats. Received: {zoom_range}"
    )


def _check_brightness(brightness_range: Any) -> None:
    if brightness_range is None:
        return
    if not isinstance(brightness_range, (tuple, list)) or len(brightness_range) != 2:
        raise ValueError(
            f"`brightness_range should be tuple or list of two floats. Received: {brightness_range}"
        )


def _warn(text: str) -> None:
    warnings.warn(text, DeprecationWarning, stacklevel=3)


def _warn_of_old(kwargs: dict[str, Any]) -> None:
    """Warns of keywords that say nothing any more."""
    if "has_ext" in kwargs:
        _warn(
            "has_ext is deprecated, filenames in the dataframe have to match the exact filenames "
            "in disk."
        )
    if "sort" in kwargs:
        _warn(
            "sort is deprecated, batches will be created in thesame order than the filenames "
            "provided if shuffleis set to False."
        )
    if "drop_duplicates" in kwargs:
        _warn(
            "drop_duplicates is deprecated, you can drop duplicates by using the "
            "pandas.DataFrame.drop_duplicates method."
        )
