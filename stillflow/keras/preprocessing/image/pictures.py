"""Pictures in files, as objects of Pillow's, and as arrays."""

from __future__ import annotations

import io
import os
import warnings
from typing import Any

import numpy as np

from stillflow.keras.preprocessing.image.libraries import pillow
from stillflow.layers.settings import floatx, image_data_format

#: How Pillow finds the pixels of a picture of another size.
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
_MODES = {"grayscale": ("L", "I;16", "I"), "rgba": ("RGBA",), "rgb": ("RGB",)}


def load_img(
    path: str,
    grayscale: bool = False,
    color_mode: str = "rgb",
    target_size: Any = None,
    interpolation: str = "nearest",
) -> Any:
    """Returns the picture of a file as Pillow has it.

    Args:
      grayscale: an older way to say `color_mode="grayscale"`.
      color_mode: "rgb", "rgba" or "grayscale".
      target_size: (height, width) to bring it to; None leaves it.
      interpolation: how pixels are found then; see `INTERPOLATIONS`.

    Raises:
      ImportError: Pillow is not installed.
      ValueError: another colour mode or interpolation.
    """
    if grayscale is True:
        warnings.warn('grayscale is deprecated. Please use color_mode = "grayscale"', stacklevel=2)
        color_mode = "grayscale"
    module = pillow("Image", "load_img")
    with open(path, "rb") as file:
        picture = module.open(io.BytesIO(file.read()))
    if color_mode not in _MODES:
        raise ValueError('color_mode must be "grayscale", "rgb", or "rgba"')
    modes = _MODES[color_mode]
    if picture.mode not in modes:
        picture = picture.convert(modes[0])
    if target_size is None or picture.size == (target_size[1], target_size[0]):
        return picture
    if interpolation not in INTERPOLATIONS:
        raise ValueError(
            f"Invalid interpolation method {interpolation} specified. Supported methods are "
            f"{', '.join(INTERPOLATIONS)}"
        )
    how = module.Resampling[interpolation.upper()]
    return picture.resize((target_size[1], target_size[0]), how)


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Writes an array into a file as a picture.

    Args:
      file_format: by default what the name's ending says.
      data_format, scale: as for `array_to_img`.
      kwargs: of Pillow's `save`.
    """
    picture = array_to_img(x, data_format=data_format, scale=scale)
    if picture.mode == "RGBA" and file_format in ("jpg", "jpeg"):
        warnings.warn(
            "The JPG format does not support RGBA images, converting to RGB.", stacklevel=2
        )
        picture = picture.convert("RGB")
    picture.save(path, format=file_format, **kwargs)


def array_to_img(
    x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None
) -> Any:
    """Returns an array as a picture of Pillow's.

    Args:
      x: [height, width, channels], or channels first; of 1, 3 or 4 channels.
      data_format: where the channels are; by default what `image_data_format` says.
      scale: whether the smallest element becomes 0 and the greatest 255.
      dtype: what it is calculated in; by default what `floatx` says.

    Raises:
      ImportError: Pillow is not installed.
      ValueError: another rank, format, or number of channels.
    """
    module = pillow("Image", "array_to_img")
    x = np.asarray(x, dtype=dtype or floatx())
    if x.ndim != 3:
        raise ValueError(
            f"Expected image array to have rank 3 (single image). Got array with shape: {x.shape}"
        )
    data_format = image_data_format() if data_format is None else data_format
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(f"Invalid data_format: {data_format}")
    if data_format == "channels_first":
        x = x.transpose(1, 2, 0)
    x = _scaled(x) if scale else x
    if x.shape[2] in (3, 4):
        return module.fromarray(x.astype("uint8"))
    if x.shape[2] == 1:
        return module.fromarray(x[:, :, 0].astype("int32" if np.max(x) > 255 else "uint8"))
    raise ValueError(f"Unsupported channel number: {x.shape[2]}\n  There may be 1, 3 or 4.")


def _scaled(x: np.ndarray) -> np.ndarray:
    x = x - np.min(x)
    greatest = np.max(x)
    if greatest != 0:
        x /= greatest
    x *= 255
    return x


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """Returns a picture of Pillow's as an array of three axes.

    Args:
      data_format: where the channels are to be; by default what `image_data_format` says.
      dtype: by default what `floatx` says.

    Raises:
      ValueError: an unknown format, or no picture.
    """
    data_format = image_data_format() if data_format is None else data_format
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(f"Unknown data_format: {data_format}")
    x = np.asarray(img, dtype=dtype or floatx())
    if x.ndim not in (2, 3):
        raise ValueError(f"Unsupported image shape: {x.shape}")
    x = x[:, :, np.newaxis] if x.ndim == 2 else x
    return x.transpose(2, 0, 1) if data_format == "channels_first" else x


def save_batch(
    batch: Any, numbers: Any, data_format: str, folder: str, prefix: str, ending: str, most: int
) -> None:
    """Writes the pictures of a batch into files that are named by their numbers and by chance.

    Args:
      most: what is drawn by NumPy for a name is below it.
    """
    for x, number in zip(batch, numbers, strict=True):
        picture = array_to_img(x, data_format, scale=True)
        name = f"{prefix}_{number}_{np.random.randint(most)}.{ending}"
        picture.save(os.path.join(folder, name))
